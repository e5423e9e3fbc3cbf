"""The people of the sandbox schools, all invented, all with the same password."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from .schools import DemoSchool

PASSWORD = "schooldemo"  # noqa: S105 - printed on the page; the sandbox works with DEBUG only
ROLE_LABELS = {"student": "leerling", "employee": "docent", "staff": "medewerker"}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a school account.

    Attributes:
        affiliation: value of ``eduPersonAffiliation``.
        number: student or employee number; part of what makes the uid unique.
    """

    username: str
    given_name: str
    affiliation: str
    number: str

    @property
    def role_label(self) -> str:
        """The role in Dutch, for the pages of the sandbox."""
        return ROLE_LABELS[self.affiliation]

    def uid(self, school: DemoSchool) -> str:
        """Return ``hash@realm``, made of user name and number as Entree does."""
        digest = sha256(f"{self.username}:{self.number}".encode()).hexdigest()
        return f"{digest[:15]}@{school.realm}"


def _student(username: str, given_name: str, number: str) -> Person:
    return Person(username=username, given_name=given_name, affiliation="student", number=number)


def _teacher(username: str, given_name: str, number: str) -> Person:
    return Person(username=username, given_name=given_name, affiliation="employee", number=number)


PEOPLE: dict[str, tuple[Person, ...]] = {
    "hoogveld": (
        _student("sanne.dewit", "Sanne", "004105"),
        _student("noor.dejong", "Noor", "004217"),
        _student("sem.bakker", "Sem", "004390"),
        _teacher("i.bakker", "Ineke", "118"),
        _teacher("j.visser", "Joke", "120"),
    ),
    "sterrenmeer": (
        _student("yara.smit", "Yara", "31008"),
        _student("daan.mulder", "Daan", "31145"),
        Person(username="a.kramer", given_name="Anton", affiliation="staff", number="77"),
    ),
    "veenpolder": (
        _student("fatima.yilmaz", "Fatima", "9004"),
        _student("mila.vos", "Mila", "9021"),
        _student("finn.peters", "Finn", "9077"),
        _teacher("t.hendriks", "Trudy", "31"),
    ),
    "lindehof": (
        _student("lotte.meijer", "Lotte", "200518"),
        _student("sam.dekker", "Sam", "200733"),
        _teacher("r.koning", "Ruben", "45"),
    ),
    "rivierdelta": (
        _student("noor.dejong", "Noor", "500123"),
        _student("bilal.elamrani", "Bilal", "500388"),
        _teacher("k.willems", "Karin", "9"),
    ),
    "entree-account": (
        _student("eva.prins", "Eva", "1"),
        _teacher("m.jansen", "Marco", "2"),
    ),
}


def people_of(school: DemoSchool) -> tuple[Person, ...]:
    """Return the people who can log in at ``school``."""
    return PEOPLE.get(school.slug, ())


def find_person(school: DemoSchool, username: str) -> Person | None:
    """Return the person with this user name at ``school``; letter case does not matter."""
    wanted = username.strip().casefold()
    return next((person for person in people_of(school) if person.username == wanted), None)
