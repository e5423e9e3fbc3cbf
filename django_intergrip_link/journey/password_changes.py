"""A new password pauses the links: one that an intruder made dies with the password it rests on.

Connected when the app is ready. It sees ``set_password()`` followed by ``save()``, which is how
Django, its reset page, its admin and allauth change a password; not ``QuerySet.update()``.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import is_password_usable
from django.db.models.signals import post_save, pre_save

from .pausing import pause_links

REASON: Final = "new_password"
_UID: Final = "django_intergrip_link.password_changes"
_MARK: Final = "_intergrip_link_new_password"


def connect() -> None:
    """Pause links at every new password."""
    pre_save.connect(_look, dispatch_uid=_UID)
    post_save.connect(_pause, dispatch_uid=_UID)


def disconnect() -> None:
    """Leave links alone; for a project that tells its users in another way."""
    pre_save.disconnect(dispatch_uid=_UID)
    post_save.disconnect(dispatch_uid=_UID)


# No sender is named, because a save through a proxy of the user model carries the proxy.
def _look(
    sender: Any, *, instance: Any, raw: bool, using: str, update_fields: Any, **_: Any
) -> None:
    """Before the save, mark a user whose password is replaced by another one.

    ``_password`` is the new one between ``set_password()`` and the end of ``save()``, and ``None``
    when Django only renews the hash after a login. So other saves cost no query.
    """
    if raw or getattr(instance, "_password", None) is None or instance._state.adding:  # noqa: SLF001
        return
    if not isinstance(instance, get_user_model()):
        return
    if update_fields is not None and "password" not in update_fields:
        return
    users = get_user_model()._base_manager.using(using)  # noqa: SLF001 - hidden users count too
    before = users.filter(pk=instance.pk).values_list("password", flat=True).first()
    # A first password replaces nothing that somebody could have known.
    if before is not None and is_password_usable(before):
        setattr(instance, _MARK, True)


def _pause(sender: Any, *, instance: Any, **_: Any) -> None:
    if vars(instance).pop(_MARK, False):
        pause_links(instance, reason=REASON)
