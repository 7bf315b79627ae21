"""People get accounts; a city and a foundation set up a scheme, with four eyes on its policy."""

from app.core import clock
from app.story import deeds, figures
from app.story.deeds import SEEN, appointment, organisation
from app.story.tale import Story


def tell(story: Story) -> None:
    """Go from an empty installation to a scheme that is open."""
    _gather_people(story)
    _register_organisations(story)
    _create_scheme(story)
    _publish_policy(story)
    _open_scheme(story)


def _gather_people(story: Story) -> None:
    cast = story.cast
    with story.step(f"{cast.noor} becomes its first staff (baat bootstrap)."):
        story.stage.bootstrap(cast.noor)
    with story.step(
        "People of the city, the foundation, two entrepreneurs and two companies, the experts and"
        " an auditor make their accounts, each with a token that was mailed to them."
    ):
        for person in cast.strangers:
            person.register(story.mailbox)


def _register_organisations(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.samira} registers the city; {cast.eva} the foundation, which will hold the money."
    ):
        city = cast.samira.post("/v1/organisations", organisation("Gemeente Rotterdam", 1))
        foundation = cast.eva.post(
            "/v1/organisations", organisation("Stichting RIKX", 2) | {"vatId": "NL004495445B01"}
        )
    props.city = f"/v1/organisations/{city['id']}"
    props.foundation = f"/v1/organisations/{foundation['id']}"
    with story.step(f"{cast.noor} verifies both, and registers Rotterdam as an authority."):
        for registered in (props.city, props.foundation):
            cast.noor.post(f"{registered}/verifications", SEEN)
        body = {
            "organisationId": city["id"],
            "municipalities": [figures.ROTTERDAM],
            "reason": "A municipality by law.",
        }
        props.authority = cast.noor.post("/v1/authorities", body)["id"]
    with story.step(
        f"{cast.eva} invites two colleagues, {cast.bram.first_name} to prepare and"
        f" {cast.chantal.first_name} to approve; they accept by mail."
    ):
        for colleague, role in ((cast.bram, "member"), (cast.chantal, "approver")):
            deeds.invite(story, cast.eva, props.foundation, colleague, role)


def _create_scheme(story: Story) -> None:
    cast, props = story.cast, story.props
    body = {
        "code": "rikx-rotterdam",
        "name": {"nl": "Rikx Rotterdam en Schiedam", "en": "Rikx Rotterdam and Schiedam"},
        "unitName": "RIKX",
        "operatorId": props.foundation.rpartition("/")[2],
        "region": [figures.ROTTERDAM, figures.SCHIEDAM],
        "languages": ["nl"],
    }
    with story.step(f"{cast.noor} creates a draft of the scheme, for the foundation to operate."):
        made = cast.noor.post("/v1/schemes", body)
    props.scheme = f"/v1/schemes/{made['id']}"
    props.keepers[made["id"]] = made["name"]["en"]


def _publish_policy(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.eva} writes its policy: EUR 100 for a RIKX, 5 % service fee, a panel of five"
        " experts of whom three are enough, their median rounded down."
    ):
        body = {"validFrom": clock.today().isoformat(), "terms": figures.TERMS}
        draft = cast.eva.post(f"{props.scheme}/policy-drafts", body)
    publications = f"{props.scheme}/policy-drafts/{draft['id']}/publications"
    decided = {"reason": "Decision of the board."}
    with story.refusal(f"{cast.eva} tries to publish it herself.", "own-draft"):
        cast.eva.post(publications, decided)
    with story.step(f"{cast.chantal} publishes it in her place; it is never edited again."):
        cast.chantal.post(publications, decided)


def _open_scheme(story: Story) -> None:
    cast, props = story.cast, story.props
    with story.step(
        f"{cast.noor} records that Rotterdam recognises what is bought here, and opens the scheme."
    ):
        recognised = {"authorityId": props.authority, "reason": "Decision of the council."}
        cast.noor.post(f"{props.scheme}/recognitions", recognised)
        opened = {"kind": "opened", "reason": "Policy and recognition are there."}
        cast.noor.post(f"{props.scheme}/decisions", opened)
    with story.step(
        f"{cast.eva} appoints {cast.ada}: she reads everything of the foundation, the books"
        " included, and changes nothing."
    ):
        cast.eva.post(f"{props.foundation}/auditors", appointment(cast.ada))
    story.books.reader = cast.ada
