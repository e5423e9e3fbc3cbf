"""The registry: schools, the IdPs they had and will have, and the files they came from."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_intergrip_link.school_names import short_name


def new_revision() -> int:
    """Return a mark for one write, random so that two writers never leave the same sum behind."""
    return secrets.randbelow(2**31)


class SchoolQuerySet(models.QuerySet["School"]):
    """Schools; every way to write them renews :attr:`School.revision`, which search follows."""

    def update(self, **changes: Any) -> int:
        """Write these changes, and say so to the index of every process."""
        return super().update(**{"revision": new_revision(), **changes})

    def open_for_choice(self) -> SchoolQuerySet:
        """Return the schools that a student may choose: listed and active."""
        return self.filter(listed=True, is_active=True)


class School(models.Model):
    """An organisation that may send its people here; the registry of ours, not of the hub.

    ``brin`` has 4 characters (the institution) or 6 (one site of it). ``realm`` and ``entity_id``,
    when filled in, are what the hub calls this school: they scope the request and must match the
    answer. What it was called before, or will be, is in :class:`SchoolProvider`.
    """

    class Kind(models.TextChoices):
        """School kinds as DUO names them, and the account for who has no school."""

        VO = "vo", _("Secondary school (VO)")
        MBO = "mbo", _("Vocational school (MBO)")
        PO = "po", _("Primary school (PO)")
        OTHER = "other", _("Other")
        ENTREE = "entree", _("Entree account (no school)")

    class Source(models.TextChoices):
        """Where the row came from; what an import may call gone."""

        HAND = "hand", _("By hand")
        DUO = "duo", _("DUO file")
        METADATA = "metadata", _("Metadata of the federation")
        CSV = "csv", _("Our own CSV")

    federation = models.CharField(_("federation"), max_length=40)
    brin = models.CharField(
        _("school code"), max_length=6, help_text=_("BRIN: 4 characters, or 6 for one site.")
    )
    name = models.CharField(_("name"), max_length=200)
    place = models.CharField(_("place"), max_length=100, blank=True)
    street = models.CharField(_("street"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.VO)
    levels = models.CharField(
        _("levels"), max_length=60, blank=True, help_text=_("What it teaches: vmbo/havo/vwo.")
    )
    aliases = models.TextField(
        _("other names"), blank=True, help_text=_("One name or abbreviation on each line.")
    )
    former_names = models.TextField(
        _("former names"), blank=True, help_text=_("One name on each line; found, not shown.")
    )
    website = models.CharField(
        _("website"), max_length=200, blank=True, help_text=_("The name in it is searched too.")
    )
    entity_id = models.CharField(
        _("entityID"), max_length=255, blank=True, help_text=_("The school's IdP at the hub.")
    )
    realm = models.CharField(
        _("realm"), max_length=255, blank=True, help_text=_("What stands after the @ in a uid.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switched off: nobody of this school gets in.")
    )
    listed = models.BooleanField(
        _("listed"), default=True, help_text=_("Shown when students choose their school.")
    )
    contact = models.CharField(
        _("contact"), max_length=200, blank=True, help_text=_("For you; students do not see it.")
    )
    message = models.CharField(
        _("message to students"),
        max_length=200,
        blank=True,
        help_text=_("Shown while the school is switched off."),
    )
    source = models.CharField(
        _("source"), max_length=8, choices=Source, default=Source.HAND, editable=False
    )
    revision = models.PositiveIntegerField(default=new_revision, db_index=True, editable=False)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "brin"], name="intergrip_school_code"),
        ]
        indexes = [models.Index(fields=["federation", "entity_id"], name="intergrip_school_idp")]

    def __str__(self) -> str:
        return f"{self.name}, {self.place}" if self.place else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the school code in the one case that answers are compared in."""
        self.brin = self.brin.strip().upper()
        self.revision = new_revision()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "revision"}
        super().save(*args, **kwargs)

    @property
    def short_name(self) -> str:
        """Return what students call it: the name without the levels that it teaches."""
        return short_name(self.name)


class SchoolProvider(models.Model):
    """Another IdP of a school, beside the one in its row: the one before, or the next.

    Its answers count from ``accepted_from`` (or always) until before ``accepted_until`` (or for
    ever); outside these dates the row is history. Requests go to the IdP in the school's own row.
    """

    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="providers", verbose_name=_("school")
    )
    entity_id = models.CharField(_("entityID"), max_length=255, blank=True)
    realm = models.CharField(_("realm"), max_length=255, blank=True)
    accepted_from = models.DateField(_("accepted from"), null=True, blank=True)
    accepted_until = models.DateField(
        _("accepted until"), null=True, blank=True, help_text=_("From this day on it is refused.")
    )

    class Meta:
        verbose_name = _("other identity provider")
        verbose_name_plural = _("other identity providers")
        ordering = ["accepted_until", "pk"]
        constraints = [
            models.CheckConstraint(
                name="intergrip_provider_named",
                condition=~models.Q(entity_id="", realm=""),
                violation_error_message=_("Fill in the entityID, the realm, or both."),
            ),
        ]

    def __str__(self) -> str:
        return self.entity_id or self.realm


class SchoolImport(models.Model):
    """One uploaded file of schools: what it would change, and whether that was confirmed.

    ``content`` is the file as it came, so that a preview and its confirmation speak of the same
    bytes (``sha256``); it is wiped when the import is applied or too old.
    """

    created_at = models.DateTimeField(_("uploaded at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    federation = models.CharField(_("federation"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    options: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    summary: models.JSONField[dict[str, int]] = models.JSONField(_("summary"), default=dict)

    class Meta:
        verbose_name = _("import of schools")
        verbose_name_plural = _("imports of schools")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} {self.created_at:%Y-%m-%d %H:%M}"
