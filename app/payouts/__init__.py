"""Payouts: what of a project's money can go to its entrepreneur, and lets it go.

- *earmark*: the money of one project in its two parts (`start_part`, `result_part`), what its
  policy says of it, what went out, and what can be paid now, or why not.
- *tranche*: a share of a part that is paid at one moment, by the policy that the round froze.
- *principal*: what of a payout comes from a part; its *VAT* is what the same orders paid for it.
- *payout*: an amount of one tranche on its way; it goes through `PayoutState`.
- *retry*: a payout of what another one failed to bring; nothing leaves the part a second time.
- *claim*: what an entrepreneur owes, for buyers were refunded what it had been paid. It is *netted*
  with its next payout that is approved, *repaid* by bank, or *written off* by two people: then the
  operator bears it.
- *freeze*: what was not paid out of a stopped project, or of one whose result is short, is held in
  the books until the operator decides about it.
- *remedy*: what it decides: so many whole units go back to the buyers, the rest can be paid out.
- *withdrawal*: the operator takes what it earned, or remits VAT on it.

May import `orders`, `projects`, `payments`, `schemes`, `ledger`, `organisations` and `core`.

Decision: a payout is a row of its own, and an outgoing of `payments` is made only when a second
person approves it, in the transaction that moves the money from the part to `payable`. So nobody
can let money leave that is not owed yet, and the rules of `payments` (who sends it, what comes
back) hold for it as for all that leaves. Considered: to plan the outgoing at once; it could then be
approved by another way before its entry was made.

Decision: the start part can be paid when the project is funded, not only when it has started: it is
there to let it start. The part of an order that may still be taken back (a direct debit of the last
weeks, a dispute) stays in the project's earmark as a whole, not in one of its parts.

Decision: `vat_sale` is kept per entrepreneur. Each payout brings the VAT that went out to the share
of the principal that did, of the project's own orders: the last one takes what is left.
"""
