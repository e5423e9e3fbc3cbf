"""DUO writes places in capitals; people do not. The Dutch rules for capitals in place names."""

from __future__ import annotations

import re

SMALL_WORDS = frozenset(
    [
        *("'s", "'t", "aan", "bij", "ca", "de", "den", "der", "en"),
        *("gem.", "het", "in", "op", "te", "ter", "tot", "van"),
    ]
)
"""Words that stay small inside a name: Bergen op Zoom, Capelle aan den IJssel."""

PROVINCES = {
    **{
        code.lower(): code for code in ("DR", "FR", "GLD", "L", "LB", "NB", "NH", "OV", "ZH", "ZLD")
    },
    "gn": "Gn",
    "ut": "Ut",
    "gld": "Gld",
    "zld": "Zld",
}
"""What tells two places of one name apart: Hengelo OV, Haren Gn."""

_WORDS = re.compile(r"[^\s()-]+")


def dutch_place(place: str) -> str:
    """Return a place in its Dutch spelling; one that has small letters already stays as it is."""
    if place != place.upper():
        return place
    return _WORDS.sub(_spell, place.lower())


def _spell(match: re.Match[str]) -> str:
    word, before = match[0], match.string[: match.start()]
    if before and word in PROVINCES:
        return PROVINCES[word]
    is_first = not before
    if word in ("'s", "'t") or (word in SMALL_WORDS and not is_first):
        return word
    return f"IJ{word[2:]}" if word.startswith("ij") else word[:1].upper() + word[1:]
