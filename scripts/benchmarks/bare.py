"""The least that FastAPI does for an answer: what the application is compared to.

`GET /` answers at once. `POST /reserve` runs the SQL of a reservation by asyncpg, and `POST /take`
that of an event's arrival, without anything that the application does besides.
"""

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from fastapi import FastAPI, Request

from scripts.benchmarks.reserving import STATEMENTS, TAKE, Chosen

POOL = 10


@asynccontextmanager
async def _connected(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ.get("DATABASE_URL")
    if url is None:
        yield
        return
    async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_connected)


@app.get("/")
async def read() -> dict[str, str]:
    """Answer."""
    return {"answer": "none"}


@app.post("/reserve", status_code=201)
async def reserve(request: Request) -> dict[str, str]:
    """Run the same SQL as a reservation."""
    projects = (await request.json())["projects"]
    chosen = Chosen(uuid4(), random.choice(projects))
    async with app.state.pool.acquire() as connection, connection.transaction():
        for statement in STATEMENTS:
            await connection.fetch(statement.text, *statement.values(chosen))
    return {"id": str(chosen.order_id)}


@app.post("/take", status_code=204)
async def take(request: Request) -> None:
    """Run the same SQL as an event's arrival."""
    body = await request.body()
    await app.state.pool.execute(TAKE, f"evt_{uuid4().hex}", body.decode())
