"""Three rounds: entrepreneurs plan, a panel values, the operator adopts what it found."""

from datetime import timedelta

from app.core import clock
from app.story import deeds, figures
from app.story.cast import Person
from app.story.demo import figures as own
from app.story.demo.figures import Plan
from app.story.demo.playing import Demo, Offer
from app.story.demo.scenes import calendar

ACCEPTED = {"kind": "accepted", "reason": "Demo: it meets the conditions of the scheme."}
ADOPTED = {"reason": "Demo: four of five experts valued it."}
CONFLICT = {"reason": "Demo: I know the entrepreneur."}


def plan_first(demo: Demo) -> None:
    """Open the first round, and submit three plans."""
    cast = demo.cast
    _open_round(demo, calendar.FIRST)
    plans = (
        (cast.dirk, own.DRIVERS),
        (cast.leyla, own.HUB),
        (cast.wilma, own.WORKSHOP),
    )
    demo.each(_submit, *((demo, *each) for each in plans))
    demo.each(_accept, *((demo, plan) for _, plan in plans))


def plan_second(demo: Demo) -> None:
    """Open the second round, and submit three plans."""
    cast = demo.cast
    _open_round(demo, calendar.SECOND)
    plans = (
        (cast.amina, own.MOTHERS),
        (cast.dirk, own.TRAINEESHIP),
        (cast.teun, own.CATERING),
    )
    demo.each(_submit, *((demo, *each) for each in plans))
    demo.each(_accept, *((demo, plan) for _, plan in plans))


def plan_third(demo: Demo) -> None:
    """Open the third round: one plan waits for the operator, another is being written."""
    cast = demo.cast
    _open_round(demo, calendar.THIRD)
    _submit(demo, cast.wilma, own.REPAIRS)
    _write(demo, cast.leyla, own.HUB)


def _open_round(demo: Demo, dates: dict[str, int]) -> None:
    cast, props = demo.cast, demo.props
    number = len(props.rounds) + 1
    demo.go_to_day(dates["plansOpenAt"] - 1)
    body = {
        "name": {"nl": f"Ronde {number} (demo)", "en": f"Round {number} (demo)"},
        **{name: demo.day(day).isoformat() for name, day in dates.items()},
    }
    made = cast.bram.post(f"{props.scheme}/rounds", body)
    props.rounds.append(f"/v1/rounds/{made['id']}")
    demo.go_to_day(dates["plansOpenAt"])
    demo.until(cast.bram, f"{props.rounds[-1]}/settings", "state", "open")


def _write(demo: Demo, entrepreneur: Person, plan: Plan) -> Offer:
    props = demo.props
    home = props.homes[entrepreneur]
    address = deeds.begin_project(entrepreneur, home, props.rounds[-1])
    starts_on = clock.today() + timedelta(days=calendar.START_AFTER)
    entrepreneur.patch(f"{address}/plan", plan.content(starts_on))
    return Offer(plan, entrepreneur, address)


def _submit(demo: Demo, entrepreneur: Person, plan: Plan) -> None:
    offer = _write(demo, entrepreneur, plan)
    entrepreneur.post(f"{offer.address}/submissions")
    demo.props.offers[plan.english] = offer


def _accept(demo: Demo, plan: Plan) -> None:
    path = f"{demo.props.offers[plan.english].address}/eligibility-decisions"
    demo.cast.chantal.post(path, ACCEPTED)


def value_first(demo: Demo) -> None:
    """Have the panel value the plans of the first round."""
    _value(demo, calendar.FIRST, (own.DRIVERS, own.HUB, own.WORKSHOP))


def value_second(demo: Demo) -> None:
    """Have the panel value the plans of the second round."""
    _value(demo, calendar.SECOND, (own.MOTHERS, own.TRAINEESHIP, own.CATERING))


def _value(demo: Demo, dates: dict[str, int], plans: tuple[Plan, ...]) -> None:
    cast, props = demo.cast, demo.props
    demo.go_to_day(dates["plansCloseAt"])
    demo.until(cast.public, props.rounds[-1], "state", "valuing")
    cast.bram.post(f"{props.rounds[-1]}/assignments")
    *experts, last = cast.experts
    offers = [props.offers[plan.english] for plan in plans]
    asked = deeds.assignments(last)
    for offer in offers:
        last.post(f"{asked[deeds.id_of(offer.address)]}/recusals", CONFLICT)
    demo.each(_score, *((expert, number, offers) for number, expert in enumerate(experts)))
    demo.each(_adopt, *((demo, offer) for offer in offers))


def _score(expert: Person, number: int, offers: list[Offer]) -> None:
    asked = deeds.assignments(expert)
    for offer in offers:
        path = asked[deeds.id_of(offer.address)]
        deeds.seal(expert, path, figures.sheet(offer.plan.estimates[number]))


def _adopt(demo: Demo, offer: Offer) -> None:
    chantal, panel = demo.cast.chantal, f"{offer.address}/panel"
    demo.wait("scores open", lambda: not chantal.sees(panel, "openedAt", None))
    chantal.post(f"{offer.address}/valuations", ADOPTED)
