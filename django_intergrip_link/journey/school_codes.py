"""A code from school: made for one site account, and found again at a login of that school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link import audit
from django_intergrip_link.brin import institution_of
from django_intergrip_link.models import LinkCode, LinkEvent, School
from django_intergrip_link.readable_codes import ALPHABET, random_code

from .codes import digest_code, usable_at

LENGTH: Final = 8
LIFETIME: Final = timedelta(days=14)


def issue(
    *, user: Any, school: School, created_by: Any | None, group: str = "", expires_at: Any = None
) -> str:
    """Make a code from school for one site account; see :func:`issue_for_class`."""
    (issued,) = issue_for_class(
        users=[user], school=school, created_by=created_by, group=group, expires_at=expires_at
    )
    return issued


def issue_for_class(
    *,
    users: Sequence[Any],
    school: School,
    created_by: Any | None,
    group: str = "",
    expires_at: datetime | None = None,
) -> list[str]:
    """Make a code from school for each of these site accounts, in one transaction.

    An earlier unused code of such an account at this school is withdrawn.

    Returns:
        The codes as they are printed, ``XXXX-XXXX``, in the order of the users. They cannot be read
        back later.
    """
    now = timezone.now()
    rows = {
        "purpose": LinkCode.Purpose.SCHOOL,
        "school": school,
        "group": group,
        "created_at": now,
        "created_by": created_by,
        "expires_at": expires_at or now + LIFETIME,
    }
    earlier = unused(now).filter(user__in=users, school=school)
    no_key = connection.features.has_select_for_no_key_update
    with transaction.atomic():
        # A confirm that uses one of these codes holds it, and has yet to point its link at this
        # school. So that neither waits for the other: the codes first, or not the school's key.
        if not no_key:
            list(earlier.select_for_update().order_by("pk").values_list("pk"))
        # SECURITY: one batch of a school at a time, so that of two neither leaves a code behind
        # that the other meant to withdraw.
        School.objects.select_for_update(no_key=no_key).get(pk=school.pk)
        earlier.update(revoked_at=now)
        codes = _new(len(users))
        LinkCode.objects.bulk_create(
            LinkCode(digest=_digest(code), user=user, **rows)
            for code, user in zip(codes, users, strict=True)
        )
        audit.record(LinkEvent.Kind.CODES, school=school, actor=created_by, reason="made")
    return [f"{code[:4]}-{code[4:]}" for code in codes]


@sensitive_variables("code")
def find(code: str, *, federation: str, brin: str) -> LinkCode | None:
    """Return the usable code from a school of this institution, or ``None``.

    Args:
        code: as typed; dashes, spaces and small letters do not matter.
        federation: through which the person is logged in at school.
        brin: code of the school that the person is logged in at.
    """
    letters = "".join(c for c in code.upper() if c.isalnum())
    if len(letters) != LENGTH or set(letters) - set(ALPHABET):
        return None
    rows = unused(timezone.now()).select_related("user", "school")
    row = rows.filter(digest=_digest(letters)).first()
    # SECURITY: a code counts only with a login at its own school; the strip alone opens nothing.
    if row is None or row.school is None or row.school.federation != federation:
        return None
    # SECURITY: nor one of a school that was switched off, at another site of its institution.
    if not row.school.is_active:
        return None
    return row if institution_of(row.school.brin) == institution_of(brin) else None


def unused(now: datetime) -> QuerySet[LinkCode]:
    """Return the codes from school that can still be used."""
    return LinkCode.objects.filter(purpose=LinkCode.Purpose.SCHOOL, **usable_at(now))


def _new(count: int) -> list[str]:
    """Return codes that no row has, used ones included."""
    codes: set[str] = set()
    while len(codes) < count:
        some = {random_code(LENGTH) for _ in range(count - len(codes))}
        by_digest = {_digest(code): code for code in some}
        taken = LinkCode.objects.filter(digest__in=by_digest).values_list("digest", flat=True)
        codes |= some - {by_digest[digest] for digest in taken}
    return list(codes)


def _digest(letters: str) -> str:
    return digest_code(f"{LinkCode.Purpose.SCHOOL}\n{letters}")
