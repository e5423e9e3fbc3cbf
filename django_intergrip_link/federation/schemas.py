"""The SAML protocol schema that pysaml2 ships, compiled once per process with lxml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from lxml import etree


class _ShippedFiles(etree.Resolver):  # type: ignore[misc]
    """Answers each reference of a schema with the shipped file of that name, never the network."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        """Return the shipped file, or an empty document for the DTD that one schema names."""
        name = PurePosixPath(system_url).name
        if name.endswith(".dtd"):
            return self.resolve_empty(context)
        return self.resolve_string((_SCHEMAS / name).read_bytes(), context, base_url=name)


_SCHEMAS = files("saml2.data.schemas")


@cache
def protocol_schema() -> etree.XMLSchema:
    """Return the compiled schema of ``samlp`` messages; about 2 ms, once."""
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=True)
    parser.resolvers.add(_ShippedFiles())
    name = "saml-schema-protocol-2.0.xsd"
    root = etree.fromstring((_SCHEMAS / name).read_bytes(), parser, base_url=name)
    return etree.XMLSchema(root)
