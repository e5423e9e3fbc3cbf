"""Links, the arrivals they are made from, and the trail of what happened."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from .schools import School


class LinkQuerySet(models.QuerySet["AccountLink"]):
    """Links, with what decides whether they open anything."""

    def with_owner(self) -> LinkQuerySet:
        """Load user and school, and whether the project's default manager shows the user.

        A project that deletes softly hides users there; a hidden user must not get in.
        """
        users = get_user_model()._default_manager  # noqa: SLF001 - the way to any user model
        visible = users.filter(pk=models.OuterRef("user_id"))
        return self.select_related("user", "school").annotate(is_visible=models.Exists(visible))


class AccountLink(models.Model):
    """School account ↔ site account.

    The subject itself is never stored: ``subject_digest`` is its HMAC-SHA256 (64 hex digits) under
    the key ``subject_key`` of ``SUBJECT_KEYS``. ``live_digest`` and ``live_school`` are filled only
    while the link is live: active, suspended or blocked. Being unique, they let a school account
    have one live link and a site account one live link per school. ``address_digest`` marks the
    e-mail address that a code proved when the site account was registered with us.
    """

    class State(models.TextChoices):
        """Life of a link."""

        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Paused")
        BLOCKED = "blocked", _("Blocked")
        ENDED = "ended", _("Ended")

    class Origin(models.TextChoices):
        """How the site account was proven."""

        PASSWORD = "password", _("Password")
        LOGIN = "login", _("Login page of the site")
        MAIL = "mail", _("Code by e-mail")
        CODE = "code", _("Code from school")
        REGISTRATION = "registration", _("Registration")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="school_links",
        verbose_name=_("site account"),
    )
    federation = models.CharField(_("federation"), max_length=40)
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="links", verbose_name=_("school")
    )
    subject_digest = models.CharField(max_length=64, db_index=True, editable=False)
    subject_key = models.CharField(max_length=32, editable=False)
    hint = models.CharField(_("ends in"), max_length=8, blank=True)
    realm = models.CharField(_("realm"), max_length=255, blank=True)
    role = models.CharField(_("role"), max_length=20)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ACTIVE)
    origin = models.CharField(_("origin"), max_length=12, choices=Origin, default=Origin.PASSWORD)
    linked_at = models.DateTimeField(_("linked at"))
    last_used_at = models.DateTimeField(_("last used at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    address_digest = models.CharField(max_length=64, blank=True, editable=False)
    live_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    live_school = models.BigIntegerField(null=True, editable=False)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-linked_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "live_school"], name="intergrip_link_place"),
            models.CheckConstraint(
                name="intergrip_link_live",
                condition=models.Q(
                    state="ended", live_digest__isnull=True, live_school__isnull=True
                )
                | models.Q(
                    state__in=["active", "suspended", "blocked"],
                    live_digest__isnull=False,
                    live_school__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} · …{self.hint}"

    @property
    def is_open(self) -> bool:
        """Whether this link opens the site account now: active, as are its school and its user."""
        return self.state == self.State.ACTIVE and self.school.is_active and self.has_open_user

    @property
    def has_open_user(self) -> bool:
        """Whether the site account is active and not hidden by the project."""
        return vars(self).get("is_visible", True) and bool(self.user.is_active)


class Arrival(models.Model):
    """A verified return from school, waiting to be claimed by the browser that asked for it.

    ``request_id`` and ``assertion_digest`` are unique, so the database refuses a replay.
    ``account`` holds a :class:`~django_intergrip_link.journey.account.SchoolAccount` as JSON
    without the subject, and is wiped at use; the row itself stays as a tombstone until purged.
    """

    key = models.CharField(max_length=32, unique=True)
    federation = models.CharField(max_length=40)
    request_id = models.CharField(max_length=80, unique=True)
    assertion_digest = models.CharField(max_length=64, unique=True)
    account: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    claimed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")

    def __str__(self) -> str:
        return f"{self.federation} {self.created_at:%Y-%m-%d %H:%M:%S}"


class LinkEvent(models.Model):
    """One line of the audit trail: no names, no subjects."""

    class Kind(models.TextChoices):
        """What happened."""

        LINKED = "linked", _("Linked")
        ENDED = "ended", _("Ended")
        SUSPENDED = "suspended", _("Paused")
        RESUMED = "resumed", _("In use again")
        CODES = "codes", _("Codes")
        REFUSED = "refused", _("Refused")
        WARNING = "warning", _("Warning")

    at = models.DateTimeField(_("at"), db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    support_code = models.CharField(_("code for help"), max_length=7, blank=True, db_index=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    federation = models.CharField(_("federation"), max_length=40, blank=True)
    school = models.ForeignKey(
        School,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("school"),
    )
    link = models.ForeignKey(
        AccountLink,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("link"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.reason}".rstrip()
