"""Who is told of what happened, and where it is sent."""

from tests.ledger.access_table import WITH_SCOPE
from tests.matrix import Rule
from tests.organisations.access_table import OURS

TABLE = {
    "GET /v1/events": Rule(WITH_SCOPE, on=OURS),
}
