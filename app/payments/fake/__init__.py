"""Somebody who plays Stripe, on this machine, over real HTTP: nothing in it is real.

For a run without a key (`scripts/dev.py run` starts it beside the server) and for the tests. The
gateway speaks to it with the same official client as to Stripe itself. It reads a request by the
official package's own description of it, and refuses what that does not know; it keeps answers by
idempotency key, moves a balance, sends signed events, and keeps all of it in a file if it is given
one. It only knows what Baat asks for.

Its *control plane* (`/control`) is the world outside: payers pay, banks refuse, and the network
fails. A payer's page says in large letters that it is a test.

Decision: our own, because no other that we found has checkout, Connect, transfers and idempotency
under a licence that we can use. It costs some hundreds of lines that must follow what Stripe does.
"""
