"""What was found when the invariants were last looked at."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

KEPT = {"rights": "SELECT, INSERT, UPDATE"}
"""`info` of a table whose rows change and never go."""


class IntegrityCheck(Base):
    """One invariant, as it was found last; what broke it is named in the log, and never here."""

    __tablename__ = "integrity_checks"
    __table_args__ = (CheckConstraint("fault_count >= 0", name="faults_counted"), {"info": KEPT})

    name: Mapped[str] = mapped_column(primary_key=True)
    fault_count: Mapped[int]
    position: Mapped[int]
    """How far the books had come."""
    checked_at: Mapped[datetime]
    took_milliseconds: Mapped[int]
    due_at: Mapped[datetime]
    """When it is looked at again (`actions.checking`)."""
    since: Mapped[datetime]
    """When it was first found to hold, or to be broken, as it is now."""
