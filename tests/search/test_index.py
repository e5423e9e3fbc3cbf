"""Single rules of the index, on a handful of invented schools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_intergrip_link.search.entry import Row
from django_intergrip_link.search.index import MAX_CLOSED, MAX_QUERY, SchoolIndex

from .schools import row

FILLERS = [
    row(f"{name} College", place=place)
    for name in ("Vondel", "Huygens", "Erasmus", "Spinoza", "Leeuwenhoek", "Boerhaave")
    for place in ("Goes", "Assen", "Breda")
]


def index_of(*rows: Row) -> SchoolIndex:
    return SchoolIndex([*rows, *FILLERS])


def names(index: SchoolIndex, query: str, **options: object) -> list[str]:
    found = index.find(query, **options)  # type: ignore[arg-type]
    return [entry.name for entry in found.entries]


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"name": "Het Stedelijk Kottenpark"}, "kotten park"),
        ({"name": "Het Stedelijk Kottenpark"}, "hetstedelijk"),
        ({"name": "Het Stedelijk Kottenpark"}, "hetstedlijk"),
        ({"name": "Het Stedelijk Kottenpark"}, "kottenpark stedelijk"),
        ({"name": "Het Stedelijk Kottenpark"}, "stedelijkkottenpark"),
        ({"name": "Wereld Wijs"}, "wereldwijs"),
        ({"name": "WereldWijs"}, "wereld wijs"),
        ({"name": "Sint Jozefschool"}, "st jozef"),
        ({"name": "St. Jozefschool"}, "sint jozef"),
        ({"name": "SiNTLUCAS"}, "st lucas"),
        ({"name": "Christelijk Lyceum Delta"}, "chr lyc delta"),
        ({"name": "Chr. Lyceum Delta"}, "christelijk delta"),
        ({"name": "Christelijke Scholengemeenschap Delta"}, "csg delta"),
        ({"name": "CSG Delta"}, "christelijke scholengemeenschap delta"),
        ({"name": "C.S.G. Delta"}, "csg"),
        ({"name": "Petrus Canisius College", "place": "Alkmaar"}, "pcc alkmaar"),
        ({"name": "ROC Rijn IJssel"}, "ryn yssel"),
        ({"name": "ROC Rijn IJssel"}, "ri"),
        ({"name": "De Ruyterschool"}, "de ruijter"),
        ({"name": "Delta", "place": "'s-Hertogenbosch"}, "den bosch"),
        ({"name": "Delta", "place": "'s-Hertogenbosch"}, "delta denbosch"),
        ({"name": "Delta", "place": "'S-HERTOGENBOSCH"}, "delta den bosch"),
        ({"name": "Delta", "place": "'s-Gravenhage"}, "delta den haag"),
        ({"name": "Delta", "place": "Damwâld"}, "delta damwoude"),
        ({"name": "Delta", "place": "Alphen aan den Rijn"}, "delta alphen a/d rijn"),
        ({"name": "NUOVO Scholen", "website": "www.lrc.nl"}, "lrc"),
        ({"name": "Locatie Oost", "website": "https://www.triasvmbo.nl/"}, "trias"),
        ({"name": "Oost", "website": "www.bsdemaasparel.nl"}, "maasparel"),
        ({"name": "Oost", "website": "www.geminicollege.nl"}, "gemini college"),
        ({"name": "Oost", "website": "www.geminicollege.nl"}, "www.geminicollege.nl"),
        ({"name": "Oost", "website": "www.curio.nl/pomona"}, "pomona"),
        ({"name": "Delta", "aliases": "DLT\nHet Dok"}, "dlt"),
        ({"name": "Delta", "aliases": "DLT\nHet Dok"}, "het dok"),
        ({"name": "Yonder", "former_names": "ROC Tilburg"}, "roc tilburg"),
        ({"name": "Delta", "levels": "VBO/MAVO", "place": "Urk"}, "urk vmbo"),
        ({"name": "Delta", "levels": "PRO", "place": "Urk"}, "praktijkonderwijs urk"),
        ({"name": "Delta", "street": "Kastanjelaan 3"}, "kastanjelaan"),
        ({"name": "Delta", "street": "Kastanjelaan 3"}, "delta kastanje"),
        ({"name": "Gomarus", "place": "Zwolle"}, "gomaris zwlole"),
        ({"name": "Gomarus"}, "gomrus"),
        ({"name": "Regenboog"}, "reegnbogo"),
        ({"name": "Regenboog"}, "regebn"),
        ({"name": "Ichthus"}, "igtus"),
        ({"name": "Gomarus", "place": "Zwolle"}, "gomarus groningen"),
        ({"name": "Delta voor Lyceum Havo Mavo Vbo Lwoo"}, "delta havo"),
        ({"name": "W v Oranje"}, "w v oranje"),
    ],
)
def test_school__is_found(fields: dict[str, str], query: str) -> None:
    school = row(**fields)
    found = index_of(school).find(query)
    assert found.entries[0].brin == school.brin


@pytest.mark.parametrize("query", ["", " ", "g", "é", "\0", "!!", "学校", "\u202e"])
def test_one_letter_or_nothing__finds_nothing(query: str) -> None:
    found = index_of(row("Gomarus")).find(query)
    assert (found.total, found.entries, found.closed, found.is_guess) == (0, (), (), False)


@pytest.mark.parametrize("query", ["xyzzyx", "qqqq wwww", "x" * 500])
def test_nonsense__finds_nothing(query: str) -> None:
    found = index_of(row("Gomarus")).find(query)
    assert found.total == 0
    assert len(found.query) <= MAX_QUERY


# Ranking


def test_ranking__goes_from_name_to_typo() -> None:
    index = index_of(
        row("Oost", former_names="Delta"),
        row("West", place="Delta"),
        row("Lyceum Vecht en Delta"),
        row("Delta Mavo Noord"),
        row("Delta"),
    )
    assert names(index, "delta") == [
        "Delta",
        "Delta Mavo Noord",
        "Lyceum Vecht en Delta",
        "West",
        "Oost",
    ]


def test_place_and_name__both_count() -> None:
    index = index_of(
        row("Gomarus", place="Assen"), row("Gomarus", place="Zwolle"), row("Groen", place="Zwolle")
    )
    found = index.find("zwolle gomarus")
    assert [(entry.name, entry.place) for entry in found.entries] == [("Gomarus", "Zwolle")]


def test_whole_place__beats_a_name_that_starts_so() -> None:
    index = index_of(row("Edelsteen", place="Goes"), row("Marnix", place="Ede"))
    assert names(index, "ede") == ["Marnix", "Edelsteen"]


def test_main_site__stands_before_others_of_its_name() -> None:
    index = index_of(row("Delta", "01AA02"), row("Delta", "01AA00"), row("Delta", "01AA01"))
    assert [entry.brin for entry in index.find("delta").entries] == ["01AA00", "01AA01", "01AA02"]


def test_secondary_schools__stand_before_primary_schools() -> None:
    index = index_of(row("Delta", "01AA00", kind="po"), row("Delta", "02AA00", kind="mbo"))
    assert [entry.kind for entry in index.find("delta").entries] == ["mbo", "po"]


def test_equals__go_by_recent_then_alphabet() -> None:
    first, second, third = (row(f"Delta {name}") for name in ("Aa", "Bb", "Cc"))
    index = index_of(third, second, first)
    assert names(index, "delta") == ["Delta Aa", "Delta Bb", "Delta Cc"]
    assert names(index, "delta", recent=[third.pk])[0] == "Delta Cc"


def test_recent_site__stands_before_the_main_site() -> None:
    main, site = row("Delta", "01AA00"), row("Delta", "01AA02")
    index = index_of(main, site)
    assert index.find("delta", recent=[site.pk]).entries[0].brin == "01AA02"


def test_recent_school__does_not_beat_a_better_name() -> None:
    better, recent = row("Delta"), row("Mavo Rijn en Delta Noord")
    assert names(index_of(better, recent), "delta", recent=[recent.pk])[0] == "Delta"


def test_spelling_as_typed__stands_before_its_equals() -> None:
    index = index_of(row("Sint Jozef"), row("St Joseph"))
    assert names(index, "st joseph") == ["St Joseph", "Sint Jozef"]


# Pages, guesses, closed schools


def test_limit__cuts_the_list_and_not_the_total() -> None:
    index = index_of(*(row(f"Delta {number:02}") for number in range(45)))
    found = [index.find("delta", limit=limit) for limit in (20, 40, 60)]
    assert [len(page.entries) for page in found] == [20, 40, 45]
    assert {page.total for page in found} == {45}
    assert found[1].entries[:20] == found[0].entries


def test_typo__is_a_guess_and_a_hit_is_not() -> None:
    index = index_of(row("Gomarus"))
    assert index.find("gomaris").is_guess
    assert not index.find("gomarus").is_guess
    assert not index.find("goma").is_guess


def test_short_words__forgive_nothing() -> None:
    assert index_of(row("Ark")).find("arq").total == 0


def test_closed_school__is_named_apart() -> None:
    closed = row("Gomarus", is_open=False, message="Nog even wachten.")
    found = index_of(closed).find("gomarus")
    assert (found.total, found.is_guess) == (0, False)
    assert [(entry.name, entry.message) for entry in found.closed] == [
        ("Gomarus", "Nog even wachten.")
    ]


def test_closed_school__is_kept_quiet_when_an_open_one_fits_as_well() -> None:
    index = index_of(row("Gomarus", is_open=False), row("Gomarus"))
    assert index.find("gomarus").closed == ()


def test_closed_school__is_named_when_it_fits_better() -> None:
    index = index_of(row("Gomarus", is_open=False), row("Mavo Oost Gomarus Noord"))
    found = index.find("gomarus")
    assert (found.total, len(found.closed)) == (1, 1)


def test_closed_schools__are_few() -> None:
    index = index_of(*(row("Gomarus", is_open=False) for _ in range(9)))
    assert len(index.find("gomarus").closed) == MAX_CLOSED


# Codes


def test_code__is_found_whole_or_begun() -> None:
    index = index_of(row("Aa", "01AB00"), row("Bb", "01AB02"), row("Cc", "01AC00"))
    assert names(index, "01ab02") == ["Bb"]
    assert names(index, "01AB") == ["Aa", "Bb"]
    assert names(index, " 01 ab 02 ") == ["Bb"]
    assert names(index, "01A") == ["Aa", "Cc", "Bb"]


def test_code__forgives_nothing() -> None:
    assert names(index_of(row("Aa", "01AB00")), "01AD00") == []


def test_code__beats_a_name() -> None:
    index = index_of(row("2e Marnixschool", "05AA00"), row("Aa", "20AB00"))
    assert names(index, "20") == ["Aa"]


def test_code_of_a_whole_institution__comes_first() -> None:
    index = index_of(row("Site", "25LX00"), row("Whole", "25LX", kind="mbo"))
    assert names(index, "25lx") == ["Whole", "Site"]


# Guests


def test_guest__is_offered_but_never_found() -> None:
    guest = row("Entree-account", "00AA00", kind="entree")
    closed = row("Oud account", "00AA01", kind="entree", is_open=False)
    index = SchoolIndex([guest, closed, row("Delta")])
    assert [entry.name for entry in index.guests] == ["Entree-account"]
    assert names(index, "entree account") == names(index, "00aa00") == []
    assert len(index) == 1


def test_index_without_schools__finds_nothing() -> None:
    index = SchoolIndex([])
    assert (len(index), index.guests, index.find("delta").total) == (0, (), 0)


# Anything at all


@given(st.text(max_size=150))
def test_any_text__is_a_query(real_index: SchoolIndex, query: str) -> None:
    found = real_index.find(query)
    assert len(found.entries) == min(20, found.total)


@given(
    st.lists(
        st.sampled_from(
            ["de", "sch", "basis", "college", "'t", "st", "01a", "x", "van", "ij", "regenbog"]
        ),
        max_size=30,
    )
)
def test_any_words__are_a_query(real_index: SchoolIndex, words: list[str]) -> None:
    real_index.find(" ".join(words))
    real_index.find("".join(words))


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_row__can_be_searched(name: str, place: str, website: str) -> None:
    school = row(name, place=place, website=website, aliases=place, levels=name, street=place)
    index = SchoolIndex([school])
    index.find(name)
    index.find(website)
    assert len(index) == 1
