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
