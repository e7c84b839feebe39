"""What servers make of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.suite import Suite


def test_a_node_is_made_after_a_template_with_its_components(suite: Suite) -> None:
    fields = 'template_name: {value: "~t"} height: {value: 9} description: {value: "made"}'
    template = suite.create("TemplateSuiteServer", fields)
    slot = f'slot: {{value: 4}} gigabytes: {{value: 44}} server: {{id: "{template}"}}'
    suite.create("TemplateSuiteDisk", f'template_name: {{value: "~td"}} {slot}')
    id = suite.create("SuiteServer", f'name: {{value: "~s"}} object_template: {{id: "{template}"}}')
    select = (
        "height { value is_default source { display_label } } description { value }"
        " object_template { node { display_label } } disks { edges { node { display_label gigabytes { value } } } }"
    )
    [node] = suite.nodes("SuiteServer", f'ids: ["{id}"]', select)
    assert node == {
        "height": {"value": 9, "is_default": False, "source": {"display_label": "~t"}},
        "description": {"value": "made"},
        "object_template": {"node": {"display_label": "~t"}},
        "disks": {"edges": [{"node": {"display_label": "~s:4", "gigabytes": {"value": 44}}}]},
    }


def test_what_is_given_goes_before_the_template(suite: Suite) -> None:
    template = suite.create("TemplateSuiteServer", 'template_name: {value: "~t"} height: {value: 9}')
    fields = f'name: {{value: "~s"}} height: {{value: 3}} object_template: {{id: "{template}"}}'
    assert suite.create("SuiteServer", fields, "height { value }")["height"] == {"value": 3}


def test_a_template_is_a_node_with_a_name(suite: Suite) -> None:
    id = suite.create("TemplateSuiteServer", 'template_name: {value: "~t"}')
    found = suite.nodes("CoreObjectTemplate", f'ids: ["{id}"]', "__typename display_label hfid")
    assert found == [{"__typename": "TemplateSuiteServer", "display_label": "~t", "hfid": ["~t"]}]
