#!/usr/bin/env python3
"""Run Baat on more than one of everything, and lose some: `python3 scripts/cluster.py --help`."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from scripts.launcher import environment, project
    from scripts.launcher.steps import Steps

    here = project.find()
    if Path(sys.prefix) != here.venv:
        environment.prepare(here, Steps(sys.stderr))
        os.execv(here.python, [str(here.python), *sys.argv])  # noqa: S606  The same program.
    from scripts.scaling.commands import main

    sys.exit(main(sys.argv[1:]))
