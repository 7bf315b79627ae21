"""Auditors are read-only: the access matrix tries every operation, and here is what it may find."""

from app.core.database import READING
from tests.matrix import PERSONS, Standing
from tests.organisations.test_access_matrix import TABLE


def test_auditors_change_nothing_but_what_they_ask_for_and_find_themselves() -> None:
    # What every person may do is about their own account, or public.
    changing = {
        operation
        for operation, rule in TABLE.items()
        if operation.partition(" ")[0] not in READING
        and Standing.AUDITOR in rule.may
        and not rule.may >= PERSONS
    }

    assert changing == {
        "POST /v1/organisations/{organisation_id}/audit-samples",
        "POST /v1/organisations/{organisation_id}/findings",
        "POST /v1/findings/{finding_id}/files",
        "POST /v1/findings/{finding_id}/conclusions",
        "POST /v1/findings/{finding_id}/reopenings",
        # Made of the books, which stay as they are.
        "POST /v1/audits/packs",
        "POST /v1/audits/packs/{audit_pack_id}/makings",
        "POST /v1/period-reports",
    }
    assert sum(operation.partition(" ")[0] not in READING for operation in TABLE) > 150
