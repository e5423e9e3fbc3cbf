"""Filling the registry from files."""
