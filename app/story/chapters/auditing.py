"""A year in one file, for whoever audits it; checked without the installation."""

import tempfile
from pathlib import Path

from app.audits.packs import verifying
from app.story.failures import Failure
from app.story.tale import Story
from app.transparency import verifier
from app.transparency.verifier import LogRefused


def tell(story: Story) -> None:
    """Ask for an audit pack, and check it as its reader does."""
    ada, props = story.cast.ada, story.props
    with story.step(
        f"{ada} asks for a year of the scheme and the city in one file: an audit pack."
    ):
        wanted = {
            "schemeId": props.scheme.rpartition("/")[2],
            "authorityId": props.authority,
            "year": props.dates["saleEndsAt"].year,
        }
        path = f"/v1/audits/packs/{ada.post('/v1/audits/packs', wanted)['id']}"
        story.wait("it is made", lambda: ada.sees(path, "state", "ready"))
        pack = ada.download(f"{path}/file")
    with story.step(f"{ada} checks it offline with the log's public key (baat verify)."):
        keys = verifier.read_keys([story.cast.public.get("/v1/log")["keys"][0]["verifierKey"]])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pack.zip"
        file.write_bytes(pack)
        try:
            verified = verifying.verify(file, keys)
        except LogRefused as refused:
            message = f"The audit pack is not what it says: {refused}"
            raise Failure(message) from refused
    story.teller.remark(f"Proven: {verified}", "bold green")
