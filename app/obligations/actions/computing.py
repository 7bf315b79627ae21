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
from app.obligations.valuing import ContractFacts, NotLaidDown, Step, owed
from app.obligations.valuing.owing import reaches_threshold


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What follows from what a contract says."""

    reaches_threshold: bool | None
    cents: int
    steps: tuple[Step, ...]


def appraise(
    version: RuleVersion | None, facts: ContractFacts, *, has_clause: bool, is_cancelled: bool
) -> Appraisal:
    """Say what follows from what a contract says.

    Raises:
        NoRulesApply: it has a clause, and no rules apply on its reference date.
        RulesSilent: it has a clause, and rules and contract don't say what is owed.
    """
    if version is None:
        if has_clause and not is_cancelled:
            message = "The authority has no rules for the day on which the contract was awarded."
            raise NoRulesApply(message)
        return Appraisal(None, 0, ())
    rules = version.read_rules()
    reaches = reaches_threshold(rules, facts)
    if is_cancelled:
        step = Step("The contract came to nothing", "0.00", 0)
        return Appraisal(reaches, 0, (step,))
    if not has_clause:
        step = Step("The contract has no social-return clause", "0.00", 0)
        return Appraisal(reaches, 0, (step,))
    try:
        found = owed(rules, facts)
    except NotLaidDown as silent:
        raise RulesSilent(str(silent)) from silent
    return Appraisal(reaches, found.cents, found.steps)


async def take_up(
    session: AsyncSession, actor: Actor, contract: Contract, amendment: ContractAmendment
) -> Obligation | None:
    """Let the obligation follow from an amendment; the contract is kept.

    What is confirmed stays as it is: another figure waits for the authority's confirmation.

    Raises:
        NoRulesApply, RulesSilent: nobody can say what is owed.
    """
    version = await _rules(session, contract)
    found = appraise(
        version,
        amendment.facts(),
        has_clause=amendment.has_clause,
        is_cancelled=amendment.is_cancelled,
    )
    contract.reaches_threshold = found.reaches_threshold
    contract.has_clause = amendment.has_clause
    contract.is_cancelled = amendment.is_cancelled
    obligation = await queries.obligations.of_contract(session, contract.id)
    if version is None or (obligation is None and not found.cents):
        return None
    if obligation is None:
        return await _register(session, actor, contract, version, amendment, found)
    if not obligation.state.is_closed:
        _compute(obligation, amendment, found)
        await states.follow_dates(session, obligation)
        decisions.note(
            session,
            actor,
            obligation,
            ObligationDecisionKind.COMPUTED,
            amount_cents=found.cents,
            reason=amendment.reason,
        )
    await session.flush()
    return obligation


async def _rules(session: AsyncSession, contract: Contract) -> RuleVersion | None:
    """Find the rules of the reference date: those once found, for good."""
    if contract.rules_id is not None:
        return await session.get_one(RuleVersion, contract.rules_id)
    version = await queries.rules.applying(session, contract.authority_id, contract.awarded_on)
    if version is not None:
        contract.rules_id = version.id
        if (days := version.read_rules().deadlines.report_in_days) is not None:
            contract.report_in_due_on = contract.awarded_on + timedelta(days=days)
    return version


async def _register(  # noqa: PLR0913  Each is one thing that an obligation follows from.
    session: AsyncSession,
    actor: Actor,
    contract: Contract,
    version: RuleVersion,
    amendment: ContractAmendment,
    found: Appraisal,
) -> Obligation:
    obligation = Obligation(
        authority_id=contract.authority_id,
        contract_id=contract.id,
        rules_id=version.id,
        state=ObligationState.REGISTERED,
        confirmed_cents=None,
    )
    _compute(obligation, amendment, found)
    session.add(obligation)
    await session.flush()
    decisions.note(
        session,
        actor,
        obligation,
        ObligationDecisionKind.REGISTERED,
        amount_cents=found.cents,
        reason=amendment.reason,
    )
    await session.flush()
    return obligation


def _compute(obligation: Obligation, amendment: ContractAmendment, found: Appraisal) -> None:
    obligation.computed_cents = found.cents
    obligation.steps = [asdict(step) for step in found.steps]
    obligation.amendment_id = amendment.id
    obligation.starts_on = amendment.starts_on
    obligation.due_on = amendment.ends_on
