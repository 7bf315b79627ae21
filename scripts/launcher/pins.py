"""`lock`: the exact versions that everybody installs, in two files that hold no address."""

import os
import re
import tempfile
from pathlib import Path

from . import environment
from .children import Child
from .failures import LaunchError
from .project import Project
from .steps import Steps

# An address, an option (a hash on its own continuation line is none), or a path of this machine.
FORBIDDEN = re.compile(r"://|^\s*--(?!hash=)|^\s*-[a-z]\b|file:|@ ", re.MULTILINE)
FORMAT = ("--universal", "--no-annotate", "--no-header", "--quiet")
FILES = {
    "constraints.txt": ("--all-extras",),
    # The image holds what the application needs, and nothing to develop with.
    "requirements.lock": ("--extra", "pdf", "--generate-hashes", "-c", "constraints.txt"),
}


def lock(project: Project, steps: Steps, *, upgrade: bool) -> int:
    """Resolve pyproject.toml again; versions stay unless they must change or `upgrade` is set."""
    environment.prepare(project, steps)
    for name, options in FILES.items():
        with steps.step(name) as step:
            text = _resolve(project, name, *options, *(["--upgrade"] if upgrade else []))
            require_no_address(name, text)
            (project.root / name).write_text(text)
            step.result = f"{sum('==' in line for line in text.splitlines())} versions"
    return 0


def require_no_address(name: str, text: str) -> None:
    """Refuse pins that would tie the project to one machine or one index.

    Raises:
        LaunchError: A line holds an address, an option or a path.
    """
    if found := FORBIDDEN.search(text):
        line = text[: found.end()].splitlines()[-1]
        raise LaunchError(f"{name} is not written, for it would hold an address: {line.strip()}")


def _resolve(project: Project, name: str, *options: str) -> str:
    """Return the resolved pins; the present file is the preference, and stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / name
        if (project.root / name).exists():
            output.write_text((project.root / name).read_text())
        command = [project.program("uv"), "pip", "compile", *FORMAT, *options]
        command += ["pyproject.toml", "--output-file", str(output)]
        Child(command, dict(os.environ), project.root).require(f"{name} cannot be resolved:")
        return output.read_text()
