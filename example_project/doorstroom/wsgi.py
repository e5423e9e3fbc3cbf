"""The WSGI application, for a server in production."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstroom.settings_production")

application = get_wsgi_application()
