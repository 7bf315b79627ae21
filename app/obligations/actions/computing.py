"""Let the obligation of a contract follow from what it says."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Actor
from app.obligations import queries
from app.obligations.actions import decisions, states
from app.obligations.models import (
    Contract,
    ContractAmendment,
    Obligation,
    ObligationDecisionKind,
    ObligationState,
    RuleVersion,
)
from app.obligations.problems import NoRulesApply, RulesSilent
from app.obligations.valuing import NotLaidDown, Step, owed
from app.obligations.valuing.owing import reaches_threshold


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What follows from what a contract says."""

    reaches_threshold: bool | None
    cents: int
    steps: tuple[Step, ...]


def appraise(version: RuleVersion | None, terms: ContractAmendment) -> Appraisal:
    """Say what follows from what a contract says.

    Raises:
        NoRulesApply: it has a clause, and no rules apply on its reference date.
        RulesSilent: it has a clause, and rules and contract don't say what is owed.
    """
    if version is None:
        if terms.has_clause and not terms.is_cancelled:
            message = "The authority has no rules for the day on which the contract was awarded."
            raise NoRulesApply(message)
        return Appraisal(None, 0, ())
    rules, facts = version.read_rules(), terms.facts()
    reaches = reaches_threshold(rules, facts)
    if terms.is_cancelled:
        step = Step("The contract came to nothing", "0.00", 0)
        return Appraisal(reaches, 0, (step,))
    if not terms.has_clause:
        step = Step("The contract has no social-return clause", "0.00", 0)
        return Appraisal(reaches, 0, (step,))
    try:
        found = owed(rules, facts)
    except NotLaidDown as silent:
        raise RulesSilent(str(silent)) from silent
    return Appraisal(reaches, found.cents, found.steps)


async def take_up(
    session: AsyncSession, actor: Actor, contract: Contract, amendment: ContractAmendment
) -> None:
    """Let the obligation follow from an amendment; the contract is kept.

    What is confirmed stays as it is: another figure waits for the authority's confirmation.

    Raises:
        NoRulesApply, RulesSilent: nobody can say what is owed.
    """
    version = await _rules(session, contract)
    found = appraise(version, amendment)
    await _follow(session, actor, contract, (version, amendment, found), amendment.reason)


async def judge_anew(session: AsyncSession, actor: Actor, contract: Contract) -> None:
    """Let a contract that is kept follow rules that were published after it became known."""
    before, amendment = contract.rules_id, contract.terms
    version = await _rules(session, contract)
    if version is None or version.id == before:
        return
    try:
        found = appraise(version, amendment)
    except RulesSilent as silent:
        reaches = reaches_threshold(version.read_rules(), amendment.facts())
        found = Appraisal(reaches, 0, (Step(silent.detail, "0.00", 0),))
    reason = f"Rules {version.number} were published, and apply on its reference date."
    await _follow(session, actor, contract, (version, amendment, found), reason)


async def _follow(
    session: AsyncSession,
    actor: Actor,
    contract: Contract,
    follows: tuple[RuleVersion | None, ContractAmendment, Appraisal],
    reason: str,
) -> None:
    version, amendment, found = follows
    contract.reaches_threshold = found.reaches_threshold
    contract.has_clause = amendment.has_clause
    contract.is_cancelled = amendment.is_cancelled
    obligation = await queries.obligations.of_contract(session, contract.id)
    if version is None or (obligation is None and not found.cents):
        return
    kind = ObligationDecisionKind.COMPUTED
    if obligation is None:
        kind = ObligationDecisionKind.REGISTERED
        obligation = Obligation(
            authority_id=contract.authority_id,
            contract_id=contract.id,
            state=ObligationState.REGISTERED,
            confirmed_cents=None,
        )
        session.add(obligation)
    if obligation.state.is_closed:
        await session.flush()
        return
    _compute(obligation, version, amendment, found)
    await session.flush()
    await states.follow_dates(session, obligation)
    decisions.note(session, actor, obligation, kind, amount_cents=found.cents, reason=reason)
    await session.flush()


def _compute(
    obligation: Obligation, version: RuleVersion, amendment: ContractAmendment, found: Appraisal
) -> None:
    obligation.rules_id = version.id
    obligation.computed_cents = found.cents
    obligation.steps = [asdict(step) for step in found.steps]
    obligation.amendment_id = amendment.id
    obligation.starts_on = amendment.starts_on
    obligation.due_on = amendment.ends_on


async def _rules(session: AsyncSession, contract: Contract) -> RuleVersion | None:
    """Find the rules of the reference date: for good, unless it is only a contractor's word."""
    known = contract.rules_id
    if known is not None and not await queries.contracts.is_only_reported(session, contract.id):
        return await session.get_one(RuleVersion, known)
    version = await queries.rules.applying(session, contract.authority_id, contract.awarded_on)
    if version is not None:
        contract.rules_id = version.id
        if (days := version.read_rules().deadlines.report_in_days) is not None:
            contract.report_in_due_on = contract.awarded_on + timedelta(days=days)
    return version
