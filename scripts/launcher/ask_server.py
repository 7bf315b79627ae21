"""Ask a PostgreSQL one thing, with the driver of the virtual environment.

Run by the virtual environment's Python as `ask_server.py version|create|drop <url> [<database>]`.
"""

import asyncio
import sys
from urllib.parse import urlsplit

import asyncpg

CONNECT_SECONDS = 10


async def ask(question: str, url: str, database: str = "") -> str:
    """Return the major version, or make or remove a database."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    try:
        if question == "create":
            await connection.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')
        if question == "drop":
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}"')
        return str(connection.get_server_version().major)
    finally:
        await connection.close()


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
