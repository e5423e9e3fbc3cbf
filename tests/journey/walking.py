"""A student with Django's test client: the steps of the journey as a person takes them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

PASSWORD = "appel-fiets-12"


def step(name: str) -> str:
    """Return the address of a step."""
    return reverse(f"intergrip_link:{name}")


def arrival_key(response: Any) -> str:
    """Return the key in the form of a page."""
    found = re.search(r'name="arrival" value="([0-9a-f]{32})"', response.content.decode())
    assert found, "the page has no form of the journey"
    return found.group(1)


class Walker:
    """One browser that has come back from school and is not linked yet."""

    def __init__(self, client: Client) -> None:
        """Take the browser; its session holds an arrival."""
        self.client = client

    def get(self, name: str) -> Any:
        """Open a step."""
        return self.client.get(step(name), secure=True)

    def post(self, name: str, **fields: str) -> Any:
        """Send the form of a step, with the arrival's key of the page before it."""
        fields.setdefault("arrival", self.key)
        return self.client.post(step(name), fields, secure=True)

    @property
    def key(self) -> str:
        """The arrival that this session holds."""
        return str(self.client.session["intergrip_link"]["arrival"])

    @property
    def user_name(self) -> str:
        """Who is logged in, or ``""``."""
        request = HttpRequest()
        request.session = self.client.session
        return str(get_user(request).get_username())

    def prove(self, login: str, password: str = PASSWORD) -> Any:
        """Send user name and password."""
        return self.post("prove", login=login, password=password)

    def confirm(self) -> Any:
        """Say yes."""
        return self.post("confirm", confirm="yes")
