"""What two reports of one period say differently."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.audits.periods.content import Content, Row, rows_of


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is not the same in both: as known then, and as known now."""

    section: str
    subject: str
    account: str
    then: Row | None
    """None: there was nothing."""
    now: Row | None


def differences(then: Content, now: Content) -> Sequence[Difference]:
    """Compare two reports line by line, in the order of their keys."""
    before, after = ({row.key: row for row in rows_of(each)} for each in (then, now))
    return [
        Difference(*key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
