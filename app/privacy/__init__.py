"""Privacy: what is held about people, given to them, and erased (GDPR articles 15, 17 and 20).

- *data map*: what each column of text holds of people, why, how long, and what an erasure does.
- *erasure*: a person's data is taken away; a row says that it was asked and done.
- *words*: what somebody wrote; where it names an erased person, the name is *masked*.
- *mentions*: the places where a person is named by others.

Decision: the row of a user stays, emptied, and its id is a pseudonym in books, events and
decisions. Who knew which id was whose knows it no more: name and address are gone from every table
but those that law has us keep. What the books and the public log committed to is never touched; of
a commitment whose content was masked the salt is erased too, so that its proof stays valid and its
content can't be guessed. What it costs: words in append-only tables change after all, by one door
(`privacy_mask`), which knows no other change and works only for an erasure that is under way.
Considered: a row of its own for every name (each query would join it, and free text would still
name people), and encryption with a key for each person (the search index and the backups of keys
would undo it).

May import every domain below.
"""
