"""Every setting of an installation, read from the environment once."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core import addresses


class Mode(StrEnum):
    """What an installation is for; fixed when it is created."""

    TEST = "test"
    """Nothing in it is real; keys begin with `baat_test_`."""
    LIVE = "live"
    """Real money and real obligations; keys begin with `baat_live_`."""


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    """One JSON object per line, for machines."""
    CONSOLE = "console"
    """Coloured lines, for people."""


DatabaseUrl = Annotated[SecretStr, AfterValidator(addresses.database)]
PrimaryUrl = Annotated[DatabaseUrl, AfterValidator(addresses.primary)]


class Settings(BaseSettings):
    """The settings, each with the environment variable `BAAT_<NAME>` unless it says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="BAAT_", env_ignore_empty=True, frozen=True, populate_by_name=True
    )

    database_url: Annotated[
        PrimaryUrl,
        Field(
            validation_alias="DATABASE_URL",
            description="Where PostgreSQL is, as the application's role (`DATABASE_URL`).",
        ),
    ]
    migrations_database_url: Annotated[
        PrimaryUrl | None,
        Field(
            validation_alias="MIGRATIONS_DATABASE_URL",
            description="The same database as the role that owns it (`MIGRATIONS_DATABASE_URL`);"
            " without it the application's role does both, and protects less.",
        ),
    ] = None
    replica_database_url: Annotated[
        DatabaseUrl | None,
        Field(
            validation_alias="REPLICA_DATABASE_URL",
            description="A hot standby that answers GETs (`REPLICA_DATABASE_URL`).",
        ),
    ] = None
    database_pool_size: Annotated[
        int, Field(gt=0, description="How many connections this process keeps to the database.")
    ] = 10
    database_wait_seconds: Annotated[
        float,
        Field(gt=0, description="How long a request waits for a connection before it gets a 503."),
    ] = 5.0
    database_pgbouncer: Annotated[
        bool, Field(description="PgBouncer in transaction mode stands before the database.")
    ] = False
    listen_database_url: Annotated[
        PrimaryUrl | None,
        Field(
            validation_alias="LISTEN_DATABASE_URL",
            description="The database without PgBouncer, for LISTEN (`LISTEN_DATABASE_URL`);"
            " by default `DATABASE_URL`.",
        ),
    ] = None
    statement_timeout_seconds: Annotated[
        float, Field(gt=0, description="The longest that one SQL statement may run.")
    ] = 30.0
    lock_timeout_seconds: Annotated[
        float, Field(gt=0, description="The longest that one SQL statement may wait for a lock.")
    ] = 4.0

    home: Annotated[
        Path,
        Field(
            description="The folder for files of this installation (mail without SMTP, uploads)."
        ),
    ] = Path(".baat")
    secret: Annotated[
        SecretStr,
        Field(
            min_length=32,
            description="Seals what may not be read in the database (one-time codes, mail)."
            " Keep it: without it those can't be opened.",
        ),
    ]
    mode: Annotated[
        Mode, Field(description="`test` or `live`; fixed when the installation is created.")
    ] = Mode.TEST
    demo: Annotated[
        bool,
        Field(description="A demo has a settable clock and says so for ever; fixed at creation."),
    ] = False
    public_url: Annotated[
        str, Field(pattern=r"^https?://[^/\s]+$", description="The address that people see.")
    ] = "http://127.0.0.1:8000"
    contact_name: Annotated[str, Field(description="Who answers questions about the API.")] = (
        "Baat maintainers"
    )
    contact_email: Annotated[str, Field(description="Where to mail questions about the API.")] = (
        "maintainers@baat.example"
    )
    contact_url: Annotated[str, Field(description="Where to read more about the API.")] = (
        "https://baat.example/contact"
    )

    smtp_url: Annotated[
        Annotated[SecretStr, AfterValidator(addresses.mail_server)] | None,
        Field(
            description="`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`;"
            " without it mail lands as files in `<home>/mail/`."
        ),
    ] = None
    mail_from: Annotated[
        str, AfterValidator(addresses.sender), Field(description="The sender of all mail.")
    ] = "Baat <no-reply@baat.example>"

    log_level: Annotated[
        str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="The least that is logged.")
    ] = "INFO"
    log_format: Annotated[LogFormat, Field(description="`json` or `console`.")] = LogFormat.JSON
    metrics_token: Annotated[
        SecretStr | None,
        Field(description="The bearer token of `/metrics`; without it only loopback may read it."),
    ] = None
    trusted_proxies: Annotated[
        str,
        AfterValidator(addresses.proxies),
        Field(description="Addresses whose `X-Forwarded-For` is believed, by commas."),
    ] = "127.0.0.1"

    body_limit_bytes: Annotated[
        int, Field(gt=0, description="The largest request body that is read.")
    ] = 1_048_576
    json_depth_limit: Annotated[int, Field(gt=0, description="The deepest JSON that is read.")] = 32
    reads_per_minute: Annotated[
        int, Field(gt=0, description="How many GETs a caller may do per minute and process.")
    ] = 1_200
    writes_per_minute: Annotated[
        int, Field(gt=0, description="How many changes a caller may ask for per minute.")
    ] = 300
    failures_per_minute: Annotated[
        int, Field(gt=0, description="How many unknown credentials one address may try per minute.")
    ] = 60
    sign_in_attempts: Annotated[
        int, Field(gt=0, description="How many failed sign-ins one account allows per quarter.")
    ] = 10
    sign_in_attempts_per_network: Annotated[
        int, Field(gt=0, description="How many failed sign-ins one network allows per quarter.")
    ] = 100

    # The last use is noted once a minute: with one minute who works would be signed out.
    session_idle_minutes: Annotated[
        int, Field(ge=2, description="A sign-in ends after so long without a request.")
    ] = 60
    session_hours: Annotated[int, Field(gt=0, description="A sign-in ends after so long.")] = 12
    breach_list: Annotated[
        Annotated[Path, AfterValidator(addresses.readable_file)] | None,
        Field(
            description="A file of SHA-1 hashes of leaked passwords, sorted, one per line"
            " (the format of the Pwned Passwords download)."
        ),
    ] = None
    password_memory_kib: Annotated[
        int, Field(ge=19_456, description="What argon2id may use per password (OWASP: 19 MiB up).")
    ] = 65_536

    file_limit_bytes: Annotated[
        int, Field(gt=0, description="The largest file that is taken as evidence or attachment.")
    ] = 20_971_520
    upload_seconds: Annotated[
        float, Field(gt=0, description="The longest that one file may take to arrive.")
    ] = 600.0
    file_store_url: Annotated[
        Annotated[str, AfterValidator(addresses.file_store)] | None,
        Field(
            description="Where uploaded files lie: `file:///a/folder` or `s3://bucket/prefix`;"
            " without it in `<home>/files/`."
        ),
    ] = None
    file_store_endpoint: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^/\s]+/?$",
            description="The address of an S3-compatible store that is not Amazon's.",
        ),
    ] = None
    file_store_region: Annotated[
        str, Field(min_length=1, description="The region of the S3 store; many ignore it.")
    ] = "eu-central-1"
    file_store_key_id: Annotated[
        SecretStr | None, Field(description="The access key id for the S3 store.")
    ] = None
    file_store_secret: Annotated[
        SecretStr | None, Field(description="The secret access key for the S3 store.")
    ] = None
    virus_scanner_url: Annotated[
        Annotated[str, AfterValidator(addresses.virus_scanner)] | None,
        Field(
            description="ClamAV's daemon, which looks through every upload: `clamd://host:3310`"
            " or `clamd:///run/clamav/clamd.ctl`; without it nobody does."
        ),
    ] = None

    stripe_key: Annotated[
        SecretStr | None,
        Field(
            description="The secret (`sk_…`) or restricted (`rk_…`) key of the operator's account"
            " at Stripe; without it payments come and go by bank only."
        ),
    ] = None
    stripe_webhook_secret: Annotated[
        SecretStr | None,
        Field(description="What Stripe signs events with that it sends to `/webhooks/stripe`."),
    ] = None
    stripe_webhook_secret_before: Annotated[
        SecretStr | None,
        Field(description="The secret before that one, while Stripe still signs with both."),
    ] = None
    stripe_url: Annotated[
        str | None,
        Field(
            pattern=r"^http://(127\.0\.0\.1|localhost):[0-9]+$",
            description="Who plays Stripe on this machine, in a test installation; nothing moves.",
        ),
    ] = None
    stripe_requests_per_second: Annotated[
        float,
        Field(gt=0, description="How often one process calls Stripe (25 in test, 100 live, all)."),
    ] = 20.0
    stripe_timeout_seconds: Annotated[
        float, Field(gt=0, description="How long one call to Stripe may take.")
    ] = 10.0

    webhooks_to_loopback: Annotated[
        bool,
        Field(
            description="Webhooks may also go to http:// on this machine; in test mode, to try"
            " a receiver."
        ),
    ] = False

    under_way_warning_days: Annotated[
        int,
        Field(
            ge=0,
            description="After so many days money on its way to or from the bank is warned of.",
        ),
    ] = 5

    worker: Annotated[bool, Field(description="`baat serve` also works on jobs.")] = True
    worker_concurrency: Annotated[
        int, Field(gt=0, description="How many jobs one worker does at the same time.")
    ] = 4
    job_lease_seconds: Annotated[
        float, Field(gt=0, description="A job whose worker is silent for so long is taken over.")
    ] = 30.0
    job_poll_seconds: Annotated[
        float, Field(gt=0, description="How often a worker looks without being notified.")
    ] = 5.0
    retention_days: Annotated[
        int,
        Field(gt=0, description="How long finished jobs, sent mail and idempotency keys are kept."),
    ] = 30
    open_data_licence: Annotated[
        str, Field(min_length=1, description="Under which terms open data is published (SPDX).")
    ] = "CC0-1.0"
    retention_years: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            description="How long names and accounts of payments, and addresses of orders are kept,"
            " as tax law demands.",
        ),
    ] = 7

    @model_validator(mode="after")
    def _a_live_installation_is_served_over_tls(self) -> Self:
        if self.mode is Mode.LIVE and not self.public_url.startswith("https://"):
            message = "a live installation needs an https:// BAAT_PUBLIC_URL"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _a_worker_has_a_connection_to_spare(self) -> Self:
        # Each running job may hold one; with none left nothing is claimed any more.
        if self.worker_concurrency >= self.database_pool_size:
            message = "BAAT_WORKER_CONCURRENCY must be less than BAAT_DATABASE_POOL_SIZE"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _a_bucket_has_its_keys(self) -> Self:
        is_bucket = (self.file_store_url or "").startswith("s3://")
        if is_bucket and not (self.file_store_key_id and self.file_store_secret):
            message = (
                "an s3:// BAAT_FILE_STORE_URL needs BAAT_FILE_STORE_KEY_ID and"
                " BAAT_FILE_STORE_SECRET"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _a_demo_is_never_live(self) -> Self:
        if self.mode is Mode.LIVE and self.demo:
            message = "a demo installation can't be live: unset BAAT_DEMO or set BAAT_MODE=test"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _test_and_live_money_never_mix(self) -> Self:
        if self.stripe_key is None:
            return self
        key = self.stripe_key.get_secret_value()
        if not key.startswith((f"sk_{self.mode}_", f"rk_{self.mode}_")):
            message = f"a {self.mode} installation needs a BAAT_STRIPE_KEY of sk_{self.mode}_…"
            raise ValueError(message)
        if self.stripe_webhook_secret is None:
            message = "BAAT_STRIPE_KEY needs BAAT_STRIPE_WEBHOOK_SECRET: without it no event comes"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _nobody_plays_stripe_with_real_money(self) -> Self:
        if self.stripe_url is not None and self.mode is Mode.LIVE:
            message = "a live installation speaks to Stripe itself: unset BAAT_STRIPE_URL"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _live_webhooks_go_outside(self) -> Self:
        if self.webhooks_to_loopback and self.mode is Mode.LIVE:
            message = "a live installation sends webhooks over TLS: unset BAAT_WEBHOOKS_TO_LOOPBACK"
            raise ValueError(message)
        return self

    @property
    def owner_url(self) -> str:
        """The address for migrations."""
        return (self.migrations_database_url or self.database_url).get_secret_value()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the environment, the first time."""
    return Settings()


def variable_of(name: str) -> str:
    """Give the variable that a setting is read from, which is what people type."""
    alias = Settings.model_fields[name].validation_alias
    prefix = Settings.model_config.get("env_prefix", "")
    return str(alias or f"{prefix}{name}".upper())


def as_table() -> str:
    """Write every setting as Markdown: its variable, what it is for, and its default."""
    rows = ["| variable | default | says |", "| - | - | - |"]
    for name, field in Settings.model_fields.items():
        variable = variable_of(name)
        default = "needed" if field.is_required() else _written(field.default)
        rows.append(f"| `{variable}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def _written(default: object) -> str:
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"
