"""A model of the server: nodes in plain dictionaries, and the rules that were measured on Infrahub 1.11.9.

It understands the documents that the clients send and nothing more. What it holds can be compared with what a test
expects, and it remembers each mutation that it ran, so that a test can see what was doubled and what was lost.

    model = Model(kinds.schema())
    client = InfrahubClientSync(config=model.config())                    # as plain functions
    with ModelServer(model) as server:                                    # on a real socket
        client = InfrahubClientSync(config=Config(address=server.url))
    ...
    assert model.state() == [{"kind": "BuiltinTag", "id": ..., "name": "red", ...}]
    assert [run.name for run in model.runs] == ["BuiltinTagCreate"]
"""

from __future__ import annotations

import ipaddress
import json
import re
import threading
import uuid
from contextlib import nullcontext
from functools import partial
from typing import Any, Callable, NamedTuple
from urllib.parse import urlsplit

from graphql import GraphQLSyntaxError

from infrahub_sdk import Config
from infrahub_sdk.transport.response import Response
from tests.model_answers import answer_of
from tests.model_data import Branch, Edge, Invalid, Kind, Refusal, Stored, identifier_of
from tests.servers import Connection, ScriptedServer, answer

__all__ = ["Gate", "Model", "ModelServer", "Refusal", "Run"]

ADDRESS = "http://infrahub.test:8000"
_PATIENCE = 10.0  # seconds after which a wait gives up, so that a failing test ends
_ACTIONS = re.compile(r"(\w+?)(Create|Update|Upsert|Delete)")


class Run(NamedTuple):
    """One mutation that was run: its input, the node that it wrote, and why it was refused, if it was."""

    name: str
    data: dict[str, Any]
    id: str | None
    refusal: str | None = None


