"""A town in which a person did and wrote many things, and others wrote about them."""

from tests.fulfilments.conftest import claims, settings, town

__all__ = ["claims", "settings", "town"]
