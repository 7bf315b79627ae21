"""JSON Lines: one object per entry, amounts as the books have them (cents, or units)."""

import json
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from app.ledger import streaming
from app.ledger.exports.amounts import book_of, moment
from app.ledger.streaming import Known, Selection


async def write(session: AsyncSession, selection: Selection) -> AsyncIterator[str]:
    """Write the journal."""
    async for known in streaming.entries(session, selection):
        yield json.dumps(_object(known), ensure_ascii=False, separators=(",", ":")) + "\n"


def _object(known: Known) -> dict[str, object]:
    entry = known.entry
    return {
        "position": known.position,
        "knownAt": moment(known.known_at),
        "id": str(entry.id),
        "kind": entry.kind,
        "reference": entry.reference,
        "narration": entry.narration,
        "occurredAt": moment(entry.occurred_at),
        "recordedAt": moment(entry.recorded_at),
        "reversesId": str(entry.reverses_id) if entry.reverses_id else None,
        "evidence": list(entry.evidence),
        "leaf": known.leaf.hex(),
        "lines": [
            {
                "line": number,
                "keeperId": str(line.keeper_id),
                "book": book_of(line).value,
                "account": line.kind,
                "ownerId": str(line.owner_id),
                "aboutId": str(line.about_id),
                "side": line.side.value,
                "amount": line.amount,
                "unit": book_of(line).unit,
            }
            for number, line in known.lines
        ],
    }
