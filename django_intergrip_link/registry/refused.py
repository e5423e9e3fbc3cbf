"""The one refusal of this room; commands and admin pages show its message as it is."""

from __future__ import annotations


class ImportRefused(Exception):
    """Nothing was written; the message says why, and what helps."""
