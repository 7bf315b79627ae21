"""What is kept of audits: what auditors read, drew and found, and what was proven."""

from app.privacy.data_map.kinds import DataSet, table

AUDITS = DataSet(
    title="Audits",
    what="What an auditor was shown and when, what they drew and found, and what was answered;"
    " addresses and numbers of people are refused or left out",
    why="Legal duty: accountability for public money, and those who are audited may know",
    how_long="For good, under the id",
    erasure="Of what was read and drawn the id only; what names the person in words is masked",
    tables=(
        table(
            "audit_readings",
            facts="operation path_parameters query media_type request_id",
            sealed="sha256",
        ),
        table("audit_samples", facts="seed", sealed="population_sha256"),
        table("audit_sample_items"),
        table("audit_findings", words="title description"),
        table("audit_finding_steps", words="said"),
        table("audit_finding_files"),
    ),
)

SETS = (AUDITS,)
