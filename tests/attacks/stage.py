"""Who and what an attack meets: a school, its hub, a linked victim, and one browser.

The browser is a shared one: a visitor with an ordinary site account is logged in, so that a session
that is lost or swapped shows.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from django_intergrip_link.testing.answer import Answer
from django_intergrip_link.testing.hub import SignedParts
from django_intergrip_link.testing.login import FORM, read_request_id
from django_intergrip_link.testing.school import FakeSchool

PASSWORD: Final = "appel-fiets-12"
VICTIM_UID: Final = "vic7tim8qdz9ph54@99aa00"
ATTACKER_UID: Final = "mal0lory11aa22bb@99aa00"
GIVEN_NAME: Final = "Hendrikje"
DESTINATION: Final = "/inside/?from=portal"
SECRETS: Final = (
    VICTIM_UID,
    VICTIM_UID.partition("@")[0],
    ATTACKER_UID.partition("@")[0],
    GIVEN_NAME,
    "victim@example.nl",
    "visitor@example.nl",
    PASSWORD,
    "<saml",
    "PHNhbWx",  # base64 of it
    "PD94bWw",  # and of an XML declaration
)
"""What no log, event or refusal page may hold."""


@dataclass
class Stage:
    """One run of one attack.

    Attributes:
        victim: site account that is linked to ``VICTIM_UID``.
        visitor: site account that is logged in on ``browser``.
        sign: which parts the hub signs.
        settings: pytest-django's settings, undone after the test.
        folder: for files of this run only.
        request_id: the login that :meth:`start` began last.
        held: whatever the scene leaves for the act.
    """

    school: FakeSchool
    browser: Client
    victim: Any
    visitor: Any
    sign: SignedParts
    settings: Any
    folder: Path
    request_id: str = ""
    held: dict[str, Any] = field(default_factory=dict)

    def start(
        self, browser: Client | None = None, *, ago: timedelta = timedelta(), **query: str
    ) -> str:
        """Begin a school login in a browser, ``ago`` before now, and return the request id."""
        query.setdefault("next", DESTINATION)
        # The hub asks for the school, so that no case depends on our own page for that.
        query.setdefault("hub", "1")
        with _earlier(ago):
            response = self.enter("start", browser, **query)
        self.request_id = read_request_id(response["Location"])
        return self.request_id

    def enter(self, step: str, browser: Client | None = None, **query: str) -> Any:
        """Open ``start``, ``acs`` or ``metadata`` by GET."""
        return (browser or self.browser).get(self.school.url(step), query, secure=True)

    def answer(
        self, attributes: Mapping[str, str | Sequence[str] | None] | None = None, **bent: Any
    ) -> Answer:
        """Return what the hub answers about the victim; see ``FakeSchool.answer``."""
        said = {"uid": VICTIM_UID, "givenName": GIVEN_NAME, **(attributes or {})}
        request_id = bent.pop("request_id", self.request_id)
        return self.school.answer(request_id, said, **({"sign": self.sign} | bent))

    def send(self, xml: bytes, browser: Client | None = None) -> Any:
        """Bring a document to us as the hub's page does, and follow to the end."""
        return self.send_body(form_body(xml), browser)

    def send_body(
        self, body: bytes, browser: Client | None = None, content_type: str = FORM
    ) -> Any:
        """Post a body from another site; then *complete* with the browser's own cookies."""
        browser = browser or self.browser
        response = self.bring(body, browser, content_type)
        if response.status_code != 303:
            return response
        return browser.get(response["Location"], secure=True)

    def bring(self, body: bytes, browser: Client | None = None, content_type: str = FORM) -> Any:
        """Post a body from another site, so without our Lax cookies, and stop there."""
        elsewhere = Client()
        url = self.school.url("acs")
        response = elsewhere.post(url, body, content_type=content_type, secure=True)
        (browser or self.browser).cookies.update(elsewhere.cookies)
        return response

    def log_in(self, browser: Client | None = None, **attributes: str | None) -> Any:
        """Log in at school honestly, from start to *complete*; the victim when nobody is named."""
        self.start(browser)
        return self.send(self.answer(attributes).xml(), browser)

    def open(self, step: str, browser: Client | None = None, **query: str) -> Any:
        """Open a step of the journey."""
        return (browser or self.browser).get(step_url(step), query, secure=True)

    def fill_in(self, step: str, browser: Client | None = None, **fields: str) -> Any:
        """Send the form of a step, with the key of the arrival that this session holds."""
        browser = browser or self.browser
        fields.setdefault("arrival", arrival_in(browser))
        return browser.post(step_url(step), fields, secure=True)

    def arrive(self, browser: Client | None = None, uid: str = ATTACKER_UID) -> str:
        """Come back from school as somebody who is not linked; return the arrival's key."""
        response = self.log_in(browser, uid=uid)
        assert response["Location"] in (step_url("link"), step_url("someone_else"))
        return arrival_in(browser or self.browser)

    def prove(
        self, login: str = "visitor", password: str = PASSWORD, browser: Client | None = None
    ) -> Any:
        """Send user name and password of a site account."""
        return self.fill_in("prove", browser, login=login, password=password)

    def trust(self, metadata: bytes, **changes: str) -> None:
        """Give this site other metadata of the hub, and other settings of the federation."""
        path = self.folder / "hub.xml"
        path.write_bytes(metadata)
        declared = self.settings.INTERGRIP_LINK
        entry = declared["FEDERATIONS"][self.school.federation]
        self.held.setdefault("federations", declared["FEDERATIONS"])
        self.settings.INTERGRIP_LINK = {
            **declared,
            "FEDERATIONS": {
                **declared["FEDERATIONS"],
                self.school.federation: {**entry, "metadata_file": str(path), **changes},
            },
        }

    def trust_as_before(self) -> None:
        """Take :meth:`trust` back."""
        federations = self.held.pop("federations", None)
        if federations is not None:
            self.settings.INTERGRIP_LINK = {
                **self.settings.INTERGRIP_LINK,
                "FEDERATIONS": federations,
            }

    def user_in(self, browser: Client | None = None) -> str:
        """Return the name of who is logged in, as the next page sees it, or ``-``."""
        return (browser or self.browser).get("/inside/", secure=True).content.decode()


def form_body(xml: bytes, **more: str) -> bytes:
    """Return the form that carries a document (HTTP-POST binding)."""
    return urlencode({"SAMLResponse": b64encode(xml).decode(), **more}).encode()


def step_url(step: str) -> str:
    """Return the address of a step of the journey."""
    return reverse(f"intergrip_link:{step}")


def arrival_in(browser: Client) -> str:
    """Return the key of the arrival that a browser's session holds, or ``""``."""
    return str(browser.session.get("intergrip_link", {}).get("arrival", ""))


def new_browser() -> Client:
    """Return a browser that has never been here."""
    return Client()


def session_of(browser: Client) -> dict[str, Any]:
    """Return what the session holds that belongs to a person."""
    kept = dict(browser.session.items())
    return {name: kept[name] for name in sorted(kept) if name in (SESSION_KEY, "intergrip_link")}


def _earlier(ago: timedelta) -> Any:
    import time  # noqa: PLC0415 - patched below, so taken where it is real

    return mock.patch("time.time", return_value=time.time() - ago.total_seconds())
