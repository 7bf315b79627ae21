"""What changes the log of events and the webhooks that come of it."""
