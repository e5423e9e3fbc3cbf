"""School logins for Django: link a school account once, then go straight in."""

__version__ = "0.1.0"
