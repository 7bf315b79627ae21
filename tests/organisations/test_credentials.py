from pathlib import Path

import pytest

from app.core.settings import Settings
from app.organisations import credentials


@pytest.fixture
def plain() -> Settings:
    return Settings.model_validate(
        {
            "database_url": "postgresql://nowhere/x",
            "secret": "s" * 32,
            "password_memory_kib": 19_456,
        }
    )


def with_leaks(settings: Settings, path: Path, *passwords: str) -> Settings:
    lines = sorted(credentials.sha1_of(password) for password in passwords)
    path.write_bytes(b"".join(line + b":7\r\n" for line in lines))
    return settings.model_copy(update={"breach_list": path})


def test_a_token_is_long_and_never_the_same() -> None:
    tokens = {credentials.new_token("baat_test_") for _ in range(1_000)}
    assert len(tokens) == 1_000
    assert all(token.startswith("baat_test_") and len(token) > 50 for token in tokens)


async def test_a_password_matches_its_own_hash_only(plain: Settings) -> None:
    stored = await credentials.hash_password(plain, "vier paarden lopen naar zee")
    assert stored.startswith("$argon2id$")
    assert await credentials.matches(plain, "vier paarden lopen naar zee", stored)
    assert not await credentials.matches(plain, "vijf paarden lopen naar zee", stored)
    assert not await credentials.matches(plain, "vier paarden lopen naar zee", None)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 257])
def test_every_line_of_a_breach_list_is_found(plain: Settings, tmp_path: Path, size: int) -> None:
    passwords = [f"gelekt wachtwoord {number}" for number in range(size)]
    settings = with_leaks(plain, tmp_path / "leaks.txt", *passwords)
    assert all(credentials.is_breached(settings, password) for password in passwords)
    assert not any(credentials.is_breached(settings, f"{password}!") for password in passwords)


def test_an_empty_breach_list_finds_nothing(plain: Settings, tmp_path: Path) -> None:
    settings = with_leaks(plain, tmp_path / "leaks.txt")
    assert not credentials.is_breached(settings, "vier paarden lopen naar zee")


def test_a_password_that_everybody_tries_first_needs_no_list(plain: Settings) -> None:
    assert credentials.is_breached(plain, "Welkom123456")


async def test_a_password_is_the_same_on_every_keyboard(plain: Settings) -> None:
    stored = await credentials.hash_password(plain, "caf\u00e9 aan de haven")
    assert await credentials.matches(plain, "cafe\u0301 aan de haven", stored)
