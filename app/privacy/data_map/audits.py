"""What is kept of audits: what auditors read, drew and found, and what was proven."""

from app.privacy.data_map.kinds import DataSet, table

AUDITS = DataSet(
    title="Audits",
    what="What an auditor was shown and when, what they drew, by whom; values that may name"
    " somebody are left out",
    why="Legal duty: accountability for public money, and those who are audited may know",
    how_long="For good, under the id",
    erasure="Of the id only",
    tables=(
        table(
            "audit_readings",
            facts="operation path_parameters query media_type request_id",
            sealed="sha256",
        ),
        table("audit_samples", facts="seed", sealed="population_sha256"),
        table("audit_sample_items"),
    ),
)

SETS = (AUDITS,)
