"""Whoever sends files: to a plan that is written, as an entrepreneur does."""

from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

import httpx

from app.projects.models import Project, ProjectState
from scripts.benchmarks.stalls import Shopper, Stalls
from scripts.disasters.buying import Buyers
from scripts.disasters.installation import Installation
from tests.make.contents import a_pdf


async def a_plan(installation: Installation, there: Stalls) -> UUID:
    """Have a plan that is still written, of the first company."""
    shopper = there.shoppers[0]
    async with installation.looked_into() as database, database.work() as session:
        listed = await session.get_one(Project, there.projects[0])
        project = Project(
            scheme_id=there.scheme_id,
            round_id=listed.round_id,
            entrepreneur_id=shopper.organisation_id,
            state=ProjectState.DRAFT,
            created_by_id=shopper.user_id,
        )
        session.add(project)
        await session.flush()
        return project.id


@dataclass(frozen=True)
class Sender:
    """Sends files to one plan."""

    who: Buyers
    by: Shopper
    project_id: UUID

    @property
    def path(self) -> str:
        """Where the files of the plan are."""
        return f"/v1/projects/{self.project_id}/attachments"

    async def send(
        self, content: bytes, kind: str = "application/pdf", name: str = "begroting.pdf"
    ) -> httpx.Response:
        """Send a file, once."""
        headers = {
            "Authorization": f"Bearer {self.by.token}",
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        return await self.who.client.post(self.path, content=content, headers=headers)

    async def send_pdf(self, size_bytes: int) -> httpx.Response:
        """Send a PDF of about this size."""
        return await self.send(a_pdf(size_bytes))

    async def reads_back(self, answer: httpx.Response, size_bytes: int) -> bool:
        """Tell whether what was sent can be read as it was."""
        path = f"{self.path}/{answer.json()['id']}/content"
        headers = {"Authorization": f"Bearer {self.by.token}"}
        found = await self.who.client.get(path, headers=headers)
        return found.status_code == HTTPStatus.OK and found.content == a_pdf(size_bytes)
