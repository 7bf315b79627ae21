"""Who may do what in this domain: one line per operation."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.schemes.models import Authority
from tests.make.obligations import RULES, a_rule_draft, a_rule_version
from tests.matrix import ANYBODY, FURNISHERS, Place, Rule, Tenant, World
from tests.organisations.access_table import OURS, REASON, always
from tests.schemes.access_table import DECIDING, INSPECTING, OPERATING


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Let an organisation, which is an authority, have rules."""
    authority = await session.get_one(Authority, tenant.things["authority_id"])
    tenant.things |= {
        "rules_id": (await a_rule_version(session, authority)).id,
        "rule_draft_id": (await a_rule_draft(session, authority)).id,
    }


FURNISHERS.append(furnish)

DRAFT = {"validFrom": (clock.today() + timedelta(days=3)).isoformat(), "rules": RULES}
AUTHORITY = "/v1/authorities/{authority_id}"
RULE_DRAFT = f"{AUTHORITY}/rule-drafts/{{rule_draft_id}}"

TABLE = {
    "GET /v1/rule-tables": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules/{{rules_id}}": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rules/{{rules_id}}/changes": Rule(ANYBODY, on=OURS),
    f"GET {AUTHORITY}/rule-drafts": Rule(INSPECTING),
    f"POST {AUTHORITY}/rule-drafts": Rule(OPERATING, always(DRAFT)),
    f"GET {RULE_DRAFT}": Rule(INSPECTING),
    f"GET {RULE_DRAFT}/changes": Rule(INSPECTING),
    f"PATCH {RULE_DRAFT}": Rule(OPERATING, always({"validFrom": DRAFT["validFrom"]})),
    f"DELETE {RULE_DRAFT}": Rule(OPERATING),
    f"POST {RULE_DRAFT}/publications": Rule(DECIDING, always(REASON)),
}
