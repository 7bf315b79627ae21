"""Proofs by the public log on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import View


class FulfilmentDecisionProofView(View):
    """That what was decided is in the public log; `baat verify` checks this very text."""

    decision_id: UUID
    index: int
    proof: Annotated[str, Field(description="The entry of the log and its proof (tlog-proof).")]
    content: Annotated[
        str | None,
        Field(
            description="What the entry of the log commits to, a line each: a salt, ids, figures,"
            " and why. Null where the salt was erased."
        ),
    ]
    is_forgotten: Annotated[
        bool,
        Field(description="Its salt was erased: nobody can show any more what it commits to."),
    ]
