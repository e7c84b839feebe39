"""What the clients do on a real server."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import pytest

from infrahub_sdk import InfrahubClient
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


async def test_the_first_steps(server: Server, unique: Callable[[str], str]) -> None:
    client = await InfrahubClient.init(address=server.address, config=server.config())
    loaded = await client.schema.load([server.schema], wait_until_converged=True)
    assert not loaded.errors
    blue = await client.create("BuiltinTag", name=unique("blue"))
    red = await client.create("BuiltinTag", name=unique("red"))
    await blue.save()
    await red.save()

    atl1, edge1 = unique("atl1"), unique("atl1-edge1")
    site = await client.create("LocationSite", name="atl1", shortname=atl1)
    await site.save()
    device = await client.create("DcimDevice", name=edge1, location=site, tags=[unique("blue")])
    await device.save(allow_upsert=True)

    found = await client.filters("DcimDevice", location__shortname__value=atl1)
    assert [(device.name.value, device.location.peer.shortname.value) for device in found] == [(edge1, atl1)]

    (device,) = found
    device.description.value = "core"
    device.tags.add(red)
    await device.save()
    again = await client.get("DcimDevice", hfid=[edge1], populate_store=False)
    assert again.description.value == "core"
    assert sorted(again.tags.peer_ids) == sorted([blue.id, red.id])

    query = "query ($n: String!) { DcimDevice(name__value: $n) { count } }"
    assert await client.execute_graphql(query, variables={"n": edge1}) == {"DcimDevice": {"count": 1}}
    await device.delete()
    assert await client.count("DcimDevice", name__value=edge1) == 0
    await client.close()


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
async def test_a_value_comes_back_as_it_was_written(
    server: Server, unique: Callable[[str], str], kind: str, value: Any
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        sample = await client.create("TestingSample", name=unique(kind), **{f"a_{kind}": value})
        await sample.save()
        read = await client.get("TestingSample", id=sample.id, populate_store=False)
        if kind == "macaddress" and not server.at_least("1.5"):
            value = value.replace(":", "-")  # as older servers write it
        assert read[f"a_{kind}"].value == value

        read[f"a_{kind}"].value = None
        await read.save()
        assert (await client.get("TestingSample", id=sample.id, populate_store=False))[f"a_{kind}"].value is None
        await sample.delete()


async def test_a_hashed_password_is_not_kept_as_it_was_written(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        sample = await client.create("TestingSample", name=unique("hashed"), a_hashedpassword="open sesame")
        await sample.save()
        read = await client.get("TestingSample", id=sample.id, populate_store=False)
        assert read.a_hashedpassword.value not in {None, "open sesame"}


async def test_fields_named_like_methods_leave_the_methods_alone(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        sample = await client.create("TestingSample", name=unique("x"), extract="yes", hfid_str=3)
        await sample.save()
        read = await client.get("TestingSample", id=sample.id)
        assert (read["extract"].value, read["hfid_str"].value) == ("yes", 3)
        read["extract"] = "no"
        await read.save()
        await read.delete()


async def test_relationships_are_followed_changed_replaced_and_cleared(
    server: Server, unique: Callable[[str], str]
) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tags = [await client.create("BuiltinTag", name=unique(name)) for name in ("a", "b", "c")]
        for tag in tags:
            await tag.save()
        site = await client.create("LocationSite", name="x", shortname=unique("s"), tags=tags[:1])
        await site.save()
        device = await client.create("DcimDevice", name=unique("d"), location=site, tags=tags[:2])
        await device.save()
        for number in range(3):
            interface = await client.create("DcimInterface", name=f"eth{number}", device=device)
            await interface.save()

        other = InfrahubClient(config=server.config())
        device = await other.get("DcimDevice", id=device.id)
        await device.location.fetch()
        assert device.location.peer.shortname.value == site.shortname.value
        await device.interfaces.fetch()
        assert len(device.interfaces) == 3
        assert sorted(peer.peer.name.value for peer in device.interfaces) == ["eth0", "eth1", "eth2"]

        device.tags.extend([tags[2], tags[1]])
        device.tags.remove(tags[0])
        await device.save()
        device = await other.get("DcimDevice", id=device.id, prefetch_relationships=True)
        assert sorted(peer.peer.name.value for peer in device.tags) == sorted([unique("b"), unique("c")])

        device.tags = [tags[0]]
        device.location = None
        await device.save()
        device = await other.get("DcimDevice", id=device.id)
        assert (device.tags.peer_ids, device.location.initialized) == ([tags[0].id], False)

        device.tags.clear()
        await device.save()
        device = await other.get("DcimDevice", id=device.id)
        assert device.tags.peer_ids == []

        await device.add_relationships("tags", [tags[0].id, tags[1].id])
        await device.remove_relationships("tags", [tags[0].id])
        device = await other.get("DcimDevice", id=device.id)
        assert device.tags.peer_ids == [tags[1].id]
        await other.close()


async def test_filters_order_limits_and_counts(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        prefix = unique("f")
        for number in range(5):
            device = await client.create("DcimDevice", name=f"{prefix}-{number}", height=number % 2)
            await device.save()
        order = Order(by=[OrderByEntry(field="name__value", direction="DESC")])
        with server.since("1.10"):
            found = await client.filters("DcimDevice", order=order, partial_match=True, name__value=prefix)
            assert [device.name.value for device in found] == [f"{prefix}-{number}" for number in (4, 3, 2, 1, 0)]
        names = [f"{prefix}-1", f"{prefix}-3"]
        found = await client.filters("DcimDevice", name__values=names, height__value=1)
        assert sorted(device.name.value for device in found) == names
        found = await client.filters("DcimDevice", partial_match=True, name__value=prefix, offset=1, limit=2)
        assert len(found) == 2
        assert await client.count("DcimDevice", partial_match=True, name__value=prefix) == 5
        generic = await client.filters("DcimGenericDevice", name__values=names, fragment=True)
        assert sorted(device.height.value for device in generic) == [1, 1]
        assert {type(device).__name__ for device in generic} == {"DcimDevice"}


async def test_two_thousand_nodes_are_read_in_pages(server: Server, two_thousand_tags: str) -> None:
    async with InfrahubClient(config=server.config(pagination_size=300)) as client:
        for parallel in (False, True):
            tags = await client.filters(
                "BuiltinTag", parallel=parallel, partial_match=True, name__value=two_thousand_tags
            )
            assert len({tag.id for tag in tags}) == len(tags) == 2000


async def test_an_upsert_creates_once_and_updates_afterwards(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        identifiers = set()
        for description in ("first", "second"):
            tag = await client.create("BuiltinTag", name=unique("up"), description=description)
            await tag.save(allow_upsert=True)
            identifiers.add(tag.id)
        assert len(identifiers) == 1
        read = await client.get("BuiltinTag", id=tag.id, populate_store=False)
        assert read.description.value == "second"


async def test_a_branch_and_the_past_are_read_apart(server: Server, unique: Callable[[str], str]) -> None:
    from infrahub_sdk.timestamp import Timestamp

    async with InfrahubClient(config=server.config()) as client:
        tag = await client.create("BuiltinTag", name=unique("branched"), description="main")
        await tag.save()
        before = Timestamp()
        branch = unique("b")
        await client.branch.create(branch)
        there = await client.get("BuiltinTag", branch=branch, id=tag.id)
        there.description = "branch"
        await there.save()
        assert (await client.get("BuiltinTag", id=tag.id)).description.value == "main"
        assert (await client.get("BuiltinTag", branch=branch, id=tag.id)).description.value == "branch"
        assert client.store.get(tag.id, branch=branch).description.value == "branch"

        tag.description = "changed"
        await tag.save()
        past = await client.get("BuiltinTag", id=tag.id, at=before)
        assert past.description.value == "main"
        await client.branch.delete(branch)


async def test_metadata_and_properties_are_read(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tag = await client.create("BuiltinTag", name={"value": unique("meta"), "is_protected": True})
        await tag.save()
        read = await client.get("BuiltinTag", id=tag.id, property=True)
        assert read.name.is_protected is True
        assert read.description.is_default is True
        assert read.name.updated_at
        with server.since("1.9"):
            read = await client.get("BuiltinTag", id=tag.id, property=True, include_metadata=True)
            assert read.get_node_metadata().created_at
        read.description = "changed"
        await read.save()


async def test_profiles_and_templates_are_nodes_like_any_other(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        profile = await client.create("ProfileDcimDevice", profile_name=unique("p"), description="from the profile")
        await profile.save()
        device = await client.create("DcimDevice", name=unique("d"), profiles=[profile])
        await device.save()
        read = await client.get("DcimDevice", id=device.id, property=True)
        assert read.description.value == "from the profile"
        assert read.description.is_from_profile is True
        template = await client.create("TemplateDcimDevice", template_name=unique("t"), description="from the template")
        await template.save()
        assert (await client.get("TemplateDcimDevice", id=template.id)).description.value == "from the template"


async def test_what_the_server_refuses_is_said_in_its_words(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(config=server.config()) as client:
        tag = await client.create("BuiltinTag", name=unique("twice"))
        await tag.save()
        again = await client.create("BuiltinTag", name=unique("twice"))
        with pytest.raises(GraphQLError, match="name"):
            await again.save()
        device = await client.create("DcimDevice", name=unique("x"), status="nonsense")
        with pytest.raises(GraphQLError, match="status"):
            await device.save()
        with pytest.raises(NodeNotFoundError):
            await client.get("BuiltinTag", name__value=unique("nowhere"))
        with pytest.raises(SchemaNotFoundError, match="Did you mean 'BuiltinTag'"):
            await client.get("BuiltinTga", id="x")
        with pytest.raises(ValidationError, match="Did you mean 'name__value'"):
            await client.filters("BuiltinTag", nmae__value="x")
        with pytest.raises(BranchNotFoundError, match="nope"):
            await client.get("BuiltinTag", branch="nope", id="x")
        with pytest.raises(BranchNotFoundError, match="nope"):
            await client.execute_graphql("query { BuiltinTag { count } }", branch_name="nope")


async def test_every_filter_of_the_server_passes_the_check_of_names(server: Server) -> None:
    query = "query ($t: String!) { __type(name: $t) { fields { name args { name } } } }"
    async with InfrahubClient(config=server.config()) as client:
        from infrahub_sdk.core.selecting import check_filters

        kinds = await client.schema.all()
        data = await client.execute_graphql(query, variables={"t": "Query"})
        checked = 0
        for field in data["__type"]["fields"]:
            if field["name"] in kinds:
                check_filters(client.schema.get_class(field["name"]), [argument["name"] for argument in field["args"]])
                checked += 1
        assert checked > 50


async def test_a_wrong_token_is_refused(server: Server) -> None:
    client = InfrahubClient(config=server.config(api_token="wrong"))
    with pytest.raises(AuthenticationError, match="token"):
        await client.execute_graphql("query { BuiltinTag { count } }")
    await client.close()


async def test_a_wrong_password_is_refused(server: Server) -> None:
    client = InfrahubClient(address=server.address, config={"username": "admin", "password": "wrong"})
    with pytest.raises(AuthenticationError, match="password"):
        await client.get("BuiltinTag", id="x")
    await client.close()


async def test_a_user_logs_in_with_a_password(server: Server, unique: Callable[[str], str]) -> None:
    async with InfrahubClient(address=server.address, config={"username": "admin", "password": "infrahub"}) as client:
        tag = await client.create("BuiltinTag", name=unique("login"))
        await tag.save()
        first = client.access_token
        await client.login(refresh=True)
        assert client.access_token != first or client.access_token
        await tag.delete()


async def test_the_schema_is_checked_loaded_and_refused(server: Server) -> None:
    async with InfrahubClient(config=server.config()) as client:
        valid, answer = await client.schema.check([server.schema])
        assert valid, answer
        wrong = {"version": "1.0", "nodes": [{"name": "Wrong", "namespace": "Testing", "attributes": [{"name": "x"}]}]}
        valid, answer = await client.schema.check([wrong])
        assert not valid
        assert answer
        refused = await client.schema.load([wrong])
        assert refused.errors
        await client.schema.wait_until_converged()
        assert await client.schema.in_sync()
        assert "type BuiltinTag" in await client.schema.get_graphql_schema()
