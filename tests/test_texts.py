"""The texts (A27): Dutch is complete and plain, its compiled form fresh, no code is inline."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import pytest
from django.utils.translation.template import templatize

import django_intergrip_link

PACKAGE = Path(django_intergrip_link.__file__).parent
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.*"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
STATIC = sorted((PACKAGE / "static").rglob("*.*"))
DUTCH = PACKAGE / "locale/nl/LC_MESSAGES/django.po"

LINE = re.compile(r'(?:(?P<field>msg\S+) )?(?P<quoted>".*")')
PLACEHOLDER = re.compile(r"%\(\w+\)s|</?\w+>")
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext)\(({STRING}(?:, {STRING})*)")
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
AVOIDED = (
    "authenticatie",
    "sessie",
    "ongeldig",
    "verifiëren",
    "attribuut",
    "gegevensset",
    "federatie",
    "identity provider",
    "geautoriseerd",
    "er is een fout opgetreden",
    "neem contact op met uw beheerder",
)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:|['\"(]data:|@import",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"(?:src|href|url)\s*[=(]\s*['\"]?(?:https?:)?//", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One text of the catalogue: ``texts`` holds its English forms, ``dutch`` the Dutch ones."""

    context: str
    texts: tuple[str, ...]
    dutch: tuple[str, ...]
    is_fuzzy: bool

    @property
    def key(self) -> str:
        """Return what gettext looks up."""
        return f"{self.context}\x04{self.texts[0]}" if self.context else self.texts[0]


def read_catalogue(path: Path) -> list[Entry]:
    """Read a .po file as msgfmt does; the header is left out."""
    return [entry for entry in map(_read_entry, path.read_text().split("\n\n")) if entry.texts[0]]


def _read_entry(block: str) -> Entry:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if match := LINE.fullmatch(line):
            name = match["field"] or name
            fields[name] = fields.get(name, "") + ast.literal_eval(match["quoted"])
    return Entry(
        context=fields.get("msgctxt", ""),
        texts=tuple(fields[key] for key in ("msgid", "msgid_plural") if key in fields),
        dutch=tuple(text for key, text in fields.items() if key.startswith("msgstr")),
        is_fuzzy=bool(re.search(r"^#,.*fuzzy", block, re.MULTILINE)),
    )


CATALOGUE = read_catalogue(DUTCH)


def keys_in_templates() -> Iterator[str]:
    """Find the texts of all templates, the way ``makemessages`` sees them."""
    for path in TEMPLATES:
        for function, arguments in CALL.findall(templatize(path.read_text())):
            texts = [ast.literal_eval(text) for text in re.findall(STRING, arguments)]
            yield "\x04".join(texts[:2]) if function.startswith("p") else texts[0]


def keys_in_python() -> Iterator[str]:
    """Find the texts of all modules."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            if node.func.id in GETTEXT and texts and isinstance(texts[0], str):
                is_in_context = node.func.id.startswith("p")
                yield "\x04".join(map(str, texts[:2])) if is_in_context else texts[0]


def sentences(text: str) -> list[str]:
    """Split a text into its sentences."""
    return [part for part in re.split(r"(?<=[.?!:])\s+", text) if part]


def test_dutch__has_every_text_of_templates_and_modules() -> None:
    known = {entry.key for entry in CATALOGUE}

    assert {*keys_in_templates(), *keys_in_python()} - known == set()


def test_dutch__has_no_text_that_nobody_uses() -> None:
    used = {*keys_in_templates(), *keys_in_python()}

    assert {entry.key for entry in CATALOGUE} - used == set()


def test_dutch__is_complete() -> None:
    assert [e.texts for e in CATALOGUE if e.is_fuzzy or not all(e.dutch) or not e.dutch] == []
    assert [e.texts for e in CATALOGUE if len(e.texts) != len(e.dutch)] == []


def test_dutch__has_the_placeholders_of_the_english_text() -> None:
    wrong = [
        entry.texts
        for entry in CATALOGUE
        for english, dutch in zip(entry.texts, entry.dutch, strict=True)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(dutch))
    ]

    assert wrong == []


def test_dutch__sentences_are_short() -> None:
    longest = {
        text: max(len(sentence.split()) for sentence in sentences(text))
        for entry in CATALOGUE
        for text in entry.dutch
    }

    assert {text for text, words in longest.items() if words > 18} == set()
    assert sum(words <= 15 for words in longest.values()) >= 0.95 * len(longest)


@pytest.mark.parametrize("word", AVOIDED)
def test_dutch__avoids_hard_words(word: str) -> None:
    assert [text for entry in CATALOGUE for text in entry.dutch if word in text.casefold()] == []


def test_account__always_says_which_account() -> None:
    bare = re.compile(
        r"(?<![-\w])(?<!school )(?<!site )(?<!Entree )(?<!\)s )accounts?\b", re.IGNORECASE
    )

    texts = [text for entry in CATALOGUE for text in (*entry.texts, *entry.dutch)]

    assert [text for text in texts if bare.search(text)] == []


def test_dutch__compiled_catalogue_is_fresh() -> None:
    expected: dict[object, str] = {}
    for entry in CATALOGUE:
        if len(entry.texts) == 1:
            expected[entry.key] = entry.dutch[0]
        else:
            expected |= {(entry.key, form): text for form, text in enumerate(entry.dutch)}

    with DUTCH.with_suffix(".mo").open("rb") as file:
        compiled = dict(vars(gettext.GNUTranslations(file))["_catalog"])
    compiled.pop("")

    assert compiled == expected


def test_page_texts__are_not_in_the_catalogues_of_django() -> None:
    """An app listed before ours would win; a text that Django has too needs a context."""
    catalogues = list(Path(django.__file__).parent.rglob("locale/nl/LC_MESSAGES/django.po"))
    assert len(catalogues) > 5
    of_django = {entry.key for path in catalogues for entry in read_catalogue(path)}

    assert set(keys_in_templates()) & of_django == set()


@pytest.mark.parametrize("path", [*PAGES, *STATIC], ids=lambda path: path.name)
def test_pages__have_no_inline_code_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text()

    assert INLINE.findall(text) == []
    assert ELSEWHERE.findall(text) == []


@pytest.mark.parametrize(
    "inline",
    [
        "<style>p {}</style>",
        '<p style="color: red">',
        "<script>go()</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        "p { background: url(data:image/png) }",
        "@import 'other.css'",
    ],
)
def test_inline__is_recognised(inline: str) -> None:
    assert INLINE.search(inline)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("link.css", 11 * 1024),
        ("link.js", 3 * 1024),
        ("more_time.js", 3 * 1024),
        ("more_time.css", 1024),
        ("choose.css", 4 * 1024),
        ("choose.js", 5 * 1024),
    ],
    ids=str,
)
def test_static__stays_small(name: str, most: int) -> None:
    assert (PACKAGE / "static/django_intergrip_link" / name).stat().st_size <= most
