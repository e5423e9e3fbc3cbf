"""What text from outside looks like before it is kept: one line, nothing that cannot be seen."""

from __future__ import annotations

import unicodedata


def plain_text(text: str) -> str:
    """Return one line of visible characters, composed (NFC), with single spaces."""
    # SECURITY: control and bidirectional characters let one name pose as another on the screen.
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    return " ".join(visible.split())


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Co" | "Cn" | "Cs":
            return ""
        case _:
            return character
