"""What an operator types is understood, or refused with a sentence that repeats no password."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from app.backups import programs
from app.core.settings import Settings
from tests.conftest import SECRET


def settings(**chosen: Any) -> Settings:  # noqa: ANN401  Settings are of many types.
    return Settings.model_validate(
        {"database_url": "postgresql://nowhere/x", "secret": SECRET, **chosen}
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
@pytest.mark.parametrize("option", ["sslmode", "ssl"])
def test_the_tls_of_managed_databases_is_understood(scheme: str, option: str) -> None:
    url = f"{scheme}://u:p%40w@db:5432/baat?{option}=require"
    for name in ("database_url", "replica_database_url", "listen_database_url"):
        found = getattr(settings(**{name: url}), name).get_secret_value()
        address = make_url(found)
        _, options = address.get_dialect()().create_connect_args(address)
        assert options["ssl"] == "require"
        assert "sslmode" not in options
        assert (options["host"], options["user"], options["password"]) == ("db", "u", "p@w")
        assert getattr(settings(**{name: found}), name).get_secret_value() == found


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%2Cw@one:5433,two/baat?target_session_attrs=primary",
        "postgresql://u:p%2Cw@/baat?target_session_attrs=primary&host=one:5433&host=two:5432",
    ],
)
def test_a_database_may_have_several_hosts(url: str) -> None:
    found = settings(database_url=url).database_url.get_secret_value()
    address = make_url(found)
    _, options = address.get_dialect()().create_connect_args(address)
    assert (options["host"], options["port"]) == (["one", "two"], [5433, 5432])
    assert (options["password"], options["target_session_attrs"]) == ("p,w", "primary")
    assert settings(database_url=found).database_url.get_secret_value() == found
    assert programs._for_libpq(address) == (
        "postgresql://u@/baat?host=one%2Ctwo&port=5433%2C5432&target_session_attrs=primary"
    )
    assert settings(replica_database_url="postgresql://u@one,two/baat").replica_database_url


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("database_url", "postgresql://u:geheim@one,two/baat", "add target_session_attrs=primary"),
        ("database_url", "geheim", "must look like postgresql://"),
        ("database_url", "mysql://u:geheim@db/baat", "must look like postgresql://"),
        ("database_url", "postgresql+psycopg://u:geheim@db/baat", "must look like postgresql://"),
        ("database_url", "postgresql://u:geheim@db:port/baat", "can't be read"),
        ("database_url", "postgresql://u:geheim@db/baat?sslmode=yes", "isn't one of"),
        ("database_url", "postgresql://u:geheim@db/baat?channel_binding=require", "channel_bind"),
        ("replica_database_url", "geheim", "must look like postgresql://"),
        ("smtp_url", "http://u:geheim@mail", "must look like smtp://"),
        ("smtp_url", "mail.example:25", "must look like smtp://"),
        ("smtp_url", "smtp://", "must look like smtp://"),
        ("smtp_url", "smtp://u:ge/heim@mail:25", "must look like smtp://"),
        ("mail_from", "Baat", "must look like"),
        ("mail_from", "Baat <José@baat.example>", "must look like"),
        ("trusted_proxies", "proxy.example", "no IP address"),
        ("trusted_proxies", "127.0.0.1,,10.0.0.1", "no IP address"),
        ("trusted_proxies", "10.0.0.1/8", "no IP address"),
        ("breach_list", "/nowhere/leaks", "can't be read"),
        ("breach_list", "/", "can't be read"),
        ("session_idle_minutes", 1, "greater than or equal to 2"),
    ],
)
def test_what_can_not_work_is_refused(name: str, value: object, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(**{name: value})
    [fault] = refusal.value.errors()
    assert sentence in fault["msg"]
    assert "geheim" not in fault["msg"]


def test_what_works_is_taken(tmp_path: Path) -> None:
    leaks = tmp_path / "leaks"
    leaks.write_text("")
    chosen = settings(
        smtp_url="smtps://u:p%2Fw@mail:465",
        mail_from="baat@localhost",
        trusted_proxies="10.0.0.0/8, ::1",
        breach_list=leaks,
    )
    assert chosen.breach_list == leaks
    assert settings(trusted_proxies="*").trusted_proxies == "*"
