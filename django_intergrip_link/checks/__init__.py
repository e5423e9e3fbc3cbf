"""System checks: every setting and neighbour this app needs, each with what to type to mend it.

One small function a check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core import checks

from . import ids
from .addresses import check_verified_address
from .federations import (
    check_base_urls,
    check_federations,
    check_keys,
    check_metadata,
    check_sandbox,
)
from .host_pages import check_host_pages
from .neighbours import (
    check_backends,
    check_cache,
    check_cookies,
    check_hosts,
    check_languages,
    check_pyxmlsecurity,
    check_saml_settings,
    check_sessions,
    check_urls,
)
from .own_settings import (
    check_choices,
    check_known_keys,
    check_policy,
    check_settings_exist,
    check_site_name,
    check_subject_keys,
    check_support,
)
from .registration import check_registration
from .registry import check_schools

__all__ = ["DEPLOY_CHECKS", "NEIGHBOUR_CHECKS", "SETTINGS_CHECKS", "ids", "register"]

Check = Callable[[], Iterator[checks.CheckMessage]]


def register() -> None:
    """Register every check; called once by the app."""
    checks.register(_run(*SETTINGS_CHECKS), checks.Tags.security)
    checks.register(_run(*NEIGHBOUR_CHECKS), checks.Tags.security)
    checks.register(_run(*DEPLOY_CHECKS), checks.Tags.security, deploy=True)
    checks.register(_check_database, checks.Tags.database)


def _check_database(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    return list(check_schools()) if databases else []


def _run(*parts: Check) -> Callable[..., list[checks.CheckMessage]]:
    def run(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
        return [message for part in parts for message in part()]

    return run


SETTINGS_CHECKS = (
    check_settings_exist,
    check_known_keys,
    check_site_name,
    check_subject_keys,
    check_federations,
    check_base_urls,
    check_keys,
    check_metadata,
    check_sandbox,
    check_choices,
    check_policy,
    check_verified_address,
    check_registration,
    check_support,
)
NEIGHBOUR_CHECKS = (
    check_backends,
    check_urls,
    check_sessions,
    check_saml_settings,
    check_languages,
    check_pyxmlsecurity,
    check_host_pages,
)
DEPLOY_CHECKS = (check_cookies, check_hosts, check_cache)
