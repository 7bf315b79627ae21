"""The letters of this domain: what is mailed to whom, in their language."""

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.organisations.actions.letters import about_task
from app.organisations.models import Organisation
from app.organisations.queries import users
from app.webhooks.models import WebhookEndpoint


async def disabled(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """Tell an organisation's admins that nothing more goes to an endpoint, and why."""
    organisation = await session.get_one(Organisation, endpoint.organisation_id)
    told = {
        "organisation": organisation.legal_name,
        # The rest of an address may hold what only its receiver should know.
        "host": httpx.URL(endpoint.url).raw_host.decode(),
        "state": endpoint.state,
    }
    for user in await users.admins(session, organisation.id):
        await about_task(session, user, "webhooks/endpoint_disabled", told)
