"""Signed notes: the vectors of Go's `sumdb/note` and of C2SP, and what is refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.transparency import checkpoints, notes
from app.transparency.checkpoints import Checkpoint
from app.transparency.notes import Key, KeyRefused, NoteRefused, Signer

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTG"
    "wnWLox33WWd1RvMc+QQ=\n"
)
C2SP = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONn"
    "cAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
GO_SUM = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

PETER_SIGNER = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETER_SEED))
ENOCH_SIGNER = Signer("EnochRoot", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = bytes(range(32))


@pytest.mark.parametrize("written", [PETER, C2SP, GO_SUM])
def test_known_keys_are_read_and_written(written: str) -> None:
    assert str(notes.parse_key(written)) == written


def test_a_note_is_signed_as_go_signs_it() -> None:
    assert str(PETER_SIGNER.key) == PETER
    assert str(notes.signed(TEXT, [PETER_SIGNER])) == NOTE
    assert str(notes.signed(TEXT, [PETER_SIGNER, ENOCH_SIGNER])) == NOTE + ENOCH


@pytest.mark.parametrize(("key", "note"), [(PETER, NOTE), (PETER, NOTE + ENOCH), (C2SP, C2SP_NOTE)])
def test_a_known_note_is_opened(key: str, note: str) -> None:
    opened = notes.parse(note)

    assert str(opened) == note
    assert opened.signers([notes.parse_key(key)]) == [notes.parse_key(key)]
    assert opened.signers([ENOCH_SIGNER.witness_key]) == []


def test_a_key_is_read_whole_or_not_at_all() -> None:
    wrong = [PETER[begin:end] for begin in range(0, 40, 7) for end in range(20, len(PETER), 9)]
    wrong += [PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))]
    wrong += [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "",
    ]
    for written in wrong:
        with pytest.raises(KeyRefused):
            notes.parse_key(written)
    with pytest.raises(KeyRefused):
        notes.parse_key(PETER, notes.WITNESS)


@pytest.mark.parametrize(
    "written",
    [
        *("", "text\n", TEXT, NOTE[:-1], NOTE.replace("—", "-"), NOTE.replace("\n\n", "\n")),
        *(NOTE + "\n", NOTE + "more\n", NOTE.replace("PeterNeumann", "Peter+Neumann")),
        *(NOTE.replace("nAM=", "nAN="), NOTE.replace("nAM=", "nAM"), NOTE.replace("you", "y\x07u")),
        *(TEXT + "\n— PeterNeumann x08gow==\n", NOTE + ENOCH * 100, "\n\n" + ENOCH),
    ],
)
def test_what_is_no_note_is_refused(written: str) -> None:
    with pytest.raises(NoteRefused):
        notes.parse(written)


def test_a_changed_note_is_refused() -> None:
    for written in (NOTE.replace("problem is", "problem was"), NOTE.replace("x08go/Z", "x08go/A")):
        with pytest.raises(NoteRefused):
            notes.parse(written).signers([notes.parse_key(PETER)])


def test_a_checkpoint_is_opened_by_a_key_of_its_log_alone() -> None:
    log, other = Signer("PeterNeumann", Ed25519PrivateKey.generate()), PETER_SIGNER
    text = str(Checkpoint("PeterNeumann", 7, ROOT))
    note = str(notes.signed(text, [log]))
    both = str(notes.signed(text, [log, other]))

    assert text == f"PeterNeumann\n7\n{base64.b64encode(ROOT).decode()}\n"
    assert checkpoints.opened(note, [log.key]) == Checkpoint("PeterNeumann", 7, ROOT)
    # While a key is changed two sign: who knows one of them is served.
    assert checkpoints.opened(both, [other.key]) == checkpoints.opened(both, [log.key])
    for strangers in ([other.key], [], [log.witness_key], [ENOCH_SIGNER.key]):
        with pytest.raises(NoteRefused):
            checkpoints.opened(note, strangers)
    elsewhere = str(notes.signed(str(Checkpoint("elsewhere", 7, ROOT)), [log]))
    with pytest.raises(NoteRefused):
        checkpoints.opened(elsewhere, [log.key])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "log\n07\n{root}\n",
            "log\n-1\n{root}\n",
            "log\n7\n{root}x\n",
            "log\n7\n",
            "\n7\n{root}\n",
        ),
        *(
            "log\n7\n{root}\n\n",
            "log\n7\nAAAA\n",
            "log\n1e3\n{root}\n",
            "log\n" + "9" * 20 + "\n{root}\n",
        ),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        checkpoints.parse(text.format(root=base64.b64encode(ROOT).decode()))


def test_the_known_checkpoint_of_go() -> None:
    text = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
    checkpoint = checkpoints.parse(text)

    assert checkpoint.size == 123_456_789_012
    assert str(checkpoint) == text
    assert checkpoints.parse(text + "what others add\n") == checkpoint


def test_a_witness_says_when_it_saw_a_checkpoint() -> None:
    text = str(Checkpoint("log", 7, ROOT))
    line = PETER_SIGNER.cosign(text, 1_679_315_147)
    key = PETER_SIGNER.witness_key

    assert notes.is_valid(key, text, line)
    assert notes.seconds_of(line) == 1_679_315_147
    assert notes.parse_signatures(f"{line}\n") == (line,)
    # By hand, as tlog-cosignature says it.
    message = f"cosignature/v1\ntime 1679315147\n{text}".encode()
    assert line.content[8:] == PETER_SIGNER.private.sign(message)
    later = notes.Signature(line.name, line.key_id, b"\xff" + line.content[1:])
    short = notes.Signature(line.name, line.key_id, line.content[1:])
    never = PETER_SIGNER.cosign(text, notes.LAST_SECOND + 1)
    for wrong in (later, short, never, PETER_SIGNER.sign(text)):
        assert not notes.is_valid(key, text, wrong)
    assert not notes.is_valid(key, text.replace("7", "8"), line)
    assert key.id != PETER_SIGNER.key.id
    assert notes.parse_key(str(key), notes.WITNESS) == key
    assert not notes.is_valid(Key("x", notes.LOG, bytes(32)), text, PETER_SIGNER.sign(text))
