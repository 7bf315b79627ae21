"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

import app.tables  # noqa: F401  Brings in every table.
from app.core import grants
from app.core.database import Base
from app.core.settings import Settings
from app.main import create_app
from app.webhooks import hooks
from tests.conftest import PROJECT

ROOMS = {
    *("__init__", "models", "schemas", "access", "queries", "invariants"),
    *("actions", "postings", "problems", "routes", "mails"),
}

FURTHER_ROOMS = {
    **{
        (domain, "audiences"): "who is told of its events"
        for domain in (
            *("audits", "fulfilments", "obligations", "orders", "payments", "payouts"),
            *("projects", "schemes", "transparency", "webhooks"),
        )
    },
    ("webhooks", "destinations"): "where webhooks may go, pure",
    ("webhooks", "hooks"): "what those above say of who is told of their events",
    ("audits", "sampling"): "how a sample is drawn, so that anybody draws it again, pure",
    ("audits", "packs"): "what is in an audit pack, how it is written, and how it is checked",
    ("webhooks", "schedule"): "when what failed is sent again, pure",
    ("webhooks", "sending"): "one request to somebody out there",
    ("webhooks", "signing"): "signatures after Standard Webhooks, pure",
    ("webhooks", "told"): "that somebody is told of an event, as values",
    ("audits", "open_data"): "what is published for everybody, pure",
    ("audits", "periods"): "what a period report says, and how it is written, pure",
    ("fulfilments", "candidates"): "pseudonymous keys: how they are made and what is kept, pure",
    ("fulfilments", "certificates"): "what a certificate says, and how it is written, pure",
    ("fulfilments", "dashboards"): "figures, the rows behind them, and what is too small to show",
    ("ledger", "balances"): "what an account has, had, or was known to have",
    ("ledger", "chart"): "the kinds of accounts",
    ("ledger", "checks"): "proof from the rows alone",
    ("ledger", "drafts"): "entries before they are entered, pure",
    ("ledger", "exports"): "the journal as files",
    ("ledger", "journal"): "the door",
    ("ledger", "leaves"): "what the public log commits to",
    ("ledger", "partitions"): "room for the next year",
    ("ledger", "positions"): "the order in which the books became known",
    ("ledger", "publishing"): "the chart into the database",
    ("ledger", "streaming"): "the journal entry by entry, however long",
    ("ledger", "trial_balances"): "a ledger added up by kind of account",
    ("obligations", "hooks"): "what those above know where a sanction is decided",
    ("obligations", "importing"): "contracts out of files, pure",
    ("obligations", "parties"): "numbers of registers, and how they are written",
    ("obligations", "rules"): "what an authority's rules say",
    ("obligations", "shipped"): "figures of real authorities, with their sources",
    ("obligations", "valuing"): "what is owed and what counts, pure",
    ("orders", "hooks"): "what those above do when an order is made, or loses its units",
    ("orders", "invoicing"): "what an invoice says, and how it is written",
    ("orders", "serials"): "the number of one unit, and how people write it",
    ("organisations", "callers"): "who calls, as values that every domain reads",
    ("organisations", "credentials"): "how tokens and passwords are made and compared",
    ("organisations", "scopes"): "what an API key may be for, one list for all domains",
    ("payments", "errands"): "jobs that go to the payment provider",
    ("payments", "facts"): "what happened outside, as pure values",
    ("payments", "fake"): "somebody who plays Stripe on this machine",
    ("payments", "gateway"): "the way to the payment provider",
    ("payments", "hooks"): "who owns a purpose, and is told what its money does",
    ("payments", "sepa"): "the bank's messages and references, pure",
    ("payouts", "earmarks"): "what of a project's money can be paid, pure",
    ("privacy", "data_map"): "what each column holds of people, why, and for how long",
    ("projects", "contents"): "what plans and reports say, and whether they are whole",
    ("projects", "hooks"): "what those above do when a result is found short",
    ("projects", "exchange"): "plans and rounds as rows of a file",
    ("transparency", "checkpoints"): "what the log signs for",
    ("transparency", "checks"): "proof from the rows alone",
    ("transparency", "entries"): "what everybody may read of a leaf, and what it commits to",
    ("transparency", "hooks"): "what those above publish beside the books",
    ("transparency", "merkle"): "the hash tree, and what is proven with it",
    ("transparency", "notes"): "signed notes, and the keys that check them",
    ("transparency", "proofs"): "that an entry is in the log, as a text",
    ("transparency", "verifier"): "for those who check, without database or settings",
    ("transparency", "tiles"): "the tree in rows of hashes, with addresses",
    ("schemes", "terms"): "what a policy says, and the arithmetic that follows from it",
}

