"""Audit packs: one file with all that an accountant or an auditor needs of a year.

- *cut*: up to where a pack tells what was known: a position of the books, a size of the log, and a
  moment for everything else. It is fixed when the pack is asked for.
- *member*: one file of the pack. The *manifest* has the hash of each; the log's key signs it.
- *makings*: a pack that expired is made again, and is the same, byte for byte.

Decision: a pack is made from rows that only grow, as they were at its cut, and from what changes in
place as it was when the pack was asked for (names). What can't be told so is left out, and the
manifest says what: the state of an obligation (its last decision is there), and certificates as PDF
(another version of the program that sets pages would set them otherwise; JSON and HTML are there).
It costs questions of their own beside those that the pages ask. Considered: freezing the rows of
each pack (another copy of everything, which nobody could check against the books).

Decision: the same pack is made by the same version of this software, with the same zlib (another
implementation packs otherwise; what is packed is the same). A later one may write a file otherwise,
and so may one after something of a person was erased from a reason or a title; then the
hashes differ and the making fails, rather than that two packs look alike.
"""
