"""The people of the demo, all invented: who they are, and how they get in."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP

TOTP_KEY = b"Doorstroom demo 2026"
SPARE_CODES = ("daanres2", "daanres3", "daanres4")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a Doorstroom account.

    Attributes:
        has_codes: whether the account asks for a one-time code after the password.
        is_mentor: whether the files of the students are this person's to see.
    """

    username: str
    password: str
    first_name: str
    last_name: str
    description: str | Promise
    has_codes: bool = False
    is_mentor: bool = False
    is_superuser: bool = False

    @property
    def is_student(self) -> bool:
        """Whether this person has a file."""
        return not (self.is_mentor or self.is_superuser)


PEOPLE = (
    Person(
        username="sanne",
        password="Appel-Fiets-12",  # noqa: S106
        first_name="Sanne",
        last_name="de Wit",
        description=_("student"),
    ),
    Person(
        username="daan",
        password="Brug-Kanaal-34",  # noqa: S106
        first_name="Daan",
        last_name="Mulder",
        description=_("student with one-time codes"),
        has_codes=True,
    ),
    Person(
        username="fatima",
        password="Tulp-Regen-56",  # noqa: S106
        first_name="Fatima",
        last_name="Yilmaz",
        description=_("student"),
    ),
    Person(
        username="bakker",
        password="Krijt-Molen-78",  # noqa: S106
        first_name="Ineke",
        last_name="Bakker",
        description=_("mentor at a school"),
        is_mentor=True,
    ),
    Person(
        username="admin",
        password="Sleutel-Kast-90",  # noqa: S106
        first_name="Robin",
        last_name="Beheer",
        description=_("administrator of the site"),
        is_superuser=True,
    ),
)


def current_code() -> str:
    """Return the one-time code that Daan's app shows now: six digits."""
    return f"{TOTP(TOTP_KEY).token():06d}"
