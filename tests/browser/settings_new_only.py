"""The example where everybody makes a site account."""

from doorstroom.settings import *  # noqa: F403
from doorstroom.settings import INTERGRIP_LINK

INTERGRIP_LINK = {**INTERGRIP_LINK, "REGISTRATION": "new_only"}
