"""XML from outside, read without trust: no DTD, no entities, and limits on all that can grow.

Decision: expat of the standard library, behind these limits. `defusedxml` only forbids what
`_Builder` forbids itself, in two lines, and was last released in 2021; `lxml` would bring a library
of its own in C for a tree that we walk once. Neither counts elements or depth while it reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from app.payments.sepa.faults import Fault, MessageRefusedError

LARGEST_BYTES = 20 * 1_048_576
"""A day of ten thousand transactions is a quarter of this."""
MOST_ELEMENTS = 600_000
DEEPEST = 40
"""ISO 20022 nests half as deep."""
MOST_ATTRIBUTES = 16
_CHUNK_BYTES = 64 * 1024
_BETWEEN = " "
"""Stands between namespace and name, where expat reports both."""


@dataclass(slots=True)
class Element:
    """A part of a document; what stands in other namespaces than the root has no plain name."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def find(self, path: str) -> "Element | None":
        """Find the first element at the end of a path such as `Acct/Id/IBAN`."""
        at = self
        for name in path.split("/"):
            found = next((child for child in at.children if child.name == name), None)
            if found is None:
                return None
            at = found
        return at

    def all(self, path: str) -> Iterator["Element"]:
        """Find every element at the end of a path, in the order of the document."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name and rest:
                yield from child.all(rest)
            elif child.name == name:
                yield child


@dataclass(frozen=True, slots=True)
class Document:
    """A root and the namespace in which it stands."""

    namespace: str
    root: Element


def read(content: bytes) -> Document:
    """Read a document whole; what is no text between elements is kept, comments are not.

    Raises:
        MessageRefusedError: it is no XML, brings a DTD, or is larger than any message of a bank.
    """
    if len(content) > LARGEST_BYTES:
        raise _refused("too-large", f"The file has more than {LARGEST_BYTES} bytes.")
    builder = _Builder()
    try:
        for start in range(0, len(content), _CHUNK_BYTES):
            builder.parser.Parse(content[start : start + _CHUNK_BYTES])
        builder.parser.Parse(b"", True)  # noqa: FBT003  Expat's own signature.
    except expat.ExpatError as error:
        message = f"This is no XML: {expat.ErrorString(error.code)}, in line {error.lineno}."
        raise _refused("not-xml", message) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, MessageRefusedError):
            raise
        raise _refused(
            "unknown-encoding", "The file is in an encoding that we don't read."
        ) from error
    return builder.document()


class _Builder:
    """Takes what expat finds, and refuses before it grows."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._prefix = ""
        self._root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._count = 0

    def document(self) -> Document:
        if self._root is None:
            raise _refused("not-xml", "The file is empty.")
        return Document(self._prefix.removesuffix(_BETWEEN), self._root)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise _refused("too-large", f"The file has more than {MOST_ELEMENTS} elements.")
        if len(self._open) >= DEEPEST:
            raise _refused("too-deep", f"The file nests deeper than {DEEPEST} levels.")
        if len(attributes) > MOST_ATTRIBUTES:
            raise _refused("too-large", f"<{name}> has more than {MOST_ATTRIBUTES} attributes.")
        if self._root is None:
            self._prefix = name[: name.rfind(_BETWEEN) + 1]
        element = Element(name.removeprefix(self._prefix), attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _doctype(self, *_declared: object) -> None:
        # Entities can only be declared in one: without a DTD there is nothing to expand or fetch.
        raise _refused(
            "has-dtd", "The file brings a document type (DTD): no message of a bank does."
        )


def _refused(code: str, detail: str) -> MessageRefusedError:
    return MessageRefusedError(Fault("Document", code, detail))
