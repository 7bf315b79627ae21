"""Who is told of events about marketplaces: their operators, and those who take part."""

from app.schemes.access import READ_SCHEMES
from app.schemes.models import (
    Admission,
    AuditorAppointment,
    Authority,
    Enrolment,
    Scheme,
    SchemeRecognition,
)
from app.webhooks.hooks import Audience, about, naming

_OPERATOR = (naming(Scheme, "schemeId", Scheme.operator_id),)

AUDIENCES = (
    Audience(
        "scheme",
        sides=(about(Scheme, Scheme.operator_id),),
        shows=("decisionId", "code", "fields"),
        scope=READ_SCHEMES,
    ),
    Audience(
        "policy", sides=_OPERATOR, shows=("schemeId", "draftId", "number"), scope=READ_SCHEMES
    ),
    Audience(
        "scheme-invitation",
        sides=_OPERATOR,
        shows=("schemeId", "invitedAs"),
        scope=READ_SCHEMES,
    ),
    Audience("expert", sides=_OPERATOR, shows=("schemeId",), scope=READ_SCHEMES),
    Audience(
        "admission",
        sides=(
            # What a check of its owners or of sanctions found is the operator's.
            about(Admission, Admission.organisation_id, "admission.checked"),
            about(Admission, Scheme.operator_id).join(Scheme, Scheme.id == Admission.scheme_id),
        ),
        shows=("schemeId", "decisionId"),
        scope=READ_SCHEMES,
    ),
    Audience(
        "enrolment",
        sides=(
            about(Enrolment, Enrolment.organisation_id),
            about(Enrolment, Scheme.operator_id).join(Scheme, Scheme.id == Enrolment.scheme_id),
        ),
        shows=("schemeId", "decisionId"),
        scope=READ_SCHEMES,
    ),
    Audience("authority", sides=(about(Authority, Authority.organisation_id),)),
    Audience(
        "recognition",
        sides=(
            about(SchemeRecognition, Scheme.operator_id).join(
                Scheme, Scheme.id == SchemeRecognition.scheme_id
            ),
            about(SchemeRecognition, Authority.organisation_id).join(
                Authority, Authority.id == SchemeRecognition.authority_id
            ),
        ),
        shows=("schemeId",),
        scope=READ_SCHEMES,
    ),
    Audience(
        "auditor",
        sides=(about(AuditorAppointment, AuditorAppointment.organisation_id),),
        shows=("startsOn", "endsOn"),
        inner=True,
    ),
)
