"""The index of this process, as fresh as the table: each search asks it one cheap question.

Whoever writes a school renews its random ``revision``, so their number and their sum are a mark
that changes with the table. The mark is read before the rows: when rows change in between, the next
search sees another mark and builds again. A thread that sees a new mark waits until the index of
that mark is there, whoever builds it, and so never shows what it knows to be gone. A transaction
that has not committed its schools yet has a mark of its own, and gets an index of its own.
"""

from __future__ import annotations

from threading import Lock

from django.db.models import Count, Sum

from django_intergrip_link.conf import settings
from django_intergrip_link.models import School
from django_intergrip_link.search.entry import Row
from django_intergrip_link.search.index import SchoolIndex

_COLUMNS = {"is_open": "is_active"}
_FIELDS = tuple(_COLUMNS.get(name, name) for name in Row._fields)
_lock = Lock()
_built: tuple[object, SchoolIndex] | None = None


def current_index() -> SchoolIndex:
    """Return the index of the listed schools as they are now in the database."""
    global _built  # noqa: PLW0603 - one index per process is the point
    mark = _read_mark()
    built = _built
    if built is None or built[0] != mark:
        with _lock:
            built = _built
            if built is None or built[0] != mark:
                _built = built = (mark, SchoolIndex(_read_rows()))
    return built[1]


def _read_mark() -> tuple[object, ...]:
    mark = School.objects.aggregate(schools=Count("pk"), revisions=Sum("revision"))
    return (mark["schools"], mark["revisions"], *settings.FEDERATIONS)


def _read_rows() -> list[Row]:
    # Rows of a federation that the settings no longer name have no address to go to.
    listed = School.objects.filter(listed=True, federation__in=settings.FEDERATIONS).order_by()
    return [Row(*values) for values in listed.values_list(*_FIELDS)]
