"""Filling the registry from files: read a file, plan what it changes, show that, apply it.

``reading`` turns bytes into records, ``plan`` compares these with the schools, ``apply`` writes
what was planned. The command and the admin pages only choose and show.
"""