class Gate:
    """A place where a write stops after its checks, before it is done."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def pass_through(self) -> None:
        self.entered.set()
        assert self.opened.wait(_PATIENCE), "nobody opened the gate"


class Model:
    """The server.

    Args:
        schema: What `/api/schema` answers.

    Attributes:
        runs: Every mutation that was run, in order.
        asked: Every document that came, with its variables.
        without_id: Kinds whose create does not take an id.
        refusals: Refuses the next mutations of a name, one entry each: `model.refusals["BuiltinTagCreate"] = [...]`.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        generics = {item["kind"]: item for item in schema.get("generics", ())}
        kinds = [item for group in ("nodes", "profiles", "templates") for item in schema.get(group, ())]
        self.kinds = {item["kind"]: Kind(item, generics) for item in kinds}
        self.generics = {name: Kind(item, {}) for name, item in generics.items()}
        self.without_id: set[str] = set()
        self.refusals: dict[str, list[Refusal]] = {}
        self._guard = threading.RLock()
        self._unique = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget all nodes and what happened."""
        self.branches: dict[str, Branch] = {"main": Branch()}
        self.runs: list[Run] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._used: set[str] = set()  # a deleted node's id is not free again
        self._gates: dict[str, list[Gate]] = {}

    def gate(self, name: str) -> Gate:
        """Stop the next create of this kind between its checks and its work."""
        gate = Gate()
        self._gates.setdefault(name, []).append(gate)
        return gate

    def state(self, kind: str | None = None, branch: str = "main") -> list[dict[str, Any]]:
        """All nodes as plain dictionaries: values of attributes, ids of peers."""
        with self._guard:
            held = self.branches[branch]
            return [self._plain(held, node) for node in held.nodes if kind in (None, node.kind.name)]

    @staticmethod
    def _plain(held: Branch, node: Stored) -> dict[str, Any]:
        plain = {"kind": node.kind.name, "id": node.id}
        plain.update({name: data["value"] for name, data in node.attributes.items()})
        for name, schema in node.kind.relationships.items():
            peers = held.peers(node, name)
            plain[name] = sorted(peers) if schema["cardinality"] == "many" else (peers or [None])[0]
        return plain

    def add(self, kind: str, branch: str = "main", **fields: Any) -> str:
        """A node that is there from the beginning; gives its id. Fields are as in a mutation's input."""
        return self._create(self.kinds[kind], self.branches[branch], {"id": str(uuid.uuid4()), **fields}).id

    # The ways in

    def config(self, **fields: Any) -> Config:
        """Settings with which either client talks to this model, without a socket."""

        def ask(url: str, method: Any, headers: dict[str, str], timeout: float, payload: Any = None) -> Response:
            status, content = self.answer(method.value.upper(), url, json.dumps(payload).encode())
            return Response(status, content=content, url=url)

        async def ask_async(**arguments: Any) -> Response:
            return ask(**arguments)

        return Config(**{"address": ADDRESS, "requester": ask_async, "sync_requester": ask, **fields})

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """The status and the body that answer a request."""
        path = urlsplit(target).path
        if path.startswith("/graphql"):
            return self._graphql(path.partition("/graphql/")[2] or "main", json.loads(body))
        if path == "/api/schema":
            return 200, json.dumps(self.schema).encode()
        if path == "/api/schema/summary":
            return 200, json.dumps({"main": self.schema.get("main"), "nodes": {}, "generics": {}}).encode()
        if path.startswith("/api/auth/"):
            return 200, b'{"access_token": "access", "refresh_token": "refresh"}'
        return 404, b'{"detail": "Not Found"}'

    def _graphql(self, branch: str, payload: dict[str, Any]) -> tuple[int, bytes]:
        document, variables = payload["query"], payload.get("variables") or {}
        self.asked.append((document, variables))
        held = self.branches.get(branch)
        if held is None:
            text = f"Branch: {branch} not found."
            return 404, json.dumps({"data": None, "errors": [{"message": text, "extensions": {"code": 404}}]}).encode()
        try:
            return 200, json.dumps(answer_of(self, held, document, variables)).encode()
        except GraphQLSyntaxError as problem:
            return 500, str(problem).encode()

    # Writing

    def write(self, held: Branch, name: str, data: dict[str, Any]) -> Stored | None:
        """Run one mutation. The node that it wrote, None for one that is gone or that a relationship was changed of.

        Raises:
            Invalid, Refusal: It is not done.
        """
        action = self._action(name, data)
        try:
            waiting = self.refusals.get(name)
            if waiting:
                raise waiting.pop(0)
            node = action(held, data)
        except Refusal as refusal:
            self.runs.append(Run(name, data, data.get("id"), str(refusal)))
            raise
        self.runs.append(Run(name, data, node.id if node is not None else data.get("id")))
        return node

    def check(self, name: str, data: dict[str, Any]) -> None:
        """Look whether the schema has such a mutation, with such an input.

        Raises:
            Invalid: It has not.
        """
        self._action(name, data)

    def _action(self, name: str, data: dict[str, Any]) -> Callable[[Branch, dict[str, Any]], Stored | None]:
        """What a mutation does; its input is checked."""
        if name in {"RelationshipAdd", "RelationshipRemove"}:
            return partial(self._relate, name)
        match = _ACTIONS.fullmatch(name)
        kind = self.kinds.get(match.group(1)) if match else None
        if match is None or kind is None:
            raise Invalid(f"Cannot query field '{name}' on type 'Mutation'.")
        self._check_input(kind, match.group(2), data)
        actions = {"Create": self._create, "Update": self._update, "Upsert": self._upsert, "Delete": self._delete}
        return partial(actions[match.group(2)], kind)

    def _check_input(self, kind: Kind, verb: str, data: dict[str, Any]) -> None:
        known = {"id", "hfid"} if verb == "Delete" else kind.inputs if verb == "Create" else {*kind.inputs, "hfid"}
        if verb == "Create" and kind.name in self.without_id:
            known = known - {"id"}
        for name, content in data.items():
            if name not in known:
                raise Invalid(f"Field '{name}' is not defined by type '{kind.name}{verb}Input'.")
            schema = kind.attributes.get(name)
            if schema is not None and name != "id":
                if schema.get("read_only"):
                    raise Invalid(f"Field '{name}' is not defined by type '{kind.name}{verb}Input'.")
                _check_type(schema, content)

    def _create(self, kind: Kind, held: Branch, data: dict[str, Any]) -> Stored:
        """Look whether the id and what has to be unique are free, one create at a time where the kind asks for it."""
        self._check_id(kind, data)
        with self._unique if kind.constraints else nullcontext():
            with self._guard:
                self._check_id(kind, data)
                node = Stored(data.get("id") or str(uuid.uuid4()), kind)
                links = self._apply(held, node, data)
                self._check_mandatory(node, data)
                self._check_unique(held, node, links)
                gates = self._gates.get(kind.name)
            if gates:
                gates.pop(0).pass_through()
            with self._guard:
                held.nodes.append(node)
                self._used.add(node.id)
                self._link(held, node, links)
        return node

    def _check_id(self, kind: Kind, data: dict[str, Any]) -> None:
        identifier = data.get("id")
        if identifier is None:
            return
        try:
            uuid.UUID(identifier)
        except ValueError:
            raise Refusal(
                f"{identifier} is not a valid UUID at id", "ATTRIBUTE_INVALID_TYPE",
                node_kind=kind.name, field_name="id", expected_type="UUID", received_type=identifier,
            ) from None  # fmt: skip
        if identifier in self._used:
            text = f"{identifier} is already in use"
            raise Refusal(
                f"{text} at id", "ATTRIBUTE_CONSTRAINT_VIOLATION",
                node_kind=kind.name, field_name="id", constraint=text, detail=None,
            )  # fmt: skip

    @staticmethod
    def _check_mandatory(node: Stored, data: dict[str, Any]) -> None:
        fields = {**node.kind.attributes, **node.kind.relationships}
        for name, schema in fields.items():
            given = name in data or schema.get("default_value") is not None or schema.get("read_only")
            if not schema.get("optional", True) and not given:
                text = f"{name} is mandatory for {node.kind.name} at {name}"
                raise Refusal(text, "ATTRIBUTE_REQUIRED", node_kind=node.kind.name, field_name=name)

    def _check_unique(self, held: Branch, node: Stored, links: dict[str, list[Edge]]) -> None:
        for paths in node.kind.constraints:
            values = [self._at(held, node, path, links) for path in paths]
            if any(value is None for value in values):
                continue
            for other in held.nodes:
                if other is node or other.kind is not node.kind:
                    continue
                if values == [self._at(held, other, path) for path in paths]:
                    names = "-".join(path.partition("__")[0] for path in paths)
                    raise Refusal(f"Violates uniqueness constraint '{names}'")

    def _at(self, held: Branch, node: Stored, path: str, links: dict[str, list[Edge]] | None = None) -> Any:
        """The value at the end of a path; the ids of peers that are not linked yet are in `links`."""
        name, _, rest = path.partition("__")
        if name in node.kind.attributes:
            return node.attributes[name].get(rest or "value")
        peers = [edge.target for edge in links[name]] if links and name in links else held.peers(node, name)
        peer = held.find(peers[0]) if peers else None
        if peer is None or not rest:
            return peer.id if peer is not None else None
        return self._at(held, peer, rest)

    def hfid(self, held: Branch, node: Stored, links: dict[str, list[Edge]] | None = None) -> list[str] | None:
        values = [self._at(held, node, path, links) for path in node.kind.hfid]
        return [str(value) for value in values] if values and None not in values else None

    def _update(self, kind: Kind, held: Branch, data: dict[str, Any]) -> Stored:
        with self._unique, self._guard:
            node = self._found(held, kind, data)
            before = {name: dict(content) for name, content in node.attributes.items()}
            try:
                links = self._apply(held, node, data)
                self._check_unique(held, node, links)
            except Refusal:
                node.attributes = before
                raise
            self._link(held, node, links)
            return node

    def _upsert(self, kind: Kind, held: Branch, data: dict[str, Any]) -> Stored:
        """Update the node of this id, or the one of this human-friendly id, or create one."""
        with self._unique, self._guard:
            if data.get("id") is not None:
                return self._update(kind, held, data)
            fields = {name: value for name, value in data.items() if name != "hfid"}
            hfid = data.get("hfid") or self._would_be_hfid(held, kind, fields)
            if hfid and self._by_hfid(held, kind, hfid) is not None:
                return self._update(kind, held, {**fields, "hfid": hfid})
            return self._create(kind, held, fields)

    def _would_be_hfid(self, held: Branch, kind: Kind, data: dict[str, Any]) -> list[str] | None:
        node = Stored("", kind)
        return self.hfid(held, node, self._apply(held, node, data))

    def _delete(self, kind: Kind, held: Branch, data: dict[str, Any]) -> None:
        with self._unique, self._guard:
            node = self._found(held, kind, data)
            held.nodes.remove(node)
            held.edges = [edge for edge in held.edges if node.id not in (edge.source, edge.target)]

    def _relate(self, name: str, held: Branch, data: dict[str, Any]) -> None:
        with self._guard:
            node = held.find(data.get("id"))
            if node is None:
                raise _missing(data.get("id"), "node")
            if data["name"] not in node.kind.relationships:
                raise Refusal(f"'{data['name']}' is not a valid relationship for '{node.kind.name}' at name")
            peers = [item["id"] for item in data.get("nodes") or ()]
            for peer in peers:
                if held.find(peer) is None:
                    raise Refusal(f"'{peer}': Unable to find the node in the database.")
            there = {identifier: edge for edge, identifier in held.links(node, data["name"])}
            if name == "RelationshipAdd":
                identifier = identifier_of(node.kind, node.kind.relationships[data["name"]])
                held.edges += [Edge(identifier, node.id, peer, {}) for peer in peers if peer not in there]
            else:
                gone = [there[peer] for peer in peers if peer in there]
                held.edges = [edge for edge in held.edges if edge not in gone]

    def _found(self, held: Branch, kind: Kind, data: dict[str, Any]) -> Stored:
        if data.get("id") is not None:
            node = held.find(data["id"])
            if node is not None and node.kind is not kind:
                node = None
        else:
            node = self._by_hfid(held, kind, data.get("hfid") or [])
        if node is None:
            raise _missing(data.get("id") or "-".join(data.get("hfid") or ()), kind.name)
        return node

    def _by_hfid(self, held: Branch, kind: Kind, hfid: list[str]) -> Stored | None:
        return next((node for node in held.nodes if node.kind is kind and self.hfid(held, node) == hfid), None)

    def _apply(self, held: Branch, node: Stored, data: dict[str, Any]) -> dict[str, list[Edge]]:
        """Take the attributes of an input; the edges of its relationships are given back, to be linked after checks."""
        links = {}
        for name, content in data.items():
            if name in node.kind.attributes and isinstance(content, dict):
                self._set(node, name, content)
            elif name in node.kind.relationships:
                items = content if isinstance(content, list) else [content] if content is not None else []
                identifier = identifier_of(node.kind, node.kind.relationships[name])
                links[name] = [
                    Edge(identifier, node.id, self._peer(held, node, name, item), _relation_properties(item))
                    for item in items
                ]
        return links

    @staticmethod
    def _set(node: Stored, name: str, content: dict[str, Any]) -> None:
        schema, data = node.kind.attributes[name], node.attributes[name]
        if content.get("is_default"):
            data.update(value=schema.get("default_value"), is_default=True)
        if "from_pool" in content:
            data.update(value=f"of {content['from_pool']['id']}", is_default=False)
        if "value" in content:
            if content["value"] is None and not schema.get("optional", True):
                text = f"A value must be provided for {name}"
                raise Refusal(
                    f"{text} at {name}", "ATTRIBUTE_CONSTRAINT_VIOLATION",
                    node_kind=node.kind.name, field_name=name, constraint=text, detail=None,
                )  # fmt: skip
            data.update(value=_stored_value(schema["kind"], content["value"]), is_default=False)
        data.update({key: content[key] for key in ("is_protected", "source", "owner") if key in content})

    def _peer(self, held: Branch, node: Stored, name: str, item: dict[str, Any]) -> str:
        """The id of the peer that an input names."""
        schema = node.kind.relationships[name]
        identifier, hfid = item.get("id"), item.get("hfid")
        peer = held.find(identifier) if identifier else None
        if peer is None:
            kinds = [kind for kind in self.kinds.values() if (item.get("kind") or schema["peer"]) in kind.names]
            for kind in kinds:
                by_default = kind.default_filter is not None and [identifier]
                wanted = hfid or (by_default if kind.hfid == [kind.default_filter] else None)
                peer = peer or (self._by_hfid(held, kind, wanted) if wanted else None)
        if peer is None:
            raise _missing(identifier or "-".join(hfid or ()), schema["peer"])
        return peer.id

    def _link(self, held: Branch, node: Stored, links: dict[str, list[Edge]]) -> None:
        """Let these edges be those of the relationships, also where the other side has room for one only."""
        for name, edges in links.items():
            old = [edge for edge, _ in held.links(node, name)]
            held.edges = [edge for edge in held.edges if edge not in old]
            for edge in edges:
                self._make_room(held, edge)
            held.edges += edges

    @staticmethod
    def _make_room(held: Branch, edge: Edge) -> None:
        peer = held.find(edge.target)
        if peer is None:
            return
        for name, schema in peer.kind.relationships.items():
            if schema["cardinality"] == "one" and identifier_of(peer.kind, schema) == edge.identifier:
                old = [other for other, _ in held.links(peer, name)]
                held.edges = [other for other in held.edges if other not in old]


