"""Ask a PostgreSQL one thing, with the driver of the virtual environment.

Run by the virtual environment's Python, as
`ask_server.py version|installation|create|drop <url> [<database>]`.
"""

import asyncio
import sys
from urllib.parse import urlsplit

import asyncpg

CONNECT_SECONDS = 10
EXISTS = "SELECT to_regclass('installations') IS NOT NULL AND to_regclass('users') IS NOT NULL"
WHAT_FOR = """
    SELECT CASE
        WHEN demo AND clock_offset_seconds < 0 THEN 'unfinished'
        WHEN demo THEN 'demo'
        WHEN mode::text = 'test' AND NOT EXISTS (SELECT FROM users) THEN 'unused'
        ELSE mode::text
    END FROM installations
"""


async def ask(question: str, url: str, database: str = "") -> str:
    """Return the major version, or what is installed there; or make or remove a database."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        if question == "create":
            await connection.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')
        if question == "drop":
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}"')
        if question == "installation":
            return await _installed(connection)
        return str(connection.get_server_version().major)
    finally:
        await connection.close()


async def _installed(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
    if not await connection.fetchval(EXISTS):
        return "nothing"
    return await connection.fetchval(WHAT_FOR) or "nothing"


def main() -> None:
    """Print the answer, or end with one line that says why there is none."""
    question, url, *database = sys.argv[1:]
    try:
        print(asyncio.run(ask(question, url, *database)))
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError) as error:
        # The address without the password.
        where = urlsplit(url)
        reason = str(error) or "no answer"
        sys.exit(f"{where.hostname or 'the local socket'}:{where.port or 5432}: {reason}")


if __name__ == "__main__":
    main()
