"""Django admin: schools can be edited, codes from school made; the rest can only be looked at."""

from .code_pages import make_link_codes
from .codes import LinkCodeAdmin
from .registration import AccountLinkAdmin, LinkEventAdmin
from .school_imports import SchoolImportAdmin
from .schools import SchoolAdmin

__all__ = [
    "AccountLinkAdmin",
    "LinkCodeAdmin",
    "LinkEventAdmin",
    "SchoolAdmin",
    "SchoolImportAdmin",
    "make_link_codes",
]
