"""Why this domain refuses."""

from app.core.problems import NotAllowed, Problem


class SignInRequired(Problem):
    """The operation needs a caller, and the request names none."""

    status = 401
    title = "Sign in first"


class CredentialRefused(Problem):
    """The session or API key is unknown, has ended or was revoked."""

    status = 401
    title = "The credential is not accepted"
    in_trail = True


class SignInRefused(Problem):
    """E-mail address, password or code is wrong; which one is not said."""

    status = 401
    title = "Sign-in failed"


class SecondFactorNeeded(Problem):
    """The password is right; send it again with the code of the second factor."""

    status = 401
    title = "Send the code of your second factor as well"


class CsrfTokenMissing(NotAllowed):
    """A change by cookie needs the session's `csrfToken` in `X-CSRF-Token`."""

    title = "The CSRF token is missing or wrong"


class ScopeMissing(NotAllowed):
    """The API key was made without the scope that this operation needs."""

    title = "The API key lacks a scope"


class PeopleOnly(NotAllowed):
    """Only a person who signed in may do this; an API key may not."""

    title = "This is for people"


class RoleTooSmall(NotAllowed):
    """The caller acts for the organisation, in a role that may not do this."""

    title = "Your role may not do this"


class OrganisationInactive(NotAllowed):
    """A suspended, bankrupt or merged organisation can read and do nothing else."""

    title = "The organisation is not active"


class StaffOnly(NotAllowed):
    """Only the platform's staff may do this."""

    title = "This is for staff"


class StaffNeedsSecondFactor(NotAllowed):
    """In a live installation staff must have signed in with a second factor."""

    title = "Sign in with a second factor"


class PasswordTooWeak(Problem):
    """The password is too easy to guess, or known from a leak."""

    status = 400
    title = "Choose another password"


class PasswordWrong(NotAllowed):
    """The present password, asked for once more, is wrong."""

    title = "The password is wrong"


class TokenRefused(Problem):
    """The one-time token is unknown, was used, or has expired: ask for a new one."""

    status = 409
    title = "The token is not valid any more"


class CodeRefused(NotAllowed):
    """The code of the second factor is wrong or was used before."""

    title = "The code is not accepted"


class SecondFactorState(Problem):
    """The second factor is on already, or was never asked for."""

    status = 409
    title = "The second factor is not in that state"


class SecondFactorUnreadable(Problem):
    """The secret of the authenticator can't be read here: use recovery codes, and enrol again."""

    status = 409
    title = "The second factor can't be checked"


class AlreadyVerified(Problem):
    """Another organisation has been verified under this register number."""

    status = 409
    title = "This register number has been verified for another organisation"


class StatusForbids(Problem):
    """The organisation's status does not allow this decision."""

    status = 409
    title = "The organisation's status does not allow this"


class LastAdmin(Problem):
    """An organisation keeps at least one admin."""

    status = 409
    title = "This is the last admin"


class LastStaff(Problem):
    """The platform keeps at least one staff member."""

    status = 409
    title = "This is the last staff member"


class AlreadyMember(Problem):
    """This person acts for the organisation already."""

    status = 409
    title = "Already a member"


class AlreadyInvited(Problem):
    """An invitation to this address is open; revoke it first."""

    status = 409
    title = "Already invited"


class AlreadyStaff(Problem):
    """This person is staff already."""

    status = 409
    title = "Already staff"


class InvitationClosed(Problem):
    """The invitation was accepted or revoked before."""

    status = 409
    title = "The invitation is closed"


class AccountNeeded(Problem):
    """Nobody has an account with the invited address yet: send a name and a password too."""

    status = 409
    title = "Send a name and a password"


class DeputyNotPossible(Problem):
    """A deputy is another member of the same organisation, for a period that has not passed."""

    status = 409
    title = "This deputy is not possible"


class EmailTaken(Problem):
    """Another account has this address."""

    status = 409
    title = "The address belongs to another account"
