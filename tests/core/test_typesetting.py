"""Pages are set whatever people are called."""

import json
from datetime import date
from pathlib import Path

import pytest
import typst

from app.core import typesetting
from app.core.typesetting import ATTACHMENT, typeset

TEMPLATE = """
#set document(title: "All")
#set text(lang: "en", font: "Libertinus Serif", fallback: FALLBACK)
#let data = json(bytes(sys.inputs.data))
#for each in data.names [#each \\ ]
#pdf.attach(
  data.attachment.name,
  bytes(data.attachment.content),
  relationship: "source",
  mime-type: "application/json",
  description: "All",
)
"""
NAMES = [
    "Groen \N{SEEDLING} B.V.",
    "\u6e05\u6d01",
    "\ue000",
    "\x00",
    "\ud83d",
    "Zoe\u0308 \u0141\u00f3d\u017a",
]


def test_what_no_font_can_show_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    template = tmp_path / "all.typ"
    template.write_text(TEMPLATE.replace("FALLBACK", "false"))
    known = [chr(code) for code in range(0x3000) if not typesetting._NOT_SHOWN.search(chr(code))]
    attached = {"name": "all.json", "content": json.dumps(NAMES)}
    printed: dict[str, object] = {"names": [*NAMES, "".join(known)], ATTACHMENT: attached}

    # The font of the text has all that is left, so that nothing depends on what stands beside it.
    assert typeset(template, printed, date(2026, 5, 4)).startswith(b"%PDF")
    assert typesetting._shown({"a": NAMES, ATTACHMENT: attached}) == {
        "a": ["Groen \ufffd B.V.", "\ufffd\ufffd", *["\ufffd"] * 3, "Zo\u00eb \u0141\u00f3d\u017a"],
        ATTACHMENT: attached,
    }
    assert {"\u00eb", "\u0141", "\u20ac", "\u2019", "\u0159", "\u0391", "\u0416"} <= set(known)


def test_a_template_that_is_wrong_is_no_matter_of_names(tmp_path: Path) -> None:
    template = tmp_path / "wrong.typ"
    template.write_text("#panic()")

    with pytest.raises(typst.TypstError):
        typeset(template, {"names": NAMES}, date(2026, 5, 4))
