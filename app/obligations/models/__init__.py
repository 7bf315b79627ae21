"""Tables of rules, contracts and obligations."""

from app.obligations.models.contracts import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    ContractParty,
    PartyRole,
)
from app.obligations.models.obligations import (
    Obligation,
    ObligationDecision,
    ObligationDecisionKind,
    ObligationProposal,
    ObligationState,
    ProposalKind,
    ProposalSide,
    ProposalState,
)
from app.obligations.models.rules import RuleDraft, RuleVersion

__all__ = [
    "Contract",
    "ContractAmendment",
    "ContractOrigin",
    "ContractParty",
    "Obligation",
    "ObligationDecision",
    "ObligationDecisionKind",
    "ObligationProposal",
    "ObligationState",
    "PartyRole",
    "ProposalKind",
    "ProposalSide",
    "ProposalState",
    "RuleDraft",
    "RuleVersion",
]
