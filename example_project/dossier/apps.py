"""The Django app of the example."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    """Its models, pages and demo data."""

    name = "dossier"
    verbose_name = _("Student files")
