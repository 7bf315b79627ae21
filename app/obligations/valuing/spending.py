"""What units, purchases, hours and certificates count for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.core.money import euros, split
from app.obligations.rules import AuthorityRules, PsoStep, SupplierKind
from app.obligations.rules.counting import NamedMunicipalities, OwnMunicipalities, UnitTerms
from app.obligations.valuing.arithmetic import Room, Sum, Worth, listed, percent, rounded
from app.schemes.terms.fields import WHOLE, half_up


@dataclass(frozen=True, slots=True)
class Realised:
    """How much came about of what units were bought for: `of` or more is all of it."""

    people: int
    promised_people: int
    of_units: int = 1
    """How many units the buyer had when the result was found."""
    units: int = 1
    """How many of them are left: the money of the others went back, and for nothing of theirs
    does it stand twice that it did not come about."""

    @property
    def part(self) -> int:
        """What came about, of `whole`."""
        return min(self.people * self.of_units, self.whole)

    @property
    def whole(self) -> int:
        """All that the units that are left stand for."""
        return self.promised_people * self.units

    def of(self, cents: int) -> int:
        """Say what of an amount came about."""
        return split(cents, (self.part, self.whole - self.part))[0]

    def __str__(self) -> str:
        share = f"{self.people} / {self.promised_people}"
        return share if self.of_units == self.units else f"{share} × {self.of_units} / {self.units}"


@dataclass(frozen=True, slots=True)
class UnitsBought:
    """Units of a project that a contractor bought in a marketplace."""

    quantity_units: int
    unit_price_cents: int
    """Without VAT, as the round froze it."""
    municipality: str
    """Where the project is."""
    is_recognised: bool = True
    """Whether the authority recognises the scheme."""
    scheme_basis_points: int = WHOLE
    """The scheme's own factor: what a euro of the price stands for there."""
    realised: Realised | None = None
    """What came of the project, where that is known and the rules look at it."""


def units(
    rules: AuthorityRules,
    bought: UnitsBought,
    municipalities: Sequence[str],
    room: Room | None = None,
) -> Worth:
    """Say what units count for; the municipalities are the authority's own."""
    written = Sum()
    terms = rules.units
    if terms is None:
        return written.refused("The rules don't let units of a marketplace count.")
    if not bought.is_recognised:
        return written.refused("The authority does not recognise this marketplace.")
    if not _lies_within(terms, bought, municipalities, written):
        return written.refused("The project lies outside the region that counts.")
    price = bought.quantity_units * bought.unit_price_cents
    written.note(
        "Price without VAT",
        f"{bought.quantity_units} × {euros(bought.unit_price_cents)} = {euros(price)}",
        price,
    )
    cents = _recognised(price, terms, bought, written)
    realised = cents if bought.realised is None else result(bought.realised, cents, written)
    if not realised:
        return written.refused("Nothing came of what was promised.")
    worth = written.fitted(
        realised,
        room,
        maximum_share_basis_points=terms.maximum_share_basis_points,
        over_claiming=rules.over_claiming,
    )
    return replace(worth, unrealised_cents=cents - realised)


def _recognised(price: int, terms: UnitTerms, bought: UnitsBought, written: Sum) -> int:
    """Take both factors at once, and round once; what counts 1:1 in the scheme needs no word."""
    if bought.scheme_basis_points == WHOLE:
        return written.share("Recognition factor", price, terms.factor_basis_points)
    of_both = bought.scheme_basis_points * terms.factor_basis_points
    cents = rounded(Fraction(price * of_both, WHOLE * WHOLE))
    of_scheme, of_authority = map(percent, (bought.scheme_basis_points, terms.factor_basis_points))
    figures = f"{euros(price)} × {of_scheme} × {of_authority} = {euros(cents)}"
    written.note("Factors of the marketplace and of the authority", figures, cents)
    return cents


def result(realised: Realised, cents: int, written: Sum) -> int:
    """Lower an amount to what came about, if less did than was promised."""
    found = realised.of(cents)
    if found < cents:
        figures = f"{euros(cents)} × {realised} = {euros(found)}"
        written.note("Realised, by the final report", figures, found)
    return found


def _lies_within(
    terms: UnitTerms, bought: UnitsBought, municipalities: Sequence[str], written: Sum
) -> bool:
    match terms.region:
        case NamedMunicipalities():
            region = list(terms.region.municipalities)
        case OwnMunicipalities():
            region = list(municipalities)
        case _:
            return True
    lies_within = bought.municipality in region
    inside = "in" if lies_within else "not in"
    written.note("Region", f"{bought.municipality} is {inside} {listed(region) or 'any'}")
    return lies_within


@dataclass(frozen=True, slots=True)
class SocialPurchase:
    """What was bought from a social supplier."""

    price_cents: int
    """Without VAT."""
    supplier: SupplierKind


def social_purchase(
    rules: AuthorityRules, bought: SocialPurchase, room: Room | None = None
) -> Worth:
    """Say what a social purchase counts for."""
    written = Sum()
    terms = rules.social_purchases
    if terms is None:
        return written.refused("The rules don't let social purchases count.")
    if bought.supplier not in terms.suppliers:
        known = listed([kind.value for kind in terms.suppliers])
        return written.refused(f"Only these suppliers count: {known}.")
    written.note("Price without VAT", euros(bought.price_cents), bought.price_cents)
    cents = written.share("Factor", bought.price_cents, terms.factor_basis_points)
    return written.fitted(
        cents,
        room,
        maximum_share_basis_points=terms.maximum_share_basis_points,
        over_claiming=rules.over_claiming,
    )


@dataclass(frozen=True, slots=True)
class ActivityHours:
    """Time that the contractor's people gave."""

    activity: str
    minutes: int


def activity(rules: AuthorityRules, done: ActivityHours, room: Room | None = None) -> Worth:
    """Say what hours of an activity, or of help in kind, count for."""
    written = Sum()
    terms = rules.activities
    if terms is None:
        return written.refused("The rules don't let activities count.")
    rate = terms.rate(done.activity)
    if rate is None:
        known = listed([each.code for each in terms.rates])
        return written.refused(f"Only these activities count: {known}.")
    hours = Fraction(done.minutes, 60)
    cents = rounded(rate.hour_cents * hours)
    written.note(rate.name.en, f"{hours} h × {euros(rate.hour_cents)} = {euros(cents)}", cents)
    return written.fitted(
        cents,
        room,
        maximum_share_basis_points=terms.maximum_share_basis_points,
        over_claiming=rules.over_claiming,
    )


def pso(rules: AuthorityRules, step: PsoStep, room: Room) -> Worth:
    """Say what a PSO certificate counts for: a share of what is imposed, as far as it is open."""
    written = Sum()
    discount = rules.pso_discount(step)
    if discount is None:
        return written.refused(f"The rules give no discount for PSO step {step.value}.")
    cents = half_up(room.imposed_cents, discount.basis_points)
    figures = f"{euros(room.imposed_cents)} × {percent(discount.basis_points)} = {euros(cents)}"
    written.note(f"PSO step {step.value}, of what is imposed", figures, cents)
    left = max(0, min(cents - room.of_kind_cents, room.open_cents))
    if left < cents:
        written.note("Less what counts already, and no more than is open", euros(left), left)
    if not left:
        return written.refused("The discount is used up, or nothing is open.")
    return Worth(left, tuple(written.steps))
