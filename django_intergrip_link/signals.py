"""What a project may listen to. All are sent after commit, with exactly these arguments."""

from __future__ import annotations

from django.dispatch import Signal

school_login = Signal()
"""A linked school account logged in.

Arguments: ``request``, ``user``, ``link`` (:class:`~django_intergrip_link.models.AccountLink`).
"""

school_login_refused = Signal()
"""An answer or a step of the journey was refused.

Arguments: ``request``, ``reason`` (code), ``support_code``, ``federation`` (name or ``""``).
"""

account_linked = Signal()
"""A school account was linked to a site account.

Arguments: ``request``, ``user``, ``link``.
"""

account_unlinked = Signal()
"""A link ended.

Arguments: ``user``, ``link``, ``actor`` (user or ``None``), ``reason`` (code).
"""

account_registered = Signal()
"""A site account was made in the journey; ``account_linked`` follows.

Arguments: ``request``, ``user``, ``link``.
"""
