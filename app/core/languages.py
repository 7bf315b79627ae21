"""Languages: what people read is in theirs.

The code speaks English; `app/locale/<language>/LC_MESSAGES/baat.po` holds the translations. They
are read once per process, and a test fails when one is missing.

- In a letter or a page: `{% trans %}…{% endtrans %}`, `{{ cents | money }}`.
- In Python: `gettext("Dear %(name)s", language, name=…)`.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core.clock import TIME_ZONE

APP = Path(__file__).parent.parent
LOCALES = APP / "locale"


class Language(StrEnum):
    """The languages of people."""

    ENGLISH = "en"
    DUTCH = "nl"

    @property
    def locale(self) -> str:
        """The conventions for figures and dates."""
        return {"en": "en_GB", "nl": "nl_NL"}[self.value]


SOURCE = Language.ENGLISH
"""The language of the code."""

DEFAULT = Language.DUTCH
"""For people who prefer none of ours: the marketplace is a Dutch public service."""


def catalogue_path(language: Language) -> Path:
    """Say where the translations into a language are."""
    return LOCALES / language / "LC_MESSAGES" / "baat.po"


@lru_cache
def catalogue(language: Language) -> NullTranslations:
    """Read the translations into a language."""
    if language is SOURCE:
        return NullTranslations()
    with catalogue_path(language).open("rb") as file:
        messages = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def gettext(message: str, language: Language, **values: object) -> str:
    """Say a message of the code in a language; `%(name)s` in it stands for a value."""
    translated = catalogue(language).gettext(message)
    return translated % values if values else translated


def money(cents: int, language: Language) -> str:
    """Write an amount of euros: `€1,250.00`, `€ 1.250,00`."""
    written: str = numbers.format_currency(Decimal(cents) / 100, "EUR", locale=language.locale)
    return written


def day(value: date, language: Language) -> str:
    """Write a date: `4 May 2026`, `4 mei 2026`."""
    written: str = dates.format_date(value, "long", locale=language.locale)
    return written


def moment(value: datetime, language: Language) -> str:
    """Write a moment by the clocks in the Netherlands: `4 May 2026, 14:30 CEST`."""
    written: str = dates.format_datetime(
        value, "d MMMM y, HH:mm z", tzinfo=dates.get_timezone(TIME_ZONE), locale=language.locale
    )
    return written


def negotiate(accept_language: str | None) -> Language:
    """Choose the language that a reader's `Accept-Language` prefers (RFC 9110, 12.5.4)."""
    ranges = [_weighed(part) for part in (accept_language or "").split(",")]
    for _, name in sorted((wish for wish in ranges if wish[0] > 0), key=_heaviest):
        if name == "*":
            return DEFAULT
        for language in Language:
            if name.split("-")[0] == language:
                return language
    return DEFAULT


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";")
    _, _, figure = weight.strip().partition("q=")
    try:
        return (float(figure) if weight else 1.0), name.strip().lower()
    except ValueError:
        return 0.0, ""


def _heaviest(wish: tuple[float, str]) -> float:
    return -wish[0]


@lru_cache
def templates(language: Language) -> Environment:
    """Prepare the templates of the application, in one language.

    A template's name is its path in `app`, such as `organisations/mails/invitation.txt`.
    """
    environment = Environment(
        loader=FileSystemLoader(APP),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The lines of a paragraph are one message, however the template breaks them.
    environment.policies["ext.i18n.trimmed"] = True
    translations = catalogue(language)
    # The extension adds its methods when it is loaded, where no type checker can see it.
    install: Callable[..., None] = vars(environment)["install_gettext_callables"]
    install(translations.gettext, translations.ngettext, newstyle=True)
    environment.globals["language"] = language
    environment.filters |= {
        "money": lambda cents: money(cents, language),
        "day": lambda value: day(value, language),
        "moment": lambda value: moment(value, language),
    }
    return environment
