"""Schemas that change while there is data: what is refused, and what becomes of the data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.testing.workshop import NAME, Workshop, attribute, document, kind, relationship

CODE = attribute("code", optional=True)


@pytest.fixture
def workshop(one_workshop: Workshop) -> Workshop:
    one_workshop.app.reset()
    return one_workshop


def box(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return document(kind("Box", *items, **more))


# What is said of a change


def test_a_load_says_what_changed(workshop: Workshop) -> None:
    workshop.load(box(NAME, relationship("tag", cardinality="one")))
    answer = workshop.load(box({**NAME, "description": "what it is", "optional": True}, CODE))
    nothing: dict[str, Any] = {"added": {}, "changed": {}, "removed": {}}
    changed = {**nothing, "changed": {"description": None, "optional": None}}
    attributes = {"added": {"code": None}, "changed": {"name": changed}, "removed": {}}
    assert answer["diff"] == {
        **nothing,
        "changed": {"ShopBox": {**nothing, "changed": {"attributes": attributes}}},
    }
    assert answer["schema_updated"] is True
    assert answer["hash"] != answer["previous_hash"]


def test_a_load_says_which_limit_changed(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    diff = workshop.load(box({**NAME, "parameters": {"max_length": 9}}))["diff"]
    name = diff["changed"]["ShopBox"]["changed"]["attributes"]["changed"]["name"]["changed"]
    assert name["parameters"]["changed"] == {"max_length": None}
    assert workshop.field("ShopBox", "name")["max_length"] == 9


def test_a_load_says_which_kinds_are_new_and_which_are_gone(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    diff = workshop.load(document(kind("Box", state="absent"), kind("Bag", NAME)))["diff"]
    assert (list(diff["added"]), list(diff["removed"]), diff["changed"]) == (["ShopBag"], ["ShopBox"], {})


def test_the_same_schema_changes_nothing_when_it_is_loaded_again(workshop: Workshop) -> None:
    given = box(NAME, attribute("size", "Dropdown", choices=[{"name": "s"}, {"name": "l"}]), relationship("tag"))
    first = workshop.load(given)
    second = workshop.load(given)
    assert second["schema_updated"] is False
    assert second["hash"] == second["previous_hash"] == first["hash"]
    assert second["diff"] == {"added": {}, "changed": {}, "removed": {}}


def test_a_check_says_the_same_and_changes_nothing(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    answer = workshop.check(box(NAME, CODE))
    assert answer == {"diff": workshop.load(box(NAME, CODE))["diff"], "warnings": []}


def test_what_is_left_out_stays_where_it_has_no_default(workshop: Workshop) -> None:
    workshop.load(box({**NAME, "label": "Title"}, description="old", label="Case"))
    workshop.load(box(NAME))
    shown = workshop.shown("ShopBox")
    assert (shown["description"], shown["label"], shown["attributes"][0]["label"]) == ("old", "Case", "Title")


def test_an_empty_text_clears_a_field(workshop: Workshop) -> None:
    workshop.load(box(NAME, description="old"))
    workshop.load(box(NAME, description=""))
    assert workshop.shown("ShopBox")["description"] is None


def test_choices_are_added_to_those_that_are_there(workshop: Workshop) -> None:
    for names in ("ab", "bc"):
        workshop.load(box(attribute("size", "Dropdown", choices=[{"name": name} for name in names])))
    assert [choice["name"] for choice in workshop.field("ShopBox", "size")["choices"]] == ["c", "b", "a"]


# Attributes that come, go and get other names


def test_new_attributes_have_their_defaults_on_nodes_that_are_there(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    workshop.make("ShopBox", name="a")
    workshop.load(box(NAME, CODE, attribute("size", "Number", default_value=5)))
    fields = "name { value } code { value is_default } size { value is_default }"
    assert workshop.nodes("ShopBox", fields) == [
        {"name": {"value": "a"}, "code": {"value": None, "is_default": True}, "size": {"value": 5, "is_default": True}}
    ]


def test_new_attributes_are_found_by_their_values(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    workshop.make("ShopBox", name="a")
    workshop.load(box(NAME, attribute("size", "Number", default_value=5)))
    assert workshop.ask("{ ShopBox(size__value: 5) { count } }") == {"ShopBox": {"count": 1}}


def test_a_removed_attribute_comes_back_without_its_old_values(workshop: Workshop) -> None:
    workshop.load(box(NAME, CODE))
    workshop.make("ShopBox", name="a", code="1")
    workshop.load(box(NAME, {**CODE, "state": "absent"}))
    assert [item["name"] for item in workshop.shown("ShopBox")["attributes"]] == ["name"]
    workshop.load(box(NAME, CODE))
    assert workshop.nodes("ShopBox", "code { value }") == [{"code": {"value": None}}]


def test_a_removed_attribute_leaves_the_paths_that_named_it(workshop: Workshop) -> None:
    constraints = [["name__value", "code__value"]]
    workshop.load(box(NAME, CODE, uniqueness_constraints=constraints, order_by=["code__value", "name__value"]))
    workshop.load(box(NAME, {**CODE, "state": "absent"}))
    shown = workshop.shown("ShopBox")
    assert (shown["uniqueness_constraints"], shown["order_by"]) == ([["name__value"]], ["name__value"])


def test_an_attribute_keeps_its_values_under_another_name(workshop: Workshop) -> None:
    workshop.load(box(NAME, human_friendly_id=["name__value"], order_by=["name__value"]))
    id = workshop.make("ShopBox", name="a")
    workshop.load(box(attribute("title", id=workshop.field("ShopBox", "name")["id"])))
    assert workshop.nodes("ShopBox", "id title { value }") == [{"id": id, "title": {"value": "a"}}]
    shown = workshop.shown("ShopBox")
    assert shown["human_friendly_id"] == shown["order_by"] == ["title__value"]
    assert [item["name"] for item in shown["attributes"]] == ["title"]


def test_an_attribute_of_a_generic_keeps_the_values_of_its_nodes_under_another_name(workshop: Workshop) -> None:
    thing = kind("Thing", NAME)
    workshop.load(document(kind("Box", inherit_from=["ShopThing"]), generics=[thing]))
    workshop.make("ShopBox", name="a")
    renamed = kind("Thing", attribute("title", id=workshop.field("ShopThing", "name")["id"]))
    changed = workshop.load(document(generics=[renamed]))["diff"]["changed"]
    for name in ("ShopThing", "ShopBox"):
        assert list(changed[name]["changed"]["attributes"]["changed"]) == ["title"]
    assert workshop.nodes("ShopBox", "title { value }") == [{"title": {"value": "a"}}]
    assert [item["name"] for item in workshop.shown("ShopBox")["attributes"]] == ["title"]


def test_nodes_get_what_their_generic_gets_and_lose_what_it_loses(workshop: Workshop) -> None:
    box_ = kind("Box", inherit_from=["ShopThing"])
    workshop.load(document(box_, generics=[kind("Thing", NAME)]))
    workshop.make("ShopBox", name="a")
    workshop.load(document(generics=[kind("Thing", NAME, {**CODE, "default_value": "c"})]))
    assert workshop.nodes("ShopBox", "code { value }") == [{"code": {"value": "c"}}]
    assert workshop.nodes("ShopThing", "code { value }") == [{"code": {"value": "c"}}]
    workshop.load(document(generics=[kind("Thing", NAME, {**CODE, "state": "absent"})]))
    assert [item["name"] for item in workshop.shown("ShopBox")["attributes"]] == ["name"]


def test_a_node_that_inherits_from_more_gets_the_attributes(workshop: Workshop) -> None:
    workshop.load(document(kind("Box", NAME), generics=[kind("Thing", CODE)]))
    id = workshop.make("ShopBox", name="a")
    workshop.load(document(kind("Box", NAME, inherit_from=["ShopThing"])))
    assert workshop.nodes("ShopThing", "id code { value }") == [{"id": id, "code": {"value": None}}]


def test_an_extension_adds_to_a_kind_and_takes_back(workshop: Workshop) -> None:
    tag = workshop.make("BuiltinTag", name="red")
    shade = attribute("shade", default_value="dark")
    workshop.load(document(extensions=[{"kind": "BuiltinTag", "attributes": [shade]}]))
    assert workshop.nodes("BuiltinTag", "id shade { value }") == [{"id": tag, "shade": {"value": "dark"}}]
    workshop.load(document(extensions=[{"kind": "BuiltinTag", "attributes": [{**shade, "state": "absent"}]}]))
    assert [item["name"] for item in workshop.shown("BuiltinTag")["attributes"]] == ["name", "description"]


def test_profiles_and_templates_get_new_attributes_too(workshop: Workshop) -> None:
    workshop.load(box(NAME, generate_template=True))
    workshop.make("ProfileShopBox", profile_name="one")
    workshop.make("TemplateShopBox", template_name="one")
    workshop.load(box(NAME, CODE, generate_template=True))
    for name in ("ProfileShopBox", "TemplateShopBox"):
        assert workshop.nodes(name, "code { value }") == [{"code": {"value": None}}]


def test_a_value_is_kept_when_its_kind_takes_it(workshop: Workshop) -> None:
    workshop.load(box(attribute("data", "JSON")))
    workshop.make("ShopBox", data=[1, 2])
    workshop.load(box(attribute("data", "List")))
    assert workshop.nodes("ShopBox", "data { value }") == [{"data": {"value": [1, 2]}}]


def test_a_list_becomes_the_text_that_it_is_kept_as(workshop: Workshop) -> None:
    workshop.load(box(attribute("data", "List"), attribute("other", optional=True)))
    workshop.make("ShopBox", data=[1, 2], other='{"a": 1}')
    diff = workshop.load(box(attribute("data"), attribute("other", "JSON", optional=True)))["diff"]
    changed = diff["changed"]["ShopBox"]["changed"]["attributes"]["changed"]
    assert {name: list(change["changed"]) for name, change in changed.items()} == {"data": ["kind"], "other": ["kind"]}
    assert workshop.nodes("ShopBox", "data { value } other { value }") == [
        {"data": {"value": "[1,2]"}, "other": {"value": {"a": 1}}}
    ]


def test_a_dropdown_stays_one(workshop: Workshop) -> None:
    workshop.load(box(attribute("size", "Dropdown", choices=[{"name": "s"}])))
    assert "'size' has choices, which no Text has" in workshop.refusal(box(attribute("size")))


def test_an_extension_leaves_the_paths_to_what_it_takes_away(workshop: Workshop) -> None:
    workshop.load(box({**NAME, "unique": True}))
    extension = {"kind": "ShopBox", "attributes": [{**NAME, "state": "absent"}]}
    assert "ShopBox.uniqueness_constraints: name__value" in workshop.refusal(document(extensions=[extension]))


# Kinds that come, go and get other names


def test_nodes_of_a_removed_kind_are_gone(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    workshop.make("ShopBox", name="a")
    workshop.load(document(kind("Box", state="absent")))
    assert "ShopBox" not in workshop.app.session().kinds
    assert "ProfileShopBox" not in workshop.app.session().kinds
    workshop.load(box(NAME))
    assert workshop.nodes("ShopBox", "id") == []


def test_a_kind_that_others_lead_to_cannot_be_removed(workshop: Workshop) -> None:
    workshop.load(document(kind("Box", NAME), kind("Bag", NAME, relationship("boxes", "ShopBox"))))
    assert "ShopBag.boxes: there is no kind 'ShopBox'" in workshop.refusal(document(kind("Box", state="absent")))
    boxes = relationship("boxes", "ShopBox", state="absent")
    workshop.load(document(kind("Bag", NAME, boxes), kind("Box", state="absent")))


def test_a_kind_keeps_its_nodes_under_another_name(workshop: Workshop) -> None:
    workshop.load(box(NAME, relationship("tags")))
    tag = workshop.make("BuiltinTag", name="red")
    id = workshop.make("ShopBox", name="a", tags=[{"id": tag}])
    renamed = kind("Case", NAME, relationship("tags"), id=workshop.shown("ShopBox")["id"])
    assert list(workshop.load(document(renamed))["diff"]["changed"]) == ["ShopCase"]
    assert "ShopBox" not in workshop.app.session().kinds
    assert workshop.nodes("ShopCase", "id name { value } tags { count }") == [
        {"id": id, "name": {"value": "a"}, "tags": {"count": 1}}
    ]


def test_edges_of_a_removed_relationship_are_gone(workshop: Workshop) -> None:
    tags = relationship("tags")
    workshop.load(box(NAME, tags))
    tag = workshop.make("BuiltinTag", name="red")
    workshop.make("ShopBox", name="a", tags=[{"id": tag}])
    workshop.load(box(NAME, {**tags, "state": "absent"}))
    workshop.load(box(NAME, tags))
    assert workshop.nodes("ShopBox", "tags { count }") == [{"tags": {"count": 0}}]


def test_edges_stay_while_the_other_end_leads_along_them(workshop: Workshop) -> None:
    bags, boxes = relationship("bags", "ShopBag"), relationship("boxes", "ShopBox")
    workshop.load(document(kind("Box", NAME, bags), kind("Bag", NAME, boxes)))
    bag = workshop.make("ShopBag", name="b")
    workshop.make("ShopBox", name="a", bags=[{"id": bag}])
    workshop.load(document(kind("Box", NAME, {**bags, "state": "absent"})))
    assert workshop.nodes("ShopBag", "boxes { count }") == [{"boxes": {"count": 1}}]


def test_a_kind_with_an_id_that_nobody_knows_takes_the_place_of_the_one_with_its_name(workshop: Workshop) -> None:
    unknown = "17f00000-0000-0000-0000-000000000000"
    workshop.load(box(NAME, CODE))
    workshop.make("ShopBox", name="a", code="1")
    difference = workshop.load(box(CODE, id=unknown))["diff"]["changed"]["ShopBox"]["changed"]
    assert (difference["id"], list(difference["attributes"]["removed"])) == (None, ["name"])
    assert (workshop.shown("ShopBox")["id"], workshop.nodes("ShopBox", "code { value }")) == (
        unknown,
        [{"code": {"value": "1"}}],
    )


# Data that does not fit

VALUES = {
    "an attribute that every node needs": ([NAME], [NAME, attribute("code")], "the node rule 'attribute'"),
    "a value that is needed": ([NAME, CODE], [NAME, attribute("code")], "the attribute rule 'optional'"),
    "a regex": ([NAME], [{**NAME, "parameters": {"regex": "^[b-z]$"}}], "the attribute rule 'regex'"),
    "an older regex": ([NAME], [{**NAME, "regex": "^[b-z]$"}], "the attribute rule 'regex'"),
    "a length": ([NAME], [{**NAME, "parameters": {"min_length": 3}}], "the attribute rule 'length'"),
    "an enum": ([NAME], [{**NAME, "enum": ["b"]}], "the attribute rule 'enum'"),
    "another kind": ([NAME], [attribute("name", "Number")], "the attribute rule 'kind'"),
    "a peer that every node needs": (
        [NAME],
        [NAME, relationship("tag", cardinality="one", optional=False)],
        "the node rule 'relationship'",
    ),
    "a peer that is needed": (
        [NAME, relationship("tag", cardinality="one")],
        [NAME, relationship("tag", cardinality="one", optional=False)],
        "the relationship rule 'optional'",
    ),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_schema_is_refused_that_a_node_does_not_fit(workshop: Workshop, case: str) -> None:
    before, after, words = VALUES[case]
    workshop.load(box(*before, display_label="name__value"))
    id = workshop.make("ShopBox", name="a")
    refusal = workshop.refusal(box(*after))
    assert f"ShopBox: a ({id}) breaks {words}: " in refusal
    assert workshop.nodes("ShopBox", "name { value }") == [{"name": {"value": "a"}}]


def test_a_schema_that_no_node_breaks_is_taken(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    workshop.load(box({**NAME, "parameters": {"regex": "^b$"}}, attribute("code"), relationship("tag", min_count=1)))


def test_a_number_outside_new_bounds_is_refused(workshop: Workshop) -> None:
    workshop.load(box(attribute("size", "Number")))
    workshop.make("ShopBox", size=7)
    for limits in ({"max_value": 5}, {"min_value": 9}, {"excluded_values": "1-7"}):
        assert "the attribute rule 'number'" in workshop.refusal(box(attribute("size", "Number", parameters=limits)))


def test_values_that_are_the_same_cannot_become_unique(workshop: Workshop) -> None:
    workshop.load(box(NAME, CODE))
    for _ in range(2):
        workshop.make("ShopBox", name="a", code="1")
    for unique in (
        box({**NAME, "unique": True}, CODE),
        box(NAME, CODE, uniqueness_constraints=[["name__value", "code__value"]]),
    ):
        refusal = workshop.refusal(unique)
        assert refusal.count(" breaks the node rule 'uniqueness_constraints': ") == 2


def test_values_that_differ_become_unique(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    for name in "ab":
        workshop.make("ShopBox", name=name)
    workshop.load(box({**NAME, "unique": True}))
    shown = workshop.shown("ShopBox")
    assert (shown["human_friendly_id"], shown["uniqueness_constraints"]) == (["name__value"], [["name__value"]])


def test_peers_that_are_too_many_or_of_another_kind_are_refused(workshop: Workshop) -> None:
    workshop.load(box(NAME, relationship("tags")))
    tags = [{"id": workshop.make("BuiltinTag", name=name)} for name in "ab"]
    workshop.make("ShopBox", name="a", tags=tags)
    assert "the relationship rule 'count'" in workshop.refusal(box(NAME, relationship("tags", cardinality="one")))
    assert "the relationship rule 'peer'" in workshop.refusal(box(NAME, relationship("tags", "CoreAccount")))


def test_peers_that_are_too_few_are_refused_where_there_are_any(workshop: Workshop) -> None:
    workshop.load(box(NAME, relationship("tags")))
    workshop.make("ShopBox", name="none")
    workshop.check(box(NAME, relationship("tags", min_count=2)))
    workshop.make("ShopBox", name="one", tags=[{"id": workshop.make("BuiltinTag", name="red")}])
    assert workshop.refusal(box(NAME, relationship("tags", min_count=2))).count("the relationship rule 'count'") == 1


def test_a_kind_with_profiles_cannot_do_without_them(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    workshop.make("ProfileShopBox", profile_name="one")
    assert "the node rule 'generate_profile'" in workshop.refusal(box(NAME, generate_profile=False))


def test_a_node_stays_in_its_generics(workshop: Workshop) -> None:
    workshop.load(document(kind("Box", NAME, inherit_from=["ShopThing"]), generics=[kind("Thing", CODE)]))
    assert "the node rule 'inherit_from'" in workshop.refusal(document(kind("Box", NAME)))


FIXED = {
    "branch": box(NAME, relationship("tag", identifier="way"), branch="agnostic"),
    "an attribute's branch": box({**NAME, "branch": "agnostic"}),
    "an identifier": box(NAME, relationship("tag", identifier="other")),
    "a direction": box(NAME, relationship("tag", identifier="way", direction="outbound")),
}


@pytest.mark.parametrize("case", FIXED)
def test_what_is_fixed_cannot_change_though_there_is_no_data(workshop: Workshop, case: str) -> None:
    workshop.load(box(NAME, relationship("tag", identifier="way")))
    assert "'not_supported': ShopBox" in workshop.refusal(FIXED[case])


def test_a_message_names_some_of_many_nodes(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    for number in range(25):
        workshop.make("ShopBox", name=f"n{number}")
    lines = workshop.refusal(box(NAME, attribute("code"))).split(",\n")
    assert len(lines) == 21
    assert lines[-1].startswith("ShopBox: 5 more nodes break")


def test_computed_attributes_have_values_on_nodes_that_are_there(workshop: Workshop) -> None:
    def full(template: str) -> dict[str, Any]:
        return attribute("full", read_only=True, optional=True, computed_attribute=_by(template))

    workshop.load(box(NAME))
    workshop.make("ShopBox", name="a")
    for template, value in (("box {{ name__value }}", "box a"), ("{{ name__value }}!", "a!")):
        workshop.load(box(NAME, full(template)))
        assert workshop.nodes("ShopBox", "full { value }") == [{"full": {"value": value}}]


def test_numbers_of_a_pool_are_on_nodes_that_are_there(workshop: Workshop) -> None:
    workshop.load(box(NAME))
    for name in "ab":
        workshop.make("ShopBox", name=name)
    workshop.load(box(NAME, attribute("number", "NumberPool", read_only=True, parameters={"start_range": 5})))
    assert workshop.nodes("ShopBox", "number { value }") == [{"number": {"value": 5}}, {"number": {"value": 6}}]


def _by(template: str) -> dict[str, Any]:
    return {"kind": "Jinja2", "jinja2_template": template}


def test_numbers_stay_between_those_of_their_pool(workshop: Workshop) -> None:
    def numbered(start: int, end: int) -> dict[str, Any]:
        limits = {"start_range": start, "end_range": end}
        return box(NAME, attribute("number", "NumberPool", read_only=True, parameters=limits))

    workshop.load(numbered(5, 9))
    workshop.make("ShopBox", name="a")
    assert "number: 5 is not between the numbers of the pool" in workshop.refusal(numbered(7, 9))
    workshop.load(numbered(1, 5))


def test_peers_must_have_the_parent_that_is_to_be_common(workshop: Workshop) -> None:
    def racks(**more: Any) -> dict[str, Any]:
        site = relationship("site", "ShopSite", kind="Parent", cardinality="one", optional=False)
        row = relationship("row", "ShopRow", cardinality="one", **more)
        parts = (
            kind("Rack", NAME, {**site, "identifier": "racks"}, row),
            kind("Row", NAME, {**site, "identifier": "rows"}),
        )
        return document(kind("Site", NAME), *parts)

    workshop.load(racks())
    north, south = ({"id": workshop.make("ShopSite", name=name)} for name in ("north", "south"))
    row = {"id": workshop.make("ShopRow", name="r", site=north)}
    rack = workshop.make("ShopRack", name="k", site=south, row=row)
    assert "the relationship rule 'common_parent'" in workshop.refusal(racks(common_parent="site"))
    workshop.ask(f'mutation {{ ShopRackUpdate(data: {{id: "{rack}", site: {{id: "{north["id"]}"}}}}) {{ ok }} }}')
    workshop.load(racks(common_parent="site"))
