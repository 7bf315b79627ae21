"""What is masked, to the letter: the same in the database and in files, and proofs stay whole."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.wire import ERASED
from app.organisations.models import ApiKey
from app.privacy.actions.masking import Words
from app.privacy.models import Erasure
from app.projects.contents import Findings
from app.projects.contents.scores import ScoreSheet
from app.projects.models import OpenedScores, SealedScores
from tests import make

WORDS = ["jan@x.example", "Jan (J.) de Boer-Özil"]
TEXTS = {
    "Ask jan@x.example.": f"Ask {ERASED}.",
    "piet.jan@x.example, jan@x.example.org, ajan@x.example": None,
    "<JAN@X.EXAMPLE>; jan@x.example-mail": f"<{ERASED}>; jan@x.example-mail",
    "Of jan  (J.)\n de Boer-Özil's notes.pdf": f"Of {ERASED}'s notes.pdf",
    "Jan (J.) de Boer-Özils and xJan (J.) de Boer-Özil": None,
}
"""By what was written, what is left; None: all of it."""


async def _an_erasure(session: AsyncSession) -> Erasure:
    user = await make.a_user(session)
    erasure = Erasure(user_id=user.id, asked_by=f"user:{user.id}", sealed_words=b"sealed")
    session.add(erasure)
    await session.flush()
    return erasure


async def _mask(session: AsyncSession, table: str, column: str) -> int:
    erasure = await _an_erasure(session)
    nobody = sa.cast(None, sa.ARRAY(sa.Text()))
    words = sa.cast(WORDS, sa.ARRAY(sa.Text()))
    masked = sa.func.privacy_mask(erasure.id, table, column, words, nobody)
    return await session.scalar(sa.select(masked)) or 0


async def test_whole_words_are_masked_however_they_are_written(session: AsyncSession) -> None:
    organisation = await make.an_organisation(session)
    for at, text in enumerate(TEXTS):
        session.add(
            ApiKey(
                organisation_id=organisation.id,
                name=text,
                scopes=[],
                token_hash=at.to_bytes(32),
                hint="xxxx",
                created_by="system:test",
            )
        )
    await session.flush()

    assert await _mask(session, "api_keys", "name") == sum(map(bool, TEXTS.values()))

    query = sa.select(ApiKey.name).where(ApiKey.organisation_id == organisation.id)
    left = [masked or text for text, masked in TEXTS.items()]
    assert list(await session.scalars(query.order_by(ApiKey.token_hash))) == left
    # What removes files says the same.
    pattern = Words(everywhere=WORDS, own=[]).pattern()
    assert [bool(pattern.search(text)) for text in TEXTS] == [*map(bool, TEXTS.values())]


async def test_a_masked_remark_loses_its_salt_and_the_sheet_still_fits(
    session: AsyncSession,
) -> None:
    sitting = await make.a_sitting(session, await make.a_project(session))
    assignment = await make.an_assignment(session, sitting)
    said = {"remarks": f'Says "{WORDS[1]}".', "panelRemarks": "Nobody."}
    sheet = ScoreSheet.model_validate({**make.a_sheet(), **said})
    findings = Findings.of(sheet, assignment.id, sitting.plan_version_id)
    sealed = SealedScores(
        assignment_id=assignment.id, number=1, commitment=findings.commitment, sealed=b"sealed"
    )
    session.add(sealed)
    await session.flush()
    content = findings.model_dump(mode="json", by_alias=True)
    opened = OpenedScores(sealed_scores_id=sealed.id, findings=content)
    session.add(opened)
    await session.flush()

    assert await _mask(session, "opened_scores", "findings") == 1

    await session.refresh(opened)
    left = Findings.model_validate(opened.findings)
    assert (left.remarks.text, left.remarks.salt) == (f'Says "{ERASED}".', None)
    assert left.panel_remarks == findings.panel_remarks
    assert left.fits(sealed.commitment)
    forged = left.remarks.model_copy(update={"text": "Something else."})
    assert not left.model_copy(update={"remarks": forged}).fits(sealed.commitment)


@pytest.mark.parametrize("word", ["Jan", "Anna"])
async def test_what_much_else_is_written_like_is_not_looked_for(
    session: AsyncSession, word: str
) -> None:
    erasure = await _an_erasure(session)
    words = sa.cast([word], sa.ARRAY(sa.Text()))
    nobody = sa.cast(None, sa.ARRAY(sa.Text()))
    masked = sa.func.privacy_mask(erasure.id, "users", "name", words, nobody)
    assert await session.scalar(sa.select(masked)) == 0