TOP = {
    *(
        "__init__.py",
        "about.md",
        "backups",
        "cli",
        "examples.json",
        "core",
        "locale",
        "main.py",
        "py.typed",
        "story",
    ),
    "tables.py",
}

PUBLIC = {
    "acceptInvitation",
    "addCosignatures",
    "compareRules",
    "confirmEmailChange",
    "declineSchemeInvitation",
    "downloadCertificatePage",
    "downloadCertificatePdf",
    "downloadMarketAttachment",
    "downloadOpenRegister",
    "downloadOpenResults",
    "listAuthorities",
    "listMarketProjects",
    "listPolicies",
    "listRounds",
    "listRuleTables",
    "listRules",
    "listSchemes",
    "listScopes",
    "listUnitsOfProject",
    "proveConsistency",
    "proveInclusion",
    "quoteUnits",
    "readAuthority",
    "readCandidateSalt",
    "readCertificate",
    "readIntegrity",
    "readLog",
    "readLogCheckpoint",
    "readLogLeaf",
    "readMarketProject",
    "readOpenData",
    "readPolicy",
    "readRound",
    "readRules",
    "readScheme",
    "readService",
    "readUnit",
    "register",
    "requestPasswordReset",
    "requestRegistration",
    "resetPassword",
    "signIn",
    "verifyDocument",
}
"""Operations for whoever comes along; every other one asks who is calling."""

LONGEST_FILE = 400


def sources(*folders: str) -> list[Path]:
    return sorted(chain.from_iterable((PROJECT / folder).rglob("*.py") for folder in folders))


def domains() -> list[Path]:
    return [
        path
        for path in (PROJECT / "app").iterdir()
        if path.is_dir() and path.name not in {*TOP, "__pycache__"}
    ]


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_there_is_a_house_to_look_at() -> None:
    assert "organisations" in {domain.name for domain in domains()}
    assert len(sources("app", "tests", "scripts")) > 100


def test_every_domain_has_known_rooms() -> None:
    rooms = {
        (domain.name, path.stem)
        for domain in domains()
        for path in domain.iterdir()
        if path.name != "__pycache__"
    }

    assert {room for room in rooms if room[1] not in ROOMS} == set(FURTHER_ROOMS)


def test_files_stand_in_the_house_or_in_a_room() -> None:
    loose = {path.name for path in (PROJECT / "app").iterdir() if path.is_file()}

    assert loose <= TOP


def test_no_file_is_longer_than_can_be_read() -> None:
    long = {
        name(path)
        for path in sources("app", "tests", "scripts", "migrations")
        if len(path.read_text().splitlines()) > LONGEST_FILE
    }

    assert long == set()


def test_transactions_end_in_one_place() -> None:
    ending = re.compile(r"\.(commit|rollback)\(")
    saying = {name(path) for path in sources("app") if ending.search(path.read_text())}

    assert saying == {"app/core/database.py"}


def test_nothing_is_left_to_do() -> None:
    # Put together, so that this file does not say it itself.
    promise = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
    left = {
        name(path)
        for path in sources("app", "tests", "scripts", "migrations")
        if promise.search(path.read_text())
    }

    assert left == set()


@pytest.mark.parametrize("file", ["constraints.txt", "requirements.lock"])
def test_pins_say_what_is_installed_and_never_from_where(file: str) -> None:
    lines = (PROJECT / file).read_text().splitlines()

    assert len(lines) > 50
    for line in lines:
        assert "://" not in line
        assert re.match(r"\s+--hash=sha256:[0-9a-f]{64}( \\)?$|[a-zA-Z0-9]|\s*(#|$)", line), line


