"""Words that plans choose from."""

from enum import StrEnum


class TargetGroup(StrEnum):
    """For whom a project makes room: the groups of the municipalities' building blocks.

    Plans and reports count them; who they are is stored nowhere.
    """

    PARTICIPATIEWET = "participatiewet"
    """On social assistance."""
    WW = "ww"
    """On unemployment benefit."""
    WIA = "wia"
    """On a benefit for the disabled; WAO included."""
    JOBS_AGREEMENT = "jobs-agreement"
    """In the register of the jobs agreement; Wajong included."""
    BBL = "bbl"
    """Learning at work, employed."""
    BOL = "bol"
    """Learning at school, as an intern."""
    VSO_PRO = "vso-pro"
    """From special or practical education."""
    NUG = "nug"
    """Looking for work, without a benefit."""
    STATUS_HOLDERS = "status-holders"
    """Refugees with a residence permit."""
    OTHER = "other"
    """At a distance from work for another reason, which the summary tells."""


class CostKind(StrEnum):
    """What a cost is for, where it is an amount; hours have a line of their own."""

    MATERIALS = "materials"
    FACILITIES = "facilities"
    OTHER = "other"


class FinancingKind(StrEnum):
    """Where other money for a project comes from."""

    SUBSIDY = "subsidy"
    FUND = "fund"
    SPONSOR = "sponsor"
    LOAN = "loan"
    OWN_MEANS = "own-means"
    REVENUE = "revenue"
    OTHER = "other"


class ResultKind(StrEnum):
    """What a category of results tells."""

    OUTPUT = "output"
    """What the project did."""
    OUTCOME = "outcome"
    """What came of it for the people."""


class ResultCategory(StrEnum):
    """What reports count, per target group."""

    TOOK_PART = "took-part"
    """So many began; a plan promises a number of them."""
    COMPLETED = "completed"
    """So many went on to the end."""
    FOUND_WORK = "found-work"
    FOUND_TRAINING = "found-training"

    @property
    def kind(self) -> ResultKind:
        """Whether it is an output or an outcome."""
        is_output = self in {ResultCategory.TOOK_PART, ResultCategory.COMPLETED}
        return ResultKind.OUTPUT if is_output else ResultKind.OUTCOME
