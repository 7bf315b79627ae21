"""Rate limits: no caller takes what others need.

A *caller* is a credential that was recognised, or else an address. *Reads* are counted in the
process and cost no query. *Writes* are counted in the database for all processes together; each
process *leases* some at a time, so that most writes cost no query either. An address that tries
too many unknown credentials is refused before anything is looked up.

Answers tell the caller where it stands (draft-ietf-httpapi-ratelimit-headers-10).
"""

from app.core.http.rate_limits.middleware import RateLimits

__all__ = ["RateLimits"]
