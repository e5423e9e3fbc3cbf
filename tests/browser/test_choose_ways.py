"""The ways from a portal or the site to a school, through the chooser or past it, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from .serving import ExampleSite
from .visitor import Visitor
from .walking import (
    ANSWER,
    CHOOSER,
    COMPLETE,
    CONFIRM,
    DONE,
    DOSSIER,
    HUB_CHOOSER,
    LINK,
    START,
    choose,
    confirm,
    enter_portal,
    open_chooser,
    portal,
    press_tile,
    prove,
    school_login,
    schools_shown,
    search,
)

pytestmark = pytest.mark.browser

SCRIPTS = pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
PUT_FRAME = """(url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
}"""
WANTED = "/dossier/?tab=2"


@pytest.fixture(scope="module")
def served_with_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleSite]:
    """Serve the example once more, with the hub's own page as its chooser."""
    site = ExampleSite(tmp_path_factory.mktemp("hub"), chooser="hub")
    yield site
    site.stop()


@pytest.fixture
def hub_site(served_with_hub: ExampleSite) -> ExampleSite:
    """That site with a fresh database."""
    served_with_hub.reset()
    return served_with_hub


@SCRIPTS
@pytest.mark.parametrize(("code", "slug"), [("99AB00", "hoogveld"), ("99ab", "hoogveld")])
def test_deep_link__lands_at_the_login_page_of_the_school(
    new_visitor: Callable[..., Visitor],
    site: ExampleSite,
    has_scripts: bool,
    code: str,
    slug: str,
) -> None:
    """A portal links to the school's code, of 4 or 6 characters: no screen of ours on the way."""
    visitor = new_visitor(has_scripts=has_scripts)
    visitor.open(f"{site.url}{START}?school={code}", to=school_login(slug))

    assert visitor.screens == [f"127.0.0.1{school_login(slug)}"]


