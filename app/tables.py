"""Every table of the project, for the migrations; a new domain adds a line."""

from app.audits import models as audits
from app.core import events, idempotency, installation, throttle
from app.core.files import models as files
from app.core.jobs import models as jobs
from app.core.mail import models as mail
from app.fulfilments import models as fulfilments
from app.ledger import models as ledger
from app.obligations import models as obligations
from app.orders import models as orders
from app.organisations import models as organisations
from app.payments import models as payments
from app.payouts import models as payouts
from app.privacy import models as privacy
from app.projects import models as projects
from app.schemes import models as schemes
from app.transparency import models as transparency
from app.webhooks import models as webhooks

__all__ = [
    "audits",
    "events",
    "files",
    "fulfilments",
    "idempotency",
    "installation",
    "jobs",
    "ledger",
    "mail",
    "obligations",
    "orders",
    "organisations",
    "payments",
    "payouts",
    "privacy",
    "projects",
    "schemes",
    "throttle",
    "transparency",
    "webhooks",
]
