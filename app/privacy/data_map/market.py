"""Schemes, projects, orders, obligations, fulfilments: what people wrote, under their id."""

from app.privacy.data_map.kinds import DataSet, table

ORGANISATIONS = DataSet(
    title="Organisations",
    what="Trade register's name and number, address, bank account; a sole trader's are a person's",
    why="The contract; bookkeeping",
    how_long="As long as the books that they stand in",
    erasure="Kept: they are the organisation's. What was written about it is masked",
    tables=(
        table(
            "organisations",
            organisation="legal_name register_number vat_id iban street postal_code city",
            facts="country",
        ),
        table("organisation_decisions", words="reason"),
        table("contract_parties", facts="scheme", organisation="identifier legal_name"),
        table("market_entries", organisation="entrepreneur_name"),
        table(
            "bank_accounts",
            organisation="iban bic holder_name",
            actor="opened_by closed_by",
            words="closing_reason",
        ),
        table(
            "provider_accounts",
            facts="external_id requirements disabled_reason onboarding_url return_url",
            actor="created_by",
        ),
    ),
)
DECISIONS = DataSet(
    title="Decisions and reasons",
    what="Who decided, by id, and the reason that they wrote",
    why="Legal duty: accountability for public money (7 years, 10 for subsidies)",
    how_long="For good, under the id",
    erasure="What names the person is masked",
    tables=(
        table("authorities", facts="municipalities", words="reason end_reason"),
        table("scheme_recognitions", words="reason end_reason"),
        table("scheme_decisions", words="reason"),
        table("admissions"),
        table("admission_checks", words="evidence"),
        table("enrolments"),
        table("scheme_policies", facts="terms", words="reason"),
        table("authority_rules", facts="rules", words="reason"),
        table("round_decisions", words="reason data", actor="decided_by"),
        table("project_decisions", words="reason data", actor="decided_by"),
        table("order_decisions", words="reason", actor="decided_by"),
        table("order_parts", words="reason", actor="decided_by"),
        table("receipt_decisions", words="reason", actor="decided_by"),
        table("payout_decisions", words="reason", actor="decided_by"),
        table("freezes", words="reason", actor="frozen_by", facts="hold_references"),
        table("remedy_proposals", words="reason decision_reason"),
        table("write_offs", words="reason decision_reason"),
        table("obligation_decisions", words="reason", actor="decided_by"),
        table("obligation_proposals", facts="steps", words="reason decision_reason"),
        table("fulfilment_decisions", words="reason", actor="decided_by"),
        table("report_decisions", words="reason remarks"),
        table("score_extensions", words="reason"),
        table("recusals", words="reason"),
        table("serial_annulments", words="reason"),
        table("contract_amendments", words="title reason"),
    ),
)
OBJECTIONS = DataSet(
    title="Objections",
    what="Grounds and reasons, and who wrote them, by id",
    why="Legal duty: a decision can be contested",
    how_long="For good, under the id",
    erasure="What names the person is masked",
    tables=(
        table("objections", words="grounds reason"),
        table("obligation_objections", words="grounds reason"),
        table("fulfilment_objections", words="grounds reason"),
    ),
)
DOCUMENTS = DataSet(
    title="Plans, reports, claims, valuations",
    what="What organisations and experts wrote; candidates are counted, and never named",
    why="The contract; accountability",
    how_long="As long as the project's books",
    erasure="What names the person is masked; an expert's sealed sheets stay sealed",
    tables=(
        table("plan_drafts", words="content"),
        table("plan_versions", words="content attachments"),
        table("plan_attachments"),
        table("reports", words="content"),
        table("report_versions", words="content evidence"),
        table("report_evidence"),
        table("report_measurements", facts="counts", words="reason"),
        table(
            "listings",
            words="title summary content attachments valuation",
            facts="municipality target_groups search",
            actor="listed_by",
        ),
        table("valuations", words="document reason"),
        table("sittings"),
        table("assignments"),
        table("sealed_scores", facts="commitment", sealed="sealed"),
        table("opened_scores", words="findings"),
        table("fulfilments", words="claim", facts="steps invoice"),
        table("fulfilment_evidence"),
        table("scheme_policy_drafts", facts="terms"),
        table("authority_rule_drafts", facts="rules"),
        table("contract_imports", words="refusal"),
        table("contract_import_outcomes", facts="source_key code", words="detail"),
    ),
)
FILES = DataSet(
    title="Uploaded files",
    what="The sender's name for it, who sent it by id; what stands in it nobody reads here",
    why="Evidence of what was decided",
    how_long="As what it belongs to; a file can be erased, and its hash stays",
    erasure="What names the person in a file's name is masked; contents are the organisation's",
    tables=(
        table("files", sealed="sha256", facts="media_type", words="name", actor="uploaded_by"),
        table("file_arrivals"),
    ),
)
CANDIDATES = DataSet(
    title="Placed candidates",
    what="A mark made of a pseudonymous key, weeks, hours, an age where a bonus depends on it",
    why="Public task: nobody is counted twice",
    how_long="As the claim",
    erasure="Nobody here knows whose it is: who employs the candidate erases the key",
    tables=(table("placement_lines", facts="block counted_months steps"),),
)
AUDIT_PACKS = DataSet(
    title="Audit packs",
    what="Who asked for one, by id; what organisations were called then",
    why="Accountability: the same pack can be made again",
    how_long="As long as the books; the file itself thirty days",
    erasure="Of the id only",
    tables=(
        table("audit_packs", organisation="facts", facts="failure sha256", actor="asked_by"),
        table("audit_signatures", facts="sha256 note"),
    ),
)

SETS = (ORGANISATIONS, DECISIONS, OBJECTIONS, DOCUMENTS, FILES, CANDIDATES, AUDIT_PACKS)
