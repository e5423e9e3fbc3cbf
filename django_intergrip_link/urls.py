"""The journey in the order the browser walks it; include this at the root of the site."""

from __future__ import annotations

from django.urls import path

from . import views
from .federation.publish import ServiceMetadataView

app_name = "intergrip_link"

urlpatterns = [
    path("saml2/<slug:federation>/login", views.StartView.as_view(), name="start"),
    path("saml2/<slug:federation>/school", views.ChooseView.as_view(), name="choose"),
    path("saml2/<slug:federation>/acs", views.ReturnView.as_view(), name="acs"),
    path(
        "saml2/<slug:federation>/complete/<str:key>", views.CompleteView.as_view(), name="complete"
    ),
    path("school-account/link/", views.LinkView.as_view(), name="link"),
    path("school-account/link/someone-else/", views.SomeoneElseView.as_view(), name="someone_else"),
    path("school-account/link/login/", views.ProveView.as_view(), name="prove"),
    path("school-account/link/logged-in/", views.LoggedInView.as_view(), name="logged_in"),
    path("school-account/link/mail/", views.MailView.as_view(), name="mail"),
    path("school-account/link/mail/code/", views.MailCodeView.as_view(), name="mail_code"),
    path("school-account/link/code/", views.CodeView.as_view(), name="code"),
    path("school-account/link/otp/", views.TokenView.as_view(), name="otp"),
    path("school-account/link/register/", views.RegisterView.as_view(), name="register"),
    path(
        "school-account/link/register/code/",
        views.RegisterCodeView.as_view(),
        name="register_code",
    ),
    path("school-account/link/more/", views.MoreView.as_view(), name="more"),
    path("school-account/link/confirm/", views.ConfirmView.as_view(), name="confirm"),
    path("school-account/link/done/", views.DoneView.as_view(), name="done"),
    path("school-account/link/time/", views.MoreTimeView.as_view(), name="more_time"),
    path("school-account/link/stop/", views.StopView.as_view(), name="stop"),
    path("school-account/link/not-me/", views.NotMeView.as_view(), name="not_me"),
    path("school-account/", views.MineView.as_view(), name="mine"),
    path("school-account/<int:pk>/remove/", views.RemoveView.as_view(), name="remove"),
    path("school-account/<int:pk>/resume/", views.ResumeView.as_view(), name="resume"),
    path("school-account/undo/<str:token>/", views.UndoView.as_view(), name="undo"),
    path("school-account/logout/", views.LogoutView.as_view(), name="logout"),
    path("school-account/language/", views.LanguageView.as_view(), name="language"),
    path("saml2/<slug:federation>/metadata", ServiceMetadataView.as_view(), name="metadata"),
]