def operations(app: FastAPI) -> Iterator[tuple[str, bool]]:
    """Every operation of the document, and whether it asks for a caller."""
    document = app.openapi()
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                asked = operation.get("security", document.get("security", []))
                yield operation["operationId"], bool(asked) and {} not in asked


def test_every_operation_asks_who_is_calling_except_those_named_here() -> None:
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:1/nowhere", "secret": "x" * 32}
    found = list(operations(create_app(Settings.model_validate(nowhere))))

    assert len(found) > len(PUBLIC)
    assert len({operation for operation, _ in found}) == len(found)
    assert {operation for operation, asks in found if not asks} == PUBLIC


async def test_what_only_grows_is_kept_by_a_trigger(session: AsyncSession) -> None:
    growing = {t.name for t in Base.metadata.sorted_tables if t.info.get("append_only")}
    # The trigger: before each statement (2), for update (16), delete (8) and truncate (32).
    kept = await session.scalars(
        sa.text("""
            SELECT coalesce(inhparent, tgrelid)::regclass::text
              FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
              LEFT JOIN pg_inherits ON inhrelid = tgrelid
             WHERE tgname = 'append_only' AND proname = 'refuse_change'
               AND tgenabled IN ('O', 'A') AND tgtype = 2 + 8 + 16 + 32
        """)
    )

    assert "events" in growing
    assert set(kept) == growing


async def test_the_application_has_exactly_its_rights(session: AsyncSession) -> None:
    found = await session.execute(
        sa.text("""
            SELECT relname, array_agg(privilege ORDER BY privilege)
              FROM pg_class CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE',
                   'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege
             WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
               AND has_table_privilege(current_user, pg_class.oid, privilege)
             GROUP BY relname
        """)
    )
    wanted = {
        table.name: sorted(grants.rights(table).split(", "))
        for table in Base.metadata.sorted_tables
    }

    assert {table: list(rights) for table, rights in found} == {
        **wanted,
        "alembic_version": ["SELECT"],
    }


async def test_the_application_is_nobody_special(session: AsyncSession) -> None:
    query = """
        SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
            OR pg_has_role((SELECT datdba FROM pg_database WHERE datname = current_database()),
                           'MEMBER')
            OR has_schema_privilege('public', 'CREATE')
          FROM pg_roles WHERE rolname = current_user
    """

    assert await session.scalar(sa.text(query)) is False


KIND = re.compile(r"[a-z]+(?:-[a-z]+)*\.(?:[a-z]+(?:-[a-z]+)*)?")


def kinds_of_events(path: Path) -> Iterator[str]:
    """What a file that records events may call them: texts like `order.paid`, or `order.{kind}`."""
    text = path.read_text()
    if not re.search(r"\b(events\.record|rights_changed)\(", text):
        return
    tree = ast.parse(text)
    others = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("JobKind", "trail.note", "Purpose"))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in others:
            said = str(node.value)
            if KIND.fullmatch(said) and not said.endswith(".ini"):
                yield said


def test_every_noun_of_an_event_has_an_audience() -> None:
    found = {
        hooks.noun_of(kind): name(path) for path in sources("app") for kind in kinds_of_events(path)
    }

    assert len(found) > 40
    assert {noun: path for noun, path in found.items() if noun not in hooks.nouns()} == {}


def test_every_entry_has_its_page_in_a_test() -> None:
    # A bookkeeper reviews what is entered without reading Python: page by page.
    unprinted = []
    for postings in sorted((PROJECT / "app").glob("*/postings.py")):
        tests = (PROJECT / "tests" / postings.parent.name).glob("test_*postings.py")
        printed = "\n".join(test.read_text() for test in tests)
        unprinted += [
            f"{postings.parent.name}.postings.{function.name}"
            for function in ast.parse(postings.read_text()).body
            if isinstance(function, ast.FunctionDef)
            and not function.name.startswith("_")
            and function.returns is not None
            and ast.unparse(function.returns) in {"Draft", "Hold"}
            and not re.search(rf"\b{function.name}\(", printed)
        ]
    assert unprinted == []
