"""What domains above know of an obligation where somebody decides about it."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wiring import Hook

waiting: Hook[[AsyncSession, UUID, date], bool] = Hook("obligations.waiting")
"""Tell whether claims for an obligation that came in by a day wait for the authority."""
