"""Why a file is not taken, or not given."""

from app.core.problems import Problem


class FileTooLarge(Problem):
    """The file is larger than this installation takes."""

    status = 413
    title = "The file is too large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"A file may have {limit_bytes} bytes at most. Make it smaller or send it in parts.",
            limit_bytes=limit_bytes,
        )


class FileTypeNotAllowed(Problem):
    """The content is of none of the types that this installation takes."""

    status = 415
    title = "Files of this type are not taken"

    def __init__(self, detail: str, allowed: list[str]) -> None:
        super().__init__(detail, allowed=allowed)


class FileTypeMismatch(Problem):
    """The content, the `Content-Type` and the ending of the name do not agree."""

    status = 415
    title = "The file is not what it is said to be"

    def __init__(self, detail: str, *, claimed: str, found: str) -> None:
        super().__init__(detail, claimed=claimed, found=found)


class FileUnsafe(Problem):
    """The file could harm who opens it, with macros for one, or unpacking to gigabytes."""

    status = 400
    title = "The file is not safe"


class FileInfected(Problem):
    """The virus scanner found something in the file."""

    status = 400
    title = "The virus scanner refuses the file"

    def __init__(self, signature: str) -> None:
        super().__init__(
            f"The scanner calls it {signature}. Clean the machine it comes from, then send the"
            " file anew.",
            signature=signature,
        )


class FileDamaged(Problem):
    """The file is empty, cut off or broken."""

    status = 400
    title = "The file is damaged"


class FileNameRefused(Problem):
    """The name holds a path, or characters that no name should have."""

    status = 400
    title = "The file's name is refused"


class UploadTooSlow(Problem):
    """The file did not arrive in the time that this installation waits for one."""

    status = 408
    title = "The upload took too long"

    def __init__(self, limit_seconds: float) -> None:
        super().__init__(
            f"A file must arrive within {limit_seconds:.0f} seconds. Send it over a faster line,"
            " or make it smaller.",
            limit_seconds=round(limit_seconds),
        )


class FileErased(Problem):
    """The content was erased; what is left says what it was."""

    status = 410
    title = "The file was erased"

    def __init__(self, sha256: bytes) -> None:
        super().__init__(
            "Its content is gone for good. Whoever has a copy can prove it by its SHA-256.",
            sha256=sha256.hex(),
        )
