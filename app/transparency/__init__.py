"""The public log: what stands in the books, in a form that only grows and that anyone can check.

- *leaf*: one thing that happened, in the order in which the log learned of it; counted from 0.
- *entry*: what everybody may read of a leaf; *content*: what it commits to, under a *salt*.
- *tile*: 256 hashes of the tree above the leaves. *bundle*: the 256 entries below such a tile.
- *checkpoint*: size and root of the tree, signed. The log promises that each is the beginning of
  the next; *witnesses* that watch over this add *cosignatures*.
- *proof*: that an entry is in the tree of a checkpoint; needs nobody but the log's public key.
- *arrival*: something other than an entry of the books that waits for its leaf.

May import `ledger`, `organisations` and `core`. Those above declare what they publish
(`hooks.Source`) and never write here. `merkle`, `tiles`, `notes`, `checkpoints`, `proofs`,
`entries` and `verifier` need neither database nor settings: whoever checks us runs nothing else.

Decision: the formats are those of C2SP (tlog-tiles, signed-note, tlog-checkpoint,
tlog-cosignature, tlog-proof), so that other people's programs can read them; the tree is that of
RFC 6962, in some lines of our own. Considered: a format of our own with a viewer (nobody else's
program would check it), and a chain of hashes in the books (posters would wait for each other).

Decision: leaves and full tiles are rows that only grow, in the same database as the books. A tile
that is not full is read from the leaves, or from the roots of the tiles below, so that nothing is
written twice or replaced. Leaves are appended in one transaction and signed for in another: a
checkpoint speaks of what is committed only, and whoever signs first makes sure that the tree still
begins with what was signed before. It costs about 400 bytes a leaf. Considered: tiles as files in
the store (two places that must agree after each crash).

Decision: what is restored from a backup may lack leaves that were signed for already. Nobody can
sign another tree of a size that a witness cosigned without being found out; so compare the newest
checkpoint that a witness knows before a restored installation goes on (`baat replay --known`).
"""
