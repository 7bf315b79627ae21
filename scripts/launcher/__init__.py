"""What `scripts/dev.py` does, with the standard library alone.

Words: a *project* is this clone with the places it may write; the *environment* is its virtual
environment; a *cluster* is a PostgreSQL server of our own; a *step* is one line for the person who
watches; a *supervisor* is the one launcher that owns a home and its servers; a *guest* is a command
that borrows the servers of a supervisor. A *bound* child ends when its launcher ends.
Nothing here imports the application: it speaks to it through `baat` and environment variables.
"""
