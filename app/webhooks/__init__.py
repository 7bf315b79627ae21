"""What happened, for other programs: the log of events, and webhooks that bring them.

- *event*: a row of `core.events`; written in the transaction of what it tells.
- *position*: the place of an event in the log; given after it is committed, without gaps.
- *audience*: the organisations that are told of an event. Who they are, each domain says for the
  *nouns* of its own events (`hooks.Audience`): those who may read what the event is about.
- *inner*: of an organisation's own affairs; only its admins are told.
- *platform*: stands in for an organisation where an event concerns none; staff reads it.

- *endpoint*: where an organisation has events sent to, and of which types.
- *delivery*: a webhook: what one endpoint is told of one event; *attempt*: one request of it.
- *pair*: the secret and the key that an endpoint's webhooks are signed with.
- *replay*: a delivery begins anew, under the same id.

A receiver without a library checks a signature so: `v1` of `webhook-signature` is HMAC-SHA256, with
the secret (after `whsec_`) decoded from base64, over `webhook-id`, `webhook-timestamp` and the body
as it came, with a full stop between them; `v1a` is the same signed with Ed25519, for whoever would
rather keep no secret. A webhook comes at least once and in no promised order, and its id is the
event's. Answer 2xx within 15 seconds; what fails is tried ten times in three days, then the
endpoint is disabled and its admins get a letter. `…/deliveries` shows every attempt, `…/replays`
sends again what was missed, `…/test-events` tries a receiver, `…/secrets` changes secret and key
while both sign for a day. A test installation may send to `http://127.0.0.1` with
`BAAT_WEBHOOKS_TO_LOOPBACK=true`.

May import `organisations` and `core`; a sibling of the books, which it does not need. Those above
wire their audiences in `main`.

Decision: a sequencer places events after they are committed. Ids and moments are given before, so
whoever read on from the last id that they saw would miss what committed late. A trigger notes each
event as an arrival, one row beside its own; the chore does the rest, and nobody who writes an event
waits for it. Considered: the transaction's number in the row (a reader must wait for the oldest
transaction that runs, however long it does).

Decision: the audience is settled when the event is placed, not when it is read. Reading is one walk
along an index, and a webhook is due as soon as its event is placed. It costs a row for each
organisation that is told; and a company that becomes known as a party to a contract later does not
see what happened before.

Decision: the cursor is the id of an event, and positions stay inside: they would tell everybody how
much is going on.

Decision: a key for each endpoint, beside its secret. What leaks or is replaced then is one
receiver's affair, and no signature of one organisation's webhooks fits another's. It costs a sealed
row for each. Considered: one key of the installation, to be published once (a change of it would
reach everybody at once).

Decision: a chore sends, not jobs. It takes a few deliveries of each endpoint at a time, so that one
with thousands waiting, or one that lets us wait, keeps neither others nor the installation's own
jobs from their turn.
"""
