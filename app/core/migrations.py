"""Which migration a database has come to, and which this software brings."""

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.installation import WrongInstallation
from app.core.settings import Settings

ALEMBIC_INI = Path(__file__).parents[2] / "alembic.ini"
"""How to migrate; the project is installed where it lies, so the migrations stand beside `app`."""


def migrate(settings: Settings) -> None:
    """Bring a database to this version, and give the application its rights there."""
    config = Config(ALEMBIC_INI)
    # Not what the environment says: it may be another database than this process works with.
    config.attributes["settings"] = settings
    command.upgrade(config, "head")


async def present(session: AsyncSession) -> str | None:
    """Name the migration that a database has come to."""
    found: str | None = await session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


@lru_cache
def newest() -> str:
    """Name the last migration that this software brings."""
    [head] = ScriptDirectory.from_config(Config(ALEMBIC_INI)).get_heads()
    return head


@lru_cache
def known() -> frozenset[str]:
    """Name every migration of this software; another one is of a newer version."""
    scripts = ScriptDirectory.from_config(Config(ALEMBIC_INI))
    return frozenset(script.revision for script in scripts.walk_revisions())


def lacks_some(revision: str | None) -> bool:
    """Tell whether migrations are missing in a database that has come so far.

    One of a newer version lacks none: during a deployment the old processes work on, and migrations
    are written for that.
    """
    return revision is None or (revision in known() and revision != newest())


async def insist_on_newest(session: AsyncSession) -> None:
    """Insist that a database is what this software was written for, neither older nor newer.

    Raises:
        WrongInstallation: it is not.
    """
    revision = await present(session)
    if revision == newest():
        return
    what = "run `baat migrate`" if lacks_some(revision) else "use the software of that version"
    message = (
        f"This database is at {revision or 'no migration'}, this software at {newest()}: {what}."
    )
    raise WrongInstallation(message)
