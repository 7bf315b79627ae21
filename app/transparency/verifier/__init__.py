"""For those who check: offline, or over the whole log, with nothing but the log's public key.

- `files.verify` proves one file: a proof, what an entry of the books was answered with, or a
  certificate.
- `replaying.replay` reads a whole log, from an address or a folder: it computes the tree anew,
  and adds up what the entries say.

Needs neither database nor settings, and trusts nothing but the keys that it was given.
"""

from app.transparency.verifier.counting import Counted, Counting
from app.transparency.verifier.files import Verified, verify
from app.transparency.verifier.going_on import insist_on_going_on
from app.transparency.verifier.keys import read_keys
from app.transparency.verifier.refusing import LogRefused
from app.transparency.verifier.replaying import Replayed, opened, replay
from app.transparency.verifier.sources import Source, source_of

__all__ = [
    "Counted",
    "Counting",
    "LogRefused",
    "Replayed",
    "Source",
    "Verified",
    "insist_on_going_on",
    "opened",
    "read_keys",
    "replay",
    "source_of",
    "verify",
]
