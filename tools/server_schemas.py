"""Cut the GraphQL schemas of real servers down to what the tests need of them.

    python tools/server_schemas.py DIRECTORY

The directory holds a file for each release, as the release answers on `/schema.graphql`: `1.4.13.graphql`, or packed as
`1.4.13.graphql.xz`. What is left out cannot make a test pass that should fail: a document that needs it is refused.
"""

from __future__ import annotations

import gzip
import lzma
import re
import sys
from pathlib import Path
from typing import Any

from graphql import REMOVE, FieldDefinitionNode, NamedTypeNode, NonNullTypeNode, Visitor, parse, print_ast, visit

TARGET = Path(__file__).resolve().parent.parent / "tests" / "unit" / "data" / "server-schemas"

# The kinds that are kept whole. Of others there is only what tells which node it is.
KINDS = (
    "BuiltinIPAddress", "BuiltinIPNamespace", "BuiltinIPPrefix", "BuiltinTag", "CoreAccount", "CoreCustomWebhook",
    "CoreGenericAccount", "CoreGraphQLQuery", "CoreGroup", "CoreIPAddressPool", "CoreIPPrefixPool", "CoreMenuItem",
    "CoreNumberPool", "CoreRepository", "CoreStandardGroup", "IpamNamespace", "ProfileBuiltinTag",
)  # fmt: skip
FILTERED = ("BuiltinTag", "CoreGroup", "CoreStandardGroup")  # whose queries keep all their filters
OF_EVERY_NODE = {"id", "hfid", "display_label"}
QUERIES = re.compile(r"AccountProfile|Branch|InfrahubBranch|InfrahubInfo|InfrahubStatus|InfrahubTask|Relationship")
MUTATIONS = re.compile(r"Branch\w+|Relationship(Add|Remove)|Schema(Enum|Dropdown)(Add|Remove)|\w*Pool\w*GetResource")
ARGUMENTS = re.compile(r"offset|limit|order|ids|isnull|name__value|display_label__\w+")
CHANGES = ("Create", "Update", "Upsert", "Delete")


def cut(text: str) -> str:
    """The part of a schema that the tests need."""
    document = visit(parse(text), _Cutter())
    definitions = {node.name.value: node for node in document.definitions}
    wanted: set[str] = set()
    waiting = ["Query", "Mutation", *(name for name, node in definitions.items() if _bases(node) & set(KINDS))]
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in wanted:
            wanted.add(name)
            waiting += _mentioned(definitions[name])
    return "\n".join(print_ast(node) for name, node in definitions.items() if name in wanted)


class _Cutter(Visitor):
    """Leaves out fields of types and arguments of fields."""

    def enter_field_definition(self, node: Any, _key: Any, _parent: Any, _path: Any, ancestors: Any) -> Any:
        owner = ancestors[-1]
        return None if _keeps(owner, node.name.value) else REMOVE

    def enter_input_value_definition(self, node: Any, _key: Any, _parent: Any, _path: Any, ancestors: Any) -> Any:
        field, name = ancestors[-1], node.name.value
        if not isinstance(field, FieldDefinitionNode) or isinstance(node.type, NonNullTypeNode):
            return None
        owner = ancestors[-3].name.value
        if owner == "Mutation" or (owner == "Query" and (field.name.value in FILTERED or "__" not in name)):
            return None
        return None if ARGUMENTS.fullmatch(name) else REMOVE


def _keeps(owner: Any, field: str) -> bool:
    name = owner.name.value
    if name == "Query":
        return field in KINDS or QUERIES.fullmatch(field) is not None
    if name == "Mutation":
        changes = {f"{kind}{change}" for kind in KINDS for change in CHANGES}
        return field in changes or MUTATIONS.fullmatch(field) is not None
    is_node = {item.name.value for item in owner.fields} >= OF_EVERY_NODE
    return not is_node or name in KINDS or field in OF_EVERY_NODE


def _bases(node: Any) -> set[str]:
    return {base.name.value for base in getattr(node, "interfaces", None) or ()}


def _mentioned(node: Any) -> set[str]:
    """The types that a definition names."""
    found = set(_bases(node)) | {member.name.value for member in getattr(node, "types", None) or ()}
    for field in getattr(node, "fields", None) or ():
        for item in (field, *(getattr(field, "arguments", None) or ())):
            kind = item.type
            while not isinstance(kind, NamedTypeNode):
                kind = kind.type
            found.add(kind.name.value)
    return found


def main(arguments: list[str]) -> int:
    """Write the tests' schemas."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(arguments[0]).glob("*.graphql*")):
        text = lzma.decompress(path.read_bytes()).decode() if path.suffix == ".xz" else path.read_text(encoding="utf-8")
        release = path.name.partition(".graphql")[0]
        packed = gzip.compress(cut(text).encode(), 9, mtime=0)
        (TARGET / f"{release}.graphql.gz").write_bytes(packed)
        print(f"{release}: {len(packed)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
