"""What companies owe: authorities' rules, contracts, and the obligations that follow from them.

- *rules*: what an authority imposes and what it counts, from a day on; published by somebody who
  did not write them, and never changed.
- *table*: figures of real authorities that are shipped as data, each with its source and date.
- *building block*: what one full-time year of work is worth for somebody of a target group.
- *base*: the sum that a percentage is taken of: contract sum, tender sum, turnover or wage bill.
- *reference date*: the day whose rules apply to a contract, for good.
- *contract*: what an authority awarded; what it says stands in its amendments, which only grow.
- *clause*: the social-return clause of a contract; without one nothing is owed.
- *obligation*: what a contract obliges to; computed by the rules, imposed when it is confirmed.
- *recovery period*: time to make up for what was not fulfilled by the due date.
- *proposal*: a waiver or a sanction that somebody asks for, and somebody else decides.
- *objection*: a contractor contests a sanction or the refusal of a waiver, once and in time, and
  somebody who had no part in it judges.
- *arithmetic*: a value with the steps that lead to it, so that anybody can recompute it.

May import `schemes`, `ledger`, `organisations` and `core`.

Decision: rules are one document that one model validates, a draft and a published version are two
tables, as the policies of a scheme are. What the sources don't say of an authority is null in its
document, and never a guess: where the rules are silent the arithmetic says so, and either the
contract's own clause decides or nothing counts.

Decision: an obligation has two figures, computed and confirmed. Registering, amending and importing
contracts only ever change the first; one verb, by an approver who did not enter the figures, brings
the second and the books to it. So no import moves value, and raising needs no rights of its own.
What a contractor reports is its own word: until the authority confirms it, it holds nothing back,
and what the authority says itself takes its place.
Whoever posts to an obligation's accounts locks its row first, and calls `states.settle_state`
afterwards; the row of its contract comes before it.

Decision: what something is worth is pure (`valuing`): rules and facts in, a value with its steps
out. Who asks before buying and who decides afterwards call the same functions, and the golden
cases of the tests need no database.
"""
