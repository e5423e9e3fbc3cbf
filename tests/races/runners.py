"""Students on their way: up to the last button, and what came of pressing it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection
from django.test import Client

from tests.attacks.stage import PASSWORD, Stage, arrival_in, new_browser, step_url

_IS_MEASURED_HERE = connection.vendor == "postgresql"
ROUNDS: Final = 100 if _IS_MEASURED_HERE else 20
"""How often a race is run; on the other servers only to see that they do the same."""
KILLS: Final = 20 if _IS_MEASURED_HERE else 3

Answers = list[dict[str, Any]]
WON: Final = (303, "/school-account/link/done/")
SENT_BEFORE: Final = (410, "e6")
PLACE_TAKEN: Final = (403, "more")
ASKED: Final = (303, "/school-account/link/more/")


def add_user(name: str) -> Any:
    """Make a site account that nothing is linked to."""
    return get_user_model()._default_manager.create_user(
        username=name, email=f"{name}@example.nl", password=PASSWORD
    )


def come_back(stage: Stage, uid: str) -> Client:
    """Return a browser that is back from school with a school account that is not linked."""
    browser = new_browser()
    stage.arrive(browser, uid=uid)
    return browser


def prove(stage: Stage, uid: str, name: str) -> Client:
    """Return a browser that has proven a site account by its password."""
    browser = come_back(stage, uid)
    assert stage.prove(name, browser=browser)["Location"] == step_url("confirm")
    return browser


def form(browser: Client, step: str, **fields: str) -> dict[str, Any]:
    """Return the request that a press of the button of a step sends."""
    fields.setdefault("arrival", arrival_in(browser))
    return visit(browser, step) | {"body": urlencode(fields)}


def visit(browser: Client, step: str) -> dict[str, Any]:
    """Return the request that opens a step."""
    cookies = {name: cookie.value for name, cookie in browser.cookies.items()}
    return {"url": step_url(step), "cookies": cookies}


def confirm(browser: Client) -> dict[str, Any]:
    """Return the request of "yes, link"."""
    return form(browser, "confirm", confirm="yes")


def pages(answers: Answers) -> Counter[tuple[int, str]]:
    """Count what came back: the status, and which page it is or leads to."""
    return Counter((a["status"], a["location"] or a["page"]) for a in answers)


def names_inside(requests: list[dict[str, Any]], answers: Answers) -> list[str]:
    """Return who is logged in where, after each answer; ``-`` for nobody."""
    names = []
    for request, answer in zip(requests, answers, strict=True):
        browser = Client()
        for name, value in (request["cookies"] | answer["cookies"]).items():
            browser.cookies[name] = value
        names.append(browser.get("/inside/", secure=True).content.decode())
    return names


def register(stage: Stage, uid: str, address: str) -> Client:
    """Return a browser in which the code that was mailed to a new address was right."""
    browser = come_back(stage, uid)
    stage.fill_in("register", browser, email=address, first_name="Anna", password=PASSWORD)
    sent = stage.fill_in("register_code", browser, code=mailed_code())
    assert sent["Location"] == step_url("confirm"), sent.content.decode()
    return browser


def mailed_code() -> str:
    """Return the code in the last mail."""
    found = re.search(r"\b\d{4}[ -]?\d{4}\b", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return re.sub(r"\D", "", found.group())


def prove_by_code(stage: Stage, uid: str, code: str) -> Client:
    """Return a browser that has proven a site account by a code from school."""
    browser = come_back(stage, uid)
    assert stage.fill_in("code", browser, code=code)["Location"] == step_url("confirm")
    return browser
