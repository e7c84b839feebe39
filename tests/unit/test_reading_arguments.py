"""What a read is called with: wrong arguments are named before anything is sent, and odd ones mean what they say."""

from __future__ import annotations

import enum
import ipaddress
from typing import Any

import pytest

from infrahub_sdk import Config
from infrahub_sdk.exceptions import ValidationError
from tests.both import BOTH, play, settled
from tests.unit.fake import Fake
from tests.unit.kinds import schema

EMPTY = {"count": 0, "edges": []}


@pytest.fixture
def fake() -> Fake:
    return Fake(schema())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an order that is text": ({"order": "name__value"}, r"order: 'name__value' is not an order .*Order\(by="),
    "an order that is a list": ({"order": []}, r"order: \[\] is not an order"),
    "a wrong key in an order": ({"order": {"by": [{"field": "nmae__value"}]}}, "'nmae'.*'name'"),
    "a name with a space": ({"query_name": "my tags"}, r"^query_name: 'my tags' cannot be the name"),
    "paths that are a number": ({"include": 5}, r"^include: 5 is not a list"),
    "an attribute for a filter": ({"name": "red"}, r"Did you mean 'name__value'\?"),
    "a relationship for a filter": ({"tags": "red"}, r"Did you mean 'tags__ids'\?"),
}


@BOTH
@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_named_before_anything_is_sent(
    client_class: Any, fake: Fake, arguments: dict[str, Any], message: str
) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        with pytest.raises(ValidationError, match=message):
            await settled(client.filters("DcimDevice", **arguments))
        assert fake.sent == []

    play(client_class, test())


@BOTH
def test_an_order_may_be_a_dictionary(client_class: Any, fake: Fake) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        fake.answers_data({"DcimDevice": EMPTY})
        await settled(client.all("DcimDevice", order={"by": [{"field": "name__value", "direction": "DESC"}]}))
        assert 'order: { by: [{ field: "name__value", direction: DESC }] }' in fake.documents[0]

    play(client_class, test())


@BOTH
@pytest.mark.parametrize("number", [0, -5, "20", 2.5, True, None])
def test_a_page_size_that_is_none_is_refused(client_class: Any, number: Any) -> None:
    client = client_class(config=Config())
    with pytest.raises(ValidationError, match=f"^pagination_size: {number!r} is not a number of nodes"):
        client.pagination_size = number
    assert client.pagination_size == 50


@BOTH
@pytest.mark.parametrize("asked", [{}, {"id": ""}, {"hfid": []}, {"name__value": None}, {"id": None, "ids": None}])
def test_filters_without_a_value_do_not_say_which_node(client_class: Any, fake: Fake, asked: dict[str, Any]) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        with pytest.raises(ValueError, match="Which BuiltinTag"):
            await settled(client.get("BuiltinTag", **asked))
        assert fake.sent == []

    play(client_class, test())


class Color(enum.Enum):
    RED = "red"


@BOTH
@pytest.mark.parametrize(
    ("hfid", "sent"),
    [
        ("red", '["red"]'),
        ((Color.RED, 5), '["red", "5"]'),
        ([ipaddress.ip_interface("10.0.0.1/24")], '["10.0.0.1/24"]'),
    ],
)
def test_the_components_of_a_human_friendly_id_are_sent_as_text(
    client_class: Any, fake: Fake, hfid: Any, sent: str
) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        fake.answers_data({"BuiltinTag": EMPTY})
        assert await settled(client.get("BuiltinTag", hfid=hfid, raise_when_missing=False)) is None
        assert f"BuiltinTag(hfid: {sent}, " in fake.documents[0]

    play(client_class, test())


@BOTH
@pytest.mark.parametrize("hfid", [["red", None], 5, {"red"}])
def test_what_is_no_human_friendly_id_is_refused(client_class: Any, fake: Fake, hfid: Any) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        with pytest.raises(ValidationError, match=r"^hfid: .* is not a list of the components"):
            await settled(client.get("BuiltinTag", hfid=hfid))
        assert fake.sent == []

    play(client_class, test())


@BOTH
def test_another_default_branch_is_that_of_the_store_too(client_class: Any, fake: Fake) -> None:
    async def test() -> None:
        client = client_class(config=fake.config())
        client.default_branch = "change-1"
        fake.answers_data({"BuiltinTag": {"count": 1, "edges": [{"node": {"id": "red", "__typename": "BuiltinTag"}}]}})
        (tag,) = await settled(client.all("BuiltinTag"))
        assert (tag.get_branch(), fake.sent[0].path) == ("change-1", "/graphql/change-1")
        assert client.store.get("red") is tag
        assert client.store.get("red", branch="main", raise_when_missing=False) is None

    play(client_class, test())
