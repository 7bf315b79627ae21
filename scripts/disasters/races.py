"""Many buyers want the last units at the same moment."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from scripts.benchmarks.stalls import Market, Stalls, put_up
from scripts.disasters import proofs
from scripts.disasters.buying import Buyers, buyers
from scripts.disasters.ground import Ground
from scripts.disasters.installation import Installation, running
from scripts.disasters.report import Chapter


@dataclass(frozen=True)
class Plan:
    """How many race for how many units."""

    buyers: int
    units: int


TINY = Plan(20, 5)
QUICK = Plan(100, 20)
FULL = Plan(500, 100)
ENDLESS = Plan(2_000, 200)


async def run(ground: Ground, plan: Plan) -> Chapter:
    """Let all of them order a unit at once: of a project that has one, and of one with some."""
    chapter = Chapter("race", f"{plan.buyers} buyers at once, for 1 and for {plan.units} units")
    bench = await ground.copied("race")
    market = Market((1, plan.units), buyers=plan.buyers)
    there = await asyncio.to_thread(put_up, bench, market)
    async with running(Installation(bench)) as installation, buyers(installation) as who:
        with chapter.timed():
            for project_id, units in zip(there.projects, market.units, strict=True):
                found = await _race(who, there, project_id)
                refused = plan.buyers - units
                chapter.saw(
                    f"for {units}: {found[SOLD]} orders, {found[REFUSED]} clean refusals,"
                    f" {found.total() - found[SOLD] - found[REFUSED]} other answers",
                    right=(found[SOLD], found[REFUSED]) == (units, refused),
                )
            chapter.saw(who.told(), right="500" not in who.instead)
        await proofs.books_hold(installation, chapter)
    return chapter


SOLD = (HTTPStatus.CREATED, "")
REFUSED = (HTTPStatus.CONFLICT, "/problems/not-enough-units")


async def _race(who: Buyers, there: Stalls, project_id: UUID) -> Counter[tuple[int, str]]:
    racing = (who.order(shopper, project_id) for shopper in there.shoppers)
    answers = await asyncio.gather(*racing)
    return Counter(
        (answer.status_code, answer.json()["type"] if answer.is_error else "") for answer in answers
    )
