# Made from test_nodes.py by tools/twins.py; change that one.
"""What the clients do on a real server."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClientSync
from infrahub_sdk.exceptions import (
    AuthenticationError,
    BranchNotFoundError,
    GraphQLError,
    NodeNotFoundError,
    SchemaNotFoundError,
    ValidationError,
)
from infrahub_sdk.types import Order, OrderByEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server


def test_the_first_steps(server: Server, unique: Callable[[str], str]) -> None:
    client = InfrahubClientSync.init(address=server.address, config=server.config())
    loaded = client.schema.load([server.schema], wait_until_converged=True)
    assert not loaded.errors
    blue = client.create("BuiltinTag", name=unique("blue"))
    red = client.create("BuiltinTag", name=unique("red"))
    blue.save()
    red.save()

    atl1, edge1 = unique("atl1"), unique("atl1-edge1")
    site = client.create("LocationSite", name="atl1", shortname=atl1)
    site.save()
    device = client.create("DcimDevice", name=edge1, location=site, tags=[unique("blue")])
    device.save(allow_upsert=True)

    found = client.filters("DcimDevice", location__shortname__value=atl1)
    assert [(device.name.value, device.location.peer.shortname.value) for device in found] == [(edge1, atl1)]

    (device,) = found
    device.description.value = "core"
    device.tags.add(red)
    device.save()
    again = client.get("DcimDevice", hfid=[edge1], populate_store=False)
    assert again.description.value == "core"
    assert sorted(again.tags.peer_ids) == sorted([blue.id, red.id])

    query = "query ($n: String!) { DcimDevice(name__value: $n) { count } }"
    assert client.execute_graphql(query, variables={"n": edge1}) == {"DcimDevice": {"count": 1}}
    device.delete()
    assert client.count("DcimDevice", name__value=edge1) == 0
    client.close()


VALUES: list[tuple[str, Any]] = [
    ("text", 'quotes " and \\ and $v0 and \u00e9 \U0001f600'),
    ("textarea", "two\nlines\tand a tab"),
    ("number", 2**53),
    ("number", 0),
    ("number", -1),
    ("boolean", True),
    ("boolean", False),
    ("checkbox", True),
    ("dropdown", "two"),
    ("list", ["a", "b c", 'd"e']),
    ("list", []),
    ("json", {"a-b": [1, 2.5, None, True, {"x y": 'z"'}], "large": 2**40}),
    ("json", ["a", {"b": []}]),
    ("iphost", ipaddress.ip_interface("10.1.2.3/24")),
    ("iphost", ipaddress.ip_interface("2001:db8::1/64")),
    ("ipnetwork", ipaddress.ip_network("10.1.0.0/16")),
    ("ipnetwork", ipaddress.ip_network("2001:db8::/32")),
    ("macaddress", "60:23:6C:C8:16:FF"),
    ("datetime", "2024-01-02T03:04:05Z"),
    ("url", "https://example.com/a?b=c#d"),
    ("email", "ops@example.com"),
    ("file", "path/to/a file.txt"),
    ("color", "#ff0000"),
    ("bandwidth", 10_000_000_000),
    ("id", "some-id"),
    ("password", "open sesame"),
    ("any", "anything"),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_comes_back_as_it_was_written(
    server: Server, unique: Callable[[str], str], kind: str, value: Any
) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        sample = client.create("TestingSample", name=unique(kind), **{f"a_{kind}": value})
        sample.save()
        read = client.get("TestingSample", id=sample.id, populate_store=False)
        if kind == "macaddress" and not server.at_least("1.5"):
            value = value.replace(":", "-")  # as older servers write it
        assert read[f"a_{kind}"].value == value

        read[f"a_{kind}"].value = None
        read.save()
        assert (client.get("TestingSample", id=sample.id, populate_store=False))[f"a_{kind}"].value is None
        sample.delete()


def test_a_hashed_password_is_not_kept_as_it_was_written(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        sample = client.create("TestingSample", name=unique("hashed"), a_hashedpassword="open sesame")
        sample.save()
        read = client.get("TestingSample", id=sample.id, populate_store=False)
        assert read.a_hashedpassword.value not in {None, "open sesame"}


def test_fields_named_like_methods_leave_the_methods_alone(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        sample = client.create("TestingSample", name=unique("x"), extract="yes", hfid_str=3)
        sample.save()
        read = client.get("TestingSample", id=sample.id)
        assert (read["extract"].value, read["hfid_str"].value) == ("yes", 3)
        read["extract"] = "no"
        read.save()
        read.delete()


def test_relationships_are_followed_changed_replaced_and_cleared(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        tags = [client.create("BuiltinTag", name=unique(name)) for name in ("a", "b", "c")]
        for tag in tags:
            tag.save()
        site = client.create("LocationSite", name="x", shortname=unique("s"), tags=tags[:1])
        site.save()
        device = client.create("DcimDevice", name=unique("d"), location=site, tags=tags[:2])
        device.save()
        for number in range(3):
            interface = client.create("DcimInterface", name=f"eth{number}", device=device)
            interface.save()

        other = InfrahubClientSync(config=server.config())
        device = other.get("DcimDevice", id=device.id)
        device.location.fetch()
        assert device.location.peer.shortname.value == site.shortname.value
        device.interfaces.fetch()
        assert len(device.interfaces) == 3
        assert sorted(peer.peer.name.value for peer in device.interfaces) == ["eth0", "eth1", "eth2"]

        device.tags.extend([tags[2], tags[1]])
        device.tags.remove(tags[0])
        device.save()
        device = other.get("DcimDevice", id=device.id, prefetch_relationships=True)
        assert sorted(peer.peer.name.value for peer in device.tags) == sorted([unique("b"), unique("c")])

        device.tags = [tags[0]]
        device.location = None
        device.save()
        device = other.get("DcimDevice", id=device.id)
        assert (device.tags.peer_ids, device.location.initialized) == ([tags[0].id], False)

        device.tags.clear()
        device.save()
        device = other.get("DcimDevice", id=device.id)
        assert device.tags.peer_ids == []

        device.add_relationships("tags", [tags[0].id, tags[1].id])
        device.remove_relationships("tags", [tags[0].id])
        device = other.get("DcimDevice", id=device.id)
        assert device.tags.peer_ids == [tags[1].id]
        other.close()


def test_filters_order_limits_and_counts(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        prefix = unique("f")
        for number in range(5):
            device = client.create("DcimDevice", name=f"{prefix}-{number}", height=number % 2)
            device.save()
        order = Order(by=[OrderByEntry(field="name__value", direction="DESC")])
        with server.since("1.10"):
            found = client.filters("DcimDevice", order=order, partial_match=True, name__value=prefix)
            assert [device.name.value for device in found] == [f"{prefix}-{number}" for number in (4, 3, 2, 1, 0)]
        names = [f"{prefix}-1", f"{prefix}-3"]
        found = client.filters("DcimDevice", name__values=names, height__value=1)
        assert sorted(device.name.value for device in found) == names
        found = client.filters("DcimDevice", partial_match=True, name__value=prefix, offset=1, limit=2)
        assert len(found) == 2
        assert client.count("DcimDevice", partial_match=True, name__value=prefix) == 5
        generic = client.filters("DcimGenericDevice", name__values=names, fragment=True)
        assert sorted(device.height.value for device in generic) == [1, 1]
        assert {type(device).__name__ for device in generic} == {"DcimDevice"}


def test_two_thousand_nodes_are_read_in_pages(server: Server, two_thousand_tags: str) -> None:
    with InfrahubClientSync(config=server.config(pagination_size=300)) as client:
        for parallel in (False, True):
            tags = client.filters("BuiltinTag", parallel=parallel, partial_match=True, name__value=two_thousand_tags)
            assert len({tag.id for tag in tags}) == len(tags) == 2000


def test_an_upsert_creates_once_and_updates_afterwards(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        identifiers = set()
        for description in ("first", "second"):
            tag = client.create("BuiltinTag", name=unique("up"), description=description)
            tag.save(allow_upsert=True)
            identifiers.add(tag.id)
        assert len(identifiers) == 1
        read = client.get("BuiltinTag", id=tag.id, populate_store=False)
        assert read.description.value == "second"


def test_a_branch_and_the_past_are_read_apart(server: Server, unique: Callable[[str], str]) -> None:
    from infrahub_sdk.timestamp import Timestamp

    with InfrahubClientSync(config=server.config()) as client:
        tag = client.create("BuiltinTag", name=unique("branched"), description="main")
        tag.save()
        before = Timestamp()
        branch = unique("b")
        client.branch.create(branch)
        there = client.get("BuiltinTag", branch=branch, id=tag.id)
        there.description = "branch"
        there.save()
        assert (client.get("BuiltinTag", id=tag.id)).description.value == "main"
        assert (client.get("BuiltinTag", branch=branch, id=tag.id)).description.value == "branch"
        assert client.store.get(tag.id, branch=branch).description.value == "branch"

        tag.description = "changed"
        tag.save()
        past = client.get("BuiltinTag", id=tag.id, at=before)
        assert past.description.value == "main"
        client.branch.delete(branch)


def test_metadata_and_properties_are_read(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        tag = client.create("BuiltinTag", name={"value": unique("meta"), "is_protected": True})
        tag.save()
        read = client.get("BuiltinTag", id=tag.id, property=True)
        assert read.name.is_protected is True
        assert read.description.is_default is True
        assert read.name.updated_at
        with server.since("1.9"):
            read = client.get("BuiltinTag", id=tag.id, property=True, include_metadata=True)
            assert read.get_node_metadata().created_at
        read.description = "changed"
        read.save()


def test_profiles_and_templates_are_nodes_like_any_other(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        profile = client.create("ProfileDcimDevice", profile_name=unique("p"), description="from the profile")
        profile.save()
        device = client.create("DcimDevice", name=unique("d"), profiles=[profile])
        device.save()
        read = client.get("DcimDevice", id=device.id, property=True)
        assert read.description.value == "from the profile"
        assert read.description.is_from_profile is True
        template = client.create("TemplateDcimDevice", template_name=unique("t"), description="from the template")
        template.save()
        assert (client.get("TemplateDcimDevice", id=template.id)).description.value == "from the template"


def test_what_the_server_refuses_is_said_in_its_words(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        tag = client.create("BuiltinTag", name=unique("twice"))
        tag.save()
        again = client.create("BuiltinTag", name=unique("twice"))
        with pytest.raises(GraphQLError, match="name"):
            again.save()
        device = client.create("DcimDevice", name=unique("x"), status="nonsense")
        with pytest.raises(GraphQLError, match="status"):
            device.save()
        with pytest.raises(NodeNotFoundError):
            client.get("BuiltinTag", name__value=unique("nowhere"))
        with pytest.raises(SchemaNotFoundError, match="Did you mean 'BuiltinTag'"):
            client.get("BuiltinTga", id="x")
        with pytest.raises(ValidationError, match="Did you mean 'name__value'"):
            client.filters("BuiltinTag", nmae__value="x")
        with pytest.raises(BranchNotFoundError, match="nope"):
            client.get("BuiltinTag", branch="nope", id="x")
        with pytest.raises(BranchNotFoundError, match="nope"):
            client.execute_graphql("query { BuiltinTag { count } }", branch_name="nope")


def test_every_filter_of_the_server_passes_the_check_of_names(server: Server) -> None:
    query = "query ($t: String!) { __type(name: $t) { fields { name args { name } } } }"
    with InfrahubClientSync(config=server.config()) as client:
        from infrahub_sdk.core.selecting import check_filters

        kinds = client.schema.all()
        data = client.execute_graphql(query, variables={"t": "Query"})
        checked = 0
        for field in data["__type"]["fields"]:
            if field["name"] in kinds:
                check_filters(client.schema.get_class(field["name"]), [argument["name"] for argument in field["args"]])
                checked += 1
        assert checked > 50


def test_a_wrong_token_is_refused(server: Server) -> None:
    client = InfrahubClientSync(config=server.config(api_token="wrong"))
    with pytest.raises(AuthenticationError, match="token"):
        client.execute_graphql("query { BuiltinTag { count } }")
    client.close()


def test_a_wrong_password_is_refused(server: Server) -> None:
    client = InfrahubClientSync(address=server.address, config={"username": "admin", "password": "wrong"})
    with pytest.raises(AuthenticationError, match="password"):
        client.get("BuiltinTag", id="x")
    client.close()


def test_a_user_logs_in_with_a_password(server: Server, unique: Callable[[str], str]) -> None:
    with InfrahubClientSync(address=server.address, config={"username": "admin", "password": "infrahub"}) as client:
        tag = client.create("BuiltinTag", name=unique("login"))
        tag.save()
        first = client.access_token
        client.login(refresh=True)
        assert client.access_token != first or client.access_token
        tag.delete()


def test_the_schema_is_checked_loaded_and_refused(server: Server) -> None:
    with InfrahubClientSync(config=server.config()) as client:
        valid, answer = client.schema.check([server.schema])
        assert valid, answer
        wrong = {"version": "1.0", "nodes": [{"name": "Wrong", "namespace": "Testing", "attributes": [{"name": "x"}]}]}
        valid, answer = client.schema.check([wrong])
        assert not valid
        assert answer
        refused = client.schema.load([wrong])
        assert refused.errors
        client.schema.wait_until_converged()
        assert client.schema.in_sync()
        assert "type BuiltinTag" in client.schema.get_graphql_schema()
