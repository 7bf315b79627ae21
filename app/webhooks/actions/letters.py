"""The letters of this domain: what is mailed to whom, in their language."""

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import mail
from app.core.mail import Category
from app.organisations.models import Organisation
from app.organisations.queries import users
from app.webhooks.models import WebhookEndpoint


async def disabled(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """Tell an organisation's admins that nothing more goes to an endpoint, and why."""
    organisation = await session.get_one(Organisation, endpoint.organisation_id)
    for user in await users.admins(session, organisation.id):
        await mail.send(
            session,
            to=user.email,
            language=user.language,
            letter="webhooks/endpoint_disabled",
            category=Category.TASKS,
            name=user.name,
            organisation=organisation.legal_name,
            # The rest of an address may hold what only its receiver should know.
            host=httpx.URL(endpoint.url).raw_host.decode(),
            state=endpoint.state,
        )
