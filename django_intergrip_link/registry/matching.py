"""Identity providers of the hub's list → what they say of which schools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from django_intergrip_link.brin import institution_of, official_brin
from django_intergrip_link.federation.directory import ListedProvider
from django_intergrip_link.models import School

from .index import SchoolIndex, brins, fold
from .outcomes import Outcome, PlanRow
from .records import Record, SchoolFile, Value, normal


def match_providers(
    file: SchoolFile, schools: Iterable[School], *, by_realm: bool
) -> Iterator[Record | PlanRow]:
    """Yield a record for each school that an identity provider serves, or a row that says why not.

    Several sites of one institution may share their identity provider; several institutions may
    not, unless the registry says so already.

    Args:
        file: metadata, as it was read.
        schools: all of the federation.
        by_realm: the federation tells schools by realm, so that a scope is one.
    """
    for item in _said(file, schools):
        if isinstance(item, PlanRow):
            yield item
        else:
            # SECURITY: where a BRIN tells the school, a scope is no realm. Written down as one it
            # would refuse every answer of that school.
            values = item.values if by_realm else _without_realm(item.values)
            yield replace(item, values={name: normal(name, v) for name, v in values.items()})


def _without_realm(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name != "realm"}


def _said(file: SchoolFile, schools: Iterable[School]) -> Iterator[Record | PlanRow]:
    index = SchoolIndex(schools)
    present = {provider.entity_id for provider in file.providers}
    for provider in file.providers:
        found = index.find(provider)
        if not found:
            yield from _unmatched(provider, kind=file.kind or School.Kind.OTHER.value)
        elif all(school.entity_id == provider.entity_id for school in found):
            yield from _known(provider, found)
        else:
            yield from _matched(provider, found, present)


def _known(provider: ListedProvider, found: list[School]) -> Iterator[Record]:
    institutions = {institution_of(school.brin) for school in found}
    for school in found:
        # One that serves several institutions was written down by hand: leave it so.
        values = _values(provider, school) if len(institutions) == 1 else {}
        yield Record(line=provider.line, brin=school.brin, values=values)


def _matched(
    provider: ListedProvider, found: list[School], present: set[str]
) -> Iterator[Record | PlanRow]:
    if len({institution_of(school.brin) for school in found}) > 1:
        codes = ", ".join(sorted(school.brin for school in found)[:5])
        yield _row(
            Outcome.CONFLICT,
            provider,
            _("It fits several schools: %(codes)s. Put its entityID in the CSV.")
            % {"codes": codes},
        )
        return
    # A site with an identity provider of its own in this list keeps that.
    free = [s for s in found if s.entity_id == provider.entity_id or s.entity_id not in present]
    for school in free:
        yield Record(line=provider.line, brin=school.brin, values=_values(provider, school))
    if not free:
        yield _row(
            Outcome.CONFLICT,
            provider,
            _("%(code)s already has another identity provider of this list.")
            % {"code": found[0].brin},
        )


def _unmatched(provider: ListedProvider, *, kind: str) -> Iterator[Record | PlanRow]:
    if provider.is_hidden:
        return
    codes = brins(provider)
    institutions = set(map(institution_of, codes))
    if len(institutions) != 1:
        reason = _("No school fits. Add a BRIN to its keywords, or %(entity_id)s to the CSV.")
        yield _row(Outcome.ERROR, provider, reason % {"entity_id": provider.entity_id})
        return
    brin = codes[0] if len(codes) == 1 else institutions.pop()
    values = _values(provider, School(brin=brin, name=provider.name))
    values |= {"name": provider.name, "kind": kind}
    yield Record(line=provider.line, brin=brin, values=values)


def _values(provider: ListedProvider, school: School) -> dict[str, Value]:
    values: dict[str, Value] = {"entity_id": provider.entity_id}
    if len(provider.scopes) == 1 and provider.scopes[0] != school.realm.casefold():
        values["realm"] = provider.scopes[0]
    aliases = [*school.aliases.splitlines(), *_new_names(provider, school)]
    return {**values, "aliases": "\n".join(aliases)}


def _new_names(provider: ListedProvider, school: School) -> Iterator[str]:
    """Yield names and keywords that the school is not found by yet; no codes, no addresses."""
    known = {
        fold(name)
        for name in (
            school.name,
            school.place,
            *school.aliases.splitlines(),
            *school.former_names.splitlines(),
        )
    }
    for word in (*(name for _language, name in provider.names), *provider.keywords):
        folded = fold(word)
        is_name = len(folded) > 1 and not official_brin(word)
        if is_name and folded not in known and not re.search(r"[@/]|\w\.\w", word):
            known.add(folded)
            yield word


def _row(outcome: Outcome, provider: ListedProvider, reason: str) -> PlanRow:
    return PlanRow(outcome=outcome, line=provider.line, name=provider.name, reason=reason)
