"""The example where nobody may make a site account."""

from doorstroom.settings import *  # noqa: F403
from doorstroom.settings import INTERGRIP_LINK

INTERGRIP_LINK = {**INTERGRIP_LINK, "REGISTRATION": "existing_only"}
