"""The words after `scripts/dev.py`, and what a failure looks like."""

import argparse
import errno
import getpass
import os
import sys

from . import checks, picture, pins, project, supervisor
from .children import stop_on_signals
from .failures import LaunchError, StoppedError
from .steps import Steps

DEFAULT_PORT = 8000
# These hand all that follows to another program, options too.
PASSING_ON = ("cli", "pytest")


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code; a failure is told in plain words."""
    if os.name != "posix":
        print("Baat's launcher needs Linux, macOS or WSL.", file=sys.stderr)
        return 1
    stop_on_signals()
    try:
        return _dispatch(arguments)
    except LaunchError as error:
        print(f"\n{error}", file=sys.stderr)
        return error.exit_code
    except StoppedError as stopped:
        return 128 + stopped.signal_number
    except OSError as error:
        print(f"\n{_plain(error)}", file=sys.stderr)
        return 1


def _dispatch(arguments: list[str]) -> int:
    here = project.find()
    name = arguments[0] if arguments else ""
    if name in PASSING_ON:
        rest = arguments[1:]
        if name == "cli":
            return supervisor.cli(here, Steps(sys.stderr), rest)
        return checks.pytest(here, Steps(), rest)
    options = _parser().parse_args(arguments)
    if options.command == "run":
        return supervisor.run(here, Steps(), options.port, empty=options.empty)
    if options.command == "picture":
        print(picture.drawn(here.root), end="")
        return 0
    if options.command == "lock":
        return pins.lock(here, Steps(), upgrade=options.upgrade)
    return {"test": checks.test, "check": checks.check}[options.command](here, Steps())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description="Run, test and operate Baat.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="start Baat on this machine, until Ctrl-C")
    run.add_argument("--port", type=_port, default=DEFAULT_PORT, help="default: %(default)s")
    run.add_argument("--empty", action="store_true", help="make no demo where there is nothing yet")
    commands.add_parser("test", help="check the sources, the migrations, and run all tests")
    commands.add_parser("check", help="format, lint, types and imports only")
    commands.add_parser("pytest", help="pytest with arguments of your own")
    commands.add_parser("cli", help="any `baat` command, with the database of this clone")
    commands.add_parser("picture", help="the house, drawn from its import contracts")
    lock = commands.add_parser("lock", help="resolve the pinned versions again")
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 2**16:
        raise argparse.ArgumentTypeError("a port lies between 1 and 65535")
    return port


def _plain(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{where}. Make room, or choose other folders: BAAT_HOME, BAAT_VENV."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"{error.strerror}{where}: it belongs to somebody else than {getpass.getuser()}.\n"
            "Choose folders of your own: BAAT_HOME, BAAT_VENV."
        )
    return f"{error.strerror or error}{where}"
