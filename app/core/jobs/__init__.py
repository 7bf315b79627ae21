"""Jobs: work for later, in an outbox table of the same database.

- *job*: a row that says which kind of work, with which ids, and from when.
- *kind*: a constant, declared beside the action that does such jobs (`JobKind`).
- *handler*: the wiring of a kind to its action, in `app/main.py`. A `transactional` one changes
  this database only, and its effect happens exactly once; an `outside` one talks to others, at
  least once.
- *worker*: takes jobs that are due; inside `baat serve`, or alone with `baat work`. It keeps one
  place in four for `transactional` ones: nobody out there who hangs keeps the books waiting.
- *chore*: what every worker does every few seconds, without a row (`Chore`).
- *lease*: the time for which a worker has a job; it is renewed while the job runs.
- *dead letter*: a job without attempts left; `baat jobs retry` brings it back.

Decision: our own table, claimed with SKIP LOCKED and announced with NOTIFY. The row commits or
rolls back with the change that wants it, which no queue outside the database can promise. It costs
one UPDATE to claim and one to finish; NOTIFY takes turns at commit, which is far from felt at some
hundreds of commits a second. Considered: procrastinate (a second driver) and pgqueuer (a job
survived a rollback).
"""

from app.core.jobs.chores import Chore, each_in_turn
from app.core.jobs.claims import ClaimLost
from app.core.jobs.dead_letters import NoSuchDeadLetter, is_dead, listed, retry, retry_all
from app.core.jobs.enqueueing import CHANNEL, enqueue, following, wanted
from app.core.jobs.kinds import (
    GiveUp,
    Handler,
    JobKind,
    insist_on_all,
    outside,
    transactional,
)
from app.core.jobs.models import Job, JobState
from app.core.jobs.periodic import Periodic
from app.core.jobs.worker import Worker

__all__ = [
    "CHANNEL",
    "Chore",
    "ClaimLost",
    "GiveUp",
    "Handler",
    "Job",
    "JobKind",
    "JobState",
    "NoSuchDeadLetter",
    "Periodic",
    "Worker",
    "each_in_turn",
    "enqueue",
    "following",
    "insist_on_all",
    "is_dead",
    "listed",
    "outside",
    "retry",
    "retry_all",
    "transactional",
    "wanted",
]
