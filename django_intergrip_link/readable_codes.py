"""Letters and digits that people can read out, write down and type without a mistake."""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "CDFHJKMNPQRTVWX234679"
"""No vowels, nothing that looks like something else."""


def random_code(length: int) -> str:
    """Return ``length`` random characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
