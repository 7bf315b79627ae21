"""Who is named on a document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

KVK = "0106"
"""Numbers of the Dutch trade register, in the list of schemes (ISO 6523)."""
OIN = "0190"
"""Numbers of Dutch public bodies."""

VAT_SCHEMES = {"BE": "9925", "DE": "9930", "FR": "9957", "LU": "9938"}
"""Lists of VAT numbers by which companies across the border are found."""

_DUTCH = "NL"
_KVK = re.compile(r"[0-9]{8}")
_OIN = re.compile(r"[0-9]{20}")


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, a buyer or a payee, as it was called when the document was issued."""

    name: str
    register_number: str
    """In the trade register of its country: KvK, or the OIN of a Dutch public body."""
    street: str
    postal_code: str
    city: str
    country: str = _DUTCH
    """ISO 3166-1 alpha-2."""
    registered_in: str | None = None
    """The country of its register, if its post goes to another one."""
    attention: str | None = None
    """To whose attention: a department, or an office that takes its post."""
    vat_id: str | None = None
    email: str | None = None

    @property
    def _home(self) -> str:
        return self.registered_in or self.country

    @property
    def register_scheme(self) -> str | None:
        """The list that its number is from, as far as that follows from the number."""
        if self._home != _DUTCH:
            return None
        if _OIN.fullmatch(self.register_number):
            return OIN
        return KVK if _KVK.fullmatch(self.register_number) else None

    @property
    def electronic_address(self) -> tuple[str, str] | None:
        """Where the networks of e-invoices find it: the scheme of a number, and the number."""
        if self.register_scheme is not None:
            return self.register_scheme, self.register_number
        scheme = VAT_SCHEMES.get(self._home)
        return (scheme, self.vat_id) if scheme and self.vat_id else None

    def faults(self, role: str) -> Iterator[str]:
        """Say what is missing to name it on a document (NL-R-002 to 005)."""
        lines = {
            "name": self.name,
            "register number": self.register_number,
            "street": self.street,
            "postal code": self.postal_code,
            "city": self.city,
        }
        missing = [what for what, text in lines.items() if not text.strip()]
        if missing:
            yield f"the {role} has no {', '.join(missing)}"
        if self._home == _DUTCH and self.register_number and self.register_scheme is None:
            yield f"the {role}'s number {self.register_number!r} is neither KvK nor OIN"
