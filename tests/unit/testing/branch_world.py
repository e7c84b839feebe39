"""A small world for the tests of branches: sites with devices, whose interfaces are parts of them."""

from __future__ import annotations

from typing import Any

from infrahub_sdk.testing.server.app import App
from infrahub_sdk.testing.server.graphql.document import run
from infrahub_sdk.testing.server.nodes import deleting, saving
from tests.unit.testing.people import admin

__all__ = ["SCHEMA", "World"]

_NAME = {"name": "name", "kind": "Text", "unique": True}

SCHEMA: dict[str, Any] = {
    "version": "1.0",
    "nodes": [
        {
            "name": "Site",
            "namespace": "Testing",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "attributes": [_NAME],
            "relationships": [
                {
                    "name": "devices",
                    "peer": "TestingDevice",
                    "identifier": "site__device",
                    "cardinality": "many",
                    "optional": True,
                }
            ],
        },
        {
            "name": "Device",
            "namespace": "Testing",
            "human_friendly_id": ["name__value"],
            "display_label": "name__value",
            "attributes": [
                _NAME,
                {"name": "height", "kind": "Number", "optional": True},
                {"name": "serial", "kind": "Text", "optional": True, "branch": "agnostic"},
                {"name": "note", "kind": "Text", "optional": True, "branch": "local"},
                {"name": "ports", "kind": "List", "optional": True},
            ],
            "relationships": [
                {
                    "name": "site",
                    "peer": "TestingSite",
                    "identifier": "site__device",
                    "cardinality": "one",
                    "optional": True,
                },
                {
                    "name": "tags",
                    "peer": "BuiltinTag",
                    "identifier": "device__tag",
                    "cardinality": "many",
                    "optional": True,
                },
                {
                    "name": "watchers",
                    "peer": "BuiltinTag",
                    "identifier": "device__watcher",
                    "cardinality": "many",
                    "optional": True,
                    "branch": "local",
                },
                {
                    "name": "interfaces",
                    "peer": "TestingInterface",
                    "identifier": "device__interface",
                    "cardinality": "many",
                    "kind": "Component",
                    "optional": True,
                },
            ],
        },
        {
            "name": "Interface",
            "namespace": "Testing",
            "display_label": "name__value",
            "attributes": [{"name": "name", "kind": "Text"}],
            "relationships": [
                {
                    "name": "device",
                    "peer": "TestingDevice",
                    "identifier": "device__interface",
                    "cardinality": "one",
                    "kind": "Parent",
                    "optional": False,
                }
            ],
        },
    ],
}

_CONFLICT = "conflict { uuid }"
_CONFLICTS = (
    f"{_CONFLICT} attributes {{ name {_CONFLICT} properties {{ property_type {_CONFLICT} }} }}"
    f" relationships {{ name elements {{ peer_id {_CONFLICT} properties {{ property_type {_CONFLICT} }} }} }}"
)


