"""Plans and rounds as rows of a file, JSON or CSV: pure, without a database.

- *form*: which columns a row has, and how its cells say what JSON says.
- *row*: one plan or one round; what an export tells *about* it, an import passes over.

Both formats become the same JSON, and the models judge it that judge a `POST` or `PATCH`: a cell
that can't be understood goes through as it is, and the model says what is wrong with it.
"""

from app.projects.exchange.forms import PLANS, ROUNDS, Form
from app.projects.exchange.reading import Judged, RowFault, judge
from app.projects.exchange.writing import Exported, FileFormat, write

__all__ = [
    "PLANS",
    "ROUNDS",
    "Exported",
    "FileFormat",
    "Form",
    "Judged",
    "RowFault",
    "judge",
    "write",
]
