"""One-time codes: mailed to an address, or handed out by the school."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .links import AccountLink
from .schools import School


class LinkCode(models.Model):
    """A code that is part of a proof. The code itself is never stored, only its keyed digest.

    A mailed code belongs to one arrival and one address; a code from school to one site account and
    one school. ``details`` holds what a registration needs once its code was right, with the
    password hashed; it is wiped when the code is used or the journey is left.
    """

    class Purpose(models.TextChoices):
        """What the code may be used for."""

        REGISTER = "register", _("Registration")
        MAIL = "mail", _("Code by e-mail")
        SCHOOL = "school", _("Code from school")

    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("site account"),
    )
    school = models.ForeignKey(
        School,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="codes",
        verbose_name=_("school"),
    )
    group = models.CharField(_("class"), max_length=60, blank=True)
    arrival = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001
    address_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    details: models.JSONField[dict[str, Any] | None] = models.JSONField(null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    link = models.ForeignKey(
        AccountLink,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("link"),
    )

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "arrival"], name="intergrip_link_code"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.created_at:%Y-%m-%d %H:%M}"


class TryCount(models.Model):
    """How often something was tried in one window; used while the cache cannot be asked."""

    key = models.CharField(max_length=80, unique=True)
    tries = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")

    def __str__(self) -> str:
        return f"{self.key} {self.tries}"
