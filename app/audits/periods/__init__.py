"""Period reports: what stood in a keeper's books in a period, as known at a position; pure.

- *period*: a year, a quarter or a month, from midnight to midnight where people read their clocks.
- *frozen*: the figures are kept as they were written (canonical JSON, RFC 8785), with their hash.
- *restatement*: a figure that is known otherwise now, because of entries that came later.

Decision: a report is made of nothing but entries of the books and of what never changes beside
them (which project a round has, of what kind a fulfilment is). Names and states are left out: they
change in place, and the same report could not be made again. So a second computation gives the same
bytes, whatever was corrected meanwhile, and a difference means that the books are not what they
were. What it costs: who reads it looks names up by their ids.
"""

from app.audits.periods.comparing import Difference, differences
from app.audits.periods.content import Content, Figures, canonical, digest, written
from app.audits.periods.naming import Period, PeriodKind, named

__all__ = [
    "Content",
    "Difference",
    "Figures",
    "Period",
    "PeriodKind",
    "canonical",
    "differences",
    "digest",
    "named",
    "written",
]
