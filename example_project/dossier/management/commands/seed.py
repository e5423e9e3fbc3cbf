"""``manage.py seed``: the people of the demo and their files. Repeatable."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from dossier.models import Section, Transfer
from dossier.people import PEOPLE, SPARE_CODES, TOTP_KEY, Person

COURSES = {
    "sanne": ("Hoogveld College", "Verpleegkundige, niveau 4"),
    "daan": ("Sterrenmeer Lyceum", "Software developer, niveau 4"),
    "fatima": ("Veenpolder College", "Pedagogisch medewerker, niveau 3"),
}
SECTIONS = (
    ("Mijn gegevens", "Naam, adres en wie we mogen bellen.", Section.State.READY),
    ("Mijn school nu", "Je richting, je vakken en je cijfers.", Section.State.READY),
    ("Wat ik kan en wil", "Je talenten, je hobby’s en je plannen.", Section.State.YOURS),
    ("Hulp en begeleiding", "Wat jou helpt om goed te leren.", Section.State.WAITING),
    ("Mijn diploma", "Komt erbij na de uitslag in juni.", Section.State.WAITING),
)


class Command(BaseCommand):
    """Write users, devices and files; what an earlier run wrote is brought up to date."""

    help = "Adds the invented people of the demo, with known passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write everybody, the mentor first."""
        # SECURITY: these passwords are published; on a live site they would open accounts.
        if not settings.DEBUG:
            raise CommandError("The people of the demo are for development: DEBUG is off.")
        users = {person.username: write_user(person) for person in PEOPLE}
        mentor = next(users[person.username] for person in PEOPLE if person.is_mentor)
        for person in PEOPLE:
            if person.has_codes:
                write_devices(users[person.username])
            if person.is_student:
                write_transfer(users[person.username], mentor)
        self.stdout.write(f"{len(users)} people are ready.")


def write_user(person: Person) -> User:
    """Create or update one site account."""
    user, _ = User.objects.update_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@doorstroom.example",
            "is_active": True,
            "is_staff": person.is_superuser,
            "is_superuser": person.is_superuser,
        },
    )
    # A new hash of the same password would end the sessions of a running demo.
    if not user.check_password(person.password):
        user.set_password(person.password)
        user.save()
    return user


def write_devices(user: User) -> None:
    """Give one account an authenticator app, and codes for who has lost the phone."""
    TOTPDevice.objects.update_or_create(
        user=user, name="App op mijn telefoon", defaults={"key": TOTP_KEY.hex(), "confirmed": True}
    )
    spare, _ = StaticDevice.objects.get_or_create(user=user, name="Reservecodes")
    spare.token_set.all().delete()
    for code in SPARE_CODES:
        spare.token_set.create(token=code)


def write_transfer(student: User, mentor: User) -> None:
    """Create or update one student's file."""
    from_school, course = COURSES[student.username]
    transfer, _ = Transfer.objects.update_or_create(
        student=student,
        defaults={
            "mentor": mentor,
            "from_school": from_school,
            "to_school": "ROC Rivierdelta",
            "course": course,
            "starts_on": date(2026, 8, 31),
        },
    )
    for position, (title, summary, state) in enumerate(SECTIONS):
        Section.objects.update_or_create(
            transfer=transfer,
            position=position,
            defaults={"title": title, "summary": summary, "state": state},
        )
