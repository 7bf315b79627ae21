"""Why there is no backup, or nothing is restored."""


class BackupRefused(Exception):  # noqa: N818  Read aloud it says what happened.
    """It is not done; the sentence says why and what helps. Nothing is left half."""
