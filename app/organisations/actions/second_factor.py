"""The second factor: time-based codes (RFC 6238) and recovery codes."""

import secrets
from datetime import datetime

import pyotp
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import clock
from app.core.sealing import CannotOpen, seal, unseal
from app.organisations import credentials
from app.organisations.actions import attempts, letters, passwords, sessions, trail
from app.organisations.callers import Caller
from app.organisations.models import RecoveryCode, User, UserSession
from app.organisations.problems import CodeRefused, SecondFactorState, SecondFactorUnreadable
from app.organisations.schemas import SecondFactorRemoval

logger = structlog.get_logger(__name__)

PURPOSE = "totp"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""People's clocks are half a minute off at the most, or their phones would not work."""
RECOVERY_CODES = 10
GROUPS = 5
"""Of five letters: 125 bits, so that a plain hash keeps them (OWASP ASVS 5.0, 6.5.2)."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


async def enrol(
    session: AsyncSession, caller: Caller, user: User, password: str
) -> tuple[str, str]:
    """Make a new second factor, to be confirmed with a code; give its secret and otpauth URI.

    Raises:
        SecondFactorState: it is on already.
        PasswordWrong: a stolen session may not lock its owner out.
    """
    await passwords.prove(session, caller, user, password)
    if user.totp_confirmed_at is not None:
        message = "Your second factor is on. Turn it off first (POST /me/second-factor/removals)."
        raise SecondFactorState(message)
    secret = pyotp.random_base32()
    user.totp_sealed = seal(session, PURPOSE, secret.encode())
    user.totp_last_step = None
    await session.flush()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Baat")


async def confirm(session: AsyncSession, caller: Caller, user: User, code: str) -> list[str]:
    """Turn the second factor on with its first code; give the recovery codes.

    Every other session ends: it was begun without one.

    Raises:
        SecondFactorState: none was asked for, or it is on already.
        CodeRefused: the code is wrong.
    """
    await session.refresh(user, with_for_update=True)
    if user.totp_sealed is None or user.totp_confirmed_at is not None:
        message = "There is nothing to confirm: begin with POST /me/second-factor."
        raise SecondFactorState(message)
    async with attempts.counted(caller.visitor, user.email) as attempt:
        if not _accepts_step(session, user, code, clock.now()):
            raise CodeRefused(_WRONG)
        attempt.succeed()
    user.totp_confirmed_at = clock.now()
    here = caller.identity.credential_id
    await session.execute(
        sa.update(UserSession).where(UserSession.id == here).values(second_factor=True)
    )
    await sessions.revoke_all(session, user.id, caller.actor, but=here)
    trail.rights_changed(session, caller, "second-factor.on", user.id, user_id=user.id)
    await letters.to_user(session, user, "second_factor_on")
    return await _new_recovery_codes(session, user)


async def remove(
    session: AsyncSession, caller: Caller, user: User, request: SecondFactorRemoval
) -> None:
    """Turn the second factor off.

    Raises:
        PasswordWrong, CodeRefused: both are asked for once more.
    """
    await passwords.prove(session, caller, user, request.password)
    await prove(session, caller, user, request.code)
    user.totp_sealed = user.totp_confirmed_at = user.totp_last_step = None
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    await sessions.forget_second_factor(session, user.id)
    trail.rights_changed(session, caller, "second-factor.off", user.id, user_id=user.id)
    await letters.to_user(session, user, "second_factor_off")


async def renew_recovery_codes(
    session: AsyncSession, caller: Caller, user: User, code: str
) -> list[str]:
    """Replace the recovery codes; the ones before open nothing any more.

    Raises:
        SecondFactorState: the second factor is off.
        CodeRefused: the code is wrong.
    """
    await prove(session, caller, user, code)
    trail.rights_changed(session, caller, "recovery-codes.renewed", user.id, user_id=user.id)
    return await _new_recovery_codes(session, user)


async def prove(session: AsyncSession, caller: Caller, user: User, code: str) -> None:
    """Insist on a code before something that a stolen session must not do."""
    await session.refresh(user, with_for_update=True)
    if user.totp_confirmed_at is None:
        message = "Your second factor is off."
        raise SecondFactorState(message)
    async with attempts.counted(caller.visitor, user.email) as attempt:
        if not await accepts(session, user, code):
            raise CodeRefused(_WRONG)
        attempt.succeed()


_WRONG = "The code is wrong or was used before. Wait for the next one."


async def accepts(session: AsyncSession, user: User, code: str) -> bool:
    """Tell whether a code is good, and use it up. The user's row must be locked."""
    if code.isdecimal():
        return _accepts_step(session, user, code, clock.now())
    used = await session.scalar(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.hash == credentials.digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    return used is not None


def _accepts_step(session: AsyncSession, user: User, code: str, now: datetime) -> bool:
    if user.totp_sealed is None:
        return False
    totp = pyotp.TOTP(_secret_of(session, user, user.totp_sealed))
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        unused = user.totp_last_step is None or step > user.totp_last_step
        if unused and secrets.compare_digest(totp.at(step * STEP_SECONDS), code):
            user.totp_last_step = step
            return True
    return False


def _secret_of(session: AsyncSession, user: User, totp_sealed: bytes) -> str:
    try:
        return unseal(session, PURPOSE, totp_sealed).decode()
    except CannotOpen as error:
        # Nobody but the operator can mend it: another BAAT_SECRET, or a damaged row.
        logger.exception("second_factor_unreadable", user_id=str(user.id))
        message = (
            "The secret of your authenticator can't be read here. Sign in with a recovery code,"
            " turn the second factor off with another one, and on again. Without any only those"
            " who run this installation can help, if they start it with its former BAAT_SECRET."
        )
        raise SecondFactorUnreadable(message) from error


async def _new_recovery_codes(session: AsyncSession, user: User) -> list[str]:
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join(_letters() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, hash=credentials.digest(code)) for code in codes)
    return codes


def _letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))
