"""Verbs about splits and fulfilments."""

from app.fulfilments.actions import (
    adjusting,
    certifying,
    claiming,
    deciding,
    evidence,
    lapsing,
    objections,
    recognising,
    splitting,
    unwinding,
)

__all__ = [
    "adjusting",
    "certifying",
    "claiming",
    "deciding",
    "evidence",
    "lapsing",
    "objections",
    "recognising",
    "splitting",
    "unwinding",
]
