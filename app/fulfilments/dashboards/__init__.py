"""Figures of companies and authorities, with where the rows behind them are.

- *standing*: an obligation with what its accounts have.
- *recognised*: what one fulfilment counts for.
- *reach*: whom it was for, by target group and by municipality.
- *suppressed*: left out, for somebody might know the few people that it counts.

Decision: amounts are the books' own, as of a moment and as known at a position; how obligations,
contracts and claims are going is told as it is now. Small counts are suppressed in figures that
are passed on, and with them what would give them away beside the total. The rows behind the others
stay readable for those who may see the obligation or its authority: the plans of projects are
public anyway.
"""
