"""Characters, bank days and reasons of the SEPA."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.languages import Language
from app.payments.sepa.bank_days import easter, is_bank_day, next_bank_day
from app.payments.sepa.characters import plain
from app.payments.sepa.reasons import in_words


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Bakkerij Noord B.V.", "Bakkerij Noord B.V."),
        ('Café "Zoë" & Søn', "Cafe 'Zoe' + Son"),
        ("Łódź \u2013 Straße", "Lodz - Strasse"),
        ("Афина / Αθήνα", "Afina / Athina"),
        ("a_b; c@d €5", "a-b, c(at)d EUR 5"),
        ("// twee//schuine /", "twee/schuine"),
        ("\t\n", ""),
    ],
)
def test_a_text_is_written_as_near_as_the_sepa_comes(text: str, written: str) -> None:
    assert plain(text, 140) == written


@given(st.text(max_size=300), st.integers(1, 140))
def test_whatever_is_written_every_bank_takes_it(text: str, longest: int) -> None:
    written = plain(text, longest)

    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
    assert set(written) <= allowed
    assert len(written) <= longest
    assert written == written.strip()
    assert not written.startswith("/")
    assert "//" not in written


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2038, 4, 25), (2285, 3, 22)],
)
def test_easter_is_when_it_is(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_the_closing_days_of_2026_are_those_of_the_eurosystem() -> None:
    days = (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
    closed = {day for day in days if day.weekday() < 5 and not is_bank_day(day)}

    assert closed == {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 12, 25),
    }


def test_after_good_friday_banks_work_on_tuesday() -> None:
    assert next_bank_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert next_bank_day(date(2026, 4, 7)) == date(2026, 4, 7)


def test_a_reason_is_said_in_words() -> None:
    assert in_words("AC04", Language.ENGLISH) == "The account is closed. (AC04)"
    assert in_words("AC04", Language.DUTCH) == "De rekening is opgeheven. (AC04)"
    assert in_words("account_closed", Language.DUTCH) == "account_closed"
