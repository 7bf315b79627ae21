"""The house's picture: the rows of the import contracts, and what each package is for."""

import ast
import tomllib
from pathlib import Path
from typing import Any

WIDTH = 34


def drawn(root: Path) -> str:
    """Draw it as Markdown: a package imports only from rows below its own."""
    contracts = _contracts(root)
    [layers] = [each["layers"] for each in contracts if each["type"] == "layers"]
    rows = [layer.split(" | ") for layer in layers]
    picture = [" | ".join(row).center(WIDTH).rstrip() for row in rows]
    table = [_row(root, package) for row in rows for package in row]
    others = [f"- {each['name']}." for each in contracts if each["type"] != "layers"]
    head = ["| package | is |", "| - | - |"]
    return "\n".join(["```", *picture, "```", "", *head, *table, "", *others]) + "\n"


def _contracts(root: Path) -> list[dict[str, Any]]:
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def _row(root: Path, package: str) -> str:
    file = Path("app", f"{package}.py")
    if not (root / file).exists():
        file = Path("app", package, "__init__.py")
    first = (ast.get_docstring(ast.parse((root / file).read_text())) or "").splitlines()[0]
    sentence = first.partition(". ")[0].rstrip(".")
    # A package that begins with its own name says it once.
    name, _, rest = sentence.partition(": ")
    if rest and name.lower().removeprefix("the ") == package:
        sentence = rest
    return f"| [`{package}`]({file}) | {sentence[0].lower()}{sentence[1:]} |"
