"""Who there is in the demo: invented people, one or more for each role."""

from dataclasses import dataclass

from app.story.cast import Person
from app.story.wire import Visitor, Wire


@dataclass(frozen=True, slots=True)
class Role:
    """A role that a newcomer can sign in with."""

    name: str
    person: Person


class Cast:
    """Everybody with an account, each with the same password, and the public without one."""

    def __init__(self, wire: Wire, password: str) -> None:
        def person(name: str, house: str) -> Person:
            return Person(wire, name, house, password)

        self.public = Visitor(wire)
        self.noor = person("Noor Visser", "the platform")
        self.samira = person("Samira Bouali", "Rotterdam")
        self.joost = person("Joost Bakker", "Schiedam")
        self.fleur = person("Fleur Mulder", "Den Haag")
        self.irma = person("Irma Koster", "the buying office")
        self.eva = person("Eva Jansen", "Stichting Rikx")
        self.bram = person("Bram de Groot", "Stichting Rikx")
        self.chantal = person("Chantal Maduro", "Stichting Rikx")
        self.dirk = person("Dirk Molenaar", "DAM Nederland")
        self.wilma = person("Wilma Kok", "Werkplaats Charlois")
        self.leyla = person("Leyla Aydin", "Leerwerkhub Zuid")
        self.amina = person("Amina Hersi", "Moeders aan het Stuur")
        self.teun = person("Teun Postma", "Crisiscatering Maas")
        self.lotte = person("Lotte de Wit", "Maas Advies")
        self.karim = person("Karim Haddad", "Havenbouw")
        names = ("Yusuf Demir", "Hanna Smit", "Roos van Dijk", "Ruben Pinas", "Irene Mulder")
        self.experts = tuple(person(name, "the experts") for name in names)
        self.ada = person("Ada Vermeer", "the auditors")

    @property
    def officers(self) -> tuple[Person, ...]:
        """Who works for each city, in the order of `figures.CITIES`."""
        return (self.samira, self.joost, self.fleur)

    @property
    def entrepreneurs(self) -> tuple[Person, ...]:
        """Who offers projects."""
        return (self.dirk, self.wilma, self.leyla, self.amina, self.teun)

    @property
    def buyers(self) -> tuple[Person, ...]:
        """Who buys for a company."""
        return (self.lotte, self.karim)

    @property
    def strangers(self) -> tuple[Person, ...]:
        """Who makes an account without having been invited."""
        hosts = (*self.officers, self.eva, *self.entrepreneurs, *self.buyers)
        return (*hosts, *self.experts, self.ada)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody with an account."""
        return (self.noor, *self.strangers, self.irma, self.bram, self.chantal)

    @property
    def roles(self) -> tuple[Role, ...]:
        """One sign-in for each role."""
        return (
            Role("staff of the platform", self.noor),
            Role("operator, admin", self.eva),
            Role("operator, prepares", self.bram),
            Role("operator, approves", self.chantal),
            Role("authority (Rotterdam)", self.samira),
            Role("entrepreneur", self.dirk),
            Role("buyer", self.lotte),
            Role("expert of the panel", self.experts[0]),
            Role("auditor", self.ada),
        )
