"""What counts beyond what an obligation imposes: what counts no more is taken of that first.

Surplus comes of claims that were worth more than was open, and of obligations that were lowered; it
goes where they are raised. So no claim has a surplus of its own to give back: the book says how
much there is. Nothing is owed of an obligation that has a surplus.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.obligations import queries as of_obligations
from app.obligations.models import Obligation


@dataclass(slots=True)
class Beyond:
    """The surplus of one obligation, which is kept, while entries about it are put together."""

    cents: int

    def take(self, cents: int) -> int:
        """Take of it what there is, for an amount that counts no more; the rest is owed again."""
        taken = min(cents, self.cents)
        self.cents -= taken
        return taken


async def of(session: AsyncSession, obligation: Obligation) -> Beyond:
    """Read what an obligation has beyond what it imposes."""
    return Beyond((await of_obligations.standing.now(session, obligation)).surplus)
