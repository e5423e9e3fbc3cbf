#!/usr/bin/env python
"""Commands of the example site; ``manage.py demo`` is the one to begin with."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstroom.settings")
    execute_from_command_line(sys.argv)
