"""Declared values: how they are made, read, changed, written out, and what is said about wrong ones."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrahub_sdk.exceptions import ValidationError
from infrahub_sdk.model import Field, Model

if TYPE_CHECKING:
    from collections.abc import Iterable


class Size(str, Enum):
    SMALL = "small"
    LARGE = "large"


class Leaf(Model, enum_values=True):
    name: str = Field(min_length=2, max_length=8, pattern="^[a-z]+$")
    size: Size = Size.SMALL
    weight: int | None = Field(default=None, ge=0)
    notes: Any = None


class Cat(Model):
    kind: Literal["cat"]
    lives: int = 9


class Dog(Model):
    kind: Literal["dog"]
    age: float = 1.0


Pet = Union[Cat, Dog]


class Tree(Model, computed=("height",)):
    leaves: list[Leaf] = Field(default_factory=list)
    by_name: dict[str, Leaf] = Field(default_factory=dict)
    pets: list[Pet] = Field(default_factory=list)
    path: Path | None = None
    size: Size = Size.LARGE
    version: str = Field(default="1", alias="apiVersion")
    tags: list[str] = Field(default_factory=list)

    @property
    def height(self) -> int:
        return len(self.leaves)


class Range(Model):
    low: int
    high: int

    def _problems(self) -> Iterable[str]:
        if self.low > self.high:
            yield "low must not be above high"


class Closed(Model, forbid_extra=True):
    name: str = "x"


Mode = Literal["fast", "slow"]


def to_level(value: Any) -> int:
    levels: dict[Any, int] = {"low": 1, "high": 9, 1: 1, 9: 9}
    if value not in levels:
        raise ValueError(f"knows no level {value!r}")
    return levels[value]


class Odd(Model):
    level: int = Field(default=1, convert=to_level)
    mode: Mode = "slow"
    version: Literal[1, 2] = 2
    either: str | list[str] = ""


class Renamed(Tree):
    size: Size = Size.SMALL
    extra: bool = False


def messages_of(error: ValidationError) -> list[str]:
    return error.messages or [error.message]


def test_a_model_takes_keywords_and_fills_in_defaults() -> None:
    leaf = Leaf(name="oak")
    assert (leaf.name, leaf.size, leaf.weight) == ("oak", Size.SMALL, None)


def test_a_default_made_by_a_factory_belongs_to_one_model_only() -> None:
    tree = Tree()
    tree.tags.append("tall")
    assert (tree.tags, Tree().tags) == (["tall"], [])


def test_the_raw_dictionary_is_kept_and_not_copied() -> None:
    raw: dict[str, Any] = {"leaves": [{"name": "oak"}], "tags": ["tall"]}
    tree = Tree.model_validate(raw)
    assert tree.model_raw() is raw
    assert tree.tags is raw["tags"]
    assert tree.leaves[0].model_raw() is raw["leaves"][0]


def test_a_nested_model_is_built_once() -> None:
    tree = Tree._wrap({"leaves": [{"name": "oak"}]})
    assert tree.leaves[0] is tree.leaves[0]


def test_a_model_is_accepted_where_its_data_would_be() -> None:
    leaf = Leaf(name="oak")
    assert Tree(leaves=[leaf]).leaves[0] is leaf
    assert Leaf.model_validate(leaf) is leaf


def test_a_tuple_is_accepted_as_a_list() -> None:
    assert Tree.model_validate({"tags": ("a", "b")}).tags == ["a", "b"]


def test_an_enum_field_holds_the_member_by_default() -> None:
    assert Tree.model_validate({"size": "small"}).size is Size.SMALL


def test_an_enum_field_holds_the_plain_value_where_the_class_says_so() -> None:
    for given_size in ("large", Size.LARGE):
        assert type(Leaf.model_validate({"name": "oak", "size": given_size}).size) is str
    assert Leaf(name="oak").size is Size.SMALL


def test_a_union_of_models_is_chosen_by_its_literal_field() -> None:
    cat, dog = Tree.model_validate({"pets": [{"kind": "cat"}, {"kind": "dog", "age": 3}]}).pets
    assert isinstance(cat, Cat)
    assert isinstance(dog, Dog)
    assert dog.age == 3


def test_an_alias_and_the_name_are_both_read() -> None:
    assert Tree.model_validate({"apiVersion": "2"}).version == "2"
    assert Tree.model_validate({"version": "2"}).version == "2"


def test_text_becomes_a_path() -> None:
    assert Tree.model_validate({"path": "a/b"}).path == Path("a/b")


@pytest.mark.parametrize(("written", "read"), [("7", 7), (7.0, 7), (True, 1)])
def test_a_number_may_be_written_in_ways_that_the_server_reads_too(written: Any, read: int) -> None:
    assert Leaf.model_validate({"name": "oak", "weight": written}).weight == read


@pytest.mark.parametrize(("written", "read"), [("yes", True), ("Off", False), (1, True), (0, False)])
def test_true_and_false_may_be_written_in_ways_that_the_server_reads_too(written: Any, read: bool) -> None:
    assert Renamed.model_validate({"extra": written}).extra is read


def test_a_value_is_converted_as_its_field_says() -> None:
    assert Odd.model_validate({"level": "high"}).level == 9
    assert Odd._wrap({"level": "high"}).level == 9
    with pytest.raises(ValidationError, match="level: knows no level 'top'"):
        Odd.model_validate({"level": "top"})


def test_a_literal_may_be_a_number_or_have_a_name_of_its_own() -> None:
    odd = Odd.model_validate({"version": 1, "mode": "fast"})
    assert (odd.version, odd.mode) == (1, "fast")
    with pytest.raises(ValidationError, match=r"mode: must be one of 'fast', 'slow', not 'fst'.*'fast'"):
        Odd.model_validate({"mode": "fst"})
    with pytest.raises(ValidationError, match="version: must be one of 1, 2, not 3"):
        Odd.model_validate({"version": 3})


def test_a_bare_list_or_dictionary_holds_anything() -> None:
    bare = type("Bare", (Model,), {"__annotations__": {"items": "list", "by_key": "dict"}, "__module__": __name__})
    data = {"items": [1, "a", None], "by_key": {1: []}}
    assert bare(**data).model_dump() == data


def test_a_value_that_fits_none_of_several_types_is_refused_with_all_of_them() -> None:
    assert Odd.model_validate({"either": ["a"]}).either == ["a"]
    with pytest.raises(ValidationError, match=r"either: must be str or list\[str\], not dict"):
        Odd.model_validate({"either": {}})


def test_a_class_whose_annotations_are_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="from __future__ import annotations"):
        type("Plain", (Model,), {"__annotations__": {"name": str}, "__module__": "plain"})


def test_an_annotation_that_names_nothing_is_refused_when_the_class_is_used() -> None:
    wrong = type("Wrong", (Model,), {"__annotations__": {"name": "Nothing"}, "__module__": __name__})
    with pytest.raises(NameError, match="'Nothing' names nothing"):
        wrong()


def test_text_of_a_subclass_of_str_is_text() -> None:
    assert Leaf._wrap({"name": Size.SMALL}).name == "small"


def test_a_field_describes_itself() -> None:
    assert repr(Leaf.weight) == "<field weight: int | None = None>"
    assert repr(Range.low) == "<field low: int>"


def test_a_subclass_inherits_fields_and_may_change_a_default() -> None:
    assert list(Renamed.model_fields) == [*Tree.model_fields, "extra"]
    assert (Renamed().size, Tree().size) == (Size.SMALL, Size.LARGE)


def test_the_fields_of_a_class_are_known_by_name() -> None:
    field = Leaf.model_fields["weight"]
    assert (field.name, field.annotation, field.default, field.required) == ("weight", "int | None", None, False)
    assert Leaf.model_fields["name"].is_required()


# ---- What is wrong


def test_every_error_is_reported_with_its_path() -> None:
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate(
            {
                "leaves": [{"name": "oak", "weight": "heavy"}, 3, {}],
                "by_name": {"x": {"name": 5}},
                "tags": "tall",
                "path": 4,
            }
        )
    assert [message.partition(":")[0] for message in messages_of(caught.value)] == [
        "leaves[0].weight",
        "leaves[1]",
        "leaves[2].name",
        "by_name['x'].name",
        "path",
        "tags",
    ]


def test_an_error_shows_what_was_given_and_what_is_needed() -> None:
    with pytest.raises(ValidationError, match=r"weight: must be int or None, not 'heavy' \(str\)"):
        Leaf.model_validate({"name": "oak", "weight": "heavy"})


def test_an_error_does_not_repeat_a_long_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Leaf(name="a" * 5000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "a"}, "name: needs a length of 2 or more"),
        ({"name": "abcdefghi"}, "name: needs a length of 8 or less"),
        ({"name": "Oak"}, "name: must match"),
        ({"name": "oak", "weight": -1}, "weight: must be 0 or more"),
    ],
)
def test_limits_hold_for_what_a_user_passes(data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Leaf.model_validate(data)


def test_limits_do_not_hold_for_what_the_server_sent() -> None:
    assert Leaf._wrap({"name": "Q", "weight": -1}).weight == -1


def test_a_misspelt_member_of_an_enum_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        ValidationError, match=r"size: must be one of 'small', 'large', not 'smal'.*Did you mean 'small'"
    ):
        Leaf.model_validate({"name": "oak", "size": "smal"})


def test_a_member_that_only_a_newer_server_knows_stays_as_it_is() -> None:
    assert Leaf._wrap({"name": "oak", "size": "huge"}).size == "huge"
    assert Tree._wrap({"size": "huge"}).size == "huge"


def test_a_kind_that_no_model_of_a_union_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r"pets\[0\].kind: is 'dgo'.*Did you mean 'dog'"):
        Tree.model_validate({"pets": [{"kind": "dgo"}]})


def test_a_kind_that_only_a_newer_server_knows_is_read_as_the_first_model() -> None:
    (pet,) = Tree._wrap({"pets": [{"kind": "fish"}]}).pets
    assert pet.model_dump() == {"kind": "fish", "lives": 9}


def test_fields_that_contradict_each_other_are_an_error() -> None:
    with pytest.raises(ValidationError, match="Range: low must not be above high"):
        Range(low=2, high=1)


def test_data_that_is_no_dictionary_is_an_error() -> None:
    with pytest.raises(ValidationError, match="Leaf: must be made of a dict, not list"):
        Leaf.model_validate([])


def test_wrapped_data_without_a_required_field_is_refused_with_its_path() -> None:
    with pytest.raises(ValidationError, match=r"nodes\[3\]\.name: is missing"):
        Leaf._wrap({}, "nodes[3]")


def test_wrapped_data_of_a_wrong_type_is_refused_with_its_path_when_it_is_read() -> None:
    tree = Tree._wrap({"leaves": [{"name": "oak", "weight": "heavy"}], "tags": 3}, "nodes[3]")
    with pytest.raises(ValidationError, match=r"nodes\[3\]\.leaves\[0\]\.weight: must be int"):
        _ = tree.leaves[0].weight
    with pytest.raises(ValidationError, match=r"nodes\[3\]\.tags: must be list\[str\], not 3"):
        _ = tree.tags


def test_unknown_fields_are_named_in_one_warning_with_the_nearest_real_ones() -> None:
    with pytest.warns(UserWarning) as caught:
        Tree.model_validate({"leaves": [{"name": "oak", "wieght": 1}], "zzz": 1})
    assert len(caught) == 1
    assert str(caught[0].message) == (
        "leaves[0].wieght: Leaf has no field 'wieght', so it is ignored. Did you mean 'weight'?; "
        "zzz: Tree has no field 'zzz', so it is ignored"
    )
    assert caught[0].filename == __file__


def test_unknown_fields_from_the_server_are_silent_and_readable() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Leaf._wrap({"name": "oak", "color": "green"}).model_extra == {"color": "green"}


def test_unknown_fields_are_an_error_where_the_class_says_so() -> None:
    with pytest.raises(ValidationError, match=r"nmae: is not a field of Closed\. Did you mean 'name'\?"):
        Closed.model_validate({"nmae": "x"})


def test_a_misspelt_attribute_is_answered_with_the_nearest_when_read_and_when_set() -> None:
    leaf = Leaf(name="oak")
    with pytest.raises(AttributeError, match=r"Leaf has no field 'wieght'\. Did you mean 'weight'\?"):
        getattr(leaf, "wieght")  # noqa: B009 - a type checker would object to the plain form
    with pytest.raises(AttributeError, match="Did you mean 'weight'"):
        setattr(leaf, "wieght", 1)  # noqa: B010 - as above
    assert not hasattr(leaf, "wieght")


# ---- Changing and copying


def test_an_assigned_field_wins_over_the_raw_data() -> None:
    leaf = Leaf._wrap({"name": "oak"})
    leaf.weight = 3
    assert leaf.model_dump(exclude_unset=True) == {"name": "oak", "weight": 3}
    assert leaf.model_raw() == {"name": "oak"}


def test_the_fields_that_were_given_or_assigned_are_known() -> None:
    tree = Tree(tags=[], apiVersion="2")
    tree.size = Size.SMALL
    _ = tree.leaves
    assert tree.model_fields_set == {"tags", "version", "size"}


def test_a_copy_may_have_other_values_and_leaves_the_original_alone() -> None:
    leaf = Leaf(name="oak")
    other = leaf.model_copy(update={"weight": 3})
    assert (other.name, other.weight, leaf.weight) == ("oak", 3, None)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_duplicate_is_equal_and_independent(duplicate: Any) -> None:
    tree = Tree._wrap({"leaves": [{"name": "oak"}], "size": "small"})
    other = duplicate(tree)
    assert other == tree
    other.size = Size.LARGE
    assert tree.size is Size.SMALL
    assert "size" not in tree._assigned


def test_equality_goes_by_class_and_values() -> None:
    assert Leaf(name="oak") == Leaf._wrap({"name": "oak", "size": "small"})
    assert Leaf(name="oak") != Leaf(name="elm")
    assert Tree() != Renamed()
    assert Leaf(name="oak") != {"name": "oak"}


def test_a_model_has_no_hash_because_it_can_change() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Leaf(name="oak"))


def test_the_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(Tree(leaves=[Leaf(name="oak", size=Size.LARGE)])) == "Tree(leaves=[Leaf(name='oak', size='large')])"


# ---- Writing out


def test_a_dump_has_all_fields_in_their_order_and_what_is_computed() -> None:
    assert list(Tree().model_dump()) == ["leaves", "by_name", "pets", "path", "size", "version", "tags", "height"]


def test_a_dump_shares_no_list_with_the_model() -> None:
    tree = Tree(tags=["tall"])
    tree.model_dump()["tags"].append("old")
    assert tree.tags == ["tall"]


def test_a_json_dump_holds_only_what_json_has() -> None:
    tree = Tree(path=Path("a/b"), pets=[Cat(kind="cat")])
    dumped = tree.model_dump(mode="json", exclude_defaults=True)
    assert dumped == {"pets": [{"kind": "cat"}], "path": "a/b", "height": 0}
    assert json.loads(tree.model_dump_json(exclude_defaults=True)) == dumped


def test_json_text_is_compact_unless_indented() -> None:
    leaf = Leaf(name="oak")
    assert leaf.model_dump_json() == '{"name":"oak","size":"small","weight":null,"notes":null}'
    assert leaf.model_dump_json(indent=2, include={"name"}) == '{\n  "name": "oak"\n}'


def test_a_python_dump_keeps_enums() -> None:
    assert Tree().model_dump(include={"size"}) == {"size": Size.LARGE}


def test_a_dump_can_use_the_keys_of_the_raw_data() -> None:
    assert Tree().model_dump(by_alias=True, include={"version"}) == {"apiVersion": "1"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"exclude_unset": True}, {"leaves": [{"name": "oak", "weight": None}], "size": "large", "height": 1}),
        ({"exclude_defaults": True}, {"leaves": [{"name": "oak"}], "height": 1}),
        ({"exclude_none": True, "include": {"leaves"}}, {"leaves": [{"name": "oak", "size": "small"}]}),
        ({"include": {"leaves": {0: {"name"}}}}, {"leaves": [{"name": "oak"}]}),
        ({"include": {"leaves": {"__all__": {"name"}}}}, {"leaves": [{"name": "oak"}]}),
        (
            {"include": {"leaves"}, "exclude": {"leaves": {"__all__": {"notes", "weight"}}}},
            {"leaves": [{"name": "oak", "size": "small"}]},
        ),
        ({"exclude": set(Tree.model_fields)}, {"height": 1}),
    ],
)
def test_a_dump_can_leave_things_out(options: dict[str, Any], expected: dict[str, Any]) -> None:
    tree = Tree.model_validate({"leaves": [{"name": "oak", "weight": None}], "size": "large"})
    assert tree.model_dump(mode="json", **options) == expected


def test_json_text_is_read() -> None:
    assert Leaf.model_validate_json('{"name": "oak"}') == Leaf(name="oak")


def test_what_the_class_works_out_may_be_given_back_to_it() -> None:
    assert Tree.model_validate(Tree().model_dump()) == Tree()


# ---- Any data

names = st.text(alphabet="abcxyz", min_size=2, max_size=8)
leaves = st.fixed_dictionaries(
    {"name": names},
    optional={
        "size": st.sampled_from(["small", "large"]),
        "weight": st.none() | st.integers(min_value=0),
        "notes": st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=3),
    },
)
pets = st.fixed_dictionaries({"kind": st.just("cat")}, optional={"lives": st.integers()}) | st.fixed_dictionaries(
    {"kind": st.just("dog")}, optional={"age": st.floats(allow_nan=False)}
)
trees = st.fixed_dictionaries(
    {},
    optional={
        "leaves": st.lists(leaves, max_size=3),
        "by_name": st.dictionaries(names, leaves, max_size=2),
        "pets": st.lists(pets, max_size=3),
        "path": st.none() | names,
        "size": st.sampled_from(["small", "large"]),
        "version": st.text(),
        "tags": st.lists(st.text(), max_size=3),
    },
)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_reading_a_dump_gives_the_same_model_back(data: dict[str, Any]) -> None:
    tree = Tree.model_validate(data)
    for mode in ("python", "json"):
        dumped = tree.model_dump(mode=mode)
        again = Tree.model_validate(dumped)
        assert again == tree
        assert again.model_dump(mode=mode) == dumped


@settings(max_examples=60, deadline=None)
@given(trees)
def test_data_reads_the_same_checked_at_once_or_when_touched(data: dict[str, Any]) -> None:
    assert Tree._wrap(copy.deepcopy(data)) == Tree.model_validate(data)


WRONG: dict[str, list[Any]] = {
    "name": [None, 5, ["a"], "a", "UPPER"],
    "size": ["medium", 5, None, []],
    "weight": ["heavy", -1, 1.5, [], {}],
}


@settings(max_examples=60, deadline=None)
@given(st.lists(leaves, min_size=1, max_size=4), st.data())
def test_a_wrong_value_anywhere_is_named_by_its_path(data: list[dict[str, Any]], draw: st.DataObject) -> None:
    index = draw.draw(st.integers(0, len(data) - 1))
    field = draw.draw(st.sampled_from(sorted(WRONG)))
    data[index][field] = draw.draw(st.sampled_from(WRONG[field]))
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate({"leaves": data})
    assert [message.partition(":")[0] for message in messages_of(caught.value)] == [f"leaves[{index}].{field}"]
