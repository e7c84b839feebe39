"""What the tests of servers have of their own: a schema with a kind for each rule, and short ways to ask."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from email.message import Message

__all__ = ["KINDS_OF_ATTRIBUTES", "SUITE", "Refusal", "Reply", "Suite", "refusal"]

KINDS_OF_ATTRIBUTES = (
    *("Text", "TextArea", "Number", "Boolean", "Checkbox", "List", "JSON", "IPHost", "IPNetwork", "MacAddress"),
    *("DateTime", "Password", "HashedPassword", "URL", "Email", "File", "Color", "Bandwidth", "Any"),
)


def _text(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "Text", "optional": True, **more}


def _to(name: str, peer: str, cardinality: str = "one", **more: Any) -> dict[str, Any]:
    return {"name": name, "peer": peer, "cardinality": cardinality, "optional": True, **more}


def _kind(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "Suite", **more}


_NAME = {"name": "name", "kind": "Text"}
_NAMED: dict[str, Any] = {
    "human_friendly_id": ["name__value"],
    "display_label": "name__value",
    "order_by": ["name__value"],
}

_GENERICS = [
    _kind(
        "Asset",
        **_NAMED,
        uniqueness_constraints=[["name__value"]],
        attributes=[{**_NAME, "unique": True}, _text("description")],
        relationships=[
            _to("owner", "SuitePerson", identifier="suite_asset__person"),
            _to("tags", "BuiltinTag", "many", identifier="suite_asset__tags"),
        ],
    ),
    _kind(
        "Place",
        **_NAMED,
        hierarchical=True,
        attributes=[{**_NAME, "unique": True}, {"name": "level", "kind": "Number", "optional": True}],
    ),
]

_SERVER = _kind(
    "Server",
    inherit_from=["SuiteAsset"],
    generate_template=True,
    attributes=[
        _text("serial", parameters={"regex": "^[A-Z0-9]+$", "min_length": 3, "max_length": 8}),
        {
            "name": "height",
            "kind": "Number",
            "default_value": 1,
            "optional": True,
            "parameters": {"min_value": 1, "max_value": 48, "excluded_values": "13,20-29"},
        },
        {"name": "active", "kind": "Boolean", "default_value": True, "optional": True},
        _text("size", enum=["small", "large"]),
        {
            "name": "status",
            "kind": "Dropdown",
            "optional": True,
            "choices": [
                {"name": "on", "label": "On", "color": "#00ff00", "description": "It runs."},
                {"name": "off", "label": "Off"},
            ],
        },
        _text("fixed", read_only=True),
        _text(
            "title",
            read_only=True,
            computed_attribute={"kind": "Jinja2", "jinja2_template": "{{ name__value | upper }} #{{ height__value }}"},
        ),
        _text("everywhere", branch="agnostic"),
    ],
    relationships=[
        _to("place", "SuitePlace", identifier="suite_server__place"),
        _to("disks", "SuiteDisk", "many", kind="Component", identifier="suite_server__disk"),
        _to("friends", "SuiteServer", "many", identifier="suite_server__friends", max_count=2),
        _to("leases", "SuiteLease", "many", identifier="suite_server__lease", on_delete="cascade"),
    ],
)

_NODES = [
    _kind(
        "Person", **_NAMED, attributes=[{**_NAME, "unique": True}, {"name": "age", "kind": "Number", "optional": True}]
    ),
    _kind("Area", inherit_from=["SuitePlace"], parent="", children="SuiteRoom"),
    _kind("Room", inherit_from=["SuitePlace"], parent="SuiteArea", children="SuiteShelf", attributes=[_text("door")]),
    _kind("Shelf", inherit_from=["SuitePlace"], parent="SuiteRoom", children=""),
    _SERVER,
    _kind(
        "Switch",
        inherit_from=["SuiteAsset"],
        display_label="{{ name__value | upper }}/{{ ports__value }}",
        attributes=[{"name": "ports", "kind": "Number", "default_value": 24, "optional": True}],
    ),
    _kind(
        "Disk",
        human_friendly_id=["server__name__value", "slot__value"],
        display_label="{{ server__name__value }}:{{ slot__value }}",
        order_by=["slot__value"],
        uniqueness_constraints=[["server", "slot__value"]],
        attributes=[
            {"name": "slot", "kind": "Number"},
            {"name": "gigabytes", "kind": "Number", "optional": True},
        ],
        relationships=[
            _to("server", "SuiteServer", kind="Parent", optional=False, identifier="suite_server__disk"),
            _to("serves", "SuitePerson", identifier="suite_disk__person"),
        ],
    ),
    _kind(
        "Lease",
        **_NAMED,
        attributes=[{**_NAME, "unique": True}],
        relationships=[
            _to("server", "SuiteServer", identifier="suite_server__lease"),
            _to("tenant", "SuitePerson", optional=False, identifier="suite_lease__tenant"),
        ],
    ),
    _kind(
        "Sample",
        **_NAMED,
        attributes=[
            {**_NAME, "unique": True},
            *[{"name": f"a_{kind.lower()}", "kind": kind, "optional": True} for kind in KINDS_OF_ATTRIBUTES],
        ],
    ),
    _kind("Plain", attributes=[_text("word"), {"name": "must", "kind": "Number"}]),
    _kind(
        "Ticket",
        **_NAMED,
        attributes=[
            {**_NAME, "unique": True},
            {
                "name": "number",
                "kind": "NumberPool",
                "optional": False,
                "read_only": True,
                "parameters": {"start_range": 100, "end_range": 199},
            },
        ],
    ),
    _kind("Prefix", inherit_from=["BuiltinIPPrefix"], attributes=[_text("note")]),
    _kind("Address", inherit_from=["BuiltinIPAddress"], attributes=[_text("note")]),
    _kind("Paper", inherit_from=["CoreFileObject"], attributes=[{**_NAME, "unique": True}]),
    _kind("Target", **_NAMED, inherit_from=["CoreArtifactTarget"], attributes=[{**_NAME, "unique": True}]),
]

SUITE: dict[str, Any] = {"version": "1.0", "generics": _GENERICS, "nodes": _NODES}


class Refusal(NamedTuple):
    """An error of an answer: what it says, where, and with which codes, of GraphQL and of HTTP."""

    message: str
    path: list[Any] | None
    code: Any
    http_status: int | None
    status: int


class Reply(NamedTuple):
    """An answer of HTTP; its content is what JSON holds, or text."""

    status: int
    content: Any
    headers: Message


class Suite:
    """Asks a server in plain GraphQL and HTTP.

    In what is asked and answered, `~` stands for the beginning of names that nobody else uses.

    Args:
        address: Where the server is.
        token: What it knows the account by.
        is_local: Whether it is the local one.
    """

    def __init__(self, address: str, token: str, *, is_local: bool) -> None:
        self.address = address
        self.token = token
        self.is_local = is_local
        self.prefix = f"suite{uuid.uuid4().hex[:8]}"
        self._made: list[str] = []

    def http(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        token: str | None = "",
        account: str | None = None,
    ) -> Reply:
        """Send a request.

        Args:
            method: Of HTTP.
            path: What comes after the address.
            body: What is sent as JSON; bytes are sent as they are.
            headers: Further headers.
            token: An API token; None for nobody's; by default the one of the tests.
            account: A token of a session, instead.
        """
        sent = {"Content-Type": "application/json", **(headers or {})}
        if account is not None:
            sent["Authorization"] = f"Bearer {account}"
        elif token is not None:
            sent["X-INFRAHUB-KEY"] = token or self.token
        data = body if body is None or isinstance(body, bytes) else self._named(json.dumps(body)).encode()
        request = urllib.request.Request(self.address + self._named(path), data, sent, method=method)
        reply = self._sent(request)
        for wait in (1, 2, 4, 8, 16):  # as long as a real server that has too much to do asks for it
            if reply.status != 429:
                break
            time.sleep(float(reply.headers.get("Retry-After") or wait))
            reply = self._sent(request)
        return reply

    def _sent(self, request: urllib.request.Request) -> Reply:
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return self._reply(answer.status, answer.read(), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return self._reply(error.code, error.read(), error.headers)

    def _reply(self, status: int, content: bytes, headers: Message) -> Reply:
        text = content.decode(errors="replace").replace(self.prefix, "~")
        try:
            return Reply(status, json.loads(text), headers)
        except ValueError:
            return Reply(status, text, headers)

    def _named(self, text: str) -> str:
        return text.replace("~", self.prefix)

    def ask(self, document: str, branch: str = "main", at: str | None = None, **more: Any) -> Reply:
        """Send a document; its variables and how to send it are keyword arguments, see `http`."""
        ways = {name: more.pop(name) for name in ("token", "account") if name in more}
        path = f"/graphql/{branch}" + ("" if at is None else f"?at={at}")
        return self.http("POST", path, {"query": document, "variables": more}, **ways)

    def data(self, document: str, **more: Any) -> Any:
        """The data of the answer to a document, which has no errors."""
        reply = self.ask(document, **more)
        assert isinstance(reply.content, dict) and "errors" not in reply.content, reply.content
        return reply.content["data"]

    def refusals(self, document: str, **more: Any) -> list[Refusal]:
        """The errors of the answer to a document."""
        reply = self.ask(document, **more)
        return [refusal(reply, error) for error in reply.content["errors"]]

    def refused(self, document: str, **more: Any) -> Refusal:
        """The one error of the answer to a document."""
        [found] = self.refusals(document, **more)
        return found

    def create(self, kind: str, fields: str, select: str = "id", **more: Any) -> Any:
        """Make a node, which is taken away in the end.

        Args:
            kind: Its kind.
            fields: The fields of the mutation's input.
            select: What of the node is wanted; by default its id, and no more.
            more: See `ask`.
        """
        wanted = "id" if select == "id" else f"id {select}"
        made = self.data(f"mutation {{ {kind}Create(data: {{ {fields} }}) {{ object {{ {wanted} }} }} }}", **more)
        node = made[f"{kind}Create"]["object"]
        if "branch" not in more:
            self._made.append(f'{kind}Delete(data: {{ id: "{node["id"]}" }}) {{ ok }}')
        return node["id"] if select == "id" else node

    def update(self, kind: str, fields: str, select: str = "id", **more: Any) -> Any:
        """What the answer to an update says of the node."""
        made = self.data(f"mutation {{ {kind}Update(data: {{ {fields} }}) {{ object {{ {select} }} }} }}", **more)
        return made[f"{kind}Update"]["object"]

    def nodes(self, kind: str, arguments: str = "", select: str = "display_label", **more: Any) -> list[Any]:
        """The nodes of a kind, with what is wanted of them."""
        asked = f"({arguments})" if arguments else ""
        found = self.data(f"{{ {kind}{asked} {{ edges {{ node {{ {select} }} }} }} }}", **more)
        return [edge["node"] for edge in found[kind]["edges"]]

    def labels(self, kind: str, arguments: str = "", **more: Any) -> list[str]:
        """The display labels of the nodes of a kind, without the beginning that is this test's own."""
        return [str(node["display_label"]).replace("~", "") for node in self.nodes(kind, arguments, **more)]

    def branch(self, name: str) -> str:
        """Make a branch, which is taken away in the end.

        Returns:
            Its name.
        """
        self.data(
            "mutation($data: BranchCreateInput!) { BranchCreate(data: $data, wait_until_completion: true) { ok } }",
            data={"name": name, "sync_with_git": False},
        )
        self.ends_with(f'BranchDelete(data: {{ name: "{name}" }}) {{ ok }}')
        return name

    def ends_with(self, mutation: str) -> None:
        """What is to be done in the end, to take away what was made."""
        self._made.append(mutation)

    def close(self) -> None:
        """Take away what was made, the last first; what is gone is gone."""
        lines = " ".join(f"m{number}: {line}" for number, line in enumerate(reversed(self._made)))
        if lines:
            self.ask(f"mutation {{ {lines} }}")
        self._made.clear()


def refusal(reply: Reply, error: dict[str, Any]) -> Refusal:
    """What an error of an answer says."""
    extensions = error.get("extensions") or {}
    code, status = extensions.get("code"), extensions.get("http_status")
    return Refusal(error["message"], error.get("path"), code, status, reply.status)
