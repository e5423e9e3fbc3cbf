"""Django admin: schools can be edited; links and events can only be looked at."""

from .registration import AccountLinkAdmin, LinkEventAdmin
from .school_imports import SchoolImportAdmin
from .schools import SchoolAdmin

__all__ = ["AccountLinkAdmin", "LinkEventAdmin", "SchoolAdmin", "SchoolImportAdmin"]
