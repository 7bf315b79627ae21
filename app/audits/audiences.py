"""Who is told of events about audits: what auditors draw is theirs, and staff's to know of."""

from app.webhooks.hooks import Audience

AUDIENCES = (Audience("audit-sample"),)
