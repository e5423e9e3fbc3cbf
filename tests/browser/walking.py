"""The journey in the steps that a student takes, on the pages of portal, hub, school and site."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlsplit

from django.core import signing

from .serving import ExampleSite
from .visitor import Visitor

LINK: Final = "/school-account/link/"
SOMEONE_ELSE: Final = "/school-account/link/someone-else/"
LOGIN: Final = "/school-account/link/login/"
CODE: Final = "/school-account/link/otp/"
CONFIRM: Final = "/school-account/link/confirm/"
DONE: Final = "/school-account/link/done/"
STOP: Final = "/school-account/link/stop/"
NOT_ME: Final = "/school-account/link/not-me/"
LOGOUT: Final = "/school-account/logout/"
ANSWER: Final = "/saml2/*/acs"
COMPLETE: Final = "/saml2/*/complete/*"
DOSSIER: Final = "/dossier/"
START: Final = "/saml2/kennisnet/login"
CHOOSER: Final = "/saml2/kennisnet/school"
HUB_CHOOSER: Final = "/sandbox/hub/choose"

RECENTS: Final = "intergrip-schools"
EXAMPLE_KEY: Final = "for the demo on this machine only"
"""``SECRET_KEY`` of the example."""

PASSWORDS: Final = {
    "sanne": "Appel-Fiets-12",
    "daan": "Brug-Kanaal-34",
    "fatima": "Tulp-Regen-56",
    "bakker": "Krijt-Molen-78",
    "admin": "Sleutel-Kast-90",
}
"""Of the site accounts that the demo seeds."""


def portal(school: str) -> str:
    """Return the path of a school's portal."""
    return f"/sandbox/portal/{school}/"


def school_login(school: str) -> str:
    """Return the path of a school's login page."""
    return f"/sandbox/school/{school}/login"


def enter_portal(visitor: Visitor, site: ExampleSite, *, school: str, person: str) -> None:
    """Log in at school in the morning: the portal with its tiles shows."""
    visitor.open(f"{site.sandbox_url}/portal/{school}/", to=school_login(school))
    visitor.press(person, to=portal(school))


def press_tile(visitor: Visitor, *, to: str) -> None:
    """Press the tile of the site; it says which school, so nobody has to choose."""
    visitor.follow("Doorstroom", to=to)


def open_chooser(visitor: Visitor, site: ExampleSite, *, query: str = "", state: str = "") -> None:
    """Open the page where a school is chosen; ``query`` as it stands in the address."""
    visitor.open(f"{site.url}{CHOOSER}{query and '?'}{query}", state=state)


def search(visitor: Visitor, text: str) -> None:
    """Fill in the search field and wait for the list; without scripts press the button."""
    if visitor.has_scripts:
        visitor.page.locator("#q").fill(text)
        visitor.page.wait_for_url(lambda url: query_in(url) == text)
    else:
        visitor.page.locator("#q").fill(text)
        with visitor.page.expect_navigation(wait_until="load"):
            visitor.page.locator("[data-search] button[type=submit]").click()


def query_in(url: str) -> str:
    """Return the query of a chooser's address."""
    return parse_qs(urlsplit(url).query).get("q", [""])[0]


def choose(visitor: Visitor, brin: str, *, to: str, remembers: bool = False) -> None:
    """Press the button of a school, with the box ticked or not."""
    if remembers:
        visitor.page.locator("#remember").check()
    button = visitor.page.locator(f"button[name=school][value='{brin}']").first
    visitor.arrive(button.click, to=to)


def give_recents(visitor: Visitor, site: ExampleSite, *codes: tuple[str, str]) -> None:
    """Give the browser the list that it has after logins at these schools."""
    value = signing.dumps(codes, salt="django_intergrip_link.journey.recents", key=EXAMPLE_KEY)
    visitor.context.add_cookies([{"name": RECENTS, "value": value, "url": site.url}])


def schools_shown(visitor: Visitor) -> list[str]:
    """Return the names in the list of results."""
    names = visitor.page.locator("#results li button").all_inner_texts()
    return [name.split("\n")[0].strip() for name in names]


def recents_shown(visitor: Visitor) -> list[str]:
    """Return the names in the list of recently used schools."""
    names = visitor.page.locator(".recents li button").all_inner_texts()
    return [name.split("\n")[0].strip() for name in names]


def prove(visitor: Visitor, username: str, *, to: str = CONFIRM) -> None:
    """Say that there is a site account, and log in with it."""
    visitor.follow("Ja, ik heb al een Doorstroom-account", to=LOGIN)
    log_in(visitor, username, to=to)


def log_in(visitor: Visitor, username: str, *, to: str = CONFIRM) -> None:
    """Fill in user name and password of the site account."""
    visitor.fill("Gebruikersnaam of e-mailadres", username)
    visitor.fill("Wachtwoord van Doorstroom", PASSWORDS[username])
    visitor.press("Inloggen en verder", to=to)


def confirm(visitor: Visitor) -> None:
    """Say yes, read that it worked, and go on to the site."""
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
    visitor.follow("Ga naar Doorstroom", to=DOSSIER)


def link(visitor: Visitor, site: ExampleSite, *, school: str, person: str, username: str) -> None:
    """Walk the whole first journey, from the portal until inside."""
    enter_portal(visitor, site, school=school, person=person)
    press_tile(visitor, to=LINK)
    prove(visitor, username)
    confirm(visitor)
