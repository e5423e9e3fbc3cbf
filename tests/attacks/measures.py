"""What one attack costs and what it touches: CPU, memory, log lines and connections."""

from __future__ import annotations

import logging
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from django.conf import settings

MIB = 1024 * 1024


class Cost:
    """CPU seconds and extra memory since this object was made."""

    def __init__(self) -> None:
        """Begin to count."""
        _forget_peak()
        self._resident = _memory("VmRSS")
        self._cpu = time.process_time()

    def cpu_seconds(self) -> float:
        """Return the seconds of CPU so far."""
        return time.process_time() - self._cpu

    def extra_bytes(self) -> int:
        """Return how far the peak lay above the start; parsers in C are part of it."""
        return max(0, _memory("VmHWM") - self._resident)


class LogBook(logging.Handler):
    """Every line that any logger writes, as text with its traceback."""

    def __init__(self) -> None:
        """Keep lines of every level."""
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(f"{record.name}: {self.format(record)}")


@contextmanager
def every_logger_at_debug() -> Iterator[LogBook]:
    """Turn every logger there is to DEBUG and read along."""
    book = LogBook()
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(book)
    try:
        yield book
    finally:
        root.removeHandler(book)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def no_connections() -> Iterator[list[Any]]:
    """Note every connection and every look-up of a name, except to the servers of this run."""
    tried: list[Any] = []
    own = _own_ports()

    def watch(name: str) -> Any:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if not isinstance(address, tuple) or address[1] not in own:
                tried.append(address)
            return original(self, address)

        return mock.patch.object(socket.socket, name, connect)

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if port not in own:
            tried.append((host, port))
        return look_up_really(host, port, *args, **kwargs)

    look_up_really = socket.getaddrinfo
    with (
        watch("connect"),
        watch("connect_ex"),
        mock.patch.object(socket, "getaddrinfo", look_up),
    ):
        yield tried


@contextmanager
def trap() -> Iterator[tuple[str, list[Any]]]:
    """Open a port that nobody has a reason to call; yield its address, and who called in the end.

    Unlike :func:`no_connections` it also sees what a library in C does.
    """
    callers: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", callers
        server.setblocking(False)
        try:
            callers.append(server.accept()[1])
        except BlockingIOError:
            return


def _own_ports() -> set[int]:
    ports = {int(settings.DATABASES["default"].get("PORT") or 0)}
    location = str(settings.CACHES["default"].get("LOCATION", ""))
    return ports | {urlsplit(location).port or 0}


def _memory(field: str) -> int:
    """Return a field of ``/proc/self/status`` in bytes; where there is none, the highest peak."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _forget_peak() -> None:
    """Let ``VmHWM`` begin anew (proc(5), ``clear_refs``)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return
