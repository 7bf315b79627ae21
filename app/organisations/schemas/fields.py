"""Fields that several schemas share, each with the field's own check."""

from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field
from stdnum import iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError

from app.core.wire import ONE_LINE, PARAGRAPHS, names_nobody, one_kind_of_line_end
from app.organisations.credentials import LONGEST_PASSWORD, SHORTEST_PASSWORD


def _mailable(address: str) -> str:
    if not address.rpartition("@")[0].isascii():
        message = "this service can't mail addresses with other than ASCII letters before the @"
        raise ValueError(message)
    return address.lower()


Email = Annotated[
    EmailStr,
    AfterValidator(_mailable),
    Field(max_length=254, examples=["sanne@bakkerijnoord.example"]),
]
"""An e-mail address; capitals make no other address."""

PersonName = Annotated[
    str, Field(min_length=1, max_length=200, pattern=ONE_LINE, examples=["Sanne de Wit"])
]

Password = Annotated[
    str,
    Field(
        min_length=SHORTEST_PASSWORD,
        max_length=LONGEST_PASSWORD,
        description=f"At least {SHORTEST_PASSWORD} characters; a sentence is better than a riddle.",
        examples=["vier paarden lopen naar zee"],
    ),
]
"""One that somebody chooses."""

PresentPassword = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_PASSWORD,
        description="The present password.",
        examples=["vier paarden lopen naar zee"],
    ),
]

Token = Annotated[
    str, Field(min_length=1, max_length=200, description="The token from the e-mail.")
]

Code = Annotated[
    str,
    Field(
        # Codes of two groups were given out before.
        pattern=r"^([0-9]{6}|[a-z2-7]{5}(-[a-z2-7]{5}|(-[a-z2-7]{5}){4}))$",
        description="Six digits of the authenticator, or a recovery code.",
        examples=["492039"],
    ),
]

Reason = Annotated[
    str,
    Field(
        min_length=3,
        max_length=2000,
        pattern=PARAGRAPHS,
        description="Why; auditors read this. Without e-mail addresses and citizen numbers.",
        examples=["Extract of the trade register seen on 2026-11-20."],
    ),
    AfterValidator(one_kind_of_line_end),
    AfterValidator(names_nobody),
]
"""Some lines; they are mailed too."""

Grounds = Annotated[
    str,
    Field(
        min_length=3,
        max_length=10_000,
        pattern=PARAGRAPHS,
        description="Why the decision is wrong; names of candidates do not belong here.",
        examples=["The invoice was paid before the contract ended; see the statement."],
    ),
    AfterValidator(one_kind_of_line_end),
    AfterValidator(names_nobody),
]


def _valid_iban(number: str) -> str:
    try:
        return str(iban.validate(number))
    except NumberError as error:
        message = "this is no valid IBAN (ISO 13616): check the digits"
        raise ValueError(message) from error


def _valid_vat_id(number: str) -> str:
    try:
        return str(vat.validate(number))
    except NumberError as error:
        message = "this is no valid VAT identification number of an EU country"
        raise ValueError(message) from error


Iban = Annotated[
    str, Field(max_length=42, examples=["NL91ABNA0417164300"]), AfterValidator(_valid_iban)
]
VatId = Annotated[
    str, Field(max_length=20, examples=["NL004495445B01"]), AfterValidator(_valid_vat_id)
]
