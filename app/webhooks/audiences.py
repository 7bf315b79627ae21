"""Who is told of events about people, organisations and the installation itself."""

from app.organisations.models import ApiKey, Invitation, Organisation
from app.organisations.scopes import READ_ORGANISATION
from app.webhooks.hooks import Audience, about, named

_OF_THE_PLATFORM = (
    *("email", "password", "recovery-codes", "second-factor", "session", "user"),
    *("file", "installation", "job", "staff"),
)
"""People's accounts are nobody's affair but theirs, and how the installation runs is its own."""

AUDIENCES = (
    *(Audience(noun) for noun in _OF_THE_PLATFORM),
    Audience(
        "organisation",
        sides=(about(Organisation, Organisation.id),),
        shows=("decisionId", "fields"),
        scope=READ_ORGANISATION,
    ),
    Audience(
        "api-key",
        sides=(about(ApiKey, ApiKey.organisation_id),),
        shows=("scopes", "spendingLimitCents"),
        inner=True,
    ),
    Audience(
        "invitation",
        sides=(about(Invitation, Invitation.organisation_id),),
        shows=("role",),
        inner=True,
    ),
    Audience(
        "membership",
        sides=(named("organisationId"),),
        shows=("role", "before", "after"),
        inner=True,
    ),
    Audience(
        "deputy",
        sides=(named("organisationId"),),
        shows=("membershipId", "startsAt", "endsAt"),
        inner=True,
    ),
    Audience(
        "webhook-endpoint",
        sides=(named("organisationId"),),
        shows=("fields", "state"),
        inner=True,
    ),
)
