"""What is wrong with a message: every fault at once, each with its place."""

from dataclasses import dataclass

MOST_FAULTS = 50
"""So many are told; who mends these hears the rest."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    where: str
    """The element, such as `Stmt[1]/Ntry[3]/Amt`; `Document` for the whole."""
    code: str
    """A stable word for machines."""
    detail: str
    """A sentence for people."""


class MessageRefusedError(ValueError):
    """A message can't be read, or says what can't be."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults[:MOST_FAULTS]
        super().__init__("; ".join(f"{fault.where}: {fault.detail}" for fault in self.faults))
