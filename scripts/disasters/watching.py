"""What a process has by Linux's own account: memory, descriptors; and how that grows."""

import re
from collections.abc import Sequence
from pathlib import Path

MEGA = 1_000


def peak_megabytes(process_id: int) -> float:
    """Say how much memory a process had at the most, ever."""
    return _status(process_id, "VmHWM") / MEGA


def megabytes(process_id: int) -> float:
    """Say how much memory a process has."""
    return _status(process_id, "VmRSS") / MEGA


def descriptors(process_id: int) -> int:
    """Count what a process has open: files, pipes and connections."""
    return sum(1 for _ in Path(f"/proc/{process_id}/fd").iterdir())


def _status(process_id: int, name: str) -> int:
    text = Path(f"/proc/{process_id}/status").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Say how much a figure grows in one unit of the first, by least squares."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
