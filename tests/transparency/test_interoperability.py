"""Somebody else's program checks what we prove, and we check what it proves."""

from hypothesis import given, settings
from hypothesis import strategies as st
from proofbundle import checkpoint as others_checkpoint
from proofbundle import merkle as others_merkle
from proofbundle import tlogproof

from app.transparency import checkpoints, merkle, notes, proofs
from app.transparency.proofs import Proof
from tests.transparency import published
from tests.transparency.access_table import WITNESS
from tests.transparency.published import LOG

ENTRIES = [published.ledger(position) for position in range(1, 300)]
LEAVES = list(map(merkle.leaf_hash, ENTRIES))


def hashes(ranges: list[merkle.Range]) -> list[bytes]:
    return [merkle.root(LEAVES[begin:end]) for begin, end in ranges]


@settings(max_examples=40)
@given(st.data())
def test_trees_and_their_proofs_are_the_same(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(ENTRIES)))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    roots = [merkle.root(LEAVES[:count]) for count in (old, size)]

    assert others_merkle.merkle_tree_hash(ENTRIES[:size]) == roots[1]
    path = hashes(merkle.inclusion(index, size))
    assert others_merkle.inclusion_proof(ENTRIES[:size], index) == path
    assert others_merkle.verify_inclusion(ENTRIES[index], index, size, path, roots[1])
    between = hashes(merkle.consistency(old, size))
    assert others_merkle.consistency_proof(ENTRIES[:size], old) == between
    assert others_merkle.verify_consistency(old, size, between, roots[0], roots[1])


def test_what_we_prove_is_proven_to_others() -> None:
    proof = published.proof(ENTRIES, 256)
    text = notes.parse(proof.checkpoint).text
    witnessed = proof.checkpoint + f"{WITNESS.cosign(text, 1_700_000_000)}\n"
    proof = Proof(proof.index, proof.path, witnessed, proof.extra)

    def judged(written: str, entry: bytes = ENTRIES[256]) -> object:
        keys = str(LOG.key), [str(WITNESS.witness_key)]
        return tlogproof.verify_tlog_proof(
            written, entry, *keys, threshold=1, expected_origin=LOG.name
        )["ok"]

    assert judged(str(proof)) is True
    assert judged(str(proof), ENTRIES[255]) is False
    assert judged(str(proof).replace("index 256", "index 257")) is False
    assert judged(str(published.proof(ENTRIES, 256))) is False, "nobody witnessed this one"


def test_what_others_prove_is_proven_to_us() -> None:
    root = merkle.root(LEAVES)
    name, size = LOG.name, len(LEAVES)
    note = others_checkpoint.sign_checkpoint(name, size, root, LOG.private, name)
    note = others_checkpoint.cosign_checkpoint(note, WITNESS.private, WITNESS.name, 1_700_000_000)
    path = others_merkle.inclusion_proof(ENTRIES, 7)
    written = tlogproof.format_tlog_proof(7, path, note, ENTRIES[7])

    assert others_checkpoint.vkey(name, LOG.key.public) == str(LOG.key)
    witness = others_checkpoint.cosign_vkey(WITNESS.name, WITNESS.witness_key.public)
    assert witness == str(WITNESS.witness_key)
    proven = proofs.check(proofs.parse(written), [LOG.key, WITNESS.witness_key])
    assert proven.checkpoint == checkpoints.Checkpoint(name, size, root)
    assert proven.witnesses == ((WITNESS.witness_key, 1_700_000_000),)
    assert note == notes.parse(note).text + "\n" + "".join(
        f"{line}\n" for line in (LOG.sign(str(proven.checkpoint)), notes.parse(note).signatures[1])
    )
