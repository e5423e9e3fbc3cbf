"""The ASGI application, for a server in production."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstroom.settings_production")

application = get_asgi_application()
