"""What a student takes along: one transfer, with sections that schools and student fill."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Transfer(models.Model):
    """A student's way from one school to the next."""

    student = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="transfer", verbose_name=_("student")
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="mentored_transfers",
        null=True,
        verbose_name=_("mentor"),
    )
    from_school = models.CharField(_("from school"), max_length=100)
    to_school = models.CharField(_("to school"), max_length=100)
    course = models.CharField(_("course"), max_length=100)
    starts_on = models.DateField(_("first day"))

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")

    def __str__(self) -> str:
        return f"{self.from_school} → {self.to_school}"


class Section(models.Model):
    """One part of the file."""

    class State(models.TextChoices):
        """How far the section is."""

        READY = "ready", _("Ready")
        WAITING = "waiting", _("Waiting for your school")
        YOURS = "yours", _("Waiting for you")

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=100)
    summary = models.CharField(_("summary"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State)

    class Meta:
        ordering = ["position"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "position"], name="dossier_position")
        ]

    def __str__(self) -> str:
        return self.title
