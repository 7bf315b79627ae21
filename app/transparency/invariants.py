"""What must always be true of the public log."""

from app.core.invariants import Invariant, Proof
from app.transparency.checks import rows, sources, tree

INVARIANTS = (
    Invariant(
        "log-protected",
        "The database refuses to change or remove what was published.",
        rows.PROTECTED,
    ),
    Invariant("log-order", "Leaves, and the positions in them, have no gap.", rows.ORDER),
    Invariant("log-leaves", "Every leaf is the hash of its entry.", rows.HASHES),
    Invariant(
        "log-against-books",
        "Every leaf of the books is that of the entry at its position.",
        rows.BOOKS,
    ),
    Invariant(
        "log-goes-on",
        "What stands in the books has its leaf, and a checkpoint over it, within minutes.",
        rows.GOES_ON,
    ),
    Invariant("log-times", "Leaves were appended and signed for in their order.", rows.TIMES),
    Proof(
        "log-against-decisions",
        "Every other leaf says what was decided, as the rows say it now.",
        sources.statement_faults,
    ),
    Proof(
        "log-arrivals",
        "What waits for its leaf is there to be published.",
        sources.arrival_faults,
    ),
    Proof("log-tiles", "Tiles hold the hashes of what is below them.", tree.tile_faults),
    Proof(
        "log-checkpoints",
        "Every checkpoint is signed by the log and has the root of its leaves.",
        tree.root_faults,
    ),
    Proof(
        "log-cosignatures",
        "What witnesses signed is what stands there.",
        tree.cosignature_faults,
    ),
    Proof("log-keys", "The keys of the log are whole: it can sign.", sources.key_faults),
)
"""All that `baat check log` looks at."""
