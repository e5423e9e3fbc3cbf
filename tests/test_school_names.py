"""Names as DUO writes them, and what students read."""

from __future__ import annotations

import pytest

from django_intergrip_link.models import School
from django_intergrip_link.school_names import short_name


@pytest.mark.parametrize(
    ("official", "short"),
    [
        ("Zernike College voor ATHENEUM HAVO MAVO VBO", "Zernike College"),
        ("Udens College voor Lyceum Havo Mavo Vbo Lwoo", "Udens College"),
        (
            "Het Stedelijk Diekman praktijkonderwijs, vmbo, havo, atheneum en gymnasium",
            "Het Stedelijk Diekman",
        ),
        ("W v Oranje Coll Chr SGM v Ath Havo Mavo Vbo Lwoo", "W v Oranje Coll Chr SGM"),
        ("Zuiderzee College voor VMBO", "Zuiderzee College"),
        ("Graaf Engelbrecht voor mavo/havo/vwo", "Graaf Engelbrecht"),
        ("Gooise Scholenfederatie vwo, havo, vmbo", "Gooise Scholenfederatie"),
        ("2College voor Lyceum Havo Mavo Vbo, Jozefmavo", "2College, Jozefmavo"),
        (
            "Calandlyceum voor Gymnasium Atheneum Havo Vmbo vestiging De Toekomst",
            "Calandlyceum, vestiging De Toekomst",
        ),
        (
            "Hofstad VO voor bijzonder vwo, havo, mavo - Hofstad Lyceum",
            "Hofstad VO, Hofstad Lyceum",
        ),
        ("SVOK H-B Vmbo-Havo-Ath-Gym, loc. Dalí College", "SVOK H-B, loc. Dalí College"),
        ("ROC van Amsterdam", "ROC van Amsterdam"),
        ("Fons Vitae Lyceum", "Fons Vitae Lyceum"),
        ("Koning Willem I College", "Koning Willem I College"),
        ("De Amsterdamse Mavo & Havo", "De Amsterdamse Mavo & Havo"),
        # Little would be left of these.
        ("Het College voor Lyc Havo Mavo Vbo lwoo", "Het College voor Lyc Havo Mavo Vbo lwoo"),
        ("Havo Haarlem College", "Havo Haarlem College"),
        ("Vwo Havo", "Vwo Havo"),
        ("", ""),
    ],
)
def test_short_name(official: str, short: str) -> None:
    assert short_name(official) == short
    assert School(name=official).short_name == short
