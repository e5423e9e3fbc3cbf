"""What a student does before the sandbox: a browser with two sites, and readers of its pages."""

from __future__ import annotations

import re
from base64 import b64decode
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.test import Client
from lxml import etree

from django_intergrip_link.testing.names import SAML, SAMLP

SITE = "http://localhost:8000"
HUB = "http://127.0.0.1:8000"
START = f"{SITE}/saml2/kennisnet/login"
FORM = "application/x-www-form-urlencoded"


class Browser:
    """Cookies kept apart by host, and redirects followed from one host to the other.

    ``url`` is the address of the page that shows, ``jars`` a client for each origin.
    """

    def __init__(self) -> None:
        self.url = ""
        self.jars = {
            origin: Client(headers={"host": urlsplit(origin).netloc}) for origin in (SITE, HUB)
        }

    def open(self, address: str, *, follow: bool = True) -> Any:
        """Open an address, absolute or on the site that shows."""
        return self._send("get", urljoin(self.url, address), follow=follow)

    def submit(self, address: str, **fields: str) -> Any:
        """Submit a form to an address, ``""`` for the page itself."""
        address = urljoin(self.url, address) if address else self.url
        return self._send("post", address, fields, follow=True)

    def choose(self, page: Any, school: str) -> Any:
        """Choose a school on the chooser page."""
        return self.submit("", request=field(page, "request"), school=school)

    def log_in(self, page: Any, person: str) -> Any:
        """Log in with one click on a school's login page."""
        return self.submit("", request=field(page, "request"), person=person)

    def bring_answer(self, page: Any) -> Any:
        """Press "Ga verder": the answer goes to the site, without the site's own cookies."""
        target = urlsplit(re.findall(r'action="(http[^"]+)"', page.text)[0])
        body = urlencode({"SAMLResponse": field(page, "SAMLResponse")})
        elsewhere = Client(headers={"host": target.netloc})
        returned = elsewhere.post(target.path, body, content_type=FORM)
        self.url = target.geturl()
        return self._follow(returned) if "Location" in returned else returned

    def cookies(self, origin: str) -> dict[str, str]:
        """Return the cookies of one site, without those that were deleted."""
        morsels = self.jars[origin].cookies.items()
        return {name: morsel.value for name, morsel in morsels if morsel.value}

    def _send(self, method: str, address: str, fields: Any = None, *, follow: bool) -> Any:
        self.url = address
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = getattr(self.jars[f"{parts.scheme}://{parts.netloc}"], method)(path, fields)
        return self._follow(response) if follow and "Location" in response else response

    def _follow(self, response: Any) -> Any:
        return self._send("get", urljoin(self.url, response["Location"]), follow=True)


def field(page: Any, name: str) -> str:
    """Return the value of the first field with this name."""
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page.text)
    assert found, f"no field {name} in {page.text}"
    return unescape(found[1])


def answer_in(page: Any) -> etree._Element:
    """Return the message on the page that carries an answer to the site."""
    return etree.fromstring(b64decode(field(page, "SAMLResponse")))


def attributes_in(page: Any) -> dict[str, str]:
    """Return the attributes of that message."""
    return {
        attribute.get("Name"): attribute.findtext(f"{{{SAML}}}AttributeValue")
        for attribute in answer_in(page).iter(f"{{{SAML}}}Attribute")
    }


def status_in(page: Any) -> list[str]:
    """Return the last parts of its status codes."""
    codes = answer_in(page).iter(f"{{{SAMLP}}}StatusCode")
    return [code.get("Value").rpartition(":")[2] for code in codes]
