"""Why the launcher stops, said so that the reader knows what to do."""

from pathlib import Path

SHOWN_LINES = 12


class LaunchError(Exception):
    """The launcher cannot go on; the message says why and what helps."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class StoppedError(BaseException):
    """Somebody asked this launcher to end, by Ctrl-C or a signal."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def last_lines(text: str, count: int = SHOWN_LINES) -> str:
    """Return the end of a program's output, indented to stand under a sentence."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])


def last_log_lines(log: Path, start: int) -> str:
    """Return the end of what a log received since byte `start`."""
    with log.open("rb") as stream:
        stream.seek(start)
        return last_lines(stream.read().decode(errors="replace"))
