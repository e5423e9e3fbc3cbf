"""What a school is called on the screen: its official name without the levels behind it.

DUO's names often end in everything that is taught ("… College voor Atheneum Havo Mavo Vbo Lwoo").
The second line of a list says that already, in words that students know.
"""

from __future__ import annotations

import re
from typing import Final

_SCHOOL: Final = r"lyceum|lyc\.?|gymnasium|gymn\.?|gym\.?"
_LEVEL: Final = (
    r"atheneum|atheum|ath\.?|vwo|havo|mavo|vmbo|vbo|mbo|kmbo|lwoo|lwo|pro|tto|eoa|"
    r"praktijkonderwijs|praktijkschool|tweetalig"
)
_ANY: Final = rf"(?:{_LEVEL}|{_SCHOOL})"
_BETWEEN: Final = r"(?:\s*[-,/+]\s*|\s+)(?:en\s+)?"
_AFTER_NAME: Final = r"(?:\s*[,(]\s*|\s+(?:-\s+)?)"
_END: Final = r"(?![\w.])"

_LIST: Final = re.compile(
    # "… voor Lyceum Havo", or ", gymnasium, havo": a list may begin with what is a school too.
    rf"(?:{_AFTER_NAME}(?:opb\.?\s+)?(?:voor|v\.?)\s+(?:\w+\s+)?|\s*,\s*(?:opb\.?\s+)?)"
    rf"{_ANY}(?:{_BETWEEN}{_ANY})+{_END}"
    # "… Lyceum Havo Mavo": here it begins after the school.
    rf"|{_AFTER_NAME}(?:{_LEVEL})(?:{_BETWEEN}{_ANY})+{_END}"
    # "… College voor VMBO", at the very end only.
    rf"|\s+voor\s+(?:{_LEVEL})\s*$",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(r"[^\W\d_]{3,}")
_DULL: Final = frozenset(
    {
        *(
            "school",
            "scholen",
            "scholengemeenschap",
            "scholengroep",
            "college",
            "sgm",
            "osg",
            "csg",
        ),
        *("openbare", "openbaar", "christelijke", "christelijk", "chr", "protestants"),
        *("katholieke", "katholiek", "voor", "het"),
    }
)


def short_name(name: str) -> str:
    """Return the name without lists of levels; unchanged when little would be left of it."""
    short = _LIST.sub(",", name).strip(" ,-(").replace(" ,", ",")
    short = re.sub(r",(?=\S)", ", ", re.sub(r"\s*,[\s,)-]*", ", ", short)).strip(" ,")
    words = [word.casefold() for word in _LEFT.findall(short)]
    return short if any(word not in _DULL for word in words) else name
