"""Questions about what is held of people, and about erasures."""

from app.privacy.queries import erasures, held, obstacles

__all__ = ["erasures", "held", "obstacles"]