class World:
    """A server of the schema, and short ways to ask it."""

    def __init__(self) -> None:
        self.app = App()
        self.app.load_schemas([SCHEMA])
        self.account = admin(self.app)

    def answer(self, text: str, branch: str = "main", at: int | None = None) -> dict[str, Any]:
        """The whole answer to a document."""
        return run(self.app.session(branch, at, self.account), text)

    def ask(self, text: str, branch: str = "main", at: int | None = None) -> Any:
        """The data of the first field of a document that goes well."""
        answer = self.answer(text, branch, at)
        assert "errors" not in answer, answer["errors"]
        return next(iter(answer["data"].values()))

    def refusal(self, text: str, branch: str = "main") -> dict[str, Any]:
        """The one error of a document that is refused."""
        answer = self.answer(text, branch)
        (error,) = answer["errors"]
        return dict(error)

    # Branches

    def fork(self, name: str = "branch") -> str:
        """Make a branch."""
        self.ask(f'mutation {{ BranchCreate(data: {{name: "{name}"}}) {{ ok }} }}')
        return name

    def merge(self, name: str = "branch") -> None:
        """Merge a branch."""
        self.ask(f'mutation {{ BranchMerge(data: {{name: "{name}"}}) {{ ok }} }}')

    def rebase(self, name: str = "branch") -> None:
        """Rebase a branch."""
        self.ask(f'mutation {{ BranchRebase(data: {{name: "{name}"}}) {{ ok }} }}')

    def merge_refusal(self, name: str = "branch") -> str:
        """Why a branch is not merged."""
        return str(self.refusal(f'mutation {{ BranchMerge(data: {{name: "{name}"}}) {{ ok }} }}')["message"])

    def rebase_refusal(self, name: str = "branch") -> str:
        """Why a branch is not rebased."""
        return str(self.refusal(f'mutation {{ BranchRebase(data: {{name: "{name}"}}) {{ ok }} }}')["message"])

    # Conflicts

    def conflicts(self, name: str = "branch") -> dict[tuple[str, ...], str]:
        """The ids of the conflicts of a new difference, by the node, the field, the peer and the property."""
        self.ask(f'mutation {{ DiffUpdate(wait_until_completion: true, data: {{branch: "{name}"}}) {{ ok }} }}')
        found: dict[tuple[str, ...], Any] = {}
        for node in self.ask(f'{{ DiffTree(branch: "{name}") {{ nodes {{ uuid {_CONFLICTS} }} }} }}')["nodes"]:
            found[(node["uuid"],)] = node["conflict"]
            for item in node["attributes"]:
                about = (node["uuid"], item["name"])
                found[about] = item["conflict"]
                found.update({(*about, change["property_type"]): change["conflict"] for change in item["properties"]})
            for item in node["relationships"]:
                for element in item["elements"]:
                    about = (node["uuid"], item["name"])
                    found[about] = element["conflict"] or found.get(about)
                    about = (*about, element["peer_id"])
                    found.update(
                        {(*about, change["property_type"]): change["conflict"] for change in element["properties"]}
                    )
        return {about: conflict["uuid"] for about, conflict in found.items() if conflict}

    def choose(self, conflict: str, side: str) -> None:
        """Choose a side of a conflict: `base` or `diff`."""
        data = f'{{conflict_id: "{conflict}", selected_branch: {side.upper()}_BRANCH}}'
        self.ask(f"mutation {{ ResolveDiffConflict(data: {data}) {{ ok }} }}")

    def proposal(self, name: str = "branch") -> str:
        """The mutation that merges a branch with the sides that were chosen, through a proposed change."""
        id = self.create("CoreProposedChange", name="p", source_branch=name, destination_branch="main")
        return f'mutation {{ CoreProposedChangeMerge(data: {{id: "{id}"}}) {{ ok }} }}'

    # Nodes

    def create(self, kind: str, branch: str = "main", **data: Any) -> str:
        """Make a node of values, and of ids of peers."""
        session = self.app.session(branch)
        with self.app.storage.transaction():
            return saving.create(session, session.kinds[kind], _inputs(data)).id

    def update(self, id: str, branch: str = "main", **data: Any) -> None:
        """Change a node."""
        session = self.app.session(branch)
        with self.app.storage.transaction():
            kind = session.get([id])[id].kind
            saving.update(session, kind, {"id": id, **_inputs(data)})

    def delete(self, id: str, branch: str = "main") -> None:
        """Take away a node."""
        session = self.app.session(branch)
        with self.app.storage.transaction():
            deleting.delete(session, session.get([id])[id].kind, {"id": id})

    def read(self, id: str, branch: str = "main", at: int | None = None) -> dict[str, Any] | None:
        """What a node has: its values, and the ids of its peers; None when it is not there."""
        session = self.app.session(branch, at)
        node = session.get([id]).get(id)
        if node is None:
            return None
        found: dict[str, Any] = {name: value.value for name, value in node.values.items()}
        for name, relationship in node.kind.relationships.items():
            found[name] = sorted(edge.node.id for edge in node.edges(relationship))
        return found

    def values(self, kind: str, branch: str = "main", at: int | None = None) -> list[Any]:
        """The names of the nodes of a kind."""
        session = self.app.session(branch, at)
        return sorted(node.values["name"].value for node in session.find(session.kinds[kind], {}))

    def now(self) -> int:
        """A time, in microseconds since 1970."""
        return self.app.storage.now()


def _inputs(data: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a mutation: peers are given as sets of ids, or as one id in a tuple."""
    return {name: _input(value) for name, value in data.items()}


def _input(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return [{"id": id} for id in sorted(value)]
    if isinstance(value, tuple):
        return {"id": value[0]} if value else None
    return {"value": value}
