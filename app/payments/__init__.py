"""Payments: money that comes and goes, through the payment provider (Stripe) or the bank.

- *purpose*: what money is for, as `<noun>/<id>` such as `order/…`. Opaque here: the domain that
  *owns* the noun says what its money does to the books (`hooks.Owner`, wired in `app/main.py`).
- *payment*: one that is expected, from whom, for what, and in which *way* (card, iDEAL, a bank
  transfer with our reference). It is `succeeded` only when the money is there.
- *receipt*: money that arrived: one row for each fact outside, whatever was expected.
- *outgoing*: money that leaves: a refund, a payout, the operator's fee, VAT. Two people decide
  about it, save where a rule sends money back the way it came.
- *rail*: `provider` or `bank`. Money lies where its rail says: `provider_balance` or `bank`.
- *standing*: what the provider says of one thing now, in our words (`facts`).
- *errand*: a job that goes to the provider. It opens its own short transactions around the call.
- *event*, *inbox*: what the provider sends us about a change; it is only ever taken as a hint that
  something can be fetched.

May import `schemes`, `ledger`, `organisations`, `core`; knows orders and payouts by their purpose.

Decision: nothing is believed but the present object. A webhook says which thing changed; the errand
fetches it, and writes what it finds if nobody wrote since it began to look (`Versioned`), else it
looks again. So duplicates, any order, and events that are days late come to the same. It costs one
call per event. Considered: to believe the event's own copy, and to order events by their time,
which the provider does not promise.

Decision: a thing is told to the owner of its purpose by a job (`hooks.TELL`), in the owner's own
transaction. The row commits first, so that a fault in an owner never loses money: the job stays
until it is done. Considered: to call the owner in the transaction that takes the receipt; one bad
order would then hold back the truth about the bank.
"""
