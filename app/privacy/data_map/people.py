"""Who people are, how they sign in, and what is noted of what they do."""

from app.privacy.data_map.kinds import DataSet, table

ACCOUNTS = DataSet(
    title="Accounts",
    what="Name, e-mail address, language, wishes; hashes of password and recovery codes",
    why="The contract with the user",
    how_long="As long as the account",
    erasure="Emptied; the id stays as a pseudonym",
    tables=(
        table("users", person="email name", sealed="password_hash totp_sealed"),
        table("recovery_codes", sealed="hash"),
    ),
    of_one_person=True,
)
SIGN_INS = DataSet(
    title="Sign-ins",
    what="Browser, network without its last part, hashes of tokens; the address a token went to",
    why="Safety of the account",
    how_long="Sessions `BAAT_RETENTION_DAYS` after their end; tokens a day",
    erasure="Removed",
    tables=(
        table("user_sessions", sealed="token_hash", person="user_agent network"),
        table("one_time_tokens", sealed="token_hash", person="email"),
        table("throttle_counters", sealed="key"),
    ),
    of_one_person=True,
)
RIGHTS = DataSet(
    title="Roles",
    what="Who acts for, audits, values for or works for whom, since when",
    why="The contract; who decided is part of every decision",
    how_long="As long as the decisions",
    erasure="Memberships and deputies removed, the others ended; of the id only",
    tables=(
        table("memberships"),
        table("deputies"),
        table("staff_appointments", actor="appointed_by ended_by"),
        table("auditor_appointments", words="reason"),
        table("panel_members", words="end_reason"),
    ),
    of_one_person=True,
)
INVITATIONS = DataSet(
    title="Invitations",
    what="The e-mail address of who was invited, and by whom",
    why="Steps before a contract",
    how_long="The address until an erasure",
    erasure="Open ones revoked; the address replaced",
    tables=(
        table("invitations", person="email", sealed="token_hash", actor="invited_by"),
        table("scheme_invitations", person="email", sealed="token_hash"),
    ),
    of_one_person=True,
)
KEYS = DataSet(
    title="API keys",
    what="Who made a key, and the name that they gave it",
    why="The contract with the organisation",
    how_long="As long as the organisation",
    erasure="Keys that the person made are revoked; what names them is masked",
    tables=(
        table(
            "api_keys", words="name", facts="scopes hint", sealed="token_hash", actor="created_by"
        ),
    ),
)
WEBHOOKS = DataSet(
    title="Webhooks",
    what="Where an organisation has events sent to, what it calls that, and how it answered",
    why="The contract with the organisation",
    how_long="As long as the endpoint; what was sent `BAAT_RETENTION_DAYS`",
    erasure="What names the person is masked",
    tables=(
        table("webhook_endpoints", organisation="url", words="description", facts="types"),
        table("webhook_pairs", sealed="sealed", facts="public_key"),
        table("webhook_deliveries", facts="type"),
        table("webhook_attempts", facts="error", organisation="excerpt"),
    ),
)
MAIL = DataSet(
    title="Mail",
    what="A keyed hash of the recipient; until it is sent the letter, sealed",
    why="The contract",
    how_long="The letter until it is sent, its mark `BAAT_RETENTION_DAYS`",
    erasure="Removed, with files in `BAAT_HOME/mail/` (an installation without a mail server)",
    tables=(table("mails", facts="letter", sealed="recipient_mark sealed"),),
    of_one_person=True,
)
TRAIL = DataSet(
    title="Trail and events",
    what="Who did or tried what, and when; the network without its last part; given reasons",
    why="Legal duty: accountability for public money, and safety",
    how_long="For good, under the id",
    erasure="Networks and account marks removed; what names the person is masked",
    tables=(
        table("events", facts="type", actor="actor", words="data"),
        table(
            "trail_entries",
            facts="kind request_id",
            actor="actor",
            person="network",
            words="data",
        ),
    ),
    of_one_person=True,
)
REPEATS = DataSet(
    title="Answers kept for repeats",
    what="What was answered to a request with an `Idempotency-Key`",
    why="The contract: nothing is done twice",
    how_long="`BAAT_RETENTION_DAYS`",
    erasure="The person's own removed; others' masked",
    tables=(
        table(
            "idempotency_keys",
            actor="caller",
            facts="key target headers",
            sealed="body_sha256",
            person="body",
        ),
    ),
    of_one_person=True,
)
ERASURES = DataSet(
    title="Erasures",
    what="That an id was erased, by whom and on what request",
    why="Legal duty: to show that it was done",
    how_long="For good",
    erasure="The words to look for are sealed, and gone when it is finished",
    tables=(table("erasures", actor="asked_by", words="reason", sealed="sealed_words"),),
)

SETS = (ACCOUNTS, SIGN_INS, RIGHTS, INVITATIONS, KEYS, WEBHOOKS, MAIL, TRAIL, REPEATS, ERASURES)
