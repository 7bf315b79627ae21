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


class ContractKnown(Problem):
    """The authority has a contract with this reference."""

    status = 409
    title = "The contract is known"


class ContractAhead(Problem):
    """A contract was awarded today or before."""

    status = 409
    title = "The contract is not awarded yet"


class RulesSilent(Problem):
    """Rules and contract together don't say what is owed, or what follows."""

    status = 409
    title = "The rules don't say"


class ObligationStateForbids(Problem):
    """The state of the obligation does not allow this."""

    status = 409
    title = "The obligation's state does not allow this"


class NothingToConfirm(Problem):
    """The obligation is confirmed as it is computed, or comes to nothing."""

    status = 409
    title = "There is nothing to confirm"


class OwnContract(NotAllowed):
    """Who entered the contract's figures does not confirm what follows from them."""

    title = "Somebody else must confirm this"


class OwnProposal(NotAllowed):
    """Who proposed it does not decide it."""

    title = "Somebody else must decide this"


class ProposalOpen(Problem):
    """Another proposal about the obligation waits for its decision."""

    status = 409
    title = "A proposal is open"


class ProposalDecided(Problem):
    """The proposal was decided before."""

    status = 409
    title = "The proposal is decided"


class NotSoMuchOwed(Problem):
    """Less is owed than the proposal says."""

    status = 409
    title = "Not so much is owed"


class NothingToObjectTo(Problem):
    """What can be contested is a sanction, a refused waiver, or a claim that does not count."""

    status = 409
    title = "There is nothing to contest"


class ObjectedBefore(Problem):
    """Each decision is contested once."""

    status = 409
    title = "An objection was lodged before"


class TooLateToObject(Problem):
    """The days that the authority's rules give to object have passed."""

    status = 409
    title = "It is too late to object"


class ObjectionEnded(Problem):
    """The objection was decided or withdrawn before."""

    status = 409
    title = "The objection has ended"


class OwnFirstDecision(NotAllowed):
    """Who had a part in what is contested does not judge the objection."""

    title = "Somebody else must judge this"


class RecoveryRuns(Problem):
    """The contractor still has time to make up for it, or claims wait for a decision."""

    status = 409
    title = "The recovery period is not over"