@SCRIPTS
def test_wrong_school__back_leads_to_a_way_out(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """Back from a login page that is not theirs: the notice says how to choose at the hub."""
    visitor = new_visitor(has_scripts=has_scripts)
    open_chooser(visitor, site, query=f"next={WANTED.replace('?', '%3F')}")
    choose(visitor, "99AC00", to=school_login("sterrenmeer"))
    visitor.go_back()
    assert visitor.path == CHOOSER
    visitor.look("unanswered_after_back")
    assert "Lukte het inloggen bij Sterrenmeer Lyceum niet?" in visitor.text

    # Another school at once,
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    visitor.go_back()
    # or without a school: the hub asks.
    visitor.follow("Kies je school bij Entree", to=HUB_CHOOSER)
    visitor.press("Veenpolder College", to=school_login("veenpolder"))
    visitor.press("Fatima", to=LINK)

    assert "Veenpolder College, Gouda" in visitor.text
    prove(visitor, "fatima")
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
    assert visitor.find("Ga naar Doorstroom", "link").get_attribute("href") == WANTED


@pytest.mark.parametrize("way", ["chosen", "answered", "another"])
def test_another_school_answers__each_way_on_works(
    visitor: Visitor, site: ExampleSite, way: str
) -> None:
    """Nothing is linked; both schools are named, and both can be gone to."""
    open_chooser(visitor, site, query=f"next={WANTED.replace('?', '%3F')}")
    choose(visitor, "99ZZ00", to=school_login("referentie"))
    visitor.page.get_by_label("Uitkomst").select_option("Andere school dan gekozen")
    visitor.press("Versturen", to=COMPLETE)
    assert visitor.heading == "Je bent ingelogd bij een andere school."
    assert visitor.page.title().startswith("Fout: ")
    for link in visitor.page.locator("main a").all():
        address = urlsplit(link.get_attribute("href") or "")
        assert parse_qs(address.query)["next"] == [WANTED]

    if way == "chosen":
        visitor.follow("Log in bij Entree Referentie", to=school_login("referentie"))
        visitor.press("Versturen", to=LINK)
        assert "Entree Referentie" in visitor.text
    elif way == "answered":
        visitor.follow("Ga verder met Veenpolder College", to=school_login("veenpolder"))
        visitor.press("Fatima", to=LINK)
        assert "Veenpolder College, Gouda" in visitor.text
    else:
        visitor.follow("Andere school kiezen", to=CHOOSER)
        assert "next=" in visitor.page.url
    assert site.live_links() == []


@SCRIPTS
def test_two_federations__one_chooser(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """A vocational school of SURFconext, from the page of Kennisnet; and the other way round."""
    visitor = new_visitor(has_scripts=has_scripts)
    open_chooser(visitor, site)
    search(visitor, "rivierdelta")
    choose(visitor, "99CF", to=school_login("rivierdelta"))
    visitor.press("Noor", to=LINK)
    assert [s.path for s in visitor.steps if s.path.endswith("/acs")] == ["/saml2/surfconext/acs"]
    prove(visitor, "sanne")
    confirm(visitor)
    assert site.live_links() == [("sanne", "ROC Rivierdelta")]

    visitor.open(f"{site.url}/saml2/surfconext/login", to="/saml2/surfconext/school")
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    assert visitor.steps[-1].path == school_login("hoogveld")


@SCRIPTS
def test_entree_account__for_who_has_no_school_account(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """The heading names it, the button is there in every state, and it works."""
    visitor = new_visitor(has_scripts=has_scripts)
    open_chooser(visitor, site)
    search(visitor, "qqqqqq")
    visitor.press("Gebruik Entree-account", to=school_login("entree-account"))
    visitor.press("Eva", to=LINK)
    prove(visitor, "fatima")
    confirm(visitor)

    assert site.live_links() == [("fatima", "Entree-account")]


def test_a19__the_errand_goes_along_and_no_school_is_asked_twice(
    visitor: Visitor, site: ExampleSite
) -> None:
    """A19: through searching, a refusal, starting again, and time that is up."""
    visitor.open(f"{site.url}{START}?next={WANTED.replace('?', '%3F')}", to=CHOOSER)
    search(visitor, "qqqqqq")
    search(visitor, "hoogveld")
    assert visitor.page.locator("#q").input_value() == "hoogveld"
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    visitor.press("Sanne", to=LINK)
    site.change("UPDATE intergrip_link_arrival SET expires_at = '2026-01-01 00:00:00'")
    visitor.open(f"{site.url}{LINK}")
    assert visitor.heading == "De tijd is om."
    address = urlsplit(visitor.find("Opnieuw beginnen", "link").get_attribute("href") or "")
    assert parse_qs(address.query) == {"school": ["99AB00"], "next": [WANTED]}

    visitor.follow("Opnieuw beginnen", to=LINK)
    assert CHOOSER not in [step.path for step in visitor.steps[-6:]]
    prove(visitor, "sanne")
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)
    assert visitor.find("Ga naar Doorstroom", "link").get_attribute("href") == WANTED


def test_unknown_link__keeps_the_errand(visitor: Visitor, site: ExampleSite) -> None:
    """A19: a link with a code that nobody knows ends at the chooser, with a word about it."""
    visitor.open(f"{site.url}{START}?school=00XX00&next=/dossier/", to=CHOOSER)
    choose(visitor, "99AB00", to=school_login("hoogveld"))
    visitor.press("Sanne", to=LINK)
    prove(visitor, "sanne", to=CONFIRM)
    visitor.press("Ja, koppel mijn schoolaccount", to=DONE)

    assert visitor.find("Ga naar Doorstroom", "link").get_attribute("href") == DOSSIER


def test_closed_while_choosing__says_whom_to_ask(visitor: Visitor, site: ExampleSite) -> None:
    """The school is closed between the page and the click."""
    open_chooser(visitor, site)
    site.change("UPDATE intergrip_link_school SET is_active = 0 WHERE brin = '99AB00'")
    choose(visitor, "99AB00", to=CHOOSER)

    assert visitor.heading == "Jouw school heeft Doorstroom nog niet aangezet."
    assert visitor.steps[-1].status == 403


def test_two_clicks__on_a_school_go_there_once(visitor: Visitor, site: ExampleSite) -> None:
    """A second click while the first is on its way makes no second question."""
    open_chooser(visitor, site)
    button = visitor.page.locator("#results button").first
    twice = "(e) => { e.click(); setTimeout(() => e.click(), 40); }"
    visitor.arrive(lambda: button.evaluate(twice), to=school_login("referentie"))

    assert [step.method for step in visitor.steps].count("POST") == 1


@SCRIPTS
def test_frame__offers_a_tab_of_its_own(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    """In the frame of a portal cookies do not work; the tab that opens is whole."""
    visitor = new_visitor(has_scripts=has_scripts)
    address = f"{site.url}{CHOOSER}?next=/dossier/"
    # Any page of another site; the frame is put into it.
    visitor.page.goto(
        f"{site.sandbox_url.removesuffix('/sandbox')}/static/django_intergrip_link/link.js"
    )
    visitor.page.evaluate(PUT_FRAME, address)
    frame = visitor.page.frame_locator("iframe")
    assert frame.locator("h1").inner_text() == "Dit werkt niet in dit venster."
    assert frame.locator("form").count() == 0
    with visitor.context.expect_page() as opened:
        frame.get_by_role("link", name="Open in een nieuw tabblad").click()

    tab: Page = opened.value
    tab.wait_for_load_state()
    assert tab.url == address
    assert tab.locator("h1").inner_text().startswith("Kies hieronder jouw school")


def test_hub_mode__the_notice_of_a_portal_skips_the_page_of_the_hub(
    new_visitor: Callable[..., Visitor], hub_site: ExampleSite
) -> None:
    """``CHOOSER="hub"``: a portal like SOMtoday told the hub which school; nobody asks again."""
    fatima = new_visitor()
    enter_portal(fatima, hub_site, school="veenpolder", person="Fatima")
    fatima.open(f"{hub_site.url}{START}", to=LINK)

    assert f"127.0.0.1{HUB_CHOOSER}" not in fatima.screens
    assert f"localhost{CHOOSER}" not in fatima.screens
    assert "Veenpolder College, Gouda" in fatima.text


def test_hub_mode__the_hub_asks_who_comes_without_a_notice(
    new_visitor: Callable[..., Visitor], hub_site: ExampleSite
) -> None:
    """``CHOOSER="hub"``: a portal like Magister tells nothing; its link with the school does."""
    sanne = new_visitor()
    enter_portal(sanne, hub_site, school="hoogveld", person="Sanne")
    sanne.open(f"{hub_site.url}{START}", to=HUB_CHOOSER)
    sanne.press("Hoogveld College", to=LINK)

    tile = new_visitor()
    enter_portal(tile, hub_site, school="hoogveld", person="Sanne")
    assert tile.path == portal("hoogveld")
    press_tile(tile, to=LINK)
    assert f"127.0.0.1{HUB_CHOOSER}" not in tile.screens


def test_real_school_without_an_address__the_hub_asks(visitor: Visitor, site: ExampleSite) -> None:
    """A school of the list whose IdP is not known can be chosen; the hub asks once more."""
    site.fill()
    open_chooser(visitor, site)
    search(visitor, "landstede")
    assert schools_shown(visitor)
    visitor.arrive(visitor.page.locator("#results button").first.click, to=HUB_CHOOSER)
    assert ANSWER not in visitor.path
