"""Put the house together: routers, handlers of jobs, hooks. Nobody imports this but `cli`."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from app import __version__
from app.audits import routes as audits
from app.audits.actions import checking, findings, making
from app.audits.actions import packs as audit_packs
from app.audits.audiences import AUDIENCES as OF_AUDITS
from app.audits.open_data import Kept
from app.core import (
    files,
    housekeeping,
    idempotency,
    installation,
    jobs,
    mail,
    throttle,
    wiring,
)
from app.core.database import Database, open_database
from app.core.files import scanning
from app.core.http import docs, health, openapi, refusing, root
from app.core.http.edge import Edge
from app.core.http.rate_limits import RateLimits
from app.core.http.validators import NotModified, Validator
from app.core.listener import Channel, Listener
from app.core.settings import Settings
from app.fulfilments import routes as fulfilments
from app.fulfilments.actions import adjusting, lapsing, recognising, splitting
from app.fulfilments.actions import unwinding as revoking
from app.fulfilments.audiences import AUDIENCES as OF_FULFILMENTS
from app.fulfilments.queries import disclosing
from app.fulfilments.queries import fulfilments as claimed
from app.ledger import checks, partitions, positions
from app.ledger import routes as ledger
from app.ledger.drafts import AnyDraft
from app.obligations import hooks as sanctioning
from app.obligations import routes as obligations
from app.obligations.actions import confirming, following, judging, packages, reminding
from app.obligations.audiences import AUDIENCES as OF_OBLIGATIONS
from app.obligations.queries import small_counts
from app.orders import hooks as unwinding
from app.orders import routes as orders
from app.orders.actions import OWNER, disputes, ending, expiring, filing, invoices, letters
from app.orders.audiences import AUDIENCES as OF_ORDERS
from app.orders.models import Order, OrderPart
from app.organisations import routes as organisations
from app.organisations.access import note_refusal
from app.organisations.actions import one_time_tokens, sessions
from app.organisations.problems import (
    CredentialRefused,
    CsrfTokenMissing,
    ScopeMissing,
    SignInRequired,
)
from app.payments import errands, hooks
from app.payments import routes as payments
from app.payments.actions import (
    accounts,
    balance,
    holding,
    inbox,
    matching,
    outgoings,
    status_reports,
    suspense,
)
from app.payments.actions import payments as expected
from app.payments.audiences import AUDIENCES as OF_PAYMENTS
from app.payouts import routes as payouts
from app.payouts.actions import OWNER as PAYOUTS
from app.payouts.actions import freezing, overdue, repaying
from app.payouts.audiences import AUDIENCES as OF_PAYOUTS
from app.payouts.queries import freezes
from app.privacy import routes as privacy
from app.privacy.actions import masking, retiring
from app.projects import hooks as results
from app.projects import routes as projects
from app.projects.actions import (
    market,
    panel,
    reminders,
    report_reminders,
    rounds,
    running,
    score_reminders,
)
from app.projects.audiences import AUDIENCES as OF_PROJECTS
from app.schemes import routes as schemes
from app.schemes.audiences import AUDIENCES as OF_SCHEMES
from app.schemes.queries.keepers import audited_by, readable_keepers
from app.transparency import hooks as published
from app.transparency import routes as transparency
from app.transparency.actions import publishing
from app.transparency.audiences import AUDIENCES as OF_THE_LOG
from app.transparency.entries import EntryKind
from app.transparency.hooks import Source
from app.webhooks import hooks as telling
from app.webhooks import routes as webhooks
from app.webhooks.actions import delivering, forgetting, sequencing
from app.webhooks.audiences import AUDIENCES as OF_PEOPLE

ROUTERS: tuple[APIRouter, ...] = (
    payments.WEBHOOKS,
    transparency.STATIC,
    root.router,
    *organisations.ROUTERS,
    *ledger.ROUTERS,
    *transparency.ROUTERS,
    *webhooks.ROUTERS,
    *schemes.ROUTERS,
    *obligations.ROUTERS,
    *projects.ROUTERS,
    *payments.ROUTERS,
    *orders.ROUTERS,
    *fulfilments.ROUTERS,
    *payouts.ROUTERS,
    *audits.ROUTERS,
    *privacy.ROUTERS,
)

ABOUT = Path(__file__).with_name("about.md")
"""What the documentation of the interface begins with."""
EXAMPLES = Path(__file__).with_name("examples.json")
"""What was asked and answered in a demo; `python3 scripts/dev.py cli examples` records it anew."""

FORGET = housekeeping.forgetting(
    file_arrivals=files.forget_arrivals,
    idempotency_keys=idempotency.forget,
    jobs=housekeeping.finished_jobs,
    mails=mail.forget,
    one_time_tokens=one_time_tokens.forget,
    payers=retiring.retire,
    sessions=sessions.forget,
    throttle_counters=throttle.forget_expired,
    webhooks=forgetting.forget,
)

TELL_OWNERS = hooks.telling(
    claim=repaying.OWNER,
    order=OWNER,
    payout=PAYOUTS,
    project=holding.OWNER,
    receipt=suspense.OWNER,
    scheme=holding.OWNER,
)
"""Who owns which purpose of money, by its noun; what nobody owns yet lies unallocated."""

HANDLERS: tuple[jobs.Handler, ...] = (
    jobs.outside(mail.DELIVER, mail.deliver),
    jobs.outside(files.REMOVE, files.remove_content),
    jobs.transactional(housekeeping.FORGET, FORGET),
    jobs.outside(checks.WATCH, checks.watch),
    jobs.transactional(partitions.PREPARE, partitions.prepare),
    jobs.transactional(rounds.FOLLOW_CLOCK, rounds.follow_clock),
    jobs.transactional(reminders.REMIND, reminders.remind),
    jobs.transactional(panel.OPEN_DUE, panel.open_due),
    jobs.transactional(panel.OPEN_SCORES, panel.open_scores),
    jobs.transactional(score_reminders.REMIND, score_reminders.remind),
    jobs.transactional(hooks.TELL, TELL_OWNERS),
    jobs.outside(expected.START, errands.starting.start),
    jobs.outside(expected.END, errands.ending.end),
    jobs.outside(outgoings.SEND, errands.sending.send),
    jobs.outside(outgoings.CLAW_BACK, errands.sending.claw_back),
    jobs.outside(balance.PAY_OUT, errands.payouts.pay_out),
    jobs.outside(accounts.ONBOARD, errands.accounts.onboard),
    jobs.outside(inbox.WORK, errands.inbox.work),
    jobs.outside(inbox.SWEEP, errands.sweeping.sweep),
    jobs.outside(packages.WORK, packages.work),
    jobs.outside(judging.JUDGE, judging.judge),
    jobs.transactional(confirming.RAISED, recognising.look_again),
    jobs.transactional(score_reminders.WARN, score_reminders.warn),
    jobs.transactional(matching.MATCH, matching.match),
    jobs.transactional(matching.SETTLE, matching.settle),
    jobs.transactional(status_reports.REJECT, status_reports.reject),
    jobs.outside(invoices.FILE, filing.file),
    jobs.transactional(invoices.ISSUE, invoices.issue_late),
    jobs.transactional(recognising.SETTLE, recognising.settle_state),
    jobs.transactional(disputes.MAKE_GOOD, disputes.make_good),
    jobs.outside(masking.FINISH, masking.finish),
    jobs.transactional(letters.WRITE, letters.write),
    jobs.transactional(letters.TELL, letters.tell),
    jobs.transactional(letters.REMIND, letters.remind),
    jobs.outside(audit_packs.MAKE, making.make),
)
"""Who does which kind of job; a kind that stands not here keeps the application from starting."""

PERIODICS: tuple[jobs.Periodic, ...] = (
    jobs.Periodic(housekeeping.FORGET, every=timedelta(hours=1)),
    jobs.Periodic(checks.WATCH, every=timedelta(minutes=15)),
    jobs.Periodic(partitions.PREPARE, every=timedelta(days=1)),
    jobs.Periodic(rounds.FOLLOW_CLOCK, every=timedelta(minutes=1)),
    jobs.Periodic(reminders.REMIND, every=timedelta(hours=1)),
    jobs.Periodic(panel.OPEN_DUE, every=timedelta(minutes=5)),
    jobs.Periodic(inbox.SWEEP, every=timedelta(days=1)),
    jobs.Periodic(letters.REMIND, every=timedelta(hours=1)),
)


async def _unwound(session: AsyncSession, order: Order, part: OrderPart) -> Sequence[AnyDraft]:
    """Revoke what was recognised of lost units, and give their money free where it is frozen."""
    return (
        *await revoking.unwind(session, order, part),
        *await freezing.thaw(session, order, part),
    )


unwinding.unwound.wire(_unwound)
unwinding.meant.wire(splitting.purpose)
sanctioning.waiting.wire(claimed.waiting)
results.found_short.wire(freezing.freeze_short)
results.undecided.wire(freezes.undecided)
results.smallest_count.wire(small_counts.of_scheme)

telling.wire(*OF_PEOPLE, *OF_THE_LOG, *OF_SCHEMES, *OF_PROJECTS, *OF_OBLIGATIONS)
telling.wire(*OF_PAYMENTS, *OF_ORDERS, *OF_FULFILMENTS, *OF_PAYOUTS, *OF_AUDITS)
telling.audited_by.wire(audited_by)

published.wire(Source(disclosing.SOURCE, EntryKind.FULFILMENT, disclosing.statements))

CHORES: tuple[jobs.Chore, ...] = (
    jobs.Chore("sequence", positions.sequence_all, every_seconds=0.5),
    jobs.Chore("sequence-events", sequencing.sequence_all, every_seconds=0.5),
    jobs.Chore("deliver-webhooks", delivering.deliver_due, every_seconds=1.0),
    jobs.Chore("seal", publishing.seal, every_seconds=5.0),
    jobs.Chore("expire-orders", expiring.expire_due, every_seconds=10.0),
    jobs.Chore("end-sales", ending.end_due, every_seconds=10.0),
    jobs.Chore("end-settled-sales", ending.end_settled, every_seconds=3_600.0),
    jobs.Chore("alert-of-overdue-payouts", overdue.alert, every_seconds=3_600.0),
    jobs.Chore("keep-frozen", freezing.keep_frozen, every_seconds=60.0),
    jobs.Chore("recognise-provisionally", recognising.recognise_due, every_seconds=10.0),
    jobs.Chore("adjust-to-results", adjusting.adjust_due, every_seconds=10.0),
    jobs.Chore("lapse-what-was-not-claimed", lapsing.lapse_due, every_seconds=60.0),
    jobs.Chore("follow-plans", running.follow_plans, every_seconds=10.0),
    jobs.Chore("remind-of-reports", report_reminders.remind, every_seconds=3_600.0),
    jobs.Chore("obligations-follow", following.follow_due, every_seconds=60.0),
    jobs.Chore("obligations-remind", reminding.remind_due, every_seconds=60.0),
    jobs.Chore("findings-remind", findings.remind_due, every_seconds=60.0),
    jobs.Chore("check-integrity", checking.CHECK_CHEAP, every_seconds=10.0),
    jobs.Chore("check-integrity-at-length", checking.CHECK_COSTLY, every_seconds=10.0),
    jobs.Chore("market-on-sale", market.keep_fresh, every_seconds=market.EVERY_SECONDS),
    jobs.Chore("expire-audit-packs", audit_packs.expire_due, every_seconds=3_600.0),
    jobs.Chore("market-after-sale", market.keep_right, every_seconds=market.AFTERWARDS_SECONDS),
)

CREDENTIALS = (SignInRequired, CredentialRefused, ScopeMissing, CsrfTokenMissing)
"""What every operation may refuse that asks who calls."""


def create_app(settings: Settings) -> FastAPI:
    """Build the web application; nothing connects before its lifespan begins."""
    app = FastAPI(
        title="Baat",
        version=__version__,
        description=ABOUT.read_text(),
        generate_unique_id_function=openapi.operation_id,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.on_refusal = note_refusal
    app.state.on_answer = audits.readings.keep
    app.state.whose_books = readable_keepers
    app.state.open_data = Kept()
    app.state.scanner = scanning.choose(settings)
    app.state.market = Validator(projects.market.ADDRESS, 2 * settings.job_poll_seconds)
    refusing.install(app)
    app.add_middleware(NotModified, validators=(app.state.market,))
    app.add_middleware(RateLimits, settings=settings)
    app.add_middleware(Edge, settings=settings)  # The last one added is the outermost.
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router)
    for router in fulfilments.VERIFICATION:
        app.include_router(router)
    app.webhooks.include_router(webhooks.OUTGOING)
    openapi.install(app, credentials=CREDENTIALS, examples=EXAMPLES)
    docs.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    database = open_database(settings)
    app.state.database = database
    app.state.worker = None
    try:
        await prepare(database)
        async with AsyncExitStack() as running:
            if settings.worker:
                app.state.worker = jobs.Worker(database, HANDLERS, PERIODICS, chores=CHORES)
            await running.enter_async_context(
                listener(database, app.state.worker, app.state.market)
            )
            if app.state.worker is not None:
                await running.enter_async_context(app.state.worker)
            yield
    finally:
        await database.close()


async def work_on_jobs(
    database: Database,
    handlers: tuple[jobs.Handler, ...] = HANDLERS,
    periodics: tuple[jobs.Periodic, ...] = PERIODICS,
) -> None:
    """Be a worker and nothing else, until SIGTERM or SIGINT."""
    worker = jobs.Worker(database, handlers, periodics, chores=CHORES)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, worker.stop)
    async with listener(database, worker):
        await worker.run()


async def prepare(database: Database) -> None:
    """Insist, before anything runs, on a fitting installation and on a handler for every job."""
    jobs.insist_on_all(HANDLERS)
    wiring.insist_on_all()
    published.insist_on_wiring()
    telling.insist_on_wiring()
    async with database.reading() as session:
        await installation.check(session, database.settings)


def listener(
    database: Database, worker: jobs.Worker | None, seen: Validator | None = None
) -> Listener:
    """Let this process hear of new jobs, if it works on them, and of a demo's clock.

    One that answers HTTP also hears when the market changes.
    """

    def wake(_said: str = "") -> None:
        if worker is not None:
            worker.wake()

    def follow(said: str) -> None:
        installation.follow(int(said))
        if worker is not None:
            worker.hurry()

    channels = []
    if worker is not None:
        channels.append(Channel(jobs.CHANNEL, "SELECT ''", wake))
    if database.settings.demo:
        channels.append(Channel(installation.CLOCK, installation.CLOCK_LATEST, follow))
    if seen is not None:
        channels.append(Channel(market.CHANNEL, market.LATEST, seen.hear))
    return Listener(database.settings, channels)