def _missing(identifier: Any, kind: str) -> Refusal:
    text = f"Unable to find the node {identifier} / {kind} in the database."
    return Refusal(text, "NODE_NOT_FOUND", 404, node_kind=kind, identifier=identifier)


def _relation_properties(item: dict[str, Any]) -> dict[str, Any]:
    prefix = "_relation__"
    return {key[len(prefix) :]: value for key, value in item.items() if key.startswith(prefix)}


def _check_type(schema: dict[str, Any], content: Any) -> None:
    if not isinstance(content, dict) or not content:
        raise Invalid(f"Expected value of an input type for '{schema['name']}', found {content!r}.")
    value = content.get("value")
    kind = schema["kind"]
    wanted: Any = {"Number": int, "Bandwidth": int, "Boolean": bool, "Checkbox": bool, "List": list}.get(kind, str)
    if value is not None and kind not in {"JSON", "Any"} and type(value) is not wanted:
        raise Invalid(f"{wanted.__name__} cannot represent the value of '{schema['name']}': {value!r}")


def _stored_value(kind: str, value: Any) -> Any:
    """A value in the server's form."""
    if value and kind in {"IPHost", "IPNetwork"}:
        return str(ipaddress.ip_interface(value) if kind == "IPHost" else ipaddress.ip_network(value))
    return value


def http_answer(model: Model, method: str, target: str, body: bytes) -> bytes:
    """The bytes that answer a request, head and all."""
    status, content = model.answer(method, target, body)
    words = {200: "200 OK", 404: "404 Not Found", 500: "500 Internal Server Error"}
    return answer(content, words[status], {"content-type": "application/json"})


class ModelServer(ScriptedServer):
    """The model on a real socket, with connections that are kept alive."""

    def __init__(self, model: Model) -> None:
        def serve(connection: Connection) -> None:
            request = connection.request
            assert request is not None
            connection.send(http_answer(model, request.method, request.target, request.body))

        super().__init__([serve])
        self.model = model
