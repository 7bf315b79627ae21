"""Mail: letters to people, written in a transaction and delivered by a job.

- *letter*: a template of a domain (`app/<domain>/mails/<name>.txt`) in the reader's language.
- *mail*: the row of one letter to one recipient; its content is sealed, and erased once sent.
- *gateway*: who takes it: an SMTP server, or a folder when there is none.
- *category*: why somebody gets it, and so whether they may opt out.

Nobody's address or words stand in a log, a job or an event.
"""

from app.core.mail.erasing import mark_of, remove_files, withdraw
from app.core.mail.letters import NOBODY, BadLetter, Recipient
from app.core.mail.models import Category, Mail
from app.core.mail.sending import DELIVER, deliver, forget, send

__all__ = [
    "DELIVER",
    "NOBODY",
    "BadLetter",
    "Category",
    "Mail",
    "Recipient",
    "deliver",
    "forget",
    "mark_of",
    "remove_files",
    "send",
    "withdraw",
]
