"""Answer HTTP and work on jobs."""

import uvicorn

from app.cli.running import chosen_settings, in_database
from app.core import logs
from app.core.database import Database
from app.core.http.heads import Heads
from app.main import create_app, work_on_jobs

KEPT_SECONDS = 75
"""An idle connection: longer than proxies keep theirs, which would ask on one that is hung up."""


def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Answer HTTP, and work on jobs unless BAAT_WORKER=false."""
    chosen = chosen_settings()
    logs.configure(chosen)
    # Before uvicorn, which would wrap a refusal in a traceback.
    in_database(_only_look)
    uvicorn.run(
        create_app(chosen),
        host=host,
        port=port,
        http=Heads,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=chosen.trusted_proxies,
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=15,
    )


async def _only_look(_database: Database) -> None:
    """Do nothing more than `in_database` does first."""


def work() -> None:
    """Work on jobs and answer no HTTP; Ctrl-C or SIGTERM lets the running ones end."""
    logs.configure(chosen_settings())
    in_database(work_on_jobs)
