"""Rows A17, A18, A19, A22 and A26 of the list for screens, on the ways to prove who one is.

Most of the walking here is without a look at each page; the journeys in other files look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from .conftest import PATIENCE
from .serving import ExampleSite
from .test_second_school import come_from_mbo, link_at_vo
from .visitor import Visitor
from .walking import CONFIRM, DONE, LINK, LOGIN, PASSWORDS, enter_portal, link, press_tile

pytestmark = pytest.mark.browser

MAIL: Final = f"{LINK}mail/"
MAIL_CODE: Final = f"{LINK}mail/code/"
CLASS_CODE: Final = f"{LINK}code/"
REGISTER: Final = f"{LINK}register/"
REGISTER_CODE: Final = f"{LINK}register/code/"
REMOVE: Final = "/school-account/1/remove/"
RESUME: Final = "/school-account/1/resume/"
PASSWORD: Final = "Wolken-Trein-57"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form: its address, its button, and its fields as name, type and ``autocomplete``."""

    path: str
    button: str
    fields: tuple[tuple[str, str, str], ...]


PROVE: Final = Form(
    path=LOGIN,
    button="Inloggen en verder",
    fields=(("login", "text", "username"), ("password", "password", "current-password")),
)
FORMS: Final = (
    PROVE,
    Form(path=MAIL, button="Stuur mij een code", fields=(("login", "text", "username"),)),
    Form(path=MAIL_CODE, button="Ga verder", fields=(("code", "text", "one-time-code"),)),
    Form(path=CLASS_CODE, button="Ga verder", fields=(("code", "text", "off"),)),
    Form(
        path=REGISTER,
        button="Stuur mij een code",
        fields=(
            ("email", "email", "email"),
            ("first_name", "text", "given-name"),
            ("last_name", "text", "family-name"),
            ("password", "password", "new-password"),
        ),
    ),
    Form(path=REGISTER_CODE, button="Ga verder", fields=(("code", "text", "one-time-code"),)),
)
OWN_FORMS: Final = tuple(
    Form(path=path, button=button, fields=(("password", "password", "current-password"),))
    for path, button in ((REMOVE, "Koppeling verwijderen"), (RESUME, "Weer gebruiken"))
)


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """An address of nobody; the server counts mails by address, so every test has its own."""
    return f"{request.node.name[-30:]}@doorstroom.example"


@pytest.fixture
def page(visitor: Visitor, site: ExampleSite, address: str) -> Page:
    """A browser that may open every form: Noor comes from school, and asked for both mails."""
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    page = visitor.page
    for path, values in (
        (MAIL, {"login": address}),
        (REGISTER, {"email": address, "password": PASSWORD}),
    ):
        page.goto(f"{site.url}{path}")
        for name, value in values.items():
            page.locator(f"[name={name}]").fill(value)
        press(page, "Stuur mij een code")
    return page


@pytest.fixture
def own_page(visitor: Visitor, site: ExampleSite) -> Page:
    """A browser of Sanne, whose link is number 1."""
    link(visitor, site, school="hoogveld", person="Sanne", username="sanne")
    return visitor.page


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page after it."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=True).click()


def open_form(page: Page, site: ExampleSite, form: Form) -> None:
    """Open the page of a form."""
    if form.path == RESUME:
        site.change("UPDATE intergrip_link_accountlink SET state = 'suspended'")
    page.goto(f"{site.url}{form.path}")
    if form.path == RESUME and "/inloggen/" in page.url:
        # A paused link has logged out whoever came in through it.
        page.locator("[name=username]").fill("sanne")
        page.locator("[name=password]").fill(PASSWORDS["sanne"])
        press(page, "Inloggen")
    assert page.url.endswith(form.path)


# --- A17: paste works, names are stable, no puzzle ---------------------------------------------


