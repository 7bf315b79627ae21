"""Verbs about splits and fulfilments."""

from app.fulfilments.actions import (
    certifying,
    claiming,
    deciding,
    recognising,
    splitting,
    unwinding,
)

__all__ = ["certifying", "claiming", "deciding", "recognising", "splitting", "unwinding"]
