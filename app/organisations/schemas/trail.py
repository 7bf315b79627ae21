"""The trail on the wire."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, View


class TrailView(View):
    """Who did or tried what, when and from where."""

    id: UUID
    kind: Annotated[str, Field(examples=["membership.role-changed"])]
    actor: Annotated[str | None, Field(examples=["user:0195b0a4-6a1c-7d3e-8f10-2b3c4d5e6f70"])]
    user_id: Annotated[UUID | None, Field(description="Whose account or rights it is about.")]
    organisation_id: UUID | None
    network: str | None
    request_id: str | None
    occurred_at: Moment
    data: dict[str, Any]
