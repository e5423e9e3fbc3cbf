"""A school login in process: our own views from *start* to *complete*, with the hub in between.

For pytest the same stands in ``fixtures``; these functions also serve Django's ``TestCase``.
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client
from django.utils import timezone
from lxml import etree

from django_intergrip_link.federation.identity import SchoolIdentity
from django_intergrip_link.journey.account import SchoolAccount
from django_intergrip_link.models import AccountLink, School
from django_intergrip_link.testing.school import FakeSchool

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as ClientResponse

__all__ = ["assert_linked", "link_user", "read_request_id", "school_login"]

FORM = "application/x-www-form-urlencoded"


def school_login(
    client: Client,
    school: FakeSchool,
    *,
    next: str = "",  # noqa: A002 - the name it has in the address
    bent: Mapping[str, Any] | None = None,
    **attributes: str | Sequence[str] | None,
) -> ClientResponse:
    """Log in at ``school`` with ``client`` and return the response of *complete*.

    A linked account is logged in then, and the response leads to ``next``; otherwise it leads to
    the linking pages. A step that refuses ends the login, and its page is returned.

    Args:
        client: Django's test client; its cookies are the browser's.
        school: who answers.
        next: path to return to.
        bent: fields of the answer to change, such as ``{"sign": "assertion"}``.
        attributes: what the school says, such as ``uid="…"``; ``None`` leaves an attribute out.
    """
    # As with the hub's own chooser, so that the test does not depend on ours.
    wanted = {"hub": "1", "next": next} if next else {"hub": "1"}
    start = client.get(school.url("start"), wanted, secure=True)
    if start.status_code != 302:
        return start
    answer = school.answer(read_request_id(start["Location"]), attributes, **(bent or {}))
    returned = _post_from_elsewhere(client, school.url("acs"), answer.form_value())
    if returned.status_code != 303:
        return returned
    return client.get(returned["Location"], secure=True)


def read_request_id(redirect_url: str) -> str:
    """Return the ID of the AuthnRequest in the redirect to the hub."""
    field = parse_qs(urlsplit(redirect_url).query)["SAMLRequest"][0]
    request = etree.fromstring(zlib.decompress(b64decode(field), -zlib.MAX_WBITS))
    return str(request.get("ID"))


def link_user(
    user: Any, school: FakeSchool, *, uid: str = "", role: str = "student"
) -> AccountLink:
    """Link ``user`` to the school account ``uid``, as *confirm* would, and return the link."""
    account = _account(school, uid=uid or school.uid, role=role)
    key_id, digest = account.digest
    now = timezone.now()
    return AccountLink.objects.create(
        user=user,
        federation=school.federation,
        school=school.row,
        subject_digest=digest,
        subject_key=key_id,
        hint=account.hint,
        realm=account.realm,
        role=role,
        linked_at=now,
        last_used_at=now,
        live_digest=digest,
        live_school=school.row.pk,
    )


def assert_linked(user: Any, school: FakeSchool | School) -> AccountLink:
    """Fail unless ``user`` has one active link at ``school``; return it."""
    row = school.row if isinstance(school, FakeSchool) else school
    links = AccountLink.objects.filter(user=user, school=row)
    active = [link for link in links if link.state == AccountLink.State.ACTIVE]
    states = [link.state for link in links]
    if len(active) != 1:
        raise AssertionError(f"{user} has no active link at {row.name}; found: {states or 'none'}")
    return active[0]


def _post_from_elsewhere(client: Client, url: str, form_value: str) -> ClientResponse:
    """Post as the hub's page does: from another site, so without our ``SameSite=Lax`` cookies."""
    elsewhere = type(client)(raise_request_exception=client.raise_request_exception)
    elsewhere.defaults.update(client.defaults)
    body = urlencode({"SAMLResponse": form_value})
    response = elsewhere.post(url, body, content_type=FORM, secure=True)
    client.cookies.update(elsewhere.cookies)
    return response


def _account(school: FakeSchool, *, uid: str, role: str) -> SchoolAccount:
    now = datetime.now(UTC)
    identity = SchoolIdentity(
        federation=school.federation,
        request_id="",
        assertion_id="",
        issuer=school.hub.entity_id,
        authority=school.row.entity_id,
        subject=uid,
        realm=uid.rpartition("@")[2],
        brin=school.brin,
        role=role,
        given_name="",
        requested_at=now,
        authenticated_at=now,
    )
    return SchoolAccount.from_identity(identity, school.row)
