#!/usr/bin/env python3
"""Run, test and operate Baat from a bare Python: `python3 scripts/dev.py --help`."""

import os
import sys

OLDEST_PYTHON = (3, 11)

if __name__ == "__main__":
    # This file alone must parse on an old Python, so that it can say what is missing.
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            "Baat needs Python 3.11 or newer, and this is Python %d.%d.\n"  # noqa: UP031
            "Install a newer one and start again, for example: python3.12 scripts/dev.py run"
            % sys.version_info[:2]
        )
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    from scripts.launcher.commands import main

    sys.exit(main(sys.argv[1:]))
