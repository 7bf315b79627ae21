"""Figures of real authorities, shipped as data with their source: one file each, never invented.

What a source does not say is null in the rules and named in `silentAbout`. An authority takes a
table over by sending its rules as a draft of its own; nothing of it applies by itself.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from app.core.wire import Request
from app.obligations.rules import AuthorityRules


class ShippedTable(Request):
    """What is known of the rules of a real authority."""

    code: str
    authority: str
    edition: Annotated[str, Field(description="Which version, as the source calls it.")]
    dated: Annotated[
        str | None, Field(description="The source's date, as far as it is known: `2023-04`.")
    ]
    valid_from: Annotated[
        str | None, Field(description="From which day it applies, where that is known.")
    ]
    remark: str | None
    silent_about: Annotated[list[str], Field(description="What the source does not say.")]
    rules: AuthorityRules


@lru_cache
def tables() -> dict[str, ShippedTable]:
    """Read every table, by its code."""
    files = sorted(Path(__file__).parent.glob("*.json"))
    read = (ShippedTable.model_validate(json.loads(file.read_text("utf-8"))) for file in files)
    return {table.code: table for table in read}
