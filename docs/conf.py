"""Sphinx: Markdown through MyST, and no warning passes."""

import django_intergrip_link

project = "django-intergrip-link"
author = "the django-intergrip-link authors"
release = version = django_intergrip_link.__version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
# Messages stand in these pages exactly as the code has them.
smartquotes = False

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {release}"
