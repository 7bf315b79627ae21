"""Serve the application, and write down what it keeps in memory whenever SIGUSR1 asks for it.

`python -m scripts.disasters.weighing <file> serve …` is `baat serve …` beside that. What a process
has by Linux's account says little of it: the C library keeps what was given back for a while, in
pieces between what is still in use.
"""

import ctypes
import gc
import os
import re
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import ClassVar

STDERR = 2


def kept_bytes() -> int:
    """Say how much is in use, once all that nobody refers to is gone."""
    gc.collect()
    return _in_blocks() + _taken_from_c()


def _in_blocks() -> int:
    """Count what small objects take, of the blocks that Python keeps for them.

    Only a table says it that is meant for people, on the standard error output.
    """
    with tempfile.TemporaryFile() as said:
        before = os.dup(STDERR)
        os.dup2(said.fileno(), STDERR)
        try:
            sys._debugmallocstats()  # noqa: SLF001  There is no other word for it.
        finally:
            os.dup2(before, STDERR)
            os.close(before)
        said.seek(0)
        found = re.search(rb"# bytes in allocated blocks +=\s+([\d,]+)", said.read())
    return int(found[1].replace(b",", b"")) if found else 0


class _Mallinfo(ctypes.Structure):
    """What `mallinfo2` of the GNU C library says (mallinfo(3))."""

    _fields_: ClassVar = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def _taken_from_c() -> int:
    """Count what is too large for Python's own blocks, and what libraries took for themselves."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return 0
    library.mallinfo2.restype = _Mallinfo
    said = library.mallinfo2()
    return int(said.uordblks + said.hblkhd)


def _serve(file: Path) -> None:
    def write_down(_number: int, _frame: FrameType | None) -> None:
        whole = file.with_suffix(".whole")
        whole.write_text(str(kept_bytes()))
        whole.rename(file)

    signal.signal(signal.SIGUSR1, write_down)
    from app.cli import cli  # noqa: PLC0415  Starts as the command does: signals come first.

    cli()


if __name__ == "__main__":
    _serve(Path(sys.argv.pop(1)))
