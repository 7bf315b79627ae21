"""Why this domain refuses."""

from app.core.problems import Problem


class TooManyEndpoints(Problem):
    """The organisation has as many endpoints as it may have."""

    status = 409
    title = "No more endpoints"


class EndpointDisabled(Problem):
    """Nothing goes to an endpoint that is disabled, gone or failing; enable it first."""

    status = 409
    title = "The endpoint is not enabled"


class DeliveryUnderWay(Problem):
    """The webhook waits for an attempt already."""

    status = 409
    title = "The webhook is on its way"


class ReplayTooLarge(Problem):
    """More webhooks would be sent again than one replay may; name a later moment or fewer types."""

    status = 409
    title = "Too many webhooks at once"
