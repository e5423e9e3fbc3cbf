"""The registration form: what it asks, what it keeps, and the user that it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher
from django.utils import translation

from django_intergrip_link.forms import RegistrationForm
from django_intergrip_link.forms.password_rules import password_rules

FIELDS = {
    "email": "Sanne@EXAMPLE.nl",
    "first_name": "Sanne",
    "last_name": "de Wit",
    "password": "appel-fiets-12",
}
VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

pytestmark = pytest.mark.django_db


class LongWords:
    """A validator of a project."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept everything."""

    def get_help_text(self) -> str:
        return "Three words at least."


def filled_in(**changes: str) -> RegistrationForm:
    form = RegistrationForm({**FIELDS, **changes})
    assert form.is_valid(), form.errors
    return form


def test_details__fit_json_and_hold_no_password() -> None:
    details = filled_in().details()

    assert json.loads(json.dumps(details)) == details
    assert FIELDS["password"] not in str(details)
    assert identify_hasher(details["password"]).algorithm == "md5"
    assert details["email"] == "Sanne@example.nl"


def test_build_user__is_not_saved(django_user_model: Any) -> None:
    user = RegistrationForm.build_user(filled_in().details())

    assert user.pk is None
    assert (user.username, user.email) == ("sanne@example.nl", "Sanne@example.nl")
    assert (user.first_name, user.last_name) == ("Sanne", "de Wit")
    assert check_password(FIELDS["password"], user.password)
    assert not django_user_model.objects.exists()


@pytest.mark.parametrize("address", ["o'hara@example.nl", f"{'x' * 60}@{'y' * 60}.{'z' * 60}.nl"])
def test_user_name__where_the_address_does_not_fit(address: str) -> None:
    details = filled_in(email=address).details()

    assert details["username"].startswith("user-")
    assert RegistrationForm.build_user(details).email == address


def test_user_name__where_somebody_else_is_called_so(django_user_model: Any) -> None:
    django_user_model.objects.create_user("sanne@example.nl", "other@example.nl")

    assert filled_in().details()["username"].startswith("user-")


def test_form__never_asks_whether_an_address_is_in_use(django_user_model: Any) -> None:
    django_user_model.objects.create_user("sanne@example.nl", "sanne@example.nl")

    assert filled_in().details()["username"] == "sanne@example.nl"


@pytest.mark.parametrize("address", ["sanne", "sanne@\uff45xample.nl", "s\u0131@example.nl"])
def test_form__address_that_two_systems_would_read_differently(address: str) -> None:
    assert list(RegistrationForm({**FIELDS, "email": address}).errors) == ["email"]


@pytest.mark.parametrize("name", ["email", "first_name", "password"])
def test_form__empty_field(name: str) -> None:
    form = RegistrationForm({**FIELDS, name: ""})

    assert list(form.errors) == [name]


def test_form__last_name_may_stay_empty() -> None:
    assert filled_in(last_name="").details()["last_name"] == ""


@pytest.mark.parametrize("password", ["short", "12345678901", "password123", "sanne@example.nl"])
def test_password__validators_of_the_project_know_the_person(settings: Any, password: str) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = VALIDATORS

    assert list(RegistrationForm({**FIELDS, "password": password}).errors) == ["password"]
    assert RegistrationForm(FIELDS).is_valid()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("kort1", "Dit wachtwoord is te kort. Gebruik minstens 8 tekens."),
        ("password1", "Veel mensen gebruiken dit wachtwoord. Kies een ander."),
        ("sanne@example.nl", "Dit wachtwoord lijkt op je naam of e-mailadres. Kies een ander."),
        ("8461937205", "Dit wachtwoord heeft alleen cijfers. Gebruik ook letters."),
    ],
)
def test_password__what_is_wrong_is_said_in_dutch(settings: Any, password: str, said: str) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = VALIDATORS
    with translation.override("nl"):
        form = RegistrationForm({**FIELDS, "password": password})
        assert said in form.errors["password"]


def test_password__never_comes_back() -> None:
    form = RegistrationForm({**FIELDS, "email": ""})

    assert "appel-fiets" not in form.as_p()


def test_password_rules__in_few_words(settings: Any) -> None:
    own = {"NAME": "tests.test_registration_form.LongWords"}
    settings.AUTH_PASSWORD_VALIDATORS = [*VALIDATORS, own]

    with translation.override("en"):
        assert password_rules() == (
            "Not your name or e-mail address. At least 8 characters. Not a password that many "
            "people use. Not only digits. Three words at least."
        )


def test_form__autocomplete() -> None:
    fields = RegistrationForm().fields

    assert {name: field.widget.attrs["autocomplete"] for name, field in fields.items()} == {
        "email": "email",
        "first_name": "given-name",
        "last_name": "family-name",
        "password": "new-password",
    }


def test_other_user_model__is_registered_too() -> None:
    """In a process of its own, because a user model cannot change in a running one."""
    names = os.environ.keys() - {"DJANGO_SETTINGS_MODULE", "TEST_DATABASE_URL", "COV_CORE_SOURCE"}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header",
         "--ds=tests.people.settings", "tests/people/walk.py"],
        env={name: os.environ[name] for name in names},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr
    assert "4 passed" in run.stdout
