"""Whatever paths are asked for, the server understands the document, and the nodes hold what the paths lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk import InfrahubClient, InfrahubClientSync
from infrahub_sdk.core.paths import Classes, concrete_classes, peer_kind
from infrahub_sdk.core.selecting import Selection, document, selection_text
from infrahub_sdk.exceptions import UninitializedError, ValidationError
from infrahub_sdk.node.fields import AttributeField, OneField
from infrahub_sdk.schema.cache import BranchSchema
from tests.unit.graph import KINDS, Graph, problems, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAPH = Graph()
CLIENT = InfrahubClientSync(config=GRAPH.config())
CLIENT.schema.cache["main"] = BranchSchema.from_api_response(schema())
CLASSES = Classes(CLIENT, "main")
DEPTH = 4


@st.composite
def paths(draw: Any, kind: str) -> str:
    """A path that leads somewhere."""
    classes, steps = [CLASSES(kind)], []
    for _ in range(draw(st.integers(1, DEPTH))):
        classes += [child for cls in classes for child in concrete_classes(cls, CLASSES)]
        step = draw(st.sampled_from(sorted({name for cls in classes for name in cls._field_map})))
        steps.append(step)
        fields = [(cls, cls._field_map[step]) for cls in classes if step in cls._field_map]
        peers = {peer_kind(cls, field) for cls, field in fields if not isinstance(field, AttributeField)}
        if not peers:
            break
        classes = [CLASSES(peer) for peer in sorted(peers)]
    return ".".join(steps)


@st.composite
def selections(draw: Any) -> tuple[str, Selection]:
    """A kind, and any selection of it."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    if not any(cls._field_map for cls in (CLASSES(kind), *concrete_classes(CLASSES(kind), CLASSES))):
        return kind, Selection()
    some = st.lists(paths(kind), max_size=4)
    flags = {name: draw(st.booleans()) for name in ("fragment", "property", "include_metadata")}
    if draw(st.booleans()):
        return kind, Selection.of(only=draw(some), **flags)
    include = draw(some)
    exclude = [path for path in draw(some) if not any(f"{other}.".startswith(f"{path}.") for other in include)]
    return kind, Selection.of(include, exclude, prefetch_relationships=draw(st.booleans()), **flags)


@settings(max_examples=50, deadline=None)
@given(selections())
def test_the_server_understands_every_selection(chosen: tuple[str, Selection]) -> None:
    kind, selection = chosen
    text = document(kind, "Any", {}, selection_text(CLASSES(kind), selection, CLASSES), paged=False)
    assert problems(text) == []


def _along(node: Any, steps: list[str]) -> Iterator[str]:
    """What a path leads to from a node: values, or ids of peers; nothing where the node has no such field."""
    step, *rest = steps
    if step not in node._field_map:
        return
    value, field = node[step], node._field_map[step]
    if isinstance(field, AttributeField):
        yield str(value.value)
        return
    for related in [value] if isinstance(field, OneField) else value:
        if related.initialized:
            yield from _along(related.peer, rest) if rest else [str(related.id)]


def _expected(graph: Graph, identifier: str, steps: list[str]) -> Iterator[str]:
    """The same as the server holds it."""
    step, *rest = steps
    node = graph.nodes[identifier]
    fields = {item["name"] for item in KINDS[node["kind"]]["attributes"]}
    if step in fields:
        yield str(node.get(step))
        return
    peers = node.get(step) or []
    for peer in [peers] if isinstance(peers, str) else peers:
        yield from _expected(graph, peer, rest) if rest else [peer]


def _filled() -> Graph:
    graph = Graph()
    graph.add("LocationRegion", "emea", name="emea", children=["atl1"], descendants=["atl1", "rack"])
    graph.add("LocationSite", "atl1", name="Atlanta", parent="emea", children=["rack"], ancestors=["emea"])
    graph.add("LocationRack", "rack", name="rack1", height=42, parent="atl1", ancestors=["atl1", "emea"])
    graph.add("BuiltinTag", "red", name="red")
    graph.add("DcimDevice", "edge", name="edge1", location="atl1", tags=["red"], interfaces=["eth0", "vlan1"])
    graph.add("DcimPhysical", "eth0", name="eth0", mtu=1500, device="edge", ip_addresses=["ip1"])
    graph.add("DcimVirtual", "vlan1", name="vlan1", mtu="auto", device="edge", below="eth0")
    graph.add("IpamAddress", "ip1", address="10.0.0.1/24", interface="eth0", tags=["red"])
    graph.add("CoreStandardGroup", "all", name="all", members=["red", "edge", "vlan1"])
    graph.add("CoreNumberPool", "pool", name="pool")
    return graph


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_what_a_path_leads_to_is_at_hand_and_nothing_else(data: Any) -> None:
    kind = data.draw(st.sampled_from(sorted(set(KINDS) - {"CoreNode"})))
    path = data.draw(paths(kind))
    steps = path.split(".")
    graph = _filled()
    for asked in ({"only": [path]}, {"include": [path]}):
        client = InfrahubClientSync(config=graph.config())
        for node in client.all(kind, **asked):
            assert list(_along(node, steps)) == list(_expected(graph, node.id, steps))
            unread = [name for name in node._attributes if "only" in asked and name not in steps]
            for name in unread:
                with pytest.raises(UninitializedError):
                    _ = node[name].value
    assert len(graph.sent) == 2


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_step_that_is_spoilt_is_named(data: Any) -> None:
    kind = data.draw(st.sampled_from(sorted(set(KINDS) - {"CoreNode"})))
    steps = data.draw(paths(kind)).split(".")
    place = data.draw(st.integers(0, len(steps) - 1))
    wrong = [*steps[:place], f"{steps[place]}x", *steps[place + 1 :]]
    with pytest.raises(ValidationError, match=f"'{steps[place]}x'"):
        CLIENT.all(kind, only=[".".join(wrong)])


@pytest.mark.parametrize("base", [InfrahubClient, InfrahubClientSync])
def test_both_clients_ask_for_the_same(base: Any) -> None:
    client = base(config=Graph().config())
    client.schema.cache["main"] = BranchSchema.from_api_response(schema())
    classes = Classes(client, "main")
    selection = Selection.of(include=["interfaces.ip_addresses"])
    assert selection_text(classes("DcimDevice"), selection, classes) == selection_text(
        CLASSES("DcimDevice"), selection, CLASSES
    )
