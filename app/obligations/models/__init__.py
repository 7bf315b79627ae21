"""Tables of rules, contracts, imports and obligations."""

from app.obligations.models.contracts import (
    Contract,
    ContractAmendment,
    ContractOrigin,
    ContractParty,
    PartyRole,
)
from app.obligations.models.imports import (
    ContractImport,
    ContractImportOutcome,
    ImportOutcome,
    ImportState,
)
from app.obligations.models.objections import Contest, ContestState, ObligationObjection
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
    "Contest",
    "ContestState",
    "Contract",
    "ContractAmendment",
    "ContractImport",
    "ContractImportOutcome",
    "ContractOrigin",
    "ContractParty",
    "ImportOutcome",
    "ImportState",
    "Obligation",
    "ObligationDecision",
    "ObligationDecisionKind",
    "ObligationObjection",
    "ObligationProposal",
    "ObligationState",
    "PartyRole",
    "ProposalKind",
    "ProposalSide",
    "ProposalState",
    "RuleDraft",
    "RuleVersion",
]
