"""Who may check the public log: everybody."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.events import Actor
from app.transparency import notes
from app.transparency.actions import keys
from app.transparency.notes import Signer
from tests.ledger import access_table as ledger
from tests.make import logs
from tests.make.busy_books import sequence
from tests.matrix import ANYBODY, FURNISHERS, Body, Place, Rule, Tenant, World
from tests.organisations.access_table import OURS
from tests.schemes.access_table import INSPECTING

WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


async def furnish(session: AsyncSession, _world: World, tenant: Tenant, _place: Place) -> None:
    """Seal what its books have by now."""
    await sequence(session)
    checkpoint = await logs.sealed(session)
    await keys.add_witness(session, WITNESS.witness_key, Actor.system("test"))
    tenant.things |= {
        "index": "0",
        "size": str(checkpoint.size),
        "old_size": "1",
        "checkpoint": notes.parse(checkpoint.note).text,
    }


assert ledger.furnish in FURNISHERS  # Its entries stand in the books before they are sealed.
FURNISHERS.append(furnish)


def cosigned(world: World, place: Place) -> Body:
    """What a witness says of the tenant's checkpoint."""
    things = world[place].things
    line = WITNESS.cosign(str(things["checkpoint"]), 1_700_000_000)
    return {"size": int(str(things["size"])), "signatures": f"{line}\n"}


def a_document(_world: World, _place: Place) -> Body:
    """Something that proves nothing."""
    return {"document": "c2sp.org/tlog-proof@v1\n"}


TABLE = {
    "GET /v1/log": Rule(ANYBODY, on=OURS),
    "GET /v1/log/checkpoints/{size}": Rule(ANYBODY, on=OURS),
    "GET /v1/log/checkpoints/{size}/consistency-proofs/{old_size}": Rule(ANYBODY, on=OURS),
    "GET /v1/log/leaves/{index}": Rule(ANYBODY, on=OURS),
    "GET /v1/log/leaves/{index}/inclusion-proof": Rule(ANYBODY, on=OURS),
    "POST /v1/log/cosignatures": Rule(ANYBODY, body=cosigned, on=OURS),
    "POST /v1/log/verifications": Rule(ANYBODY, body=a_document, on=OURS),
    "GET /v1/ledger-entries/{entry_id}/proof": Rule(INSPECTING),
}
