"""Writes infrahub_sdk/protocols.py from the schema of a server that has no schema of its own.

python tools/protocols.py http://localhost:8000    asks the server (token: INFRAHUB_API_TOKEN) and keeps its answer
python tools/protocols.py schema.json              reads a file that holds the answer of /api/schema, and keeps it
python tools/protocols.py                          reads the answer kept last (tests/unit/data/core_schema.json)
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any

__all__ = ["KEPT", "TARGET", "render", "trim"]

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "unit" / "data" / "core_schema.json"
TARGET = ROOT / "infrahub_sdk" / "protocols.py"

# /api/schema leaves these kinds out, /api/schema/{kind} has them.
INTERNAL = (
    "InternalAccountToken",
    "InternalExternalIdentity",
    "InternalIPPrefixAvailable",
    "InternalIPRangeAvailable",
    "InternalRefreshToken",
)
# A kind that every server has, though in a namespace that users may add to.
IPAM = "IpamNamespace"
# CoreNode is written by hand, in infrahub_sdk/protocols_base.py.
BY_HAND = "CoreNode"

ATTRIBUTE_TYPES = {
    "Any": "AnyAttribute",
    "Bandwidth": "Integer",
    "Boolean": "Boolean",
    "Checkbox": "Boolean",
    "Color": "String",
    "DateTime": "DateTime",
    "Dropdown": "Dropdown",
    "Email": "String",
    "File": "String",
    "HashedPassword": "HashedPassword",
    "ID": "String",
    "IPAddress": "IPAddress",
    "IPHost": "IPHost",
    "IPNetwork": "IPNetwork",
    "JSON": "JSONAttribute",
    "List": "ListAttribute",
    "MacAddress": "MacAddress",
    "Number": "Integer",
    "NumberPool": "Integer",
    "Password": "String",
    "Text": "String",
    "TextArea": "String",
    "URL": "URL",
}
RELATIONSHIP_TYPES = {"one": "RelatedNode", "many": "RelationshipManager"}
# Every node has these, and none of them says anything about its kind.
RELATIONSHIPS_LEFT_OUT = {"Group", "Profile"}

HEADER = '''\
# Written by tools/protocols.py from the schema of Infrahub {version}. Do not edit.
"""The kinds that every server has, for type checkers and for `isinstance(node, BuiltinTag)`.

Classes whose name ends in Sync are for nodes of the synchronous client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.protocols_base import CoreNode, CoreNodeSync

if TYPE_CHECKING:
    from infrahub_sdk.node import RelatedNode, RelatedNodeSync, RelationshipManager, RelationshipManagerSync
    from infrahub_sdk.protocols_base import (
{types}
    )

__all__ = [
{names}
]
'''


# ---- The schema -----------------------------------------------------------------------------------------------------


def fetch(address: str) -> dict[str, Any]:
    """The schema of a server, with the kinds that it does not list."""
    schema: dict[str, Any] = _get(f"{address}/api/schema")
    schema["version"] = _get(f"{address}/api/info")["version"]
    schema["nodes"] += [_get(f"{address}/api/schema/{kind}") for kind in INTERNAL]
    return schema


def _get(url: str) -> Any:
    headers = {"X-INFRAHUB-KEY": os.environ.get("INFRAHUB_API_TOKEN", "")}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        return json.load(response)


def trim(schema: dict[str, Any]) -> dict[str, Any]:
    """What this script needs of a schema, in the form and order that it is kept in."""
    fixed = {entry["name"] for entry in schema["namespaces"] if not entry["user_editable"]} - {"Profile"}

    def wanted(kind: dict[str, Any]) -> bool:
        return kind["kind"] == IPAM or (kind["namespace"] in fixed and kind["kind"] != BY_HAND)

    return {
        "version": schema["version"],
        "namespaces": [{"name": name, "user_editable": False} for name in sorted(fixed)],
        **{
            group: sorted((_trim_kind(kind) for kind in schema[group] if wanted(kind)), key=lambda kind: kind["kind"])
            for group in ("generics", "nodes")
        },
    }


def _trim_kind(kind: dict[str, Any]) -> dict[str, Any]:
    attributes = [
        {key: attribute[key] for key in ("name", "kind", "enum", "optional", "default_value", "order_weight")}
        for attribute in kind["attributes"]
    ]
    relationships = [
        {key: relationship[key] for key in ("name", "kind", "cardinality", "order_weight")}
        for relationship in kind["relationships"]
        if relationship["kind"] not in RELATIONSHIPS_LEFT_OUT
    ]
    return {
        "kind": kind["kind"],
        "namespace": kind["namespace"],
        "inherit_from": kind.get("inherit_from") or [],
        "attributes": sorted(attributes, key=_place),
        "relationships": sorted(relationships, key=_place),
    }


def _place(field: dict[str, Any]) -> tuple[int, str]:
    return field["order_weight"] or 0, field["name"]


# ---- The module -----------------------------------------------------------------------------------------------------


def render(schema: dict[str, Any]) -> str:
    """The text of the module for a trimmed schema."""
    kinds = {kind["kind"]: kind for kind in [*schema["generics"], *schema["nodes"]]}
    fields = {name: _own_fields(kind, kinds) for name, kind in kinds.items()}
    types = {text for own in fields.values() for text in own.values()} - set(RELATIONSHIP_TYPES.values())
    names = sorted(["CoreNode", "CoreNodeSync", *kinds, *(f"{name}Sync" for name in kinds)])
    header = HEADER.format(
        version=schema["version"],
        types="\n".join(f"        {name}," for name in sorted(types, key=_import_order)),
        names="\n".join(f'    "{name}",' for name in names),
    )
    classes = [
        _class(name, kinds[name]["inherit_from"], fields[name], suffix) for suffix in ("", "Sync") for name in kinds
    ]
    return "\n\n".join([header, *classes])


def _import_order(name: str) -> tuple[bool, str]:
    return not name.isupper(), name.lower()


def _own_fields(kind: dict[str, Any], kinds: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Name and type of the fields that a kind does not inherit."""
    inherited = {
        field["name"]
        for base in kind["inherit_from"]
        for field in [*kinds[base]["attributes"], *kinds[base]["relationships"]]
    }
    fields = {attribute["name"]: _attribute_type(attribute) for attribute in kind["attributes"]}
    for relationship in kind["relationships"]:
        fields[relationship["name"]] = RELATIONSHIP_TYPES[relationship["cardinality"]]
    return {name: text for name, text in fields.items() if name not in inherited}


def _attribute_type(attribute: dict[str, Any]) -> str:
    name = "Enum" if attribute["enum"] else ATTRIBUTE_TYPES[attribute["kind"]]
    may_be_null = attribute["optional"] and attribute["default_value"] is None
    return f"{name}Optional" if may_be_null else name


def _class(name: str, bases: list[str], fields: dict[str, str], suffix: str) -> str:
    lines = [f"class {name}{suffix}({', '.join(f'{base}{suffix}' for base in bases or ['CoreNode'])}):"]
    for field, text in fields.items():
        lines.append(f"    {field}: {text}{suffix if text in RELATIONSHIP_TYPES.values() else ''}")
    if not fields:
        lines.append("    pass")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    if arguments:
        source = arguments[0]
        schema = fetch(source.rstrip("/")) if "://" in source else json.loads(Path(source).read_text("utf-8"))
        KEPT.write_text(json.dumps(trim(schema), indent=1) + "\n", "utf-8")
    TARGET.write_text(render(json.loads(KEPT.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