def check_paste(page: Page, form: Form) -> None:
    """Compare the fields with the table, and paste into each."""
    visible = "main form input:visible, main form textarea:visible, main form select:visible"
    found = page.locator(visible).evaluate_all(
        "(all) => all.map((field) => [field.name, field.type, field.autocomplete])"
    )
    assert [tuple(field) for field in found] == list(form.fields)
    for name, *_ in form.fields:
        field = page.locator(f"main form [name={name}]:visible")
        # As long as what is pasted from a mail, with blanks around it.
        page.evaluate("() => navigator.clipboard.writeText(' 1234 5678 ')")
        field.fill("")
        field.press("Control+V")
        assert field.input_value().strip() == "1234 5678", name
    assert page.locator("main :is(iframe, canvas, audio, video)").count() == 0


def test_paste__and_names_for_password_managers(page: Page, site: ExampleSite) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for form in FORMS:
        open_form(page, site, form)
        check_paste(page, form)


def test_paste__on_my_school_accounts(own_page: Page, site: ExampleSite) -> None:
    own_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for form in OWN_FORMS:
        open_form(own_page, site, form)
        check_paste(own_page, form)
        name = own_page.locator("form [autocomplete=username]")
        assert name.input_value() == "sanne"


# --- A18: sent empty ---------------------------------------------------------------------------


def check_errors(page: Page, form: Form) -> None:
    """Send a form empty; read the summary, follow its links, read what belongs to the fields."""
    for name, *_ in form.fields:
        page.locator(f"main form [name={name}]").fill("")
    press(page, form.button)
    assert page.evaluate("() => document.activeElement.id") == "errors-title", form.path
    is_above = """() => document.querySelector(".notice-error").compareDocumentPosition(
        document.querySelector("main form[novalidate]")) & Node.DOCUMENT_POSITION_FOLLOWING"""
    assert page.evaluate(is_above)
    assert page.title().startswith("Fout: ")
    empty = [name for name, *_ in form.fields if name != "last_name"]
    links = page.locator("#errors-list a")
    assert links.count() == len(empty), form.path
    for number, name in enumerate(empty):
        links.nth(number).click()
        active = page.evaluate(
            """() => { const e = document.activeElement; return {
                name: e.name, invalid: e.getAttribute("aria-invalid"),
                told: (e.getAttribute("aria-describedby") ?? "").split(" ")
                    .map((id) => document.getElementById(id)?.innerText.trim() ?? "missing") }; }"""
        )
        said = links.nth(number).inner_text().strip()
        assert active["name"] == name
        assert active["invalid"] == "true"
        assert said in active["told"]
        assert "missing" not in active["told"]
        assert re.match("(Vul|Kies) .+[.]$", said), "does not say how to repair it"


def test_sent_empty__every_way_to_prove(page: Page, site: ExampleSite) -> None:
    for form in FORMS:
        open_form(page, site, form)
        check_errors(page, form)


def test_sent_empty__on_my_school_accounts(own_page: Page, site: ExampleSite) -> None:
    for form in OWN_FORMS:
        open_form(own_page, site, form)
        check_errors(own_page, form)


# --- A19: nothing is asked twice ---------------------------------------------------------------


def value_of(page: Page, name: str) -> str:
    """Return what stands in a field."""
    return page.locator(f"main form [name={name}]:visible").input_value()


def test_nothing_is_asked_twice__after_an_error(page: Page, site: ExampleSite) -> None:
    page.goto(f"{site.url}{LOGIN}")
    page.locator("[name=login]").fill("nog-niemand")
    page.locator("[name=password]").fill("verkeerd")
    press(page, "Inloggen en verder")
    assert [value_of(page, "login"), value_of(page, "password")] == ["nog-niemand", ""]

    page.goto(f"{site.url}{REGISTER}")
    page.locator("[name=email]").fill("geen adres")
    page.locator("[name=first_name]").fill("Noortje")
    page.locator("[name=last_name]").fill("de Jong")
    page.locator("[name=password]").fill(PASSWORD)
    press(page, "Stuur mij een code")
    values = [value_of(page, name) for name in ("email", "first_name", "last_name", "password")]
    assert values == ["geen adres", "Noortje", "de Jong", ""]
    assert PASSWORD not in page.content()


