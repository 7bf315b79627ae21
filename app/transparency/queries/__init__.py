"""Questions to the log: what is in it, what proves that, and what a leaf commits to."""

from app.transparency.queries import contents, proving
from app.transparency.queries.log import (
    checkpoint,
    first_size_over,
    hashed,
    key_of,
    keys,
    latest_size,
    leaf,
    leaf_of,
    moment,
    note,
    put_together,
    signs_at,
    size,
    tile,
    witness_key_of,
    witnesses,
)

__all__ = [
    "checkpoint",
    "contents",
    "first_size_over",
    "hashed",
    "key_of",
    "keys",
    "latest_size",
    "leaf",
    "leaf_of",
    "moment",
    "note",
    "proving",
    "put_together",
    "signs_at",
    "size",
    "tile",
    "witness_key_of",
    "witnesses",
]
