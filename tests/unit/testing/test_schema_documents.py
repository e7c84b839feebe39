"""Schemas that are refused: what is said, and where."""

from __future__ import annotations

from typing import Any

import pytest

from infrahub_sdk.testing.server.web import rest_schema
from tests.unit.testing.workshop import NAME, Workshop, attribute, document, kind, relationship


@pytest.fixture(scope="module")
def workshop(one_workshop: Workshop) -> Workshop:
    return one_workshop


def box(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return document(kind("Box", *items, **more))


GENERIC = kind("Thing", NAME)
TREE = {**GENERIC, "hierarchical": True}
ONE = {"cardinality": "one"}
NEEDED = {"cardinality": "one", "optional": False}
JINJA = {"kind": "Jinja2", "jinja2_template": "{{ name__value }}"}

OF_A_DOCUMENT = {
    "no version": ({"nodes": []}, "['version']: is missing"),
    "an unknown part": ({"version": "1.0", "node": []}, "['node']: is not part of a schema. Did you mean 'nodes'?"),
    "an unknown field": (box(lable="x"), "['nodes', 0, 'lable']: is not part of a schema. Did you mean 'label'?"),
    "attributes that are no list": (box(attributes="x"), "['nodes', 0, 'attributes']: must be"),
    "a name in lower case": (document(kind("box")), "['nodes', 0, 'name']: must match"),
    "a namespace in lower case": (document({**kind("Box"), "namespace": "shop"}), "['nodes', 0, 'namespace']"),
    "a name that Python has": (document(kind("None")), "['nodes', 0, 'name']: 'None' is a word of Python"),
    "a short name": (box(attribute("ab")), "['nodes', 0, 'attributes', 0, 'Text', 'name']: needs a length of 3"),
    "an unknown kind of attribute": (box(attribute("abc", "Texto")), "['nodes', 0, 'attributes', 0]: is 'Texto'"),
    "a dropdown without choices": (
        box(attribute("abc", "Dropdown")),
        "['nodes', 0, 'attributes', 0]: The Dropdown 'abc' needs",
    ),
    "choices of a text": (
        box(attribute("abc", choices=[{"name": "x"}])),
        "['nodes', 0, 'attributes', 0]: Only a Dropdown has",
    ),
    "a colour by name": (
        box(attribute("abc", "Dropdown", choices=[{"name": "x", "color": "red"}])),
        "'choices', 0, 'color']: must match",
    ),
    "limits that cross": (
        box(attribute("abc", "Number", parameters={"min_value": 5, "max_value": 1})),
        "0, 'parameters']: min_value 5 is above max_value 1",
    ),
    "ranges that overlap": (
        box(attribute("abc", "Number", parameters={"excluded_values": "1-5,3-9"})),
        "the excluded range 3-9 overlaps another one",
    ),
    "a range that goes down": (
        box(attribute("abc", "Number", parameters={"excluded_values": "5-1"})),
        "the excluded range 5-1 goes down",
    ),
    "parameters of another kind": (box(attribute("abc", parameters={"min_value": 5})), "'parameters', 'min_value']"),
    "no regular expression": (box(attribute("abc", regex="(")), "0, 'regex']: '(' is no regular expression"),
    "a template that is missing": (
        box(attribute("abc", read_only=True, computed_attribute={"kind": "Jinja2"})),
        "['nodes', 0, 'attributes', 0, 'Text', 'computed_attribute', 'Jinja2', 'jinja2_template']: is missing",
    ),
    "an extension's attribute": (
        document(extensions=[{"kind": "BuiltinTag", "attributes": [attribute("abc", "Dropdown")]}]),
        "['extensions', 'nodes', 0, 'attributes', 0]: The Dropdown 'abc' needs",
    ),
}

OF_NAMES = {
    "a namespace of the server": (
        document({**kind("Box"), "namespace": "Core"}),
        "CoreBox: the namespace 'Core' is the server's own",
    ),
    "a suffix of the server": (
        box(attribute("a_from_resource_pool")),
        "ShopBox: the attribute 'a_from_resource_pool' ends like those of templates",
    ),
    "a name that is too long for a profile": (
        document(kind("B" + "o" * 28)),
        "of its profile the name 'ShopBoooooooooooooooooooooooooooo' has more than 32 characters",
    ),
    "a label that is too long for a template": (
        box(label="x" * 60, generate_profile=False, generate_template=True),
        "of its template the label 'Object template xxx",
    ),
    "an attribute that profiles have": (
        box(attribute("profile_name")),
        "ShopBox: of its profile: more than one field is called 'profile_name'",
    ),
    "two attributes of one name": (box(NAME, NAME), "ShopBox: more than one field is called 'name'"),
    "one name for both": (box(NAME, relationship("name")), "ShopBox: more than one field is called 'name'"),
    "a reserved attribute": (box(attribute("attributes")), "ShopBox: 'attributes' means something else to the server"),
    "a reserved relationship": (box(relationship("hfid")), "ShopBox: 'hfid' means something else to the server"),
    "a name that generics cannot have": (
        document(generics=[kind("Thing", attribute("type"))]),
        "'type' means something else",
    ),
    "a name that trees cannot have": (
        document(generics=[{**TREE, "attributes": [attribute("ancestors")]}]),
        "ShopThing: 'ancestors' means something else to the server",
    ),
    "a separator": (box(attribute("abc__def")), "ShopBox: 'abc__def' has '__' in it"),
    "a keyword": (box(attribute("class")), "ShopBox: 'class' is a word of Python"),
    "a peer that is not there": (
        box(relationship("tag", "BuiltinTags")),
        "ShopBox.tag: there is no kind 'BuiltinTags' for its peer. Did you mean 'BuiltinTag'",
    ),
    "a peer of a generic that is not there": (
        document(generics=[kind("Thing", relationship("tag", "ShopNone"))]),
        "ShopThing.tag: there is no kind 'ShopNone'",
    ),
    "a template that is not there": (
        box(relationship("tag", "TemplateBuiltinTag")),
        "ShopBox.tag: there is no kind 'TemplateBuiltinTag'",
    ),
    "a template that is new itself": (
        document(kind("Bag", generate_template=True), kind("Box", relationship("bag", "TemplateShopBag"))),
        "ShopBox.bag: there is no kind 'TemplateShopBag'",
    ),
    "an extension of nothing": (
        document(extensions=[{"kind": "BuiltinTagg", "attributes": [NAME]}]),
        "There is no kind 'BuiltinTagg' in the schema. Did you mean 'BuiltinTag'?",
    ),
    "a generic that is a node": (
        document(generics=[{"namespace": "Ipam", "name": "Namespace"}]),
        "IpamNamespace is a Node already",
    ),
}

OF_INHERITANCE = {
    "from nothing": (box(inherit_from=["ShopNone"]), "ShopBox: inherit_from names 'ShopNone', and there is"),
    "from a node": (box(inherit_from=["BuiltinTag"]), "inherit_from takes generics only, and 'BuiltinTag' is a node"),
    "from what is not for all": (box(inherit_from=["CoreThread"]), "'CoreThread' can be inherited from in these"),
    "from both of IPAM": (
        box(inherit_from=["BuiltinIPAddress", "BuiltinIPPrefix"]),
        "ShopBox is a prefix or an address",
    ),
    "from two trees": (
        document(kind("Box", inherit_from=["ShopThing", "ShopOther"]), generics=[TREE, {**TREE, "name": "Other"}]),
        "ShopBox would be in several trees: ShopThing, ShopOther",
    ),
    "an attribute of two kinds": (
        document(
            kind("Box", inherit_from=["ShopThing", "ShopOther"]),
            generics=[kind("Thing", NAME), kind("Other", attribute("name", "Number"))],
        ),
        "ShopBox.name: the attribute of the generic ShopOther is of the kind Number, so this",
    ),
    "over what stays": (
        document(
            kind("Box", NAME, inherit_from=["ShopThing"]),
            generics=[kind("Thing", {**NAME, "allow_override": "none"})],
        ),
        "ShopBox.name: the attribute of the generic ShopThing lets nobody override it",
    ),
    "over another kind of attribute": (
        document(kind("Box", attribute("name", "Number"), inherit_from=["ShopThing"]), generics=[GENERIC]),
        "is of the kind Text, so this one cannot be of the kind Number",
    ),
    "over another peer": (
        document(
            kind("Box", relationship("tag", "CoreAccount"), inherit_from=["ShopThing"]),
            generics=[kind("Thing", relationship("tag"))],
        ),
        "ShopBox.tag: the relationship of the generic ShopThing leads to BuiltinTag, so",
    ),
    "twice and differently": (
        document(
            kind("Box", inherit_from=["ShopThing", "ShopOther"]),
            generics=[kind("Thing", relationship("tag")), kind("Other", relationship("tag", identifier="other"))],
        ),
        "ShopBox inherits 'tag' from both 'ShopThing' and 'ShopOther', where 'identifier' differs",
    ),
    "a computed attribute twice": (
        document(
            kind("Box", NAME, inherit_from=["ShopThing", "ShopOther"]),
            generics=[
                kind(name, attribute("full", read_only=True, computed_attribute=JINJA)) for name in ("Thing", "Other")
            ],
        ),
        "and it is a computed attribute",
    ),
    "a place without a tree": (
        box(parent="BuiltinTag"),
        "ShopBox: 'parent' and 'children' need a hierarchical generic",
    ),
    "a place below nothing": (
        document(kind("Box", inherit_from=["ShopThing"], parent="ShopNone"), generics=[TREE]),
        "ShopBox: 'parent' names 'ShopNone', and there is",
    ),
}

OF_FIELDS = {
    "a default of another type": (
        box(attribute("abc", "Number", default_value="x")),
        "ShopBox.abc: default value 'x' cannot be read as Number",
    ),
    "a default outside the enum": (
        box(attribute("abc", enum=["a"], default_value="b")),
        "ShopBox.abc: default value 'b' is none",
    ),
    "a default that is no choice": (
        box(attribute("abc", "Dropdown", choices=[{"name": "a"}], default_value="b")),
        "ShopBox.abc: default value 'b' is none of the choices a",
    ),
    "a computed attribute that can be written": (box(NAME, attribute("abc", computed_attribute=JINJA)), "read_only"),
    "a computed number": (
        box(NAME, attribute("abc", "Number", read_only=True, computed_attribute=JINJA)),
        "ShopBox.abc: a computed attribute is of the kind Text or URL, not Number",
    ),
    "a template that leads nowhere": (
        box(attribute("abc", read_only=True, computed_attribute=JINJA)),
        "ShopBox.abc: name__value leads nowhere: ShopBox has no 'name'",
    ),
    "a template that uses itself": (
        box(attribute("name", read_only=True, computed_attribute=JINJA)),
        "ShopBox.name: its template must not use 'name' itself",
    ),
    "a mandatory attribute of a transformation": (
        box(attribute("abc", read_only=True, computed_attribute={"kind": "TransformPython", "transform": "x"})),
        "ShopBox.abc: an attribute that a transformation computes must be optional",
    ),
    "a template that is empty": (
        box(NAME, attribute("abc", read_only=True, computed_attribute={**JINJA, "jinja2_template": ""})),
        "ShopBox.abc: a computed attribute needs a template",
    ),
    "a filter that is not safe": (
        box(
            NAME, attribute("abc", read_only=True, computed_attribute={**JINJA, "jinja2_template": "{{ 1 | tojson }}"})
        ),
        "ShopBox.abc: must not use the filter 'tojson'",
    ),
    "another template within": (
        box(NAME, display_label="{% include 'x' %}{{ name__value }}"),
        "ShopBox.display_label: must not use other templates",
    ),
    "limits that cross where they were before": (
        box(attribute("abc", min_length=3, max_length=1)),
        "ShopBox.abc: min_length 3 is above max_length 1",
    ),
    "limits of two documents that cross": (
        [box(attribute("abc", parameters={limit: value})) for limit, value in (("min_length", 3), ("max_length", 1))],
        "ShopBox.abc: min_length 3 is above max_length 1",
    ),
    "an enum of texts and numbers": (
        box(attribute("abc", "Number", enum=[1, "2"])),
        "ShopBox.abc: enum must hold plain values of one type",
    ),
    "a default with more in it": (
        box(attribute("abc", "JSON", default_value={"a": []})),
        "ShopBox.abc: default_value must hold plain values",
    ),
    "an optional number of a pool": (
        box(attribute("abc", "NumberPool", optional=True, read_only=True)),
        "ShopBox.abc: an attribute of the kind NumberPool cannot be optional",
    ),
    "a number of a pool that can be written": (box(attribute("abc", "NumberPool")), "NumberPool must be read_only"),
    "counts that cross": (box(relationship("tag", min_count=3, max_count=2)), "ShopBox.tag: min_count 3 is above"),
    "many that are one": (box(relationship("tag", max_count=1)), "ShopBox.tag: a max_count of 1 contradicts"),
    "one that are two": (box(relationship("tag", min_count=2, **NEEDED)), "of the cardinality one has 1 as its"),
    "an identifier twice": (
        box(relationship("one"), relationship("two")),
        "ShopBox: one (bidirectional), two (bidirectional) have the identifier 'builtintag__shopbox'",
    ),
    "directions that do not meet": (
        document(
            kind("Box", relationship("bags", "ShopBag", identifier="in", direction="outbound")),
            kind("Bag", relationship("boxes", "ShopBox", identifier="in")),
        ),
        "relationship 'bags' is outbound, and ShopBag.boxes, which leads back ('in'), is bidirectional",
    ),
    "two that need each other": (
        document(
            kind("Box", relationship("bag", "ShopBag", **NEEDED)), kind("Bag", relationship("box", "ShopBox", **NEEDED))
        ),
        "ShopBag.box needs a ShopBox, which needs a ShopBag",
    ),
    "an optional parent": (box(relationship("tag", kind="Parent", **ONE)), "so a Parent is not optional"),
    "many parents": (box(relationship("tag", kind="Parent", optional=False)), "so a Parent is of the cardinality one"),
    "two parents": (
        box(relationship("tag", kind="Parent", **NEEDED), relationship("who", "CoreAccount", kind="Parent", **NEEDED)),
        "ShopBox: tag, who are all of the kind Parent",
    ),
    "parts that hold each other": (
        document(
            kind("Box", relationship("bags", "ShopBag", kind="Component", identifier="one")),
            kind("Bag", relationship("boxes", "ShopBox", kind="Component", identifier="two")),
        ),
        "Parents and components form a circle: ShopBag -> ShopBox -> ShopBag",
    ),
    "a common parent without a parent": (box(relationship("tag", common_parent="box")), "ShopBox.tag: 'common_parent'"),
    "common relatives that are not there": (
        box(relationship("tag", common_relatives=["box"])),
        "ShopBox.tag: 'common_relatives' has 'box', which is no relationship of BuiltinTag",
    ),
}

PATHS = {
    "a constraint of nothing": (box(NAME, uniqueness_constraints=[[]]), "ShopBox.uniqueness_constraints: a constraint"),
    "a constraint to nowhere": (box(NAME, uniqueness_constraints=[["nmae__value"]]), "Did you mean 'name'?"),
    "a constraint of two to nowhere": (
        box(NAME, uniqueness_constraints=[["name__value", "code__value"]]),
        "ShopBox.uniqueness_constraints: code__value leads nowhere: ShopBox has no 'code'",
    ),
    "a constraint without a property": (
        box(NAME, uniqueness_constraints=[["name"]]),
        "ShopBox.uniqueness_constraints: does not say what of name is meant: value",
    ),
    "a constraint of an optional peer": (
        box(NAME, relationship("tag", **ONE), uniqueness_constraints=[["name__value", "tag"]]),
        "goes through 'tag', which is optional",
    ),
    "a constraint of many peers": (
        box(NAME, relationship("tag"), uniqueness_constraints=[["name__value", "tag"]]),
        "goes through 'tag', which leads to many nodes",
    ),
    "a constraint of a peer's attribute": (
        box(NAME, relationship("tag", **NEEDED), uniqueness_constraints=[["name__value", "tag__name__value"]]),
        "must end at the relationship 'tag'",
    ),
    "a label to nowhere": (box(NAME, display_label="code__value"), "ShopBox.display_label: code__value leads nowhere"),
    "a label without a property": (box(NAME, display_label="name"), "ShopBox.display_label: does not say what of name"),
    "a template to nowhere": (box(NAME, display_label="{{ code__value }}"), "ShopBox.display_label: code__value"),
    "a template that ends early": (box(NAME, display_label="{{ name__value"), "is no template of Jinja2"),
    "a template of many peers": (
        box(NAME, relationship("tag"), display_label="{{ tag__name__value }}"),
        "goes through 'tag', which leads to many nodes",
    ),
    "older labels to nowhere": (box(NAME, display_labels=["code__value"]), "ShopBox.display_labels: code__value"),
    "an order to nowhere": (box(NAME, order_by=["code__value"]), "ShopBox.order_by: code__value leads nowhere"),
    "an order without a property": (box(NAME, order_by=["name"]), "ShopBox.order_by: does not say what of name"),
    "an order that goes down somehow": (box(NAME, order_by=["name__value__down"]), "'value__down' is no property"),
    "an order twice": (box(NAME, order_by=["name__value", "name__value__desc"]), "'name__value' is repeated"),
    "an order by no time": (box(NAME, order_by=["node_metadata__size"]), "'node_metadata' has 'created_at' and"),
    "a filter to nowhere": (
        box(NAME, default_filter="code__value"),
        "ShopBox.default_filter: code__value leads nowhere",
    ),
    "an id to nowhere": (box(NAME, human_friendly_id=["code__value"]), "ShopBox.human_friendly_id: code__value"),
    "an id to no property": (
        box(NAME, human_friendly_id=["name__size"]),
        "'size' is no property of ShopBox.name (value)",
    ),
    "an id with a part twice": (box(NAME, human_friendly_id=["name__value"] * 2), "is repeated"),
    "an id of what others share": (
        box(NAME, relationship("tag", **NEEDED), human_friendly_id=["tag__description__value"]),
        "description__value of BuiltinTag may be the same for several nodes",
    ),
}

REFUSED = {**OF_A_DOCUMENT, **OF_NAMES, **OF_INHERITANCE, **OF_FIELDS, **PATHS}


@pytest.mark.parametrize("case", REFUSED)
def test_a_schema_is_refused_with_the_place_and_the_reason(workshop: Workshop, case: str) -> None:
    given, words = REFUSED[case]
    assert words in workshop.refusal(*(given if isinstance(given, list) else [given]))


TAKEN = {
    "an order that goes down": box(NAME, order_by=["name__value__desc"]),
    "an order by time": box(NAME, order_by=["node_metadata__created_at__desc"]),
    "an order by a peer": box(NAME, relationship("tag", **ONE), order_by=["tag__name__value"]),
    "a label of a peer": box(NAME, relationship("tag", **ONE), display_label="{{ tag__name__value }}"),
    "a constraint with a peer": box(
        NAME, relationship("tag", **NEEDED), uniqueness_constraints=[["name__value", "tag"]]
    ),
    "an id with a peer": box(
        NAME, relationship("tag", **NEEDED), human_friendly_id=["tag__name__value", "name__value"]
    ),
    "two ways between a kind and itself": box(
        relationship("above", "ShopBox", direction="outbound", identifier="way"),
        relationship("below", "ShopBox", direction="inbound", identifier="way"),
    ),
    "an absent kind that is not there": box(state="absent"),
    "nothing": document(),
}


@pytest.mark.parametrize("case", TAKEN)
def test_a_schema_is_taken(workshop: Workshop, case: str) -> None:
    workshop.check(TAKEN[case])


def test_nothing_is_loaded_when_one_of_two_documents_is_refused(workshop: Workshop) -> None:
    before = workshop.app.session().kinds
    assert "there is no kind 'ShopNone'" in workshop.refusal(
        box(NAME), document(kind("Bag", relationship("abc", "ShopNone")))
    )
    assert workshop.app.session().kinds is before


def test_documents_of_one_request_may_need_each_other(workshop: Workshop) -> None:
    workshop.app.reset()
    bag, case = kind("Bag", relationship("cases", "ShopCase")), kind("Case", relationship("bags", "ShopBag"))
    workshop.load(document(bag), document(case))
    identifiers = {workshop.field("ShopBag", "cases")["identifier"], workshop.field("ShopCase", "bags")["identifier"]}
    assert identifiers == {"shopbag__shopcase"}


def test_an_extension_of_what_is_derived_changes_nothing(workshop: Workshop) -> None:
    extension = {"kind": "ProfileBuiltinTag", "attributes": [NAME]}
    assert workshop.check(document(extensions=[extension]))["diff"]["changed"] == {}


def test_a_relationship_may_lead_to_what_is_derived(workshop: Workshop) -> None:
    workshop.check(box(NAME, relationship("profile", "ProfileBuiltinTag")))


def test_a_kind_cannot_get_the_name_of_another_one(workshop: Workshop) -> None:
    workshop.app.reset()
    workshop.load(document(kind("Box", NAME), kind("Bag", NAME)))
    renamed = kind("Bag", NAME, id=workshop.shown("ShopBox")["id"])
    assert "ShopBox cannot be called ShopBag" in workshop.refusal(document(renamed))


def test_a_document_may_extend_the_kind_of_a_later_one(workshop: Workshop) -> None:
    workshop.app.reset()
    extension = {"kind": "ShopBox", "attributes": [attribute("code")]}
    workshop.load(document(extensions=[extension]), box(NAME))
    assert [item["name"] for item in workshop.shown("ShopBox")["attributes"]] == ["name", "code"]


def test_a_kind_that_one_document_takes_away_and_another_has_stays(workshop: Workshop) -> None:
    workshop.app.reset()
    workshop.load(box(NAME))
    assert workshop.load(box(state="absent"), box(attribute("code")))["diff"]["removed"] == {}
    assert [item["name"] for item in workshop.shown("ShopBox")["attributes"]] == ["name", "code"]


def test_a_place_has_one_mistake_and_unknown_names_are_told_when_all_else_is_well(workshop: Workshop) -> None:
    given = document({**kind("B", attribute("ab", bogus=1)), "bogus": 1})
    _, answer = rest_schema.check(workshop.app.session(), {"schemas": [given]})
    assert [mistake["loc"][3:] for mistake in answer["detail"]] == [
        ["nodes", 0, "name"],
        ["nodes", 0, "attributes", 0, "Text", "name"],
    ]


def test_what_is_written_in_another_type_is_taken_in_that_of_its_field(workshop: Workshop) -> None:
    workshop.app.reset()
    workshop.load(box({**NAME, "order_weight": "5", "max_length": "3", "optional": "yes"}))
    field = workshop.field("ShopBox", "name")
    assert (field["order_weight"], field["max_length"], field["optional"]) == (5, 3, True)


def test_what_only_the_server_sets_is_not_taken(workshop: Workshop) -> None:
    workshop.app.reset()
    choices = [{"name": "a"}, {"name": "b", "state": "absent"}]
    workshop.load(box(attribute("size", "Dropdown", choices=choices), attribute("code", inherited=True)))
    assert [choice["name"] for choice in workshop.field("ShopBox", "size")["choices"]] == ["b", "a"]
    assert workshop.field("ShopBox", "code")["inherited"] is False
