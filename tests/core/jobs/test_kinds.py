from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs, wiring
from app.core.database import Database
from app.core.jobs import JobKind, Periodic, kinds
from app.core.jobs.attempts import described
from app.core.settings import Settings
from app.core.wiring import Hook, NotWired
from app.main import HANDLERS, create_app
from tests.conftest import living
from tests.make.jobs import a_kind


async def act(_database: Database) -> None:
    """Do nothing."""


async def test_what_nobody_does_keeps_the_application_from_starting(
    settings: Settings,
) -> None:
    JobKind("test.forgotten")
    try:
        with pytest.raises(NotWired, match=r"test\.forgotten"):
            await living(create_app(settings)).__aenter__()
    finally:
        del kinds.DECLARED["test.forgotten"]
    hook: Hook[[int], int] = Hook("test.forgotten")
    try:
        with pytest.raises(NotWired, match=r"test\.forgotten"):
            await living(create_app(settings)).__aenter__()
        with pytest.raises(NotWired, match=r"test\.forgotten"):
            await hook(1)
    finally:
        del wiring.DECLARED["test.forgotten"]
    async with living(create_app(settings)):
        pass


def test_a_worker_has_a_connection_to_spare(settings: Settings) -> None:
    chosen = settings.model_dump() | {"worker_concurrency": settings.database_pool_size}
    with pytest.raises(ValueError, match="BAAT_WORKER_CONCURRENCY must be less"):
        Settings.model_validate(chosen)


def test_every_kind_of_the_application_has_one_handler() -> None:
    jobs.insist_on_all(HANDLERS)
    with pytest.raises(ValueError, match="Two handlers"):
        jobs.insist_on_all((*HANDLERS, *HANDLERS))


def test_a_kinds_name_is_its_own() -> None:
    with pytest.raises(ValueError, match="two kinds of jobs"):
        JobKind("mail.deliver")


def test_back_off_doubles_up_to_an_hour() -> None:
    kind = a_kind(back_off_seconds=2.0)
    assert [kind.longest_wait_seconds(attempt) for attempt in (1, 2, 3, 40)] == [2, 4, 8, 3600]


def test_arguments_are_checked_against_the_actions_signature() -> None:
    async def count(_session: AsyncSession, number: int) -> None:
        """Count to it."""

    handler = jobs.transactional(a_kind(), count)
    assert handler.read({"number": 3}) == {"number": 3}
    with pytest.raises(ValueError, match="Field required"):
        handler.read({})
    with pytest.raises(ValueError, match="not permitted"):
        handler.read({"number": 3, "more": 4})


def test_what_went_wrong_is_one_line_without_addresses() -> None:
    error = ValueError("no mail for <jan@example.org>\nDETAIL: Jan")
    assert described(error) == "ValueError: no mail for <(address)>"
    assert len(described(ValueError("x" * 1000))) == 300


def test_slots_begin_on_whole_multiples() -> None:
    quarter = Periodic(a_kind(), every=timedelta(minutes=15))
    at = datetime(2026, 5, 4, 12, 44, 59, 999_999, tzinfo=UTC)
    assert quarter.slot(at) == datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
    assert quarter.unique_key(quarter.slot(at)) == "test.note/2026-05-04T12:30:00+00:00"


@pytest.mark.parametrize("every", [timedelta(0), timedelta(days=1, seconds=1)])
def test_a_slot_is_a_day_at_most(every: timedelta) -> None:
    with pytest.raises(ValueError, match="within a day"):
        Periodic(a_kind(), every=every)
