"""Reads from the code what the documentation lists: arguments, methods, names in templates."""

from __future__ import annotations

import ast
import re
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, load_command_class
from django.urls import URLPattern

import django_intergrip_link

PACKAGE = Path(django_intergrip_link.__file__).parent

STEP_CONTEXT = {"account", "arrival_key", "deadline"}
"""What ``StepView.step`` adds to each page of the journey."""


def signal_arguments() -> dict[str, list[str]]:
    """Return the arguments that the docstring of each signal names."""
    source = (PACKAGE / "signals.py").read_text(encoding="utf-8")
    found = re.findall(r"^(\w+) = Signal\(\)\n\"\"\"(.*?)\"\"\"", source, re.MULTILINE | re.DOTALL)
    return {
        # An explanation in brackets is no argument.
        name: re.findall(r"``(\w+)``", re.sub(r"\([^)]*\)", "", text.partition("Arguments:")[2]))
        for name, text in found
    }


def methods(pattern: URLPattern) -> str:
    """Return the methods that the view of a route answers, as ``GET, POST``."""
    view: Any = pattern.callback
    names = [m for m in ("get", "post") if hasattr(view.view_class, m)]
    return ", ".join(m.upper() for m in names if m in view.view_class.http_method_names)


def rendered_contexts() -> dict[str, set[str]]:
    """Return template → names, from each ``self.page(…)`` and ``self.step(…)`` in the views."""
    found: dict[str, set[str]] = {}
    for path in sorted((PACKAGE / "views").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="page" | "step" as kind),
                    args=[ast.Constant(value=str(template))],
                    keywords=keywords,
                ):
                    names = {keyword.arg for keyword in keywords if keyword.arg} - {"status"}
                    added = STEP_CONTEXT if kind == "step" else set()
                    found.setdefault(template, set()).update(names, added)
    return found


def own_arguments(command: str) -> list[str]:
    """Return the arguments of a management command that Django does not give to every command."""
    ours = load_command_class("django_intergrip_link", command).create_parser("manage.py", command)
    common = {action.dest for action in BaseCommand().create_parser("manage.py", "")._actions}
    names = [
        (action.option_strings or [action.dest])[0]
        for parser in (ours, *_action_parsers(ours))
        for action in parser._actions
        if action.dest not in common
    ]
    return list(dict.fromkeys(names))


def _action_parsers(parser: ArgumentParser) -> list[ArgumentParser]:
    """Return the parsers of a command's own actions, such as ``import`` and ``export``."""
    return [
        chosen
        for action in parser._actions
        if isinstance(action, _SubParsersAction)
        for chosen in action.choices.values()
    ]
