"""What companies owe: authorities' rules, contracts, and the obligations that follow from them.

- *rules*: what an authority imposes and what it counts, from a day on; published by somebody who
  did not write them, and never changed.
- *table*: figures of real authorities that are shipped as data, each with its source and date.
- *building block*: what one full-time year of work is worth for somebody of a target group.
- *base*: the sum that a percentage is taken of: contract sum, tender sum, turnover or wage bill.
- *reference date*: the day whose rules apply to a contract, for good.
- *arithmetic*: a value with the steps that lead to it, so that anybody can recompute it.

May import `schemes`, `ledger`, `organisations` and `core`.

Decision: rules are one document that one model validates, a draft and a published version are two
tables, as the policies of a scheme are. What the sources don't say of an authority is null in its
document, and never a guess: where the rules are silent the arithmetic says so, and either the
contract's own clause decides or nothing counts.

Decision: what something is worth is pure (`valuing`): rules and facts in, a value with its steps
out. Who asks before buying and who decides afterwards call the same functions, and the golden
cases of the tests need no database.
"""
