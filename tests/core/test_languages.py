import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.core.languages import (
    APP,
    Language,
    catalogue_path,
    day,
    gettext,
    moment,
    money,
    negotiate,
    templates,
)

METHODS = [("**.py", "python"), ("**/mails/*.txt", "jinja2"), ("**.html", "jinja2")]
TRIMMED = {pattern: {"trimmed": "true", "silent": "false"} for pattern, _ in METHODS}


def forms(text: object) -> tuple[str, ...]:
    """Give singular and plural alike as a tuple."""
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text or ""),)


def messages_of_the_code() -> Iterator[tuple[str, ...]]:
    for _file, _line, message, _comments, context in extract_from_dir(
        APP, METHODS, options_map=TRIMMED
    ):
        assert context is None
        yield forms(message)


@pytest.mark.parametrize("language", set(Language) - {Language.ENGLISH})
def test_everything_is_translated_and_nothing_else(language: Language) -> None:
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    translated = {forms(message.id): message for message in catalogue if message.id}
    wanted = set(messages_of_the_code())
    assert wanted
    assert wanted - translated.keys() == set(), "not translated"
    assert translated.keys() - wanted == set(), "translated, but nobody says it"
    assert not catalogue.obsolete
    for said, message in translated.items():
        assert not message.fuzzy, said
        assert all(forms(message.string)), said
        assert not list(message.check(catalogue)), said
        assert placeholders(said) == placeholders(forms(message.string)), said


def placeholders(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for name in re.findall(r"%\((\w+)\)", text)}


def test_messages_in_python_are_said_in_a_language() -> None:
    said = "Mail from %(installation)s arrives"
    assert gettext(said, Language.DUTCH, installation="100%") == "E-mail van 100% komt aan"
    assert gettext(said, Language.ENGLISH, installation="100%") == "Mail from 100% arrives"


def test_amounts() -> None:
    assert money(125_000, Language.DUTCH) == "€\xa01.250,00"
    assert money(125_000, Language.ENGLISH) == "€1,250.00"
    assert money(-5, Language.DUTCH) == "€\xa0-0,05"


def test_days_and_moments() -> None:
    assert day(date(2026, 5, 4), Language.DUTCH) == "4 mei 2026"
    assert day(date(2026, 5, 4), Language.ENGLISH) == "4 May 2026"
    summer, winter = datetime(2026, 5, 4, 22, 30, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC)
    assert moment(summer, Language.ENGLISH) == "5 May 2026, 00:30 CEST"
    assert moment(winter, Language.DUTCH) == "4 januari 2026, 01:00 CET"


def test_templates_format_for_their_reader() -> None:
    template = templates(Language.DUTCH).from_string("{{ 125000 | money }} {{ on | day }}")
    assert template.render(on=date(2026, 5, 4)) == "€\xa01.250,00 4 mei 2026"


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        (None, "nl"),
        ("", "nl"),
        ("en", "en"),
        ("EN-us", "en"),
        ("fr, nl-BE;q=0.5, en;q=0.4", "nl"),
        ("nl;q=0.8, en;q=0.9", "en"),
        ("nl;q=0, en;q=0.1", "en"),
        ("*", "nl"),
        ("fr", "nl"),
        ("en;q=high", "nl"),
        (";;;,,q=;en", "nl"),
    ],
)
def test_a_readers_wish_is_followed(wish: str | None, language: str) -> None:
    assert negotiate(wish) == language
