"""``INTERGRIP_LINK``: typed, read at access, safe by default; its errors name the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from django_intergrip_link import conf
from django_intergrip_link.conf import FederationSettings
from django_intergrip_link.conf import settings as ours
from django_intergrip_link.journey.policy import default_policy


def never(*, user: Any, account: Any, school: Any) -> str | None:
    return "never"


def test_keys__are_the_properties() -> None:
    properties = {name for name in dir(conf.Settings) if name.isupper()}

    assert properties == conf.KEYS


def test_federation_keys__are_the_fields() -> None:
    assert FederationSettings.__dataclass_fields__.keys() - {"name"} == conf.FEDERATION_KEYS


def test_defaults(settings: Any) -> None:
    settings.INTERGRIP_LINK = {}

    assert ours.LINK_POLICY is default_policy
    assert ours.FRESH_LOGIN is False
    assert ours.SUPPORT == ""


@pytest.mark.parametrize("key", ["SITE_NAME", "SUBJECT_KEYS", "FEDERATIONS"])
def test_required__missing(settings: Any, key: str) -> None:
    settings.INTERGRIP_LINK = {}

    with pytest.raises(ImproperlyConfigured, match=rf"INTERGRIP_LINK\['{key}'\] is missing"):
        getattr(ours, key)


def test_required__setting_absent(settings: Any) -> None:
    del settings.INTERGRIP_LINK

    with pytest.raises(ImproperlyConfigured, match="SITE_NAME"):
        _ = ours.SITE_NAME


def test_settings__read_at_access(settings: Any) -> None:
    settings.INTERGRIP_LINK = {"SITE_NAME": "Doorstroom", "FRESH_LOGIN": True}
    assert (ours.SITE_NAME, ours.FRESH_LOGIN) == ("Doorstroom", True)

    settings.INTERGRIP_LINK = {"SITE_NAME": "Overstap"}
    assert (ours.SITE_NAME, ours.FRESH_LOGIN) == ("Overstap", False)


def test_link_policy__dotted_path(settings: Any) -> None:
    settings.INTERGRIP_LINK = {"LINK_POLICY": f"{__name__}.never"}

    assert ours.LINK_POLICY(user=None, account=None, school=None) == "never"


@pytest.mark.parametrize("keys", [{}, ["secret"], "secret"])
def test_subject_keys__not_a_dict(settings: Any, keys: object) -> None:
    settings.INTERGRIP_LINK = {"SUBJECT_KEYS": keys}

    with pytest.raises(ImproperlyConfigured, match="must be a dict of key id to secret"):
        _ = ours.SUBJECT_KEYS


def test_subject_keys__keep_their_order(settings: Any) -> None:
    settings.INTERGRIP_LINK = {"SUBJECT_KEYS": {"2026": "new", "2025": "old"}}

    assert list(ours.SUBJECT_KEYS) == ["2026", "2025"]


def test_federations__name_is_the_preset(settings: Any) -> None:
    settings.INTERGRIP_LINK = {
        "FEDERATIONS": {"kennisnet": {"base_url": "https://www.example.nl/"}}
    }

    assert ours.FEDERATIONS["kennisnet"] == FederationSettings(
        name="kennisnet", preset="kennisnet", base_url="https://www.example.nl"
    )


def test_federations__paths_may_be_path_objects(settings: Any) -> None:
    entry = {"base_url": "https://www.example.nl", "key_file": Path("/keys/sp.key")}
    settings.INTERGRIP_LINK = {"FEDERATIONS": {"kennisnet": entry}}

    assert ours.FEDERATIONS["kennisnet"].key_file == "/keys/sp.key"
    assert entry["key_file"] == Path("/keys/sp.key")


@pytest.mark.parametrize(
    ("base_url", "is_https"), [("https://www.example.nl", True), ("http://localhost:8000", False)]
)
def test_federations__https(settings: Any, base_url: str, *, is_https: bool) -> None:
    settings.INTERGRIP_LINK = {"FEDERATIONS": {"kennisnet": {"base_url": base_url}}}

    assert ours.FEDERATIONS["kennisnet"].is_https is is_https


@pytest.mark.parametrize(
    ("federations", "message"),
    [
        (["kennisnet"], "must be a dict of name to federation"),
        ({"kennisnet": "https://www.example.nl"}, "must be a dict, and its name at most 40"),
        ({"Entree Federatie": {"base_url": "https://www.example.nl"}}, "letters, digits"),
        ({"k" * 41: {"base_url": "https://www.example.nl"}}, "at most 40"),
        ({2026: {"base_url": "https://www.example.nl"}}, "letters, digits"),
        ({"kennisnet": {}}, "needs 'base_url'"),
        (
            {"kennisnet": {"base_url": "https://www.example.nl", "keyfile": "sp.key"}},
            r"unknown here: \['keyfile'\]",
        ),
    ],
)
def test_federations__malformed(settings: Any, federations: object, message: str) -> None:
    settings.INTERGRIP_LINK = {"FEDERATIONS": federations}

    with pytest.raises(ImproperlyConfigured, match=message):
        _ = ours.FEDERATIONS
