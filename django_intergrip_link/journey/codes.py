"""One-time codes: made, mailed or handed out, checked, and used up once.

Only keyed digests are stored. A mailed code is bound to arrival and address; a code from school to
one site account and one school.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link import audit
from django_intergrip_link.brin import institution_of
from django_intergrip_link.errors import Replayed, WrongCode
from django_intergrip_link.models import Arrival, LinkCode, LinkEvent, School
from django_intergrip_link.readable_codes import ALPHABET, random_code

from . import limits
from .addresses import digest_address

MAILED_LENGTH: Final = 8
MAILED_LIFETIME: Final = timedelta(minutes=10)
MAILED_TRIES: Final = 5
SCHOOL_LENGTH: Final = 8
SCHOOL_LIFETIME: Final = timedelta(days=14)
_VERIFIED_LIFETIME: Final = timedelta(hours=2)


def issue_mailed(
    *,
    purpose: LinkCode.Purpose,
    arrival: Arrival,
    address: str,
    user: Any | None = None,
    details: dict[str, Any] | None = None,
    is_decoy: bool = False,
) -> str:
    """Make the one code that this arrival has for this purpose; an earlier one stops working.

    Args:
        address: where the code goes, and what it is bound to.
        details: what a registration needs later, fit for JSON.
        is_decoy: nothing will ever match; the page must look the same as with a real one.

    Returns:
        The code, eight digits.

    Raises:
        TooManyTries: three mails to this address in an hour, or two in a minute from here.
    """
    limits.take(limits.COOL_DOWN, f"{purpose}:{arrival.key}")
    limits.take(limits.MAILS, digest_address(address))
    limits.take(limits.ARRIVAL_MAILS, arrival.key)
    code = "".join(secrets.choice("0123456789") for _ in range(MAILED_LENGTH))
    now = timezone.now()
    LinkCode.objects.update_or_create(
        purpose=purpose,
        arrival=arrival.key,
        defaults={
            "digest": _nothing() if is_decoy else _digest_mailed(purpose, arrival.key, code),
            "user": user,
            "address_digest": digest_address(address),
            "details": details,
            "failures": 0,
            "created_at": now,
            "expires_at": now + MAILED_LIFETIME,
            "used_at": None,
        },
    )
    return code


@sensitive_variables("code")
def check_mailed(*, purpose: LinkCode.Purpose, arrival: Arrival, code: str) -> LinkCode | None:
    """Return the row whose code this is, or ``None``; a code can be right once.

    Raises:
        WrongCode: too old, or five wrong ones were tried; only a new code helps.
    """
    rows = LinkCode.objects.filter(purpose=purpose, arrival=arrival.key, used_at=None)
    now = timezone.now()
    # SECURITY: counted first, in one UPDATE, so that tries at the same moment all count.
    tried = rows.filter(failures__lt=MAILED_TRIES, expires_at__gt=now)
    if not tried.update(failures=F("failures") + 1):
        raise WrongCode("too old, or too many tries")
    row = rows.first()
    digits = "".join(code.split()).replace("-", "")
    digest = _digest_mailed(purpose, arrival.key, digits)
    if row is None or not constant_time_compare(row.digest, digest):
        return None
    # SECURITY: of two equal tries one wins; the code is right only once.
    won = rows.filter(digest=digest).update(
        digest=_digest_proven(row), failures=0, expires_at=now + _VERIFIED_LIFETIME
    )
    return row if won else None


def issue_for_school(
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
        "expires_at": expires_at or now + SCHOOL_LIFETIME,
    }
    with transaction.atomic():
        # SECURITY: one batch of a school at a time, so that of two neither leaves a code behind
        # that the other meant to withdraw.
        # Not for its key, where the database can tell: a confirm that uses one of these codes holds
        # it already and has yet to point its link at this school; each would wait for the other.
        no_key = connection.features.has_select_for_no_key_update
        School.objects.select_for_update(no_key=no_key).get(pk=school.pk)
        earlier = unused_school_codes(now).filter(user__in=users, school=school)
        earlier.update(revoked_at=now)
        codes = _new_school_codes(len(users))
        LinkCode.objects.bulk_create(
            LinkCode(digest=_digest_school(code), user=user, **rows)
            for code, user in zip(codes, users, strict=True)
        )
        audit.record(LinkEvent.Kind.CODES, school=school, actor=created_by, reason="made")
    return [f"{code[:4]}-{code[4:]}" for code in codes]


@sensitive_variables("code")
def find_school_code(code: str, *, federation: str, brin: str) -> LinkCode | None:
    """Return the usable code from a school of this institution, or ``None``.

    Args:
        code: as typed; dashes, spaces and small letters do not matter.
        federation: through which the person is logged in at school.
        brin: code of the school that the person is logged in at.
    """
    letters = "".join(c for c in code.upper() if c.isalnum())
    if len(letters) != SCHOOL_LENGTH or set(letters) - set(ALPHABET):
        return None
    rows = unused_school_codes(timezone.now()).select_related("user", "school")
    row = rows.filter(digest=_digest_school(letters)).first()
    # SECURITY: a code counts only with a login at its own school; the strip alone opens nothing.
    if row is None or row.school is None or row.school.federation != federation:
        return None
    return row if institution_of(row.school.brin) == institution_of(brin) else None


def unused_school_codes(now: datetime) -> QuerySet[LinkCode]:
    """Return the codes from school that can still be used."""
    return LinkCode.objects.filter(purpose=LinkCode.Purpose.SCHOOL, **_usable(now))


def use_up(code_id: int, *, user: Any) -> LinkCode:
    """Use a code, inside the transaction that it is used for, and return it as it was.

    Args:
        user: the site account that was proven with it; of a registration not saved yet.

    Raises:
        Replayed: it was used, withdrawn or too old meanwhile, or is another's.
    """
    rows = LinkCode.objects.filter(pk=code_id)
    row = rows.first()
    # SECURITY: a code proves its own site account only; one that stands in the session beside
    # another account opens nothing.
    if row is not None and row.purpose != LinkCode.Purpose.REGISTER and row.user_id != user.pk:
        raise Replayed("code of another site account")
    if row is not None and row.purpose == LinkCode.Purpose.REGISTER:
        _queue_for_address(row)
        # SECURITY: a form with somebody else's address, sent in another tab while the code to the
        # own one was typed, writes into this row; what stands in it then is not proven.
        rows = rows.filter(digest=_digest_proven(row))
    # SECURITY: a conditional UPDATE; of two processes with one code exactly one goes on.
    won = rows.filter(**_usable(timezone.now())).update(used_at=timezone.now(), details=None)
    if row is None or not won:
        raise Replayed("code used before")
    return row


def _queue_for_address(row: LinkCode) -> None:
    """Wait until no other registration with this address is being saved."""
    # SECURITY: two registrations with one address. All its codes are locked, always in this order,
    # so the second waits here instead of in a deadlock, and then finds the user of the first.
    rivals = LinkCode.objects.filter(purpose=row.purpose, address_digest=row.address_digest)
    list(rivals.select_for_update().order_by("pk").values_list("pk"))


def purge_codes() -> int:
    """Delete mailed codes that are over, and wipe what others no longer need; return the count."""
    now = timezone.now()
    mailed = LinkCode.objects.exclude(purpose=LinkCode.Purpose.SCHOOL)
    return int(mailed.filter(expires_at__lte=now).delete()[0])


def _usable(now: Any) -> dict[str, Any]:
    return {"used_at": None, "revoked_at": None, "expires_at__gt": now}


def _new_school_codes(count: int) -> list[str]:
    """Return codes that no row has, used ones included."""
    codes: set[str] = set()
    while len(codes) < count:
        some = {random_code(SCHOOL_LENGTH) for _ in range(count - len(codes))}
        by_digest = {_digest_school(code): code for code in some}
        taken = LinkCode.objects.filter(digest__in=by_digest).values_list("digest", flat=True)
        codes |= some - {by_digest[digest] for digest in taken}
    return list(codes)


def _digest_mailed(purpose: str, arrival: str, code: str) -> str:
    return _digest(f"{purpose}\n{arrival}\n{code}")


def _digest_proven(row: LinkCode) -> str:
    """Return what stands in a row whose code was right, until another code is mailed."""
    return _digest(f"proven\n{row.purpose}\n{row.arrival}\n{row.address_digest}")


def _digest_school(letters: str) -> str:
    return _digest(f"{LinkCode.Purpose.SCHOOL}\n{letters}")


def _digest(value: str) -> str:
    # SECURITY: keyed; a stolen database cannot be searched for eight digits.
    return salted_hmac("django_intergrip_link.codes", value, algorithm="sha256").hexdigest()


def _nothing() -> str:
    return secrets.token_hex(32)
