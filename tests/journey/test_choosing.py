"""Steps *start* and *choose*: who asks for the school, and what our page does with the answer."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from lxml import etree

from django_intergrip_link.federation.presets import PRESETS
from django_intergrip_link.journey.attempts import Attempts
from django_intergrip_link.journey.schools import scope_of
from django_intergrip_link.models import Arrival, LinkEvent, School
from django_intergrip_link.testing.login import _post_from_elsewhere as post_answer
from django_intergrip_link.testing.login import read_request_id

START = "/saml2/kennisnet/login"
CHOOSE = "/saml2/kennisnet/school"


def make(brin: str, name: str, **fields: Any) -> School:
    known = {"federation": "kennisnet", "entity_id": f"https://{brin.lower()}.example"}
    return School.objects.create(brin=brin, name=name, **{**known, **fields})


def with_settings(settings: Any, **changes: Any) -> None:
    settings.INTERGRIP_LINK = {**settings.INTERGRIP_LINK, **changes}


def scope(response: Any) -> list[str]:
    """Return the ProviderIDs in the request to the hub."""
    assert response.status_code == 302, response
    field = parse_qs(urlsplit(response["Location"]).query)["SAMLRequest"][0]
    request = etree.fromstring(zlib.decompress(b64decode(field), -zlib.MAX_WBITS))
    return [entry.get("ProviderID") for entry in request.iter("{*}IDPEntry")]


def buttons(response: Any) -> list[str]:
    """Return the school codes that the page offers."""
    return re.findall(r'name="school" value="(\w+)"', response.content.decode())


@pytest.fixture
def schools(fake_school: Any) -> list[School]:
    """Petteflat College (99AA00), and three more; one of them in no state to be chosen."""
    return [
        fake_school.row,
        make("99BB00", "Sterrenmeer Lyceum", place="Hoorn", levels="havo/vwo"),
        make("99CC00", "Sterrenmeer Lyceum", place="Hoorn", levels="havo/vwo", street="Kade 1"),
        make("99DD00", "Veenpolder College", is_active=False, message="Vanaf maart kan het."),
    ]


# Start ----------------------------------------------------------------------------------------


def test_start__our_page_when_schools_are_listed(schools: Any, client: Client) -> None:
    response = client.get(START, {"next": "/inside/"}, secure=True)

    assert (response.status_code, response["Location"]) == (303, f"{CHOOSE}?next=%2Finside%2F")
    assert "__Host-intergrip-attempts" not in client.cookies


@pytest.mark.parametrize(
    ("chooser", "known", "listed", "ours"),
    [
        ("auto", True, True, True),
        ("auto", False, True, False),
        ("auto", True, False, False),
        ("site", True, True, True),
        ("site", False, False, True),
        ("hub", True, True, False),
    ],
)
def test_start__who_asks(
    schools: Any,
    client: Client,
    settings: Any,
    chooser: str,
    known: bool,
    listed: bool,
    ours: bool,
) -> None:
    with_settings(settings, CHOOSER=chooser)
    names = {} if known else {"entity_id": "", "realm": ""}
    School.objects.update(listed=listed, **names)

    response = client.get(START, secure=True)

    assert (response.status_code == 303) is ours
    if not ours:
        assert scope(response) == []


def test_start__the_only_school_is_not_asked_for(fake_school: Any, client: Client) -> None:
    assert scope(client.get(START, secure=True)) == [fake_school.row.realm]


def test_start__the_only_school_is_asked_for_beside_an_entree_account(
    fake_school: Any, client: Client
) -> None:
    make("ENTR", "Entree-account", kind="entree")

    assert client.get(START, secure=True).status_code == 303


@pytest.mark.parametrize("code", ["99BB00", "99bb00", "99BB", " 99bb "])
def test_start__link_of_a_school_shows_no_page_of_ours(
    schools: Any, client: Client, code: str
) -> None:
    response = client.get(START, {"school": code}, secure=True)

    assert scope(response) == ["https://99bb00.example"]


def test_start__link_of_a_school_that_is_not_listed(schools: Any, client: Client) -> None:
    School.objects.filter(brin="99BB00").update(listed=False)

    assert scope(client.get(START, {"school": "99BB00"}, secure=True))


def test_start__link_of_a_school_of_another_federation(
    schools: Any, client: Client, settings: Any
) -> None:
    federations = settings.INTERGRIP_LINK["FEDERATIONS"]
    with_settings(settings, FEDERATIONS={**federations, "surfconext": {**federations["kennisnet"]}})
    School.objects.filter(brin="99BB00").update(federation="surfconext")

    response = client.get(START, {"school": "99BB00"}, secure=True)

    field = parse_qs(urlsplit(response["Location"]).query)["SAMLRequest"][0]
    assert b"/saml2/surfconext/acs" in zlib.decompress(b64decode(field), -zlib.MAX_WBITS)


@pytest.mark.parametrize("code", ["99QQ00", "99", "x" * 400, "99\x00AA", "';--"])
def test_start__link_of_no_school(schools: Any, client: Client, code: str) -> None:
    response = client.get(START, {"school": code, "next": "/inside/"}, secure=True)

    assert response["Location"] == f"{CHOOSE}?unknown=1&next=%2Finside%2F"
    page = client.get(response["Location"], secure=True)
    assert "We kennen deze link niet. Kies zelf je school." in page.content.decode()


def test_start__link_of_a_closed_school(schools: Any, client: Client) -> None:
    response = client.get(START, {"school": "99DD00"}, secure=True)

    assert response.status_code == 403
    assert "Vanaf maart kan het." in response.content.decode()
    assert LinkEvent.objects.get().school == schools[3]


def test_start__unscoped_for_a_school_that_the_hub_cannot_be_told(
    schools: Any, client: Client
) -> None:
    School.objects.filter(brin="99BB00").update(entity_id="", realm="")

    assert scope(client.get(START, {"school": "99BB00"}, secure=True)) == []


def test_start__unscoped_retry(schools: Any, client: Client) -> None:
    assert scope(client.get(START, {"school": "99BB00", "hub": "1"}, secure=True)) == []
    assert scope(client.get(START, {"hub": "1"}, secure=True)) == []


@pytest.mark.parametrize(
    ("preset", "names", "expected"),
    [
        ("kennisnet", {"entity_id": "https://shared.example", "realm": "own"}, "own"),
        ("kennisnet", {"entity_id": "https://shared.example"}, "https://shared.example"),
        ("kennisnet", {}, ""),
        ("surfconext", {"entity_id": "https://a.example", "realm": "a.nl"}, "https://a.example"),
        ("surfconext", {"realm": "a.nl"}, ""),
    ],
)
def test_scope__realm_where_the_hub_takes_one(
    preset: str, names: dict[str, str], expected: str
) -> None:
    school = School(brin="99EE00", name="Een", **names)

    assert scope_of(school, accepts_realm=PRESETS[preset].accepts_realm) == expected


# Choose ---------------------------------------------------------------------------------------


def test_choose__finds_and_goes_on(schools: Any, client: Client) -> None:
    page = client.get(CHOOSE, {"q": "sterren", "next": "/inside/"}, secure=True)

    assert buttons(page) == ["99BB00", "99CC00"]
    assert "2 scholen gevonden." in page.content.decode()
    assert "Hoorn · havo/vwo · Kade 1" in page.content.decode()
    response = client.post(CHOOSE, {"school": "99CC00", "next": "/inside/"}, secure=True)
    assert scope(response) == ["https://99cc00.example"]
    (attempt,) = read_attempts(client)
    assert (attempt["school"], attempt["next"]) == ("99CC00", "/inside/")
    assert attempt["remembers"] is False


def read_attempts(client: Client) -> list[dict[str, Any]]:
    value = client.cookies["__Host-intergrip-attempts"].value
    found: list[dict[str, Any]] = signing.loads(
        value, salt="django_intergrip_link.journey.attempts"
    )
    return found


def test_choose__fragment_is_only_the_list(schools: Any, client: Client) -> None:
    response = client.get(CHOOSE, {"q": "sterren", "part": "results"}, secure=True)

    text = response.content.decode()
    assert buttons(response) == ["99BB00", "99CC00"]
    assert "<html" not in text
    assert "csrf" not in text
    assert "autofocus" not in text
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("query", ["", " ", "\t"])
def test_choose__short_list_before_anything_is_typed(
    schools: Any, client: Client, query: str
) -> None:
    page = client.get(CHOOSE, {"q": query}, secure=True)

    assert buttons(page) == ["99AA00", "99BB00", "99CC00"]
    assert "Deze scholen doen mee" in page.content.decode()


def test_choose__long_list_waits_for_a_query(schools: Any, client: Client) -> None:
    for number in range(20):
        make(f"98AA{number:02d}", f"School {number}")

    assert buttons(client.get(CHOOSE, secure=True)) == []


def test_choose__twenty_and_twenty_more(schools: Any, client: Client) -> None:
    for number in range(45):
        make(f"98AA{number:02d}", "Vlinderboom", street=f"Laan {number}")

    first = client.get(CHOOSE, {"q": "vlinderboom", "next": "/inside/"}, secure=True)
    more = client.get(CHOOSE, {"q": "vlinderboom", "shown": "40"}, secure=True)
    rest = client.get(CHOOSE, {"q": "vlinderboom", "shown": "60"}, secure=True)

    assert len(buttons(first)) == 20
    assert "45 scholen gevonden. Je ziet de eerste 20." in first.content.decode()
    assert "?q=vlinderboom&amp;shown=40&amp;next=/inside/" in first.content.decode()
    assert len(buttons(more)) == 40
    assert re.search(r'value="98AA20"[^>]* autofocus', more.content.decode())
    assert len(buttons(rest)) == 45
    assert "Toon 20 meer" not in rest.content.decode()


@pytest.mark.parametrize("shown", ["-1", "x", "99999999999", "²", ""])
def test_choose__nonsense_in_shown(schools: Any, client: Client, shown: str) -> None:
    page = client.get(CHOOSE, {"q": "sterren", "shown": shown}, secure=True)

    assert buttons(page) == ["99BB00", "99CC00"]


def test_choose__nothing_found(schools: Any, client: Client) -> None:
    page = client.get(CHOOSE, {"q": 'qqqq"<b>', "next": "/inside/"}, secure=True).content.decode()

    assert 'We vinden geen school met "qqqq&quot;&lt;b&gt;".' in page
    assert "Vraag het aan je mentor." in page
    assert f"{START}?hub=1&amp;next=%2Finside%2F" in page


def test_choose__typo(schools: Any, client: Client) -> None:
    page = client.get(CHOOSE, {"q": "stermeneer"}, secure=True)
    page = client.get(CHOOSE, {"q": "sterenmeer"}, secure=True)

    assert buttons(page)[:2] == ["99BB00", "99CC00"]
    assert "Bedoel je een van deze scholen?" in page.content.decode()


def test_choose__school_that_does_not_take_part_yet(schools: Any, client: Client) -> None:
    School.objects.filter(brin="99DD00").update(name="Veenpolder College voor Havo Vwo")

    page = client.get(CHOOSE, {"q": "veenpolder"}, secure=True)

    assert buttons(page) == []
    assert "<strong>Veenpolder College</strong>" in page.content.decode()
    assert "Vanaf maart kan het." in page.content.decode()


@pytest.mark.parametrize("code", ["99QQ00", "", "'; DROP", "\x00"])
def test_choose__post_of_no_school(schools: Any, client: Client, code: str) -> None:
    response = client.post(CHOOSE, {"school": code}, secure=True)

    assert response["Location"] == f"{CHOOSE}?unknown=1"


def test_choose__post_of_a_school_that_closed_meanwhile(schools: Any, client: Client) -> None:
    assert client.post(CHOOSE, {"school": "99DD00"}, secure=True).status_code == 403


def test_choose__post_needs_the_token(schools: Any) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(CHOOSE, {"school": "99AA00"}, secure=True).status_code == 403


def test_choose__account_for_who_has_no_school(schools: Any, client: Client) -> None:
    assert "Entree-account" not in client.get(CHOOSE, secure=True).content.decode()
    make("ENTR", "Entree-account", kind="entree")

    page = client.get(CHOOSE, {"q": "entree"}, secure=True)

    assert "Kies hieronder jouw school of gebruik Entree-account" in page.content.decode()
    assert buttons(page) == ["ENTR"]


def test_choose__two_federations_in_one(schools: Any, client: Client, settings: Any) -> None:
    federations = settings.INTERGRIP_LINK["FEDERATIONS"]
    with_settings(settings, FEDERATIONS={**federations, "surfconext": federations["kennisnet"]})
    make("99GG", "ROC Rivierdelta", federation="surfconext", kind="mbo")
    make("99HH", "ROC van elders", federation="not configured any more")

    page = client.get(CHOOSE, {"q": "roc"}, secure=True).content.decode()

    assert 'value="99GG" formaction="/saml2/surfconext/school"' in page
    assert "99HH" not in page
    response = client.post("/saml2/surfconext/school", {"school": "99GG"}, secure=True)
    assert scope(response) == ["https://99gg.example"]


def test_choose__offers_the_hub_after_a_login_that_did_not_return(
    schools: Any, client: Client
) -> None:
    assert "Lukte het inloggen" not in client.get(CHOOSE, secure=True).content.decode()
    client.post(CHOOSE, {"school": "99BB00", "next": "/inside/"}, secure=True)

    page = client.get(CHOOSE, {"next": "/inside/"}, secure=True).content.decode()

    assert "Lukte het inloggen bij Sterrenmeer Lyceum niet?" in page
    assert f"{START}?hub=1&amp;school=99BB00&amp;next=%2Finside%2F" in page


@pytest.mark.parametrize("path", [START, CHOOSE])
@pytest.mark.parametrize("target", ["iframe", "frame", "embed", "object"])
def test_framed__offers_a_tab(schools: Any, client: Client, path: str, target: str) -> None:
    response = client.get(
        path, {"next": "/inside/"}, secure=True, headers={"sec-fetch-dest": target}
    )

    text = response.content.decode()
    assert f'href="{path}?next=%2Finside%2F" target="_blank"' in text
    assert "<form" not in text
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response


@pytest.mark.parametrize("path", ["/saml2/nowhere/login", "/saml2/nowhere/school"])
def test_unknown_federation(schools: Any, client: Client, path: str) -> None:
    assert client.get(path, secure=True).status_code == 404


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "javascript:x"])
def test_errand__never_leads_off_the_site(schools: Any, client: Client, place: str) -> None:
    page = client.get(CHOOSE, {"next": place, "q": "x"}, secure=True)
    client.post(CHOOSE, {"school": "99AA00", "next": place}, secure=True)

    assert place not in page.content.decode()
    assert read_attempts(client)[-1]["next"] == ""


# The school that answers ------------------------------------------------------------------------


def answer(client: Client, fake_school: Any, code: str, **attributes: Any) -> Any:
    """Choose ``code`` at *start* and let ``fake_school`` answer."""
    start = client.get(START, {"school": code, "next": "/inside/"}, secure=True)
    made = fake_school.answer(read_request_id(start["Location"]), attributes)
    returned = post_answer(client, fake_school.url("acs"), made.form_value())
    assert returned.status_code == 303, returned.content.decode()
    return client.get(returned["Location"], secure=True)


def test_answer__of_another_school(schools: Any, fake_school: Any, linked_user: Any) -> None:
    client = Client()

    page = answer(client, fake_school, "99BB00")

    text = page.content.decode()
    assert page.status_code == 403
    assert "Je koos Sterrenmeer Lyceum. Maar je bent ingelogd bij Petteflat College." in text
    assert f"{START}?school=99BB00&amp;next=%2Finside%2F&amp;fresh=1" in text
    assert f"{START}?school=99AA00&amp;next=%2Finside%2F" in text
    assert "_auth_user_id" not in client.session
    event = LinkEvent.objects.get()
    assert (event.reason, event.school) == ("other_school", fake_school.row)
    assert event.support_code in text
    # The way on works, and lands where the student wanted to go.
    assert answer(client, fake_school, "99AA00")["Location"] == "/inside/"


@pytest.mark.parametrize(
    "change",
    [
        {"brin": "99AA01", "entity_id": ""},
        {"entity_id": "SAME"},
        {"provider": "SAME"},
    ],
    ids=["a site of it, without an IdP", "the same IdP", "an earlier IdP of the chosen one"],
)
def test_answer__of_a_school_behind_the_same_idp(
    schools: Any, fake_school: Any, change: dict[str, str]
) -> None:
    row = fake_school.row
    School.objects.filter(pk=row.pk).update(entity_id="https://idp.petteflat.example")
    authority = fake_school.answer("_x", {}).authority
    School.objects.filter(pk=row.pk).update(entity_id=authority)
    own = change.get("entity_id", "https://other.example").replace("SAME", authority)
    chosen = make(change.get("brin", "99KK00"), "Andere", entity_id=own)
    if "provider" in change:
        chosen.providers.create(entity_id=authority)

    response = answer(Client(), fake_school, chosen.brin)

    assert response["Location"] == reverse("intergrip_link:link")


def test_answer__of_another_idp_of_the_institution(
    schools: Any, fake_school: Any, linked_user: Any
) -> None:
    """A vocational school and a secondary one may share the code of four characters."""
    make("99AA", "MBO", kind="mbo", entity_id="https://mbo.example", realm="mbo")
    client = Client()

    page = answer(client, fake_school, "99AA")

    assert page.status_code == 403
    assert "Je koos MBO." in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("authority", ["", "https://shared.example"])
def test_answer__of_two_schools_that_the_hub_knows_by_one_realm(
    schools: Any, fake_school: Any, authority: str
) -> None:
    School.objects.filter(pk=fake_school.row.pk).update(entity_id="")
    make("99KK00", "Andere", entity_id="", realm=fake_school.row.realm)
    client = Client()
    start = client.get(START, {"school": "99KK00"}, secure=True)
    made = fake_school.answer(read_request_id(start["Location"]), {}, authority=authority)
    returned = post_answer(client, fake_school.url("acs"), made.form_value())

    assert client.get(returned["Location"], secure=True)["Location"].endswith("/link/")


def test_answer__choice_that_is_gone(schools: Any, fake_school: Any) -> None:
    client = Client()
    start = client.get(START, {"school": "99BB00"}, secure=True)
    School.objects.filter(brin="99BB00").delete()
    made = fake_school.answer(read_request_id(start["Location"]), {})
    returned = post_answer(client, fake_school.url("acs"), made.form_value())

    response = client.get(returned["Location"], secure=True)
    assert response.status_code == 403
    assert Arrival.objects.get().account is None


def test_attempts__cookie_of_an_earlier_release(rf: Any, fake_school: Any, settings: Any) -> None:
    from django_intergrip_link.conf import settings as ours  # noqa: PLC0415

    row = {"request_id": "_a", "next": "", "began": 2**33}
    request = rf.get("/")
    request.COOKIES["__Host-intergrip-attempts"] = signing.dumps(
        [row], salt="django_intergrip_link.journey.attempts"
    )

    attempts = Attempts(request, ours.FEDERATIONS["kennisnet"])

    assert attempts.latest_school == ("", "")
    assert attempts.take("_a") is not None
