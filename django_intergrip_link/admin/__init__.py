"""Django admin: schools can be edited; links and events can only be looked at."""

from .registration import AccountLinkAdmin, LinkEventAdmin
from .schools import SchoolAdmin

__all__ = ["AccountLinkAdmin", "LinkEventAdmin", "SchoolAdmin"]
