"""Places in capitals get their Dutch spelling."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from django_intergrip_link.registry.places import dutch_place

from .files import real


@pytest.mark.parametrize(
    ("place", "spelled"),
    [
        ("'S-GRAVENHAGE", "'s-Gravenhage"),
        ("'S GRAVENMOER", "'s Gravenmoer"),
        ("'T HARDE", "'t Harde"),
        ("HENGELO OV", "Hengelo OV"),
        ("HAREN GN", "Haren Gn"),
        ("HENGELO (GLD)", "Hengelo (Gld)"),
        ("BERGEN (NH)", "Bergen (NH)"),
        ("WELL L", "Well L"),
        ("IJSSELSTEIN UT", "IJsselstein Ut"),
        ("NIEUWERKERK AAN DEN IJSSEL", "Nieuwerkerk aan den IJssel"),
        ("BERGEN OP ZOOM", "Bergen op Zoom"),
        ("NIEUW-VENNEP", "Nieuw-Vennep"),
        ("WEHE-DEN HOORN", "Wehe-den Hoorn"),
        ("STAD AAN 'T HARINGVLIET", "Stad aan 't Haringvliet"),
        ("SPAARNDAM GEM. HAARLEM", "Spaarndam gem. Haarlem"),
        ("2E EXLOËRMOND", "2e Exloërmond"),
        ("DEN HAAG", "Den Haag"),
        ("EE", "Ee"),
        ("Den Haag", "Den Haag"),
        ("de Hoef", "de Hoef"),
        ("", ""),
    ],
)
def test_places__spelling(place: str, spelled: str) -> None:
    assert dutch_place(place) == spelled


def test_places__of_the_real_lists() -> None:
    rows = [
        row
        for name in ("vo", "po")
        for row in csv.DictReader(StringIO(real(name).decode()), delimiter=";")
    ]
    places = {row["PLAATSNAAM"] for row in rows}

    # The lists spell three places with a small first letter, and two that no rule knows.
    assert sorted(place for place in places if dutch_place(place.upper()) != place) == [
        "Nieuwer Ter Aa",
        "Rijswijk (GLD)",
        "de Hoef",
        "de Lutte",
        "de Wijk",
    ]
