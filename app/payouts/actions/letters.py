"""The letters of this domain: what is mailed to whom, in their language."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.languages import Language
from app.orders.queries import invoices
from app.organisations.actions.letters import to_deciders
from app.organisations.models import Organisation
from app.payments.models import Payment
from app.payments.sepa import references
from app.payments.sepa.reasons import in_words
from app.payouts.models import Payout, RemedyProposal, WriteOff
from app.projects.actions.letters import titled
from app.projects.models import Project
from app.projects.queries import listings, projects
from app.schemes.models import Scheme


async def paid(session: AsyncSession, payout: Payout) -> None:
    """Tell an entrepreneur that it was paid."""
    netted = {"netted_cents": payout.netted_cents}
    await _send(session, payout, payout.entrepreneur_id, "paid", netted)


async def not_paid(session: AsyncSession, payout: Payout, reason: str) -> None:
    """Tell an operator that a payout did not arrive, or was taken back: a bank's code in words."""
    project = await _project(session, payout)
    words = {language: in_words(reason, language) for language in Language}
    await _send(session, payout, project.round.scheme.operator_id, "not_paid", {"reasons": words})


async def overdue(session: AsyncSession, payout: Payout) -> None:
    """Tell an operator that a payout should have arrived by now."""
    project = await _project(session, payout)
    due = {"due_on": payout.due_on}
    await _send(session, payout, project.round.scheme.operator_id, "overdue", due)


async def stopped(session: AsyncSession, project: Project, reason: str) -> None:
    """Tell an entrepreneur that its project was stopped."""
    await _to_deciders(session, project, project.entrepreneur_id, "stopped", {"reason": reason})


async def remedied(session: AsyncSession, project: Project, proposal: RemedyProposal) -> None:
    """Tell an entrepreneur what was decided about its project's money."""
    told = {
        "units": f"{proposal.units:,}",
        "is_moved": proposal.substitute_project_id is not None,
        "reason": proposal.reason,
    }
    await _to_deciders(session, project, project.entrepreneur_id, "remedied", told)


async def to_repay(session: AsyncSession, scheme: Scheme, payment: Payment) -> None:
    """Tell an entrepreneur that it has to pay back: how much, to where, and until when."""
    account = await invoices.account(session, scheme.id)
    told = {
        "amount_cents": payment.amount_cents,
        "iban": account.iban if account else None,
        "holder": account.holder_name if account else None,
        "reference": references.printed(payment.creditor_reference or ""),
        "until": payment.expires_at,
    }
    await _about_debt(session, scheme, payment.payer_id, "to_repay", told)


async def written_off(session: AsyncSession, scheme: Scheme, write_off: WriteOff) -> None:
    """Tell an entrepreneur that it owes something no more."""
    told = {"amount_cents": write_off.amount_cents}
    await _about_debt(session, scheme, write_off.entrepreneur_id, "written_off", told)


async def _about_debt(
    session: AsyncSession,
    scheme: Scheme,
    entrepreneur_id: UUID,
    letter: str,
    told: Mapping[str, object],
) -> None:
    entrepreneur = await session.get_one(Organisation, entrepreneur_id)

    def said(language: Language) -> dict[str, object]:
        of_scheme = scheme.name[language]
        return {"organisation": entrepreneur.legal_name, "scheme": of_scheme, **told}

    await to_deciders(session, entrepreneur_id, f"payouts/{letter}", said)


async def _project(session: AsyncSession, payout: Payout) -> Project:
    project = await projects.one(session, payout.project_id)
    if project is None:
        message = f"the payout {payout.id} has no project"
        raise RuntimeError(message)
    return project


async def _send(
    session: AsyncSession,
    payout: Payout,
    organisation_id: UUID,
    letter: str,
    more: Mapping[str, object],
) -> None:
    project = await _project(session, payout)
    told = {"amount_cents": payout.sent_cents, **more}
    await _to_deciders(session, project, organisation_id, letter, told)


async def _to_deciders(
    session: AsyncSession,
    project: Project,
    organisation_id: UUID,
    letter: str,
    told: Mapping[str, object],
) -> None:
    """Mail who decides for an organisation, unless they declined such mail."""
    listing = await listings.of_project(session, project.id)

    def said(language: Language) -> dict[str, object]:
        return {
            "organisation": project.entrepreneur.legal_name,
            "scheme": project.round.scheme.name[language],
            "project": titled(listing.title, language),
            **told,
        }

    await to_deciders(session, organisation_id, f"payouts/{letter}", said)
