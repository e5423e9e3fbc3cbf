"""The two pages of the example: home for everybody, the file for who is logged in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.views.generic import TemplateView

from django_intergrip_link.sandbox.schools import SCHOOLS

from .models import Transfer
from .people import PEOPLE, SPARE_CODES, current_code


class HomeView(TemplateView):
    """What the site is for and, with DEBUG, who to be and where to start."""

    template_name = "dossier/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo panel."""
        context = super().get_context_data(**kwargs)
        # SECURITY: the panel shows passwords; they work in a seeded demo only.
        return context | _demo_panel() if settings.DEBUG else context


class DossierView(LoginRequiredMixin, TemplateView):
    """A student's own file, or the files of a mentor's students."""

    template_name = "dossier/dossier.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what this user may see."""
        transfers = Transfer.objects.select_related("student")
        return super().get_context_data(**kwargs) | {
            "transfer": transfers.filter(student=self.request.user.pk)
            .prefetch_related("sections")
            .first(),
            "mentored": transfers.filter(mentor=self.request.user.pk).order_by("student__username"),
        }


def _demo_panel() -> dict[str, Any]:
    # Another site than localhost to the browser, as the real hub is.
    sandbox = f"http://127.0.0.1:{settings.DEMO_PORT}"
    return {
        "people": PEOPLE,
        "current_code": current_code(),
        "spare_code": SPARE_CODES[0],
        "sandbox_url": sandbox + reverse("intergrip_sandbox:index"),
        "outbox_url": sandbox + reverse("intergrip_sandbox:outbox"),
        "portals": [
            (school.name, sandbox + reverse("intergrip_sandbox:portal", args=[school.slug]))
            for school in SCHOOLS
            if school.has_portal
        ],
    }
