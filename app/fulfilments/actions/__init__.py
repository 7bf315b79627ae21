"""Verbs about splits and fulfilments."""

from app.fulfilments.actions import claiming, deciding, recognising, splitting, unwinding

__all__ = ["claiming", "deciding", "recognising", "splitting", "unwinding"]
