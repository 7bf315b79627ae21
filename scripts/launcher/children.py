"""Starting programs that never outlive the launcher, and ending them politely."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .failures import LaunchError, StoppedError, last_lines

BOUND = Path(__file__).with_name("bound.py")
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class User:
    """The user that a child becomes, when the launcher is root."""

    user_id: int
    group_id: int


@dataclass(frozen=True)
class Child:
    """How to start a program.

    `alone` puts it in a session of its own, so that Ctrl-C in the terminal reaches the launcher
    only, which then ends its children in the right order. `keep` are descriptors it inherits.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    user: User | None = None
    death_signal: signal.Signals = signal.SIGTERM
    alone: bool = False
    keep: tuple[int, ...] = ()

    @property
    def bound_command(self) -> list[str]:
        """The command line that ties the program to this launcher."""
        user = f"{self.user.user_id}:{self.user.group_id}" if self.user else "-"
        knot = [sys.executable, "-I", "-S", str(BOUND), str(os.getpid())]
        return [*knot, str(int(self.death_signal)), user, *self.command]

    def start(self, output: int | None = None) -> subprocess.Popen[bytes]:
        """Start it; `output` is a descriptor that receives all it says."""
        return subprocess.Popen(
            self.bound_command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL if self.alone else None,
            stdout=output,
            stderr=output,
            start_new_session=self.alone,
            pass_fds=self.keep,
        )

    def outcome(self, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end, give it `text` to read, and keep all that it says."""
        return subprocess.run(
            self.bound_command,
            env=self.environment,
            cwd=self.folder,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=self.keep,
            check=False,
        )

    @contextmanager
    def beside(self) -> Iterator[Callable[[], subprocess.CompletedProcess[str]]]:
        """Run it beside what is done meanwhile, at the longest until that is over.

        It lends a function that waits for its end and returns all that it said.
        """
        with tempfile.TemporaryFile() as said:
            process = self.start(said.fileno())

            def outcome() -> subprocess.CompletedProcess[str]:
                code = process.wait()
                said.seek(0)
                text = said.read().decode(errors="replace")
                return subprocess.CompletedProcess(self.command, code, text)

            try:
                yield outcome
            finally:
                end(process)

    def require(self, otherwise: str) -> str:
        """Run it to its end and return what it said.

        Raises:
            LaunchError: It failed; the message is `otherwise` and the last lines that it said.
        """
        outcome = self.outcome()
        if outcome.returncode:
            raise LaunchError(f"{otherwise}\n{last_lines(outcome.stdout)}")
        return outcome.stdout

    def follow(self) -> int:
        """Run it in the foreground, pass signals on, and return its exit code as a shell would."""
        process = self.start()

        def pass_on(number: int, _frame: FrameType | None) -> None:
            # The terminal sends Ctrl-C to the child as well: it decides.
            if number != signal.SIGINT:
                process.send_signal(number)

        before = {number: signal.signal(number, pass_on) for number in ENDING_SIGNALS}
        try:
            code = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return code if code >= 0 else 128 - code


def end(process: subprocess.Popen[bytes], *gentle: tuple[signal.Signals, float]) -> None:
    """End a child: each signal in turn with the seconds it gets, and SIGKILL at last."""
    for number, patience_seconds in gentle:
        process.send_signal(number)
        try:
            process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def wait_for_first(*processes: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Wait, without polling, until one of these children ends, and return it."""
    while True:
        for process in processes:
            if process.poll() is not None:
                return process
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        # As the first process of a container the launcher also inherits the orphans of others.
        if ended and ended.si_pid not in {process.pid for process in processes}:
            os.waitpid(ended.si_pid, 0)


def stop_on_signals() -> None:
    """Let Ctrl-C, SIGTERM and SIGHUP raise `StoppedError` once; clean-up is then left in peace."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for other in ENDING_SIGNALS:
            # A function and not SIG_IGN, which children would inherit.
            signal.signal(other, lambda _number, _frame: None)
        raise StoppedError(number)

    for number in ENDING_SIGNALS:
        signal.signal(number, stop)
