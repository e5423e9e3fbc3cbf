"""The example with counts in files, so that every test begins without tries and mails of others."""

from doorstroom.settings import *  # noqa: F403
from doorstroom.settings import DATABASES

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": f"{DATABASES['default']['NAME']}.cache",
    }
}
