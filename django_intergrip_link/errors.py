"""Everything this app refuses, by name.

One base class carries the reason code, the page a person sees and the HTTP status;
``views/pages.py`` is the one place that turns these errors into that page. No message holds
personal data.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class IntergripError(Exception):
    """A refusal. Subclasses are named for what happened.

    Attributes:
        reason: code for operators, in the event, the log line and the documentation.
        page: which text the person reads: ``e1`` … ``e8``, ``taken`` or ``limit``.
        status: HTTP status of that page.
        detail: short technical cause without personal data, for the log line only.
        school: the :class:`~django_intergrip_link.models.School` it is about, or ``None``.
        wait_minutes: how long to wait, where that is what helps.
    """

    reason = "refused"
    page = "e8"
    status = HTTPStatus.FORBIDDEN

    def __init__(
        self, detail: str = "", *, school: Any | None = None, wait_minutes: int = 0
    ) -> None:
        """Keep ``detail`` for the log, and what the page and the event may tell."""
        super().__init__(detail)
        self.detail = detail
        self.school = school
        self.wait_minutes = wait_minutes


class MalformedAnswer(IntergripError):
    """The form field is not one bounded, plain XML document."""

    reason = "malformed"
    status = HTTPStatus.BAD_REQUEST


class WrongStructure(IntergripError):
    """The document is XML but not the one shape of a response that we read."""

    reason = "structure"


class UnsupportedConstruct(IntergripError):
    """The document uses encryption, which this profile has no place for."""

    reason = "unsupported"


class ForbiddenAlgorithm(IntergripError):
    """The signature uses an algorithm or a transform outside the allow-list."""

    reason = "algorithm"


class WrongSignature(IntergripError):
    """No trusted key signed what the document says."""

    reason = "signature"


class WrongIssuer(IntergripError):
    """The answer was not issued by the hub that was asked."""

    reason = "issuer"


class WrongAudience(IntergripError):
    """The answer is meant for another service."""

    reason = "audience"


class WrongRecipient(IntergripError):
    """The bearer confirmation names another address."""

    reason = "recipient"


class WrongDestination(IntergripError):
    """The response was sent to another address."""

    reason = "destination"


class WrongTime(IntergripError):
    """The answer is too old, too young or valid for too long."""

    reason = "time"


class LoginFailedAtSchool(IntergripError):
    """The school or the hub said no: the status of the answer is not Success."""

    reason = "status"
    page = "e1"


class StaleSchoolLogin(IntergripError):
    """The first link needs a fresh school login (``FRESH_LOGIN``) and this one is older."""

    reason = "stale_login"
    page = "e1"


class MissingIdentifier(IntergripError):
    """The school sent no usable subject."""

    reason = "identifier"
    page = "e4"


class MissingSchool(IntergripError):
    """The school sent no usable school code."""

    reason = "school"
    page = "e4"


class UnknownSchool(IntergripError):
    """Not in the registry, switched off, or answering with another school's realm or IdP."""

    reason = "school"
    page = "e3"


class WrongSchool(IntergripError):
    """Another school answered than the person chose; nothing is linked, nobody is logged in."""

    reason = "other_school"
    page = "other_school"

    def __init__(self, *, chosen: Any, answered: Any) -> None:
        """Keep both schools for the page, which offers a way to each."""
        super().__init__(f"asked {chosen.brin}, got {answered.brin}", school=answered)
        self.chosen = chosen
        self.answered = answered


class UnknownRole(IntergripError):
    """The school sent no role that the link policy accepts."""

    reason = "role"
    page = "e4"


class UnknownRequest(IntergripError):
    """The answer belongs to no request of ours, or to a request of another browser."""

    reason = "request"
    page = "e5"


class ForeignForm(IntergripError):
    """A form without the token of this browser: another site's, or cookies are off."""

    reason = "csrf"
    page = "e5"


