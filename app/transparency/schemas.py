"""The public log on the wire; its tiles and checkpoints go out as C2SP writes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.wire import Moment, Request, View

LARGEST = 2**53 - 1
Hash = Annotated[
    str,
    Field(
        description="SHA-256, in base64.",
        examples=["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="],
    ),
]
Size = Annotated[int, Field(description="How many leaves.", examples=[70_000])]


class LogKeyView(View):
    """A key that the log signs, or signed, with."""

    verifier_key: Annotated[
        str,
        Field(
            description="What signatures are checked with (C2SP signed-note).",
            examples=["baat.example/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
        ),
    ]
    made_at: Moment
    retires_at: Annotated[
        Moment | None, Field(description="Until then it signs beside those that follow it.")
    ]
    signs: bool


class LogWitnessView(View):
    """Somebody who watches over the log."""

    verifier_key: str
    added_at: Moment


class LogView(View):
    """The public log: who signs it, how far it has come, and where its tiles are."""

    origin: Annotated[
        str | None,
        Field(
            description="Its name, for ever; null until it first signs.",
            examples=["baat.example/log"],
        ),
    ]
    address: Annotated[
        str,
        Field(
            description="Below it are `checkpoint` and `tile/…` (C2SP tlog-tiles).",
            examples=["https://baat.example/log"],
        ),
    ]
    size: Size
    keys: list[LogKeyView]
    witnesses: list[LogWitnessView]


class LogCheckpointView(View):
    """What the log signed for when it had so many leaves."""

    size: Size
    root_hash: Hash
    signed_at: Moment
    note: Annotated[str, Field(description="Signed, with what witnesses added (tlog-checkpoint).")]


class LogLeafView(View):
    """A leaf, and the proof that it is in the log."""

    index: Annotated[int, Field(description="Its place, from 0 on.", examples=[17])]
    entry: Annotated[str, Field(description="What everybody may read of it: JSON.")]
    leaf_hash: Hash
    appended_at: Moment
    proof: Annotated[str, Field(description="For programs that check it offline (tlog-proof).")]


class InclusionProofView(View):
    """The path from a leaf to a root (RFC 6962, 2.1.1)."""

    index: int
    size: Size
    hashes: list[Hash]


class ConsistencyProofView(View):
    """What proves one tree to be the beginning of another (RFC 6962, 2.1.2)."""

    old_size: int
    size: Size
    hashes: list[Hash]


class LedgerEntryProofView(View):
    """That an entry of the books is in the public log; `baat verify` checks this very text."""

    entry_id: UUID
    index: int
    proof: Annotated[str, Field(description="The entry of the log and its proof (tlog-proof).")]
    content: Annotated[
        str | None,
        Field(
            description="What the entry of the log commits to. Null where its salt was erased, or"
            " where it has lines in books that you may not read."
        ),
    ]
    is_forgotten: Annotated[
        bool,
        Field(description="Its salt was erased: nobody can show any more what it commits to."),
    ]


class CosignaturesRequest(Request):
    """What witnesses say of a checkpoint."""

    size: Annotated[int, Field(ge=1, le=LARGEST, description="Of the checkpoint, in leaves.")]
    signatures: Annotated[
        str,
        Field(
            min_length=1,
            max_length=20_000,
            description="Lines of a signed note, as `add-checkpoint` of a witness answers them"
            " (C2SP tlog-witness, tlog-cosignature of Ed25519).",
            examples=["— witness.example/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcr…"],
        ),
    ]


class VerificationRequest(Request):
    """A file that somebody was given: a certificate, a proof, what an entry was answered with."""

    document: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500_000,
            description="Its text: JSON with a `proof`, or a C2SP tlog-proof.",
            examples=["c2sp.org/tlog-proof@v1\nindex 0\n\nbaat.example/log\n1\n…"],
        ),
    ]


class WitnessedView(View):
    """That somebody saw the checkpoint of a proof."""

    name: str
    seen_at: Moment


class VerificationView(View):
    """Whether a file proves what it says, by the keys of this log and of its witnesses."""

    is_proven: bool
    reason: Annotated[str | None, Field(description="Why it does not; null where it does.")]
    index: Annotated[int | None, Field(description="Of the leaf that it proves.")]
    size: Annotated[int | None, Field(description="Of the log when that was signed for.")]
    entry: Annotated[str | None, Field(description="What stands in the log: JSON.")]
    content: Annotated[
        str | None, Field(description="What else of the file the entry proves, in words.")
    ]
    witnesses: list[WitnessedView]
