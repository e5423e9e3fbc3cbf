"""Keeps the libraries below us from writing identities to the log.

They print whole assertions at DEBUG, and attributes when something fails.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Final

LIBRARIES: Final = ("saml2", "djangosaml2", "signxml")


class _CriticalOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.CRITICAL


_FILTER = _CriticalOnly()


def mute_libraries() -> None:
    """Let only CRITICAL through from the libraries' loggers, whatever level a project sets.

    A filter, unlike a level, survives ``LOGGING`` and later calls of ``setLevel``. Filters do not
    pass to children, so the modules are imported first and each of their loggers gets it.
    """
    for name in (*LIBRARIES, "djangosaml2.utils"):
        logging.getLogger(name).addFilter(_FILTER)
    for module in ("answer", "publish"):
        import_module(f"django_intergrip_link.federation.{module}")
    # SECURITY: these libraries log assertions and attributes of pupils (privacy, minors).
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in LIBRARIES:
            logging.getLogger(name).addFilter(_FILTER)
