"""A new password ends what rests on the old one: links pause, codes that wait are withdrawn.

So what an intruder made dies with the password that was stolen. Connected when the app is ready. It
sees ``set_password()`` or ``set_unusable_password()`` followed by ``save()``, which is how Django,
its reset page, its admin and allauth change a password; not ``QuerySet.update()``.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.db.models.signals import post_save, pre_save

from django_intergrip_link.models import LinkCode

from .handing_out import withdraw_codes
from .pausing import pause_links

REASON: Final = "new_password"
_UID: Final = "django_intergrip_link.password_changes"
_MARK: Final = "_intergrip_link_new_password"


def connect() -> None:
    """Pause links and withdraw codes at every new password."""
    pre_save.connect(_look, dispatch_uid=_UID)
    post_save.connect(_follow, dispatch_uid=_UID)


def disconnect() -> None:
    """Leave links and codes alone; for a project that tells its users in another way."""
    pre_save.disconnect(dispatch_uid=_UID)
    post_save.disconnect(dispatch_uid=_UID)


def follow_new_password(user: Any) -> None:
    """Pause the links of a user and withdraw the codes that wait, in one transaction."""
    with transaction.atomic():
        pause_links(user, reason=REASON)
        _withdraw_codes(user)


# No sender is named, because a save through a proxy of the user model carries the proxy.
def _look(
    sender: Any, *, instance: Any, raw: bool, using: str, update_fields: Any, **_: Any
) -> None:
    """Before the save, mark a user whose password is replaced by another one, or by none."""
    if raw or instance._state.adding or not isinstance(instance, get_user_model()):  # noqa: SLF001
        return
    if not _may_be_new(instance) or (update_fields is not None and "password" not in update_fields):
        return
    users = get_user_model()._base_manager.using(using)  # noqa: SLF001 - hidden users count too
    before = users.filter(pk=instance.pk).values_list("password", flat=True).first()
    # A first password replaces nothing that somebody could have known.
    if before is not None and is_password_usable(before):
        setattr(instance, _MARK, True)


def _may_be_new(user: Any) -> bool:
    """Whether this save may write another password; the others cost no query.

    ``_password`` is the new one between ``set_password()`` and the end of ``save()``, and ``None``
    when Django only renews the hash after a login.
    """
    if user._password is not None:  # noqa: SLF001 - what Django's own validators are told by
        return True
    # A password that was not loaded is not written either.
    stored = vars(user).get("password")
    return stored is not None and not is_password_usable(stored)


def _follow(sender: Any, *, instance: Any, **_: Any) -> None:
    if vars(instance).pop(_MARK, False):
        follow_new_password(instance)


def _withdraw_codes(user: Any) -> None:
    """Make every unused code for this site account worthless, mailed or from school."""
    # SECURITY: an intruder who has read a mail, or found a strip, would come back with it. The row
    # of a mailed code stays as a decoy; one that is gone would tell that the code was a real one.
    mailed = LinkCode.objects.filter(purpose=LinkCode.Purpose.MAIL, user=user, used_at=None)
    mailed.update(user=None, details=None)
    withdraw_codes(LinkCode.objects.filter(user=user), actor=None)
