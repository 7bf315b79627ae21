"""The cast: invented people, who get their accounts by mail and sign in as everybody does."""

from dataclasses import dataclass

from app.story.mailbox import Mailbox
from app.story.wire import Visitor, Wire

PASSWORD = "twaalf chauffeurs halen hun rijbewijs"  # noqa: S105  It opens what is thrown away.


class Person(Visitor):
    """Somebody with an account. Signing in is done when it is needed, and not told."""

    def __init__(self, wire: Wire, name: str, house: str, password: str = PASSWORD) -> None:
        super().__init__(wire)
        self.password = password
        self.name = name
        self.house = house
        """For whom they act."""
        self.first_name = name.partition(" ")[0]
        # A domain that can't exist: nothing could be mailed there.
        domain = house.removeprefix("the ").replace(" ", "-").lower()
        self.email = f"{self.first_name.lower()}@{domain}.example"
        self._token = ""

    def __str__(self) -> str:
        return f"{self.first_name} of {self.house}"

    def register(self, mailbox: Mailbox) -> None:
        """Ask for an account, and make it with the token that is mailed."""
        Visitor(self._wire).post("/v1/registrations", {"email": self.email, "language": "en"})
        self.take_account("/v1/users", mailbox)

    def take_account(self, path: str, mailbox: Mailbox) -> None:
        """Make an account with the token of the letter that waits, at once or with what it is for.

        A registration gives only the account; an invitation makes its guest a member too.
        """
        given = {"token": mailbox.token(self.email), "name": self.name, "password": self.password}
        Visitor(self._wire).post(path, given)

    def sign_out(self) -> None:
        """End what was signed in, if it was."""
        if self._token:
            self._send("DELETE", "/v1/sessions/current", None, told=False)
            self._token = ""

    def _headers(self) -> dict[str, str]:
        if not self._token:
            given = {"email": self.email, "password": self.password}
            self._token = self._wire.send("POST", "/v1/sessions", given, {})["token"]
        return {"Authorization": f"Bearer {self._token}"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who there is."""

    public: Visitor
    """Everybody: the market asks nobody to sign in."""
    noor: Person
    """Staff of the platform."""
    samira: Person
    """Of the city of Rotterdam, which recognises what companies buy."""
    joost: Person
    """Of the city of Schiedam, which does so too; the two cities buy together."""
    eva: Person
    """Runs the foundation; its admin."""
    bram: Person
    """Works at the foundation: prepares, and decides nothing."""
    chantal: Person
    """Decides at the foundation what Bram prepared: four eyes."""
    dirk: Person
    """The entrepreneur: DAM Nederland."""
    wilma: Person
    """The entrepreneur whose project finds too few buyers: Werkplaats Charlois."""
    lotte: Person
    """Buys for Maas Advies, which has no jobs to offer itself; pays by card."""
    karim: Person
    """Buys for Havenbouw; pays on invoice, by bank."""
    experts: tuple[Person, ...]
    ada: Person
    """Audits the foundation; the story reads the books over her shoulder."""

    @classmethod
    def on(cls, wire: Wire) -> "Cast":
        """Gather everybody at a server."""
        names = ("Yusuf Demir", "Hanna Smit", "Roos van Dijk", "Ruben Pinas", "Irene Mulder")
        return cls(
            public=Visitor(wire),
            noor=Person(wire, "Noor Visser", "the platform"),
            samira=Person(wire, "Samira Bouali", "Rotterdam"),
            joost=Person(wire, "Joost Bakker", "Schiedam"),
            eva=Person(wire, "Eva Jansen", "Stichting RIKX"),
            bram=Person(wire, "Bram de Groot", "Stichting RIKX"),
            chantal=Person(wire, "Chantal Maduro", "Stichting RIKX"),
            dirk=Person(wire, "Dirk Molenaar", "DAM Nederland"),
            wilma=Person(wire, "Wilma Kok", "Werkplaats Charlois"),
            lotte=Person(wire, "Lotte de Wit", "Maas Advies"),
            karim=Person(wire, "Karim Haddad", "Havenbouw"),
            experts=tuple(Person(wire, name, "the experts") for name in names),
            ada=Person(wire, "Ada Vermeer", "the auditors"),
        )

    @property
    def strangers(self) -> tuple[Person, ...]:
        """Who makes an account without having been invited."""
        return (self.samira, self.eva, self.dirk, self.wilma, *self.buyers, *self.experts, self.ada)

    @property
    def buyers(self) -> tuple[Person, ...]:
        """Who buys for a company."""
        return (self.lotte, self.karim)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody with an account."""
        return (self.noor, self.joost, self.bram, self.chantal, *self.strangers)
