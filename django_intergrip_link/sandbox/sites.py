"""The services that the fake hub knows: our own federations with the ``sandbox`` preset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from django.urls import reverse

from django_intergrip_link.conf import FederationSettings, settings

from .hub import sp_key_pair
from .schools import SCHOOLS, DemoSchool


@dataclass(frozen=True, kw_only=True)
class Site:
    """One registered service provider.

    Attributes:
        federation: key in ``FEDERATIONS``.
        start_url: where a school login begins.
        cert_file: certificate of its request signatures; ``""`` for the one made in memory.
    """

    federation: str
    name: str
    base_url: str
    entity_id: str
    acs_url: str
    start_url: str
    cert_file: str

    def tile_url(self, school: DemoSchool) -> str:
        """Return what the portal of this school publishes: it skips every chooser."""
        return f"{self.start_url}?{urlencode({'school': school.brin})}"

    def certificate(self) -> x509.Certificate:
        """Return the certificate that the site's requests must verify with."""
        if self.cert_file:
            return x509.load_pem_x509_certificate(Path(self.cert_file).read_bytes())
        return sp_key_pair()[1]


def list_sites() -> list[Site]:
    """Return all services the hub serves."""
    return [
        _read_site(entry) for entry in settings.FEDERATIONS.values() if entry.preset == "sandbox"
    ]


def find_site(*, entity_id: str = "", federation: str = "") -> Site | None:
    """Return the service with this entityID or federation name."""
    return next(
        (
            site
            for site in list_sites()
            if entity_id == site.entity_id or federation == site.federation
        ),
        None,
    )


def schools_of(federation: str) -> list[DemoSchool]:
    """Return the schools of one federation; those of a federation that is not there join the first.

    A project with one federation, whatever its name, has all schools in it.
    """
    names = [site.federation for site in list_sites()] or [""]
    return [
        school
        for school in SCHOOLS
        if federation == (school.federation if school.federation in names else names[0])
    ]


def _read_site(entry: FederationSettings) -> Site:
    def address(name: str) -> str:
        return f"{entry.base_url}{reverse(f'intergrip_link:{name}', args=[entry.name])}"

    return Site(
        federation=entry.name,
        name=settings.SITE_NAME,
        base_url=entry.base_url,
        entity_id=entry.entity_id or address("metadata"),
        acs_url=address("acs"),
        start_url=address("start"),
        cert_file=entry.cert_file,
    )
