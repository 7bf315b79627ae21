"""The story: `baat story` plays a round in the terminal, through the public interface alone.

Words:

- A *stage* is a demo installation made for one telling: a database of its own beside the one that
  the settings name, a folder, a server on loopback. It is removed afterwards.
- A *chapter* is a function that is given the `Story` and tells its *steps*: who did what, with
  which requests, and which *pages* it wrote in the journal.
- The *cast* are the people. They get their accounts as everybody does, by mail, and sign in.
- *Props* are what a chapter leaves for those after it: addresses of what was made.

A new chapter is a function in `chapters/` and a line in `chapters.CHAPTERS`; its people stand in
`cast`, its figures in `figures` (what is known of the real round, and what is assumed).

Nothing here is a way around the interface. Three things are the operator's, and are done as
`baat bootstrap`, `baat clock set` and `baat check-books` do them. The package may import everything
but `cli`.
"""

from app.story.playing import play
from app.story.telling import Teller

__all__ = ["Teller", "play"]
