"""The sandbox in the order a student meets it: portal, hub, school, and back.

Include it at ``sandbox/`` in a development project; it answers 404 unless ``DEBUG`` is on.
"""

from __future__ import annotations

from django.urls import path

from .views import hub, outbox, portal, school

app_name = "intergrip_sandbox"

urlpatterns = [
    path("", hub.IndexView.as_view(), name="index"),
    path("portal/<slug:slug>/", portal.PortalView.as_view(), name="portal"),
    path("portal/<slug:slug>/logout", portal.PortalLogoutView.as_view(), name="portal_logout"),
    path("hub/ssonot", hub.NoticeView.as_view(), name="hub_ssonot"),
    path("hub/sso", hub.SingleSignOnView.as_view(), name="hub_sso"),
    path("hub/choose", hub.ChooseView.as_view(), name="hub_choose"),
    path("school/<slug:slug>/login", school.SchoolLoginView.as_view(), name="school_login"),
    path("hub/logout", hub.LogoutView.as_view(), name="hub_logout"),
    path("hub/metadata", hub.MetadataView.as_view(), name="hub_metadata"),
    path("hub/last", hub.LastAnswerView.as_view(), name="hub_last"),
    path("outbox/", outbox.OutboxView.as_view(), name="outbox"),
    path("outbox/<int:number>/", outbox.LetterView.as_view(), name="letter"),
]