def test_nothing_is_asked_twice__on_another_page(
    page: Page, site: ExampleSite, address: str
) -> None:
    # The first name came from school, the user name from the page before.
    page.goto(f"{site.url}{REGISTER}")
    assert [value_of(page, "first_name"), value_of(page, "email")] == ["Noor", address]
    assert value_of(page, "password") == ""
    for path in (LOGIN, MAIL):
        page.goto(f"{site.url}{path}")
        assert value_of(page, "login") == address, path
    for form in FORMS:
        open_form(page, site, form)
        assert "Hoogveld College" in page.locator("main .card").first.inner_text()
        assert page.locator("main [name*=school]").count() == 0


# --- A22: reversible, checked or confirmed; twice is once ---------------------------------------


def press_twice(page: Page, name: str, *, to: str) -> None:
    """Press a button as people do who are used to pressing twice."""
    page.get_by_role("button", name=name, exact=True).dblclick()
    # The second press may call off the way of the first; where the browser ends up is what counts.
    expect(page).to_have_url(re.compile(f"{re.escape(to)}([?].*)?$"), timeout=PATIENCE)
    page.wait_for_load_state("networkidle")


def press_once(page: Page, name: str, *, to: str) -> None:
    """Press a button and wait for the page it leads to."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page).to_have_url(re.compile(f"{re.escape(to)}$"), timeout=PATIENCE)


def mails_to(page: Page, site: ExampleSite, address: str) -> int:
    """Return how many mails to an address the sandbox shows."""
    outbox = page.context.request.get(f"{site.sandbox_url}/outbox/").text()
    return outbox.count(address)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no_scripts"])
def test_twice_is_once__register_and_confirm(
    new_visitor: Callable[..., Visitor], site: ExampleSite, has_scripts: bool
) -> None:
    address = f"twee.keer.{has_scripts}@doorstroom.example".lower()
    visitor = new_visitor(has_scripts=has_scripts)
    enter_portal(visitor, site, school="hoogveld", person="Noor")
    press_tile(visitor, to=LINK)
    page = visitor.page
    page.goto(f"{site.url}{REGISTER}")
    page.locator("[name=email]").fill(address)
    page.locator("[name=password]").fill(PASSWORD)
    press_twice(page, "Stuur mij een code", to=REGISTER_CODE)
    assert mails_to(page, site, address) == 1

    outbox = page.context.request.get(f"{site.sandbox_url}/outbox/").text()
    letter = re.findall(r'href="([^"]+/outbox/[^"]+)"', outbox)[0]
    mail = page.context.request.get(f"{site.sandbox_url}{letter.removeprefix('/sandbox')}").text()
    code = re.findall(r"\b[0-9]{4} ?[0-9]{4}\b", mail)[0]
    page.locator("[name=code]").fill(code)
    press_twice(page, "Ga verder", to=CONFIRM)
    # Without scripts the browser may drop the first answer; test_ways_out looks at that.
    press_last = press_twice if has_scripts else press_once
    press_last(page, "Ja, koppel mijn schoolaccount", to=DONE)

    assert site.ask("SELECT COUNT(*) FROM auth_user WHERE email = ?", address) == [1]
    assert site.live_links() == [(address, "Hoogveld College")]


def test_twice_is_once__remove(own_page: Page, site: ExampleSite) -> None:
    own_page.goto(f"{site.url}{REMOVE}")
    own_page.reload()
    assert len(site.live_links()) == 1, "asking has removed it"
    own_page.locator("[name=password]").fill(PASSWORDS["sanne"])
    press_twice(own_page, "Koppeling verwijderen", to="/school-account/")

    assert site.live_links() == []
    ends = "SELECT COUNT(*) FROM intergrip_link_linkevent WHERE kind = 'ended'"
    assert site.ask(ends) == [1]
    assert "De koppeling met Hoogveld College is weg." in own_page.locator("main").inner_text()


def test_twice_is_once__use_both(new_visitor: Callable[..., Visitor], site: ExampleSite) -> None:
    link_at_vo(new_visitor, site)
    visitor = new_visitor()
    come_from_mbo(visitor, site)
    with visitor.page.expect_navigation(url=f"**{CONFIRM}", wait_until="load"):
        visitor.page.get_by_role("button", name="Allebei gebruiken").dblclick()
    press_twice(visitor.page, "Ja, koppel mijn schoolaccount", to=DONE)
    assert len(site.live_links()) == 2


# --- A26: neutral answers ----------------------------------------------------------------------


def masked(html: str, *secrets: str) -> str:
    """Take out what differs every time: tokens, times, and what was typed."""
    html = re.sub(r'name="(csrfmiddlewaretoken|arrival)" value="[^"]*"', r"\1", html)
    html = re.sub(r'data-(until|now)="[0-9]+"', r"\1", html)
    html = re.sub(r"\b[0-9]{1,2}:[0-9]{2}\b", "time", html)
    html = re.sub(r"\b\w•••@", "masked@", html)
    for secret in secrets:
        html = html.replace(secret, "typed")
    return html


def send(page: Page, site: ExampleSite, path: str, **values: str) -> tuple[int, str, str]:
    """Send a form as an HTTP client with the cookies of this browser.

    Returns:
        Status, path where the answer leads, and the page, masked.
    """
    client = page.context.request
    form = client.get(f"{site.url}{path}").text()
    hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|arrival)" value="([^"]*)"', form))
    answer = client.post(
        f"{site.url}{path}",
        data=urlencode({**hidden, **values}),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": site.url,
            "Referer": f"{site.url}{path}",
        },
        max_redirects=0,
    )
    typed = sorted(values.values(), key=len, reverse=True)
    return answer.status, answer.headers.get("location", ""), masked(answer.text(), *typed)


def test_neutral__name_password_and_switched_off(page: Page, site: ExampleSite) -> None:
    site.change("UPDATE auth_user SET is_active = 0 WHERE username = 'fatima'")
    answers: list[Any] = [
        send(page, site, LOGIN, login=login, password=password)
        for login, password in (
            ("zomaar.iemand", "Fout-Woord-12"),
            ("bakker", "Fout-Woord-12"),
            ("fatima", "Fout-Woord-12"),
        )
    ]
    assert answers[0][0] == 200
    assert "horen niet bij elkaar" in answers[0][2]
    assert answers[0] == answers[1] == answers[2]


def test_neutral__whether_a_mail_goes_out(
    new_visitor: Callable[..., Visitor], site: ExampleSite
) -> None:
    site.change("UPDATE auth_user SET is_active = 0 WHERE username = 'fatima'")
    pages = []
    for name in ("niet.bekend", "bakker", "fatima"):
        visitor = new_visitor()
        enter_portal(visitor, site, school="hoogveld", person="Noor")
        press_tile(visitor, to=LINK)
        address = f"{name}@doorstroom.example"
        filled_in = {"email": address, "first_name": "Noor", "password": PASSWORD}
        answers = [
            send(visitor.page, site, MAIL, login=address),
            send(visitor.page, site, MAIL_CODE, code="0000 0000"),
            send(visitor.page, site, REGISTER, **filled_in),
            send(visitor.page, site, REGISTER_CODE, code="0000 0000"),
        ]
        assert [status for status, *_ in answers] == [303, 200, 303, 200]
        assert not any(name in shown for *_, shown in answers)
        pages.append(answers)

    assert pages[0] == pages[1] == pages[2]
