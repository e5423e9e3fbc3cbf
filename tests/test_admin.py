"""Links and events can be looked at in the admin, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from django_intergrip_link.models import AccountLink, Arrival, LinkEvent, School


@pytest.fixture
def event(linked_user: Any) -> LinkEvent:
    from django_intergrip_link import audit  # noqa: PLC0415

    return audit.record(
        LinkEvent.Kind.LINKED, link=AccountLink.objects.get(), support_code="K7F-2QD"
    )


@pytest.mark.parametrize("model", ["accountlink", "linkevent"])
def test_records__are_read_only(admin_client: Client, event: Any, model: str) -> None:
    pk = {"accountlink": event.link_id, "linkevent": event.pk}[model]
    name = f"admin:intergrip_link_{model}"

    assert admin_client.get(reverse(f"{name}_changelist")).status_code == 200
    page = admin_client.get(reverse(f"{name}_change", args=[pk]))
    assert page.status_code == 200
    assert event.link.subject_digest not in page.content.decode()
    assert admin_client.get(reverse(f"{name}_add")).status_code == 403
    assert admin_client.post(reverse(f"{name}_change", args=[pk])).status_code == 403
    assert admin_client.post(reverse(f"{name}_delete", args=[pk])).status_code == 403


def test_events__are_found_by_support_code(admin_client: Client, event: LinkEvent) -> None:
    url = reverse("admin:intergrip_link_linkevent_changelist")

    assert "K7F-2QD" in admin_client.get(url, {"q": "K7F-2QD"}).content.decode()
    assert "K7F-2QD" not in admin_client.get(url, {"q": "K7F"}).content.decode()


def test_schools__can_be_changed(admin_client: Client, fake_school: Any) -> None:
    url = reverse("admin:intergrip_link_school_change", args=[fake_school.row.pk])

    assert "Petteflat College" in admin_client.get(url).content.decode()


def test_texts__of_the_rows(event: LinkEvent) -> None:
    school = School(name="Petteflat College", place="Zwolle")
    arrival = Arrival(federation="kennisnet", created_at=event.at)

    assert str(school) == "Petteflat College, Zwolle"
    assert str(event).endswith("linked")
    assert str(event.link) == "Petteflat College · …ph54"
    assert str(arrival).startswith("kennisnet 20")


def test_links__go_with_their_site_account(admin_client: Client, event: LinkEvent) -> None:
    """Erasure: a superuser deletes a user, and the links with it; the events stay."""
    user_id = event.link.user_id  # type: ignore[union-attr]
    url = reverse("admin:auth_user_delete", args=[user_id])

    assert admin_client.post(url, {"post": "yes"}).status_code == 302

    assert not AccountLink.objects.exists()
    event.refresh_from_db()
    assert event.link is None
