"""Letters: what a mail says and to whom, before anybody sends it."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Self

from email_validator import EmailNotValidError, validate_email

from app.core.languages import Language, templates
from app.core.mail.models import Category

NOBODY = "erased.invalid"
"""The domain of who was erased."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class BadLetter(ValueError):  # noqa: N818  Read aloud it says what is wrong.
    """A mail can't be made of this; the message never repeats the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """Who gets a mail."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        _insist_on_one_line(self.address, "address")
        _insist_on_one_line(self.name, "name")
        if self.is_nobody:
            return
        try:
            found = validate_email(self.address, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise BadLetter("The recipient's address is not one.") from None
        # A domain in other letters has an ASCII form that every mail server understands.
        object.__setattr__(self, "address", found.ascii_email or found.normalized)

    @property
    def is_nobody(self) -> bool:
        """Whether it is the address of somebody who was erased: nothing is sent there."""
        return self.address.endswith(f"@{NOBODY}")


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What one recipient reads."""

    recipient: Recipient
    subject: str
    text: str

    def __post_init__(self) -> None:
        _insist_on_one_line(self.subject, "subject")
        if _UNPRINTABLE.search(self.text):
            raise BadLetter("The text has characters that can't be mailed.")

    def as_bytes(self) -> bytes:
        """Write it down, for sealing."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, written: bytes) -> Self:
        """Read what `as_bytes` wrote."""
        content = json.loads(written)
        return cls(Recipient(**content.pop("recipient")), **content)


def _insist_on_one_line(value: str, what: str) -> None:
    # A line break in a header would let its author write further headers.
    if _CONTROL.search(value):
        raise BadLetter(f"The {what} has characters that a header can't hold.")


def write(
    recipient: Recipient, language: Language, name: str, category: Category, values: dict[str, Any]
) -> Letter:
    """Fill in the letter `<domain>/<name>` in a language, from `app/<domain>/mails/<name>.txt`.

    The template extends `core/mails/letter.txt` and has the blocks `subject` and `body`.

    Raises:
        BadLetter: a value has no place in a mail.
    """
    domain, _, letter = name.partition("/")
    template = templates(language).get_template(f"{domain}/mails/{letter}.txt")
    context = template.new_context({**values, "category": category})
    subject = "".join(template.blocks["subject"](context)).strip()
    text = template.render({**values, "category": category}).strip() + "\n"
    return Letter(recipient, subject, text)
