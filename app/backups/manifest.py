"""What a backup says of itself."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from app.backups.failures import BackupRefused
from app.core import sealing
from app.core.settings import Mode, Settings

NAME, DUMP = "manifest.json", "database.dump"
KEPT = ("mail", "payments", "demo.txt")
"""What of the installation's folder is kept as it lies there; files are asked of their store."""
CHUNK_BYTES = 1024 * 1024


class Content(BaseModel):
    """A file of the backup."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    bytes: int


class Log(BaseModel):
    """How far the public log had come."""

    model_config = ConfigDict(frozen=True)

    leaves: int
    checkpoint: str | None
    """The newest one that it had signed: its size and root, with the signatures."""


class Manifest(BaseModel):
    """What is in a backup, and of what it is one."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid"
    )

    backup_version: Literal[1] = 1
    made_at: datetime
    """By the machine's clock."""
    baat_version: str
    schema_revision: str
    postgresql_version: int
    mode: Mode
    demo: bool
    public_url: str
    owner_role: str
    application_role: str
    secret_fingerprint: str
    """Says whether a secret is the right one, and nothing else about it."""
    position: int
    """How far the books had come."""
    log: Log
    missing: tuple[str, ...] = ()
    """Files whose content the store did not have."""
    contents: Annotated[dict[str, Content], Field(description="By their paths.")]


def fingerprint(settings: Settings) -> str:
    """Make of the secret what says which one it is."""
    return sealing.derived(settings, "backup fingerprint").hex()[:16]


def measured(path: Path) -> Content:
    """Say what is in a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Content(sha256=digest.hexdigest(), bytes=size)


def listed(folder: Path) -> dict[str, Content]:
    """Measure every file of a folder but the manifest."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {str(path.relative_to(folder)): path for path in paths}
    return {name: measured(path) for name, path in names.items() if name != NAME}


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup, and insist that everything is there as it says.

    Raises:
        BackupRefused: it is no backup, of a later version, or not what it was.
    """
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except FileNotFoundError as error:
        message = f"{folder} is no backup: there is no {NAME} in it."
        raise BackupRefused(message) from error
    except ValidationError as error:
        message = f"The manifest in {folder} is damaged, or of another version of Baat."
        raise BackupRefused(message) from error
    found = listed(folder)
    changed = [name for name, content in manifest.contents.items() if found.get(name) != content]
    if changed or len(found) != len(manifest.contents):
        strange = sorted({*changed, *(found.keys() - manifest.contents.keys())})
        few = ", ".join(strange[:5])
        message = f"{folder} is not what it was: look at {few} ({len(strange)} in all)."
        raise BackupRefused(message)
    return manifest
