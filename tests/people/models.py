"""A user model without user name and first name, and with a field that must be filled."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """What pytest-django and the admin ask for."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Save a person."""
        person = self.model(email=email, **{"birthday": "2010-05-01", **fields})
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """Somebody who logs in with an e-mail address."""

    email = models.EmailField(unique=True)
    last_name = models.CharField(max_length=20)
    birthday = models.DateField()
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["birthday"]
