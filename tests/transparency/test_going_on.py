"""Two checkpoints of one log, or of two: whoever kept one can tell."""

from pathlib import Path

import pytest

from app.transparency import checkpoints
from app.transparency.checkpoints import Checkpoint
from app.transparency.verifier import LogRefused, insist_on_going_on, source_of
from tests.transparency import published

LEAVES = [published.ledger(position) for position in range(1, 701)]


def signed(count: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    return checkpoints.opened(published.signed(leaves[:count]), [published.LOG.key])


@pytest.mark.parametrize(("old", "new"), [(1, 700), (255, 256), (256, 700), (300, 301), (512, 700)])
def test_the_larger_goes_on_from_the_smaller_whichever_was_kept(
    tmp_path: Path, old: int, new: int
) -> None:
    published.write(tmp_path, LEAVES)
    with source_of(str(tmp_path)) as log:
        insist_on_going_on(log, signed(old), signed(new))
        insist_on_going_on(log, signed(new), signed(old))


def test_another_history_is_found_out(tmp_path: Path) -> None:
    other = [*LEAVES[:99], published.ledger(1), *LEAVES[100:]]
    published.write(tmp_path, other)
    with source_of(str(tmp_path)) as log:
        insist_on_going_on(log, signed(99), signed(700, other))
        for known in (signed(100), signed(650)):
            with pytest.raises(LogRefused, match="The log was changed"):
                insist_on_going_on(log, known, signed(700, other))
    with pytest.raises(LogRefused, match="The log was changed"):
        insist_on_going_on(None, signed(700), signed(700, other))
    insist_on_going_on(None, signed(700), signed(700))


def test_what_lies_between_them_only_the_log_says(tmp_path: Path) -> None:
    with pytest.raises(LogRefused, match="Name the log"):
        insist_on_going_on(None, signed(1), signed(2))
    with source_of(str(tmp_path)) as log, pytest.raises(LogRefused, match="is missing"):
        insist_on_going_on(log, signed(255), signed(700))
    elsewhere = Checkpoint("elsewhere.example/log", 1, signed(1).root)
    with pytest.raises(LogRefused, match="another log"):
        insist_on_going_on(None, signed(1), elsewhere)
