"""Who sent a request, and where it came from: values that actions and the trail are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.core.database import Database
from app.core.events import Actor
from app.core.settings import Mode, Settings
from app.organisations.models import Organisation, Right


@dataclass(frozen=True, slots=True)
class Identity:
    """What the database knows of a credential's holder."""

    actor: Actor
    credential_id: UUID
    user_id: UUID | None
    rights: Mapping[UUID, frozenset[Right]]
    scopes: frozenset[str] | None
    """None: a person, who needs no scope."""
    staff: bool
    second_factor: bool
    in_cookie: bool
    last_used_at: datetime | None
    organisations: tuple[Organisation, ...] = field(default=(), compare=False, repr=False)
    """Those of `rights`, kept so that the session has them when somebody looks for one."""

    @property
    def key_id(self) -> UUID | None:
        """The API key, if it is a machine's."""
        return self.credential_id if self.user_id is None else None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, whoever sent it."""

    settings: Settings
    database: Database
    network: str | None
    user_agent: str | None
    request_id: str | None
    appointments: set[UUID] = field(default_factory=set, compare=False)
    """The auditors' appointments that a request reads by: who proves such a right adds it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request, and what they may do."""

    visitor: Visitor
    identity: Identity
    token: str = field(repr=False)

    @property
    def actor(self) -> Actor:
        """The name that events and the trail give the caller."""
        return self.identity.actor

    @property
    def is_staff(self) -> bool:
        """Staff of a live installation must have used their second factor."""
        mode = self.visitor.settings.mode
        return self.identity.staff and (mode is Mode.TEST or self.identity.second_factor)

    @property
    def user_id(self) -> UUID:
        """The person who calls; only asked where an API key can't come."""
        if self.identity.user_id is None:
            message = "an API key came where only people may"
            raise RuntimeError(message)
        return self.identity.user_id

    def rights_in(self, organisation_id: UUID) -> frozenset[Right]:
        """What the caller may do for an organisation; nothing if it is not theirs."""
        return self.identity.rights.get(organisation_id, frozenset())
