"""Contracts out of files: rows of a spreadsheet, and packages of OCDS. Pure, without a database.

- *candidate*: a contract as a file tells of it; whether it is new, changed or known is found out
  by comparing.
- *unfit*: what a file tells of and can't become a contract, or need not, with its reason.
- *package*: a file of the Open Contracting Data Standard 1.1 that holds releases or records.
"""

from app.obligations.importing.candidates import Candidate, Party, Unfit
from app.obligations.importing.packages import Item, PackageRefusedError, check, items
from app.obligations.importing.releases import Reading, found_in
from app.obligations.importing.rows import CONTRACTS, ContractRow

__all__ = [
    "CONTRACTS",
    "Candidate",
    "ContractRow",
    "Item",
    "PackageRefusedError",
    "Party",
    "Reading",
    "Unfit",
    "check",
    "found_in",
    "items",
]
