"""Step *prove* for who forgot the password: a code to the address of the site account.

Nobody can tell from what the pages say, or how long they take, whether a code was sent.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.conf import settings
from django_intergrip_link.errors import NoRegistration
from django_intergrip_link.models import AccountLink, Arrival, LinkCode

from . import addresses, limits, mailed_codes, posting, proofs, ways
from .account import SchoolAccount
from .pending import Pending
from .policy import is_privileged
from .site_account import call_name

_PURPOSE = LinkCode.Purpose.MAIL


def require_open(pending: Pending) -> None:
    """Refuse where the settings leave no room for this proof.

    Raises:
        NoRegistration: only new site accounts link, or the project's own login page is the proof.
    """
    ways.require_existing(pending)
    # SECURITY: that page may ask for a second factor that we know nothing of; no way around it.
    if settings.LOGIN_VIEW:
        raise NoRegistration("own login page")


def ask_for_code(
    request: HttpRequest, pending: Pending, arrival: Arrival, account: SchoolAccount, *, login: str
) -> Pending:
    """Mail a code to the owner of this site account if it may prove that account.

    Returns:
        The journey with the name in it, the same whether a mail goes out or not.

    Raises:
        TooManyTries: three codes for this name in an hour, two in a minute from here, or too many
            for this school account.
    """
    owner = addresses.find_owner(login)
    user = owner if owner is not None and _may_be_proven(owner, pending) else None
    address = addresses.address_of(user) if user is not None else login
    # SECURITY: the limit that is told counts names as typed; told per account, it would say which
    # two names are one person's. The one per account only keeps its mailbox from being filled.
    mailbox = f"owner:{user.pk}" if user is not None else f"nobody:{addresses.fold(login)}"
    has_room = limits.has_room(limits.MAILS, mailbox)
    is_real = user is not None and has_room
    code = mailed_codes.issue(
        request=request,
        purpose=_PURPOSE,
        arrival=arrival,
        address=login,
        user=user if is_real else None,
        details={"address": addresses.digest_address(address)},
        is_decoy=not is_real,
    )
    mail = posting.write(
        "proof_code", address=address, context=_about(user, account, code), request=request
    )
    if is_real:
        # SECURITY: in a thread; the time that a mail server takes would tell that there is one.
        posting.deliver_later("proof_code", mail)
    return pending.save(request.session, login=login)


def has_asked(arrival: Arrival) -> bool:
    """Whether a code was asked for in this journey."""
    return LinkCode.objects.filter(purpose=_PURPOSE, arrival=arrival.key).exists()


@sensitive_variables("code")
def prove_by_code(
    request: HttpRequest, pending: Pending, arrival: Arrival, *, code: str
) -> Pending | None:
    """Check the code that was mailed.

    Returns:
        The journey with this proof, or ``None`` when it is not the right code.

    Raises:
        WrongCode: too old, or five wrong ones were tried; only a new code helps.
        ArrivalUsedUp: one wrong thing too many for this arrival.
    """
    row = mailed_codes.check(purpose=_PURPOSE, arrival=arrival, code=code)
    if row is None or not _is_still_right(row, pending):
        # SECURITY: by the name that was typed, whether it is anybody's or not.
        proofs.report_failure(request, pending.login)
        proofs.count_against(arrival)
        return None
    return proofs.accept(
        request.session, pending, user=row.user, origin=AccountLink.Origin.MAIL, code_id=row.pk
    )


def _may_be_proven(user: Any, pending: Pending) -> bool:
    """Whether a code to this user's address may prove this site account."""
    # SECURITY: an address that nobody has verified may be somebody else's; whoever made the
    # account ahead with the victim's address, or the victim's mailbox, would get the other's.
    if not user.is_active or is_privileged(user) or addresses.is_verified(user) is not True:
        return False
    if not addresses.address_of(user):
        return False
    if not pending.relink_id:
        return True
    # SECURITY: a paused link is for its own user only.
    return AccountLink.objects.filter(pk=pending.relink_id, user_id=user.pk).exists()


def _is_still_right(row: LinkCode, pending: Pending) -> bool:
    user = row.user
    if user is None or row.details is None or not _may_be_proven(user, pending):
        return False
    # SECURITY: the account got another address after the mail; its mailbox proves nothing now.
    now = addresses.digest_address(addresses.address_of(user))
    return bool(row.details.get("address") == now)


def _about(user: Any | None, account: SchoolAccount, code: str) -> dict[str, Any]:
    return {
        "name": call_name(user) if user is not None else "",
        "school_name": account.school_name,
        "code": mailed_codes.spell(code),
        "minutes": int(mailed_codes.LIFETIME.total_seconds() // 60),
    }
