"""The paths that programs import from, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import infrahub_sdk.schema as package
from infrahub_sdk.schema import SchemaLoadResponse, SchemaWarning

PATHS = {
    "infrahub_sdk.schema.main": "AttributeKind BranchSchema ComputedAttributeRead NodeSchemaAPI SchemaRoot SchemaState",
    "infrahub_sdk.schema.generated.enums": "AttributeKind BranchSupportType RelationshipKind SchemaState",
    "infrahub_sdk.schema.generated.read": "AttributeSchemaRead DropdownChoiceRead InfrahubSchemaRead",
    "infrahub_sdk.schema.generated.write": "AttributeSchemaWrite InfrahubSchemaWrite NodeSchemaWrite",
    "infrahub_sdk.schema.generated.contract": "READ_ONLY_FIELDS",
    "infrahub_sdk.schema.export": "RESTRICTED_NAMESPACES NamespaceExport SchemaExport schema_to_export_dict",
    "infrahub_sdk.schema.validate": "READ_ONLY_FIELDS SchemaValidationErrorDetail validate_schema",
}


@pytest.mark.parametrize("path", PATHS)
def test_the_names_that_programs_import_are_there(path: str) -> None:
    module = import_module(path)
    assert [name for name in PATHS[path].split() if not hasattr(module, name)] == []


def test_every_name_that_the_package_offers_from_these_modules_exists() -> None:
    others = {"manager", "manager_base", "manager_sync", "repository"}
    names = [name for name, module in package._MODULE_OF.items() if module not in others]
    assert [name for name in names if not hasattr(package, name)] == []


def test_importing_the_package_loads_no_model() -> None:
    code = "import sys, infrahub_sdk.schema; print([name for name in sys.modules if name.startswith('infrahub_sdk.')])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "infrahub_sdk.schema" in loaded
    assert "infrahub_sdk.model" not in loaded
    assert "infrahub_sdk.schema.kinds" not in loaded


def test_the_models_need_no_socket_thread_or_event_loop() -> None:
    code = (
        "import sys, infrahub_sdk.schema.main, infrahub_sdk.schema.validate, infrahub_sdk.schema.payload;"
        "print({'socket', 'ssl', 'threading', 'asyncio', 'urllib.request', 'inspect', 'difflib'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("previous", "current", "updated"), [("a", "b", True), ("a", "a", False), ("", "b", False), ("", "", False)]
)
def test_a_load_changed_the_schema_when_its_hash_changed(previous: str, current: str, updated: bool) -> None:
    assert SchemaLoadResponse(hash=current, previous_hash=previous).schema_updated is updated


def test_a_warning_of_the_server_names_the_places() -> None:
    response = SchemaLoadResponse.model_validate(
        {
            "warnings": [
                {
                    "type": "deprecation",
                    "message": "m",
                    "kinds": [{"kind": "InfraRack", "field": "name"}, {"kind": "B"}],
                }
            ]
        }
    )
    (warning,) = response.warnings
    assert isinstance(warning, SchemaWarning)
    assert [kind.display for kind in warning.kinds] == ["InfraRack.name", "B"]
