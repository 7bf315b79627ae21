"""Become another program that ends when the launcher ends, however the launcher ends.

Started as `python -I -S bound.py <launcher's pid> <signal> <uid:gid or -> <program> <argument>…`.
A program of its own, because code between fork and exec would run inside a copy of the launcher.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Change the user, tie the knot, and become the program."""
    launcher, death_signal, user, *command = sys.argv[1:]
    if user != "-":
        _become(*map(int, user.split(":")))
    # After the change of user, which clears it. Other systems have no such signal: there the next
    # start finds the server through its lock.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    # The launcher may have died before the knot was tied.
    if os.getppid() != int(launcher):
        sys.exit(1)
    # Python ignores these two, and a program would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606  The launcher's own commands, never a shell.
    except OSError as error:
        sys.exit(f"{command[0]} cannot be started: {error.strerror}")


def _become(user_id: int, group_id: int) -> None:
    os.setgroups([])
    os.setgid(group_id)
    os.setuid(user_id)
    os.umask(0o077)


if __name__ == "__main__":
    main()
