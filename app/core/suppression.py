"""Counts of people that are too small to show, and what would give them away."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def suppressed(counts: Mapping[str, int], smallest: int | None) -> AbstractSet[str]:
    """Say which counts are not shown beside their total.

    Those below the smallest that may be shown; and as long as the total less all that is shown
    would tell one of them, that each is of one person, or a sum that is too small itself, the next
    smallest too. Nothing is shown where the rules don't say what is too small. A count of nobody
    tells nothing of anybody.
    """
    if smallest is None:
        return {name for name, count in counts.items() if count}
    hidden = {name for name, count in counts.items() if 0 < count < smallest}
    shown = sorted((count, name) for name, count in counts.items() if count >= smallest)
    for _, name in shown:
        if not hidden or not _tells(counts, hidden, smallest):
            break
        hidden.add(name)
    return hidden


def _tells(counts: Mapping[str, int], hidden: AbstractSet[str], smallest: int) -> bool:
    of_them = sum(counts[name] for name in hidden)
    return len(hidden) in {1, of_them} or of_them < smallest


def is_total_shown(counts: Mapping[str, int], smallest: int | None) -> bool:
    """Say whether the total of some counts may be shown: not beside as many, each of one person."""
    hidden = suppressed(counts, smallest)
    total = sum(counts.values())
    return is_shown(total, smallest) and not (hidden and total == len(hidden))


def is_shown(count: int, smallest: int | None) -> bool:
    """Say whether a count that stands alone, such as the total, may be shown."""
    return count == 0 or (smallest is not None and count >= smallest)
