"""Supply: rounds, plans that entrepreneurs submit, their valuation, the market, and reports.

- *round*: the time in which a scheme takes plans, has them valued and sells their units. It freezes
  the policy that applied when it opened.
- *project*: what an entrepreneur offers in a round; it goes through the states of `ProjectState`.
- *plan*: what the project says of itself: a *draft* that people of the organisation edit, and
  *versions*, each frozen by a submission.
- *decision*: every change of state of a round or a project: by whom, when and why.
- *objection*: an entrepreneur contests a rejection or a valuation, once; somebody else decides.
- *assignment*: an expert is asked to value a plan's version; *recusal*: a conflict forbids it.
- *valuation*: what the panel found, adopted by the operator; superseded, never edited.
- *listing*: the project on the market, with the units that the impact book has for sale.
- *report*: what came of a project, interim or final: a draft and frozen versions, as with plans. It
  counts people by group and category and names nobody.
- *expected*, *reported*, *measured*: what the listed plan promised, what the entrepreneur says, and
  what the operator found. They never share a column.

May import `schemes`, `ledger`, `organisations` and `core`. Orders stand above: what is sold and
reserved is read from the impact book, and there is no second counter.
"""
