"""What the operator sees of the jobs in `/metrics`."""

from prometheus_client import Counter, Gauge, Histogram

ATTEMPTS = Counter("baat_job_attempts", "Attempts at jobs, by how they ended.", ["kind", "outcome"])
"""`done`, `failed` (there is another attempt), `dead`, or `lost` (another worker took over)."""

WAITED = Histogram(
    "baat_job_wait_seconds", "From the moment a job was due to its first attempt.", ["kind"]
)
TOOK = Histogram("baat_job_seconds", "How long an attempt took.", ["kind"])
OPEN = Gauge("baat_jobs", "Jobs that are not done, when a worker last counted.", ["state"])

FAILED_CHORES = Counter("baat_chore_failures", "Turns of a chore that failed.", ["chore"])
"""Any growth is a fault to look at: chores never fail by themselves."""
