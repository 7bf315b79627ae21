"""Plans and rounds as rows of a file, JSON, CSV or XLSX: pure, without a database.

`core/sheets` reads, judges and writes them; here stand their forms.
"""

from app.projects.exchange.forms import PLANS, ROUNDS
from app.projects.exchange.writing import Exported, FileFormat, write

__all__ = [
    "PLANS",
    "ROUNDS",
    "Exported",
    "FileFormat",
    "write",
]
