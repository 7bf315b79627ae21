"""Why something is not proven."""


class LogRefused(Exception):  # noqa: N818  Read aloud it says what happened.
    """The file, or the log, is not what it should be; the message says how."""
