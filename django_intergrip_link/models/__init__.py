"""The rows behind the journey.

The database decides: every rule that two processes could race for is
a constraint here, written so that it holds on SQLite, PostgreSQL and MariaDB alike (nullable unique
columns, no partial indexes).
"""

from .codes import LinkCode, TryCount
from .links import AccountLink, Arrival, LinkEvent, LinkQuerySet
from .schools import School, SchoolImport, SchoolProvider, SchoolQuerySet, new_revision

__all__ = [
    "AccountLink",
    "Arrival",
    "LinkCode",
    "LinkEvent",
    "LinkQuerySet",
    "School",
    "SchoolImport",
    "SchoolProvider",
    "SchoolQuerySet",
    "TryCount",
    "new_revision",
]
