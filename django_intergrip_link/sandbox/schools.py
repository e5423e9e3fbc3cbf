"""The schools of the sandbox. None of them exists, and no code is in use at DUO.

Read by the hub's chooser, the login pages, the portals and ``manage.py intergrip_demo``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Style = Literal["magister", "somtoday", "school", "entree", "reference"]


@dataclass(frozen=True, kw_only=True)
class DemoSchool:
    """One school as the hub and its own identity provider know it.

    Attributes:
        slug: part of the sandbox addresses.
        brin: 4 or 6 characters, as the hub sends it.
        kind: value of ``School.kind``.
        style: which kind of portal and login page the school uses.
        entity_id: of the school's identity provider; SOMtoday-like schools share one.
        realm: what stands after the ``@`` in a uid; unique for each school.
        federation: name of the federation it belongs to, when the project has more than one.
    """

    slug: str
    brin: str
    name: str
    place: str
    kind: str
    style: Style
    entity_id: str
    realm: str
    aliases: tuple[str, ...] = ()
    federation: str = "kennisnet"

    @property
    def announces_itself(self) -> bool:
        """Whether the portal tells the hub who it is, so that the first click skips the chooser."""
        return self.style == "somtoday"

    @property
    def has_portal(self) -> bool:
        """Whether there is a start page with tiles."""
        return self.style in ("magister", "somtoday", "school")


_SOMTODAY = "https://somtoday.sandbox.invalid"

SCHOOLS: tuple[DemoSchool, ...] = (
    DemoSchool(
        slug="hoogveld",
        brin="99AB00",
        name="Hoogveld College",
        place="Assen",
        kind="vo",
        style="magister",
        entity_id="https://hoogveld.magister.sandbox.invalid",
        realm="hoogveldcollege",
        aliases=("HVC",),
    ),
    DemoSchool(
        slug="sterrenmeer",
        brin="99AC00",
        name="Sterrenmeer Lyceum",
        place="Hoorn",
        kind="vo",
        style="magister",
        entity_id="https://sterrenmeer.magister.sandbox.invalid",
        realm="sterrenmeer",
    ),
    DemoSchool(
        slug="veenpolder",
        brin="99BD00",
        name="Veenpolder College",
        place="Gouda",
        kind="vo",
        style="somtoday",
        entity_id=_SOMTODAY,
        realm="veenpolder",
    ),
    DemoSchool(
        slug="lindehof",
        brin="99BE00",
        name="Scholengemeenschap Lindehof",
        place="Ede",
        kind="vo",
        style="somtoday",
        entity_id=_SOMTODAY,
        realm="sglindehof",
        aliases=("SG Lindehof",),
    ),
    DemoSchool(
        slug="rivierdelta",
        brin="99CF",
        name="ROC Rivierdelta",
        place="Nijmegen",
        kind="mbo",
        style="school",
        entity_id="https://login.rivierdelta.sandbox.invalid",
        realm="rivierdelta",
        aliases=("RRD",),
        federation="surfconext",
    ),
    DemoSchool(
        slug="entree-account",
        brin="ENTR",
        name="Entree-account",
        place="",
        kind="entree",
        style="entree",
        entity_id="https://account.entree.sandbox.invalid",
        realm="entree",
    ),
    DemoSchool(
        slug="referentie",
        brin="99ZZ00",
        name="Entree Referentie",
        place="",
        kind="other",
        style="reference",
        entity_id="https://referentie.entree.sandbox.invalid",
        realm="referentie",
    ),
)

_BY_SLUG = {school.slug: school for school in SCHOOLS}


def get_school(slug: str) -> DemoSchool | None:
    """Return the school with this slug."""
    return _BY_SLUG.get(slug)


def find_schools(providers: Iterable[str]) -> list[DemoSchool]:
    """Return the schools that an ``IDPList`` means: each value is an entityID or a realm."""
    wanted = set(providers)
    return [school for school in SCHOOLS if wanted & {school.entity_id, school.realm}]


def search_schools(query: str, among: Iterable[DemoSchool]) -> list[DemoSchool]:
    """Return the schools whose name, place, code or alias holds every word of ``query``."""
    words = _fold(query).split()
    return [school for school in among if all(word in _searchable(school) for word in words)]


def _searchable(school: DemoSchool) -> str:
    return _fold(" ".join((school.name, school.place, school.brin, *school.aliases)))


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
