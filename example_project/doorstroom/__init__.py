"""Doorstroom: an invented site where students see the file that goes along to their next school."""
