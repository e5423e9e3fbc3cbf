"""The schools of one federation, found by what an identity provider says of itself."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from django_intergrip_link.brin import institution_of, official_brin
from django_intergrip_link.federation.directory import ListedProvider
from django_intergrip_link.models import School

from .records import website_host


class SchoolIndex:
    """Schools by entityID, realm, code, institution, web address and name."""

    def __init__(self, schools: Iterable[School]) -> None:
        """Look at each school once."""
        self._by: defaultdict[tuple[str, str], list[School]] = defaultdict(list)
        for school in schools:
            for key in _keys(school):
                self._by[key].append(school)

    def find(self, provider: ListedProvider) -> list[School]:
        """Return the schools of an identity provider, by the first of these that finds any.

        Its entityID; its scope as realm; a BRIN among its keywords; its scope as the host of the
        website, or the end of it; its name, when one school only bears it.
        """
        codes = brins(provider)
        scopes = provider.scopes
        return (
            self._all("entity", [provider.entity_id])
            or self._all("realm", scopes)
            or self._all("brin", codes)
            or self._all("institution", [code for code in codes if len(code) == 4])
            or self._all("host", scopes)
            or self._only("name", [fold(name) for _, name in provider.names])
        )

    def _all(self, kind: str, values: Iterable[str]) -> list[School]:
        found = (school for value in values for school in self._by.get((kind, value), ()))
        return list(dict.fromkeys(found))

    def _only(self, kind: str, values: Iterable[str]) -> list[School]:
        found = self._all(kind, values)
        return found if len(found) == 1 else []


def brins(provider: ListedProvider) -> list[str]:
    """Return the school codes among its keywords."""
    return [code for code in map(official_brin, provider.keywords) if code]


def fold(name: str) -> str:
    """Return a name as it is compared: letters and digits, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    )


def _keys(school: School) -> Iterable[tuple[str, str]]:
    yield "brin", school.brin
    yield "institution", institution_of(school.brin)
    yield "name", fold(school.name)
    if school.entity_id:
        yield "entity", school.entity_id
    if school.realm:
        yield "realm", school.realm.casefold()
    labels = website_host(school.website).split(".")
    # A host answers to itself and to what stands behind each of its dots, but never to "nl".
    yield from (("host", ".".join(labels[start:])) for start in range(len(labels) - 1))
