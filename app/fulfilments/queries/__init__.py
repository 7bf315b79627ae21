"""Questions about splits, fulfilments, certificates, and what would count."""

from app.fulfilments.queries import assessing, certificates, fulfilments, splits

__all__ = ["assessing", "certificates", "fulfilments", "splits"]
