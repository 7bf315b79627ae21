"""Why this domain refuses."""

from app.core.problems import NotAllowed, Problem


class OwnRuleDraft(NotAllowed):
    """Who wrote in a draft does not publish it: somebody else of the authority must."""

    title = "Somebody else must publish these rules"


class RulesTooEarly(Problem):
    """What applied on a day stays: rules begin after those that they supersede, and after use."""

    status = 409
    title = "The rules start too early"


class NoRulesApply(Problem):
    """The authority has published no rules that apply on that day."""

    status = 409
    title = "No rules apply"
