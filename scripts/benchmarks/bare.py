"""The least that FastAPI does for an answer: what the public market is compared to."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def read() -> dict[str, str]:
    """Answer."""
    return {"answer": "none"}
