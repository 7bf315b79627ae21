"""Releases of OCDS 1.1: a contract each, as it stood at the cut, with its social return.

What is imposed is a milestone of the implementation, which is met when nothing is owed any more;
what counts for it are transactions, in euros of social-return value, from the contractor to the
buyer. OCDS has no member for a clause: a social goal of the tender (the sustainability extension)
says that there is one, and an import of this file finds it there.

A contract that came in an OCDS file keeps its ocid. Others get one of the installation's own: it
begins with no prefix that anybody registered.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.audits.packs import standing
from app.audits.packs.asking import Asked
from app.audits.packs.tables import what_is_known
from app.audits.queries import known
from app.fulfilments.certificates import address
from app.fulfilments.models import FulfilmentState
from app.obligations.importing.releases import OWN_PROCESS
from app.obligations.parties import TRADE_REGISTERS
from app.obligations.rules import ContractKind

Json: TypeAlias = dict[str, Any]

CATEGORIES = {
    ContractKind.SERVICES: "services",
    ContractKind.WORKS: "works",
    ContractKind.SUPPLIES: "goods",
}
SUSTAINABILITY = (
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_sustainability_extension/"
    "master/extension.json"
)
AT_ONCE = 200
"""Contracts whose claims are in memory."""


async def write(session: AsyncSession, asked: Asked) -> AsyncIterator[str]:
    """Write a package of releases, one after the other."""
    opening, closing = json.dumps(_package(asked), ensure_ascii=False)[:-1], "\n]}\n"
    yield opening + ', "releases": ['
    comma = ""
    async for batch in _batches(session, asked):
        for release in await _releases(session, asked, batch):
            yield f"{comma}\n{json.dumps(release, ensure_ascii=False)}"
            comma = ","
    yield closing


def _package(asked: Asked) -> Json:
    facts = asked.facts
    return {
        "uri": f"{facts.public_url}/{asked.stem}/ocds.json",
        "version": "1.1",
        "publishedDate": _moment(asked.cut.known_at),
        "publisher": {"name": facts.operator.name},
        "extensions": [SUSTAINABILITY],
    }


async def _batches(session: AsyncSession, asked: Asked) -> AsyncIterator[list[sa.Row[Any]]]:
    batch: list[sa.Row[Any]] = []
    async for row in known.contracts(session, what_is_known(asked)):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _releases(
    session: AsyncSession, asked: Asked, contracts: list[sa.Row[Any]]
) -> list[Json]:
    which, ids = what_is_known(asked), [contract.id for contract in contracts]
    obligations = {row.contract_id: row async for row in known.obligations(session, which, ids)}
    claims: dict[UUID, list[sa.Row[Any]]] = defaultdict(list)
    async for row in known.fulfilments(session, which, ids):
        claims[row.contract_id].append(row)
    return [
        _release(asked, contract, obligations.get(contract.id), claims[contract.id])
        for contract in contracts
    ]


def _release(
    asked: Asked,
    contract: sa.Row[Any],
    obligation: sa.Row[Any] | None,
    claims: list[sa.Row[Any]],
) -> Json:
    ocid, contract_id = _names(contract)
    buyer, suppliers = _buyer(asked), [_supplier(party) for party in contract.parties]
    tags = ["award", "contract", *(["implementation"] if obligation else [])]
    return {
        "ocid": ocid,
        "id": f"{contract_id}-{contract.number}-{asked.cut.position}",
        "date": _moment(asked.moment),
        "tag": tags,
        "initiationType": "tender",
        "language": "nl",
        "parties": _unique(chain([{**buyer, "roles": ["buyer"]}], suppliers)),
        "buyer": _reference(buyer),
        "tender": _tender(contract),
        "awards": [_award(contract, contract_id, suppliers)],
        "contracts": [
            _contract(contract, contract_id)
            | _implementation(asked, obligation, claims, (buyer, suppliers))
        ],
    }


def _names(contract: sa.Row[Any]) -> tuple[str, str]:
    """Name the process and the contract in it; an import puts them together with a slash."""
    ocid, slash, contract_id = (contract.source_key or "").rpartition("/")
    if slash and ocid and contract_id:
        return ocid, contract_id
    return f"{OWN_PROCESS}{contract.id}", contract.reference


def _unique(parties: "chain[Json]") -> list[Json]:
    """List each party once: an authority may be a contractor of its own."""
    found: dict[str, Json] = {}
    for party in parties:
        kept = found.setdefault(party["id"], party)
        roles = chain(kept["roles"], party["roles"])
        kept["roles"] = list(dict.fromkeys(roles))
    return list(found.values())


def _buyer(asked: Asked) -> Json:
    authority = asked.facts.authority
    registers = {country: scheme for scheme, country in TRADE_REGISTERS.items()}
    scheme = registers.get(authority.country, f"{authority.country}-REG")
    return _organisation(scheme, authority.register_number, authority.name)


def _supplier(party: list[str]) -> Json:
    return {**_organisation(*party), "roles": ["supplier"]}


def _organisation(scheme: str, identifier: str, name: str) -> Json:
    return {
        "id": f"{scheme}-{identifier}",
        "name": name,
        "identifier": {"scheme": scheme, "id": identifier, "legalName": name},
    }


def _reference(party: Json) -> Json:
    return {"id": party["id"], "name": party["name"]}


def _tender(contract: sa.Row[Any]) -> Json:
    category = CATEGORIES[ContractKind(contract.kind)]
    tender: Json = {"id": str(contract.id), "mainProcurementCategory": category}
    if contract.has_clause:
        tender["hasSustainability"] = True
        tender["sustainability"] = [{"goal": "social"}]
    return tender


def _award(contract: sa.Row[Any], contract_id: str, suppliers: list[Json]) -> Json:
    return {
        "id": f"{contract_id}-award",
        "status": "cancelled" if contract.is_cancelled else "active",
        "date": _day(contract.awarded_on),
        "suppliers": [_reference(supplier) for supplier in suppliers],
        **_value(contract.tender_sum_cents),
    }


def _contract(contract: sa.Row[Any], contract_id: str) -> Json:
    amended: Json = {}
    if contract.number > 1:
        rationale = {
            "id": str(contract.number),
            "date": _moment(contract.made_at),
            "rationale": contract.reason,
        }
        amended = {"amendments": [rationale]}
    return {
        "id": contract_id,
        "awardID": f"{contract_id}-award",
        "title": contract.title,
        "status": "cancelled" if contract.is_cancelled else "active",
        "period": {
            "startDate": _day(contract.starts_on),
            "endDate": f"{contract.ends_on.isoformat()}T23:59:59Z",
        },
        **_value(contract.contract_sum_cents),
        **amended,
    }


def _implementation(
    asked: Asked,
    obligation: sa.Row[Any] | None,
    claims: list[sa.Row[Any]],
    parties: tuple[Json, list[Json]],
) -> Json:
    if obligation is None:
        return {}
    found = [each for row in claims for each in _transactions(asked, row, parties)]
    told: Json = {"milestones": [_milestone(asked, obligation)]}
    return {"implementation": {**told, **({"transactions": found} if found else {})}}


def _milestone(asked: Asked, obligation: sa.Row[Any]) -> Json:
    has = {kind: int(cents) for kind, cents in obligation.balances.items()}
    imposed, owed = has.get("imposed", 0), has.get("owed", 0) + has.get("provisional", 0)
    is_over = obligation.due_on < asked.moment.astimezone(UTC).date()
    status = "scheduled"
    if imposed and not owed:
        status = "met"
    elif is_over:
        status = "partiallyMet" if has.get("fulfilled") else "notMet"
    told = {
        "id": str(obligation.id),
        "title": "Social return",
        "type": "delivery",
        "description": f"EUR {imposed / 100:.2f} of social-return value, of which EUR"
        f" {owed / 100:.2f} is open.",
        "dueDate": f"{obligation.due_on.isoformat()}T23:59:59Z",
        "dateModified": _moment(obligation.decided_at or obligation.registered_at),
        "status": status,
    }
    if status == "met" and obligation.met_at is not None:
        told["dateMet"] = _moment(obligation.met_at)
    return told


def _transactions(asked: Asked, row: sa.Row[Any], parties: tuple[Json, list[Json]]) -> list[Json]:
    claim, (buyer, suppliers) = standing.of(row.decisions, row.content), parties
    if claim.state is not FulfilmentState.APPROVED or not claim.cents or claim.decided_at is None:
        return []
    told: Json = {
        "id": str(row.id),
        "date": _moment(claim.decided_at),
        **_value(claim.cents),
        "payee": _reference(buyer),
    }
    if suppliers:
        told["payer"] = _reference(suppliers[0])
    if row.code:
        told["source"] = told["uri"] = address(asked.facts.public_url, row.code)
    return [told]


def _value(cents: int | None) -> Json:
    if cents is None:
        return {}
    # A float has every amount of cents exactly enough to be read back as what it was.
    return {"value": {"amount": cents / 100, "currency": "EUR"}}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
