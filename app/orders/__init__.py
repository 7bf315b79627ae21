"""Demand: companies reserve units of a project, pay for them, and get their serial numbers.

- *order*: a buyer's claim on a number of units of one project; it goes through `OrderState`.
- *quote*: what a number of units costs: price, fee, VAT, total. It follows from the policy that the
  round froze, so that asking for one binds nobody and costs nothing.
- *reservation*: the hold on `for_sale` in the impact book that keeps an order's units out of sale.
- *conditional*, *firm*: paid while the project is below its threshold; paid and above it. That is
  the project's fact, and no state of the order.
- *serial*: the number of one unit: the project's number and a count from 1, never used twice.
- *block*: a gap-free run of serials that was issued to one order.
- *part*: units that an order lost, the last ones first, with their serials and what of its amounts
  belongs to them: refunded, lost in a dispute, or moved to another project. Parts add up.
- *origin*: the order that was paid, of one that was moved: its money goes back by its payments.
- *stranded*: owed back to a buyer, and going nowhere.
- *invoice*, *credit note*: what a supplier asks for, and what gives it back; the entrepreneur
  supplies the units and the operator its service, so that an order can have one of each.

May import `projects`, `payments`, `schemes`, `ledger`, `organisations` and `core`.

Decision: the `for_sale` account is the only lock that buyers meet. A reservation reads what it
depends on without locking it, inserts its order and lets the ledger hold the units: who comes too
late is refused by the account's limit. Paying, refunding and ending a sale take the project's row
first, then the order's, then the books. When a sale ends, the units that nobody owns lapse, so that
a reservation which began before that finds nothing. Considered: to lock the project's row while
reserving; every buyer of a popular project would wait for the slowest one.
"""
