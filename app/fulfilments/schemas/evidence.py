"""Files that prove what a claim says, on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.files import FileView
from app.core.wire import Moment, View


class FulfilmentEvidenceView(View):
    """A file that proves what a claim says."""

    id: UUID
    fulfilment_id: UUID
    attached_by_id: UUID
    attached_at: Moment
    submitted_at: Annotated[
        Moment | None, Field(description="When the claim was first submitted with it.")
    ]
    removed_at: Annotated[
        Moment | None, Field(description="When it was taken off a claim that was returned.")
    ]
    file: FileView
