"""Open data: the register and the results, for everybody to use; what each file holds, pure.

- *register*: schemes, rounds, authorities and projects as everybody sees them now.
- *results*: figures of a closed quarter, as they became known in it; the same for ever, but
  for what somebody is called.

Decision: figures of people and money are published by closed quarter only, and as what a quarter
added, never as a running total. Two days of a total, one before and one after somebody joined, give
that person away; two quarters each stand alone. Small counts are suppressed as on dashboards, with
what would give them away beside the total; and so are amounts of the placements of too few people.
(The public log tells of each claim how much of it counts, and not of which kind it is.) What
becomes known after a quarter counts in the quarter in which it does. What it costs: quarters don't
add up to what the books say of a year where something was suppressed.
"""

from app.audits.open_data.datasets import DATASETS, Column, Dataset
from app.audits.open_data.keeping import Kept
from app.audits.open_data.quarters import closed_quarters, is_closed
from app.audits.open_data.writing import OpenFormat, file_of

__all__ = [
    "DATASETS",
    "Column",
    "Dataset",
    "Kept",
    "OpenFormat",
    "closed_quarters",
    "file_of",
    "is_closed",
]
