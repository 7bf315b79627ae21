"""Questions about splits, fulfilments, and what would count."""

from app.fulfilments.queries import assessing, fulfilments, splits

__all__ = ["assessing", "fulfilments", "splits"]
