"""The demo: a market with a past, a present and a future, for whoever starts Baat to look around.

It is furnished as the story is played: by people, over HTTP, on a demo whose clock begins almost
a year behind and is set along the calendar of its rounds, until it shows today. Nothing is told
but how far it is. It stays; `baat demo` makes it, for the launcher.

Words:

- A *scene* is a part of it: a function that is given the `Demo`, and a line of `scenes.SCENES`.
- The *figures* are what is known (`figures`) and what is invented; what is invented says `demo`.
- The *welcome* is what its newcomer reads: addresses, who signs in, things to try.
"""

from app.story.demo.furnishing import STEPS, furnish, record

__all__ = ["STEPS", "furnish", "record"]
