"""Signature wrapping in the usual numbering, XSW1 to XSW8 (Somorovsky and others, 2012).

Each keeps the signed original somewhere, so that its signature still verifies, and puts a copy that
claims to be the victim where a careless reader looks. Our defence does not look for any of them: it
allows one shape only, in which a signature signs its own parent and there is one assertion.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from django_intergrip_link.testing import names
from tests.attacks.bending import ASSERTION, claims_victim, find, fragment

_SIGNATURE = f"{{{names.DS}}}Signature"


def xsw1(response: etree._Element) -> None:
    """The signed response inside the signature of an unsigned one."""
    original = _original(response)
    _claim(response)
    _signature(response).append(original)


def xsw2(response: etree._Element) -> None:
    """The signed response beside its signature, detached, in an unsigned one."""
    original = _original(response)
    _claim(response)
    _signature(response).addnext(original)


def xsw3(response: etree._Element) -> None:
    """An unsigned assertion before the signed one."""
    (assertion,) = find(response, ASSERTION)
    assertion.addprevious(_evil(assertion))


def xsw4(response: etree._Element) -> None:
    """The signed assertion inside an unsigned one."""
    (assertion,) = find(response, ASSERTION)
    evil = _evil(assertion)
    assertion.addprevious(evil)
    evil.append(assertion)


def xsw5(response: etree._Element) -> None:
    """The signature on the copy, the original at the end of the document."""
    (assertion,) = find(response, ASSERTION)
    original = _original(assertion)
    _claim(assertion)
    response.append(original)


def xsw6(response: etree._Element) -> None:
    """The original inside the signature of the copy."""
    (assertion,) = find(response, ASSERTION)
    original = _original(assertion)
    _claim(assertion)
    _signature(assertion).append(original)


def xsw7(response: etree._Element) -> None:
    """The copy inside ``Extensions``."""
    (assertion,) = find(response, ASSERTION)
    extensions = fragment("<samlp:Extensions/>")
    extensions.append(_evil(assertion))
    assertion.addprevious(extensions)


def xsw8(response: etree._Element) -> None:
    """The original inside a ``ds:Object`` of the signature of the copy."""
    (assertion,) = find(response, ASSERTION)
    original = _original(assertion)
    _claim(assertion)
    holder = fragment("<ds:Object/>")
    holder.append(original)
    _signature(assertion).append(holder)


def _signature(element: etree._Element) -> etree._Element:
    signature = element.find(_SIGNATURE)
    assert signature is not None
    return signature


def _original(element: etree._Element) -> etree._Element:
    """Return what was signed: the element as it is, without its signature."""
    original = deepcopy(element)
    original.remove(_signature(original))
    return original


def _claim(element: etree._Element) -> None:
    claims_victim(element)
    element.set("ID", "_0123456789abcdef0123456789abcdef")


def _evil(assertion: etree._Element) -> etree._Element:
    evil = _original(assertion)
    _claim(evil)
    return evil
