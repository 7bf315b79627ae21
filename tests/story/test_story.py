"""The story, told as a newcomer has it told: a process of its own, with everything real."""

import re
import signal
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Cluster
from tests.story.conftest import Start, databases

LISTED = """
120 RIKX of Chauffeurs voor het doelgroepenvervoer for sale
  Dr for_sale                             120 RIKX
      Cr issued                           120 RIKX
"""
FUNDED = """
Threshold reached
  Dr deposit                        12,195.75 EUR
      Cr start_part                 10,800.00 EUR
      Cr result_part                   700.00 EUR
      Cr fee_income                    575.00 EUR
      Cr vat_fee                       120.75 EUR
"""
START_PART = """
Payout of the start part approved
  Dr start_part                     10,800.00 EUR
      Cr payable                    10,800.00 EUR
"""
RESULT_PART = """
Payout of the result part approved
  Dr result_part                       420.00 EUR
      Cr payable                       420.00 EUR
"""
REFUNDED = """
5 units annulled, their money goes back
  Dr deposit                           530.25 EUR
      Cr refund_due                    530.25 EUR
  Dr annulled                               5 RIKX
      Cr owned                              5 RIKX
"""
IMPOSED = """
Obligation imposed
  Dr owed                            6,250.00 SR
      Cr imposed                     6,250.00 SR
"""
COUNTED = """
50 units fulfil an obligation
  Dr fulfilled                       5,000.00 SR
      Cr provisional                 5,000.00 SR
  Dr retired                               50 RIKX
      Cr owned                             50 RIKX
"""

FAILING = """
from app.cli import cli
from app.story import chapters

def tell(story):
    with story.step("Somebody looks for what is not there."):
        story.cast.public.get("/v1/rounds/00000000-0000-0000-0000-000000000000")

chapters.CHAPTERS = (chapters.Chapter("A trial", tell),)
cli(["story"])
"""


def contents(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def insist_on_nothing_left(cluster: Cluster, said: str, folder: Path) -> None:
    [name] = set(re.findall(r"baat_story_[0-9a-f]{8}", said))
    assert name not in await databases(cluster)
    assert contents(folder) == []


def insist_on_the_readmes(told: str) -> None:
    """Insist that the README's excerpt is told, in its order, on whatever days."""
    days = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2} [A-Z][a-z]+ \d{4}")
    excerpt = (PROJECT / "README.md").read_text().partition("<!-- out of `baat story`")[2]
    parts = re.split(r"\n *…\n", excerpt.split("```")[1])
    rest = days.sub("(a day)", told)
    for part in parts:
        _, found, rest = rest.partition(days.sub("(a day)", " ".join(part.split())))
        assert found, part


@pytest.mark.timeout(300)  # A whole round, on a machine that may be busy with other tests.
async def test_the_story_is_told_to_its_end(cluster: Cluster, start: Start, tmp_path: Path) -> None:
    telling = await start()
    said = (await telling.communicate())[0].decode()
    assert telling.returncode == 0, said
    flat = " ".join(said.split())
    pages = [line.partition("│ ")[2] for line in said.splitlines() if "│ " in line]
    # Each page begins with its day.
    journal = "\n".join(re.sub(r"^\d{4}-\d{2}-\d{2}  ", "", line) for line in pages)
    for page in (LISTED, FUNDED, START_PART, RESULT_PART, REFUNDED, IMPOSED, COUNTED):
        assert page.strip() in journal
    assert "median of 110, 118, 122, 130 = 120; rounded down = 120 RIKX" in flat
    assert "refused (403 own-draft)" in flat
    assert "refused (409 scores-sealed)" in flat
    assert "refused (409 not-enough-units)" in flat
    assert "refused (409 not-allocated)" in flat
    assert "1-21 to 1-70, €5,000.00, valid" in flat
    assert "→ €1,250.00 of €6,250.00" in flat
    assert "reconciliation → No differences." in flat
    assert "The books balance." in flat
    assert "their totals add up. 1 of 1 certificates are proven by the log." in flat
    insist_on_the_readmes(flat)
    await insist_on_nothing_left(cluster, said, tmp_path)


async def test_who_is_stopped_leaves_nothing_behind(
    cluster: Cluster, start: Start, tmp_path: Path
) -> None:
    telling = await start()
    assert telling.stdout is not None
    said = ""
    while "bootstrap" not in said:
        said += (await telling.stdout.readline()).decode()
        assert not telling.stdout.at_eof(), said
    telling.send_signal(signal.SIGINT)
    said += (await telling.communicate())[0].decode()
    assert telling.returncode == 130, said
    assert "Stopped." in said
    assert "Traceback" not in said
    await insist_on_nothing_left(cluster, said, tmp_path)


async def test_a_step_that_fails_is_told(cluster: Cluster, start: Start, tmp_path: Path) -> None:
    telling = await start("-c", FAILING)
    said = (await telling.communicate())[0].decode()
    assert telling.returncode == 1, said
    flat = " ".join(said.split())
    assert "Somebody looks for what is not there." in said
    assert "was answered with 404: /problems/not-found" in flat
    assert "The story stops here, in chapter 1." in flat
    assert "Traceback" not in said
    await insist_on_nothing_left(cluster, said, tmp_path)


async def test_a_role_that_may_make_no_database_is_told_what_to_do(
    cluster: Cluster, start: Start, tmp_path: Path
) -> None:
    telling = await start(MIGRATIONS_DATABASE_URL=cluster.application_url)
    said = (await telling.communicate())[0].decode()
    assert telling.returncode == 1, said
    assert "Give it CREATEDB" in " ".join(said.split())
    assert contents(tmp_path) == []
