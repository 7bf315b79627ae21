"""Why a valuation can't be adopted, or does not serve any more."""

from app.core.problems import NotAllowed, Problem


class QuorumNotMet(Problem):
    """Too few experts valued the plan: give more time or assign more of them."""

    status = 409
    title = "Too few experts valued it"


class ThresholdAboveValue(Problem):
    """The plan asks for more units than it was found worth: reject or return it."""

    status = 409
    title = "The threshold is above the impact value"


class NothingToSupersede(Problem):
    """The valuation stands, and nothing has changed since that could lead to another."""

    status = 409
    title = "Nothing has changed"


class ValuationOutdated(Problem):
    """An expert whose scores count in the valuation was recused since: it is adopted anew first."""

    status = 409
    title = "The valuation is not up to date"


class ExpertsDoNotAdopt(NotAllowed):
    """Who scores, or sits on the panel, does not adopt what the panel found."""

    title = "An expert does not adopt a valuation"


class OwnAcceptance(NotAllowed):
    """Who found the project eligible does not adopt the value that the policy fixes for it."""

    title = "Somebody else must adopt this"
