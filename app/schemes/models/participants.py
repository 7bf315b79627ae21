"""Who takes part: entrepreneurs who are admitted, companies that are enrolled."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.database import READ_AND_ADD, Identified
from app.organisations.models import Organisation, OrganisationStatus
from app.schemes.models.decisions import SchemeDecision


class AdmissionState(StrEnum):
    """Where an entrepreneur stands in a scheme."""

    REQUESTED = "requested"
    """It asked (`actions.admissions.request`); after a refusal it may ask again."""
    ADMITTED = "admitted"
    """It takes part (`actions.admissions.decide`: admitted, reinstated)."""
    REFUSED = "refused"
    """It does not (`actions.admissions.decide`)."""
    SUSPENDED = "suspended"
    """It may not for a while (`actions.admissions.decide`)."""


class Admission(Identified):
    """An entrepreneur in a scheme: one row, whatever is decided about it."""

    __tablename__ = "admissions"
    __table_args__ = (UniqueConstraint("scheme_id", "organisation_id"),)

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("scheme_invitations.id"))
    """The operator had invited it."""
    state: Mapped[AdmissionState] = mapped_column(default=AdmissionState.REQUESTED)
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    decisions: Mapped[list[SchemeDecision]] = relationship(
        lazy="raise", order_by=SchemeDecision.id, viewonly=True
    )
    checks: Mapped[list["AdmissionCheck"]] = relationship(
        lazy="raise", order_by="AdmissionCheck.id", viewonly=True
    )

    @property
    def missing_checks(self) -> list["CheckKind"]:
        """What is not checked, or not any more, today; organisation and checks must be loaded."""
        return missing_checks(self.checks, self.organisation, clock.today())

    @property
    def payable(self) -> bool:
        """Whether money may be paid out to it today; the same must be loaded."""
        return self.payable_on(clock.today())

    def payable_on(self, on: date) -> bool:
        """Whether money may be paid out to it on a day; the same must be loaded.

        It must be admitted, its organisation active, and all four checks must hold on that day.
        """
        return (
            self.state is AdmissionState.ADMITTED
            and self.organisation.status is OrganisationStatus.ACTIVE
            and not missing_checks(self.checks, self.organisation, on)
        )


class CheckKind(StrEnum):
    """What must have been checked before money is paid out."""

    IDENTITY = "identity"
    """The organisation exists and the people act for it."""
    BENEFICIAL_OWNERS = "beneficial-owners"
    """Who owns or controls it (UBO)."""
    SANCTIONS = "sanctions"
    """Neither it nor its owners are on a sanctions list."""
    BANK_ACCOUNT = "bank-account"
    """The account is its own; a new account must be checked anew."""


class AdmissionCheck(Identified):
    """One check: by whom, when, on what evidence and until when it holds."""

    __tablename__ = "admission_checks"
    __table_args__ = (
        CheckConstraint("passed = (valid_until IS NOT NULL)", name="passed_until_when"),
        Index(None, "admission_id", "id"),
        {"info": READ_AND_ADD},
    )

    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admissions.id"))
    kind: Mapped[CheckKind]
    passed: Mapped[bool]
    evidence: Mapped[str]
    """What was seen, and where it is kept."""
    valid_until: Mapped[date | None]
    """The last day on which it holds."""
    checked_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime] = mapped_column(default=clock.now)


def missing_checks(
    checks: Iterable[AdmissionCheck], organisation: Organisation, on: date
) -> list[CheckKind]:
    """Say which kinds don't hold on a day: the last check of a kind counts, and no other.

    An account that was changed after its check is not checked.
    """
    last = {check.kind: check for check in sorted(checks, key=lambda check: check.id)}
    return [kind for kind in CheckKind if not _holds(last.get(kind), organisation, on)]


def _holds(check: AdmissionCheck | None, organisation: Organisation, on: date) -> bool:
    if check is None or check.valid_until is None or check.valid_until < on:
        return False
    if check.kind is not CheckKind.BANK_ACCOUNT:
        return True
    changed_at = organisation.iban_changed_at
    return changed_at is not None and changed_at < check.checked_at and bool(organisation.iban)


class EnrolmentState(StrEnum):
    """Where a company stands in a scheme."""

    REQUESTED = "requested"
    """It asked, and the operator decides (`actions.enrolments.request`)."""
    ACTIVE = "active"
    """It may buy (`actions.enrolments.request` where that is free; `decide`)."""
    REFUSED = "refused"
    """It may not (`actions.enrolments.decide`)."""
    SUSPENDED = "suspended"
    """It may not for a while (`actions.enrolments.decide`)."""


class Enrolment(Identified):
    """A company in a scheme: one row, whatever is decided about it."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("scheme_id", "organisation_id"),)

    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("schemes.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.REQUESTED)
    requested_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    decisions: Mapped[list[SchemeDecision]] = relationship(
        lazy="raise", order_by=SchemeDecision.id, viewonly=True
    )
