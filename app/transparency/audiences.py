"""Who is told of events about the public log: how its keys are kept is the platform's affair."""

from app.webhooks.hooks import Audience

AUDIENCES = (Audience("log"),)
