"""Step *prove* with a code from school: it counts with this arrival of its own school only."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from django_intergrip_link.models import AccountLink, Arrival, LinkCode

from . import limits, proofs, school_codes
from .account import SchoolAccount
from .pending import Pending


@sensitive_variables("code")
def prove_by_code(
    request: HttpRequest, pending: Pending, arrival: Arrival, account: SchoolAccount, *, code: str
) -> Pending | None:
    """Check a code from school.

    Returns:
        The journey with this proof, or ``None``: one answer for a code that never was, that is
        used, withdrawn or too old, of another school, or of a site account that is switched off.

    Raises:
        TooManyTries: for this network.
        ArrivalUsedUp: one wrong thing too many for this arrival.
    """
    network = limits.network_of(request)
    # SECURITY: counted before the code is looked at, or guessing would be free.
    limits.take(limits.NETWORK, network)
    row = school_codes.find(code, federation=account.federation, brin=account.brin)
    if row is None or not _may_open(row, pending):
        proofs.count_against(arrival)
        return None
    limits.give_back(limits.NETWORK, network)
    return proofs.accept(
        request.session, pending, user=row.user, origin=AccountLink.Origin.CODE, code_id=row.pk
    )


def _may_open(row: LinkCode, pending: Pending) -> bool:
    users = get_user_model()._default_manager  # noqa: SLF001 - the way to any user model
    owner = users.filter(pk=str(row.user_id)).first() if row.user_id else None
    if owner is None or not owner.is_active:
        return False
    # SECURITY: a paused link is taken up by its own user; anybody else's code is as good as wrong.
    paused = AccountLink.objects.filter(pk=pending.relink_id)
    return not pending.relink_id or paused.filter(user=owner).exists()
