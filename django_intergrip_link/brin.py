"""What a school code is: a BRIN of four characters (institution) or six (one site of it).

Source: DUO, Basisregistratie Instellingen. Sites of the hub itself have codes such as ``ENTR``, so
a code that is typed may be looser than one that DUO gives out.
"""

from __future__ import annotations

import re

_TYPED = re.compile(r"[0-9A-Z]{4}([0-9]{2})?", re.ASCII | re.IGNORECASE)
_OFFICIAL = re.compile(r"[0-9]{2}[A-Z]{2}([0-9]{2})?", re.ASCII | re.IGNORECASE)


def normal_brin(text: str) -> str | None:
    """Return a school code in capitals, or ``None`` when this is none.

    Four letters and digits, or six with two digits at the end; ASCII only, so that a full-width or
    Arabic digit never makes a second code that looks the same.
    """
    return _normal(_TYPED, text)


def official_brin(text: str) -> str | None:
    """Return a code as DUO gives them out: two digits, two letters, and two digits for a site.

    For telling a code from a word, where ``mavo`` must not be one.
    """
    return _normal(_OFFICIAL, text)


def institution_of(brin: str) -> str:
    """Return the code of the institution that a school belongs to."""
    return brin[:4]


def _normal(pattern: re.Pattern[str], text: str) -> str | None:
    code = text.strip()
    # The pattern first: ß and ﬁ become ASCII in capitals.
    return code.upper() if pattern.fullmatch(code) else None
