"""Work for later, and mail: nothing is given up, and nothing waits for long."""

from app.core.invariants.kept import Invariant
from app.core.mail import DELIVER

_GIVEN_UP = f"""
SELECT format('job %s (%s): expected to be done, found it given up', id, kind)
  FROM jobs WHERE state = 'dead' AND kind <> '{DELIVER.name}'
"""  # noqa: S608  A name of our own.

_ON_TIME = """
SELECT format('job %s (%s): expected to be taken within an hour, found it waiting since %s', id,
              kind, greatest(run_at, created_at))
  FROM jobs
 WHERE state = 'queued' AND greatest(run_at, created_at) < :now - interval '1 hour'
   AND coalesce(held_until, run_at) < clock_timestamp() - interval '1 hour'
 UNION ALL
SELECT format('job %s (%s): expected a worker that renews its lease, found one that ended at %s',
              id, kind, held_until)
  FROM jobs
 WHERE state = 'running' AND held_until < clock_timestamp() - interval '10 minutes'
"""

_MAILED = f"""
SELECT format('mail %s: expected to be sent within a day, or a job that still tries, found none',
              m.id)
  FROM mails m
 WHERE m.sent_at IS NULL AND m.created_at < :now - interval '1 day'
   AND NOT EXISTS (SELECT FROM jobs j
                    WHERE j.kind = '{DELIVER.name}' AND j.arguments ->> 'mail_id' = m.id::text)
"""  # noqa: S608  A name of our own.

INVARIANTS = (
    Invariant(
        "jobs-done",
        "No job was given up: what was to be done later is done, or will be. Letters that nobody"
        " takes are no fault.",
        _GIVEN_UP,
    ),
    Invariant("jobs-on-time", "No job waits for more than an hour.", _ON_TIME),
    Invariant("mails-sent", "Every letter is sent, or somebody still tries.", _MAILED),
)