class ExpiredRequest(IntergripError):
    """The request is older than ten minutes."""

    reason = "expired"
    page = "e2"
    status = HTTPStatus.GONE


class Replayed(IntergripError):
    """The answer, or the page behind it, was used before."""

    reason = "replay"
    page = "e6"
    status = HTTPStatus.GONE


class NoArrival(IntergripError):
    """This browser holds no open arrival, or the form belongs to another one."""

    reason = "arrival"
    page = "e2"
    status = HTTPStatus.GONE


class NoProof(NoArrival):
    """The site account is not proven, or not any more; the link page offers the ways to do it."""


class OutdatedForm(IntergripError):
    """A form that was left open while somebody logged in on this device; nothing was done."""

    reason = "arrival"
    page = "left_open"
    status = HTTPStatus.GONE


class UndoExpired(IntergripError):
    """The undo link is older than a week, or was never one of ours."""

    reason = "undo_expired"
    page = "undo_expired"
    status = HTTPStatus.GONE


class NotConfirmed(IntergripError):
    """The confirm form came without its answer."""

    reason = "unconfirmed"
    status = HTTPStatus.BAD_REQUEST


class LastWayIn(IntergripError):
    """No password and no other open link: the owner would be locked out; the page says so."""

    reason = "last_way"


class AccountSwitchedOff(IntergripError):
    """The site account is inactive or gone."""

    reason = "inactive"
    page = "e7"


class LinkBlocked(IntergripError):
    """An administrator blocked this link."""

    reason = "blocked"
    page = "blocked"


class PrivilegedAccount(IntergripError):
    """Site staff and superusers are not linkable by default."""

    reason = "privileged"
    page = "not_allowed"


class PolicyRefused(IntergripError):
    """The link policy of the project refused with a reason of its own."""

    reason = "policy"
    page = "not_allowed"

    def __init__(self, reason: str) -> None:
        """Carry the reason that the project's policy returned."""
        super().__init__(reason)
        self.reason = reason


class WrongPassword(IntergripError):
    """User name and password do not go together; the form says so, no page of its own."""

    reason = "password"


class WrongToken(IntergripError):
    """No device accepts the one-time password; the form says so, no page of its own."""

    reason = "token"


class WrongCode(IntergripError):
    """A one-time code is wrong, too old or tried too often; the form says so."""

    reason = "code"


class NoRegistration(IntergripError):
    """The settings leave this way to a site account closed."""

    reason = "closed"
    page = "not_allowed"


class AddressTaken(IntergripError):
    """While somebody registered, the address or name of the new site account was taken."""

    reason = "address"
    page = "address"
    status = HTTPStatus.GONE


class PlaceTaken(IntergripError):
    """The site account has another live link at this school; nothing is overwritten."""

    reason = "place"
    page = "more"


class AlreadyLinked(IntergripError):
    """The school account belongs to another site account; nothing says to whom."""

    reason = "taken"
    page = "taken"


class TooManyTries(IntergripError):
    """A limit was reached; ``wait_minutes`` says for how long."""

    reason = "limit"
    page = "limit"
    status = HTTPStatus.TOO_MANY_REQUESTS


class ArrivalUsedUp(IntergripError):
    """Ten wrong passwords and codes closed this arrival; only a new school login helps."""

    reason = "limit"
    page = "limit"
    status = HTTPStatus.TOO_MANY_REQUESTS


class DeviceMustWait(TooManyTries):
    """An OTP device takes no code, or sends none, for some ``seconds``; the form says so."""

    def __init__(self, *, seconds: int, is_sending: bool = False) -> None:
        """Keep how long, for the form."""
        super().__init__("device", wait_minutes=-(-seconds // 60))
        self.seconds = seconds
        self.is_sending = is_sending


class Unavailable(IntergripError):
    """The database, or trusted metadata, is not there right now."""

    reason = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Unreadable(IntergripError):
    """A library failed on the answer in a way we did not foresee; refused."""

    reason = "unreadable"
