"""The relationships that all kinds have with groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.testing.server.schema import fields
from infrahub_sdk.testing.server.schema.draft import element

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.draft import Draft

__all__ = ["add_groups"]

_GROUPS = {"member_of_groups": "group_member", "subscriber_of_groups": "group_subscriber"}
_GROUPLESS = frozenset({"CoreGroup", "LineageOwner", "LineageSource"})


def add_groups(draft: Draft) -> None:
    """Let nodes of all kinds be members and subscribers of groups; groups themselves are not."""
    for entry in draft.all():
        if entry["kind"] in _GROUPLESS or (
            "CoreGroup" in entry.get("inherit_from", ()) and entry["kind"] in draft.nodes
        ):
            continue
        for name, identifier in _GROUPS.items():
            _add(entry, name, "Group", identifier)
        if entry["kind"] in draft.templates:  # the groups of the nodes that are made of it
            for name, identifier in _GROUPS.items():
                _add(entry, f"{name}_for_instances", "Generic", f"template_{identifier}_for_instances")


def _add(entry: dict[str, Any], name: str, kind: str, identifier: str) -> None:
    if element(entry, "relationships", name) is None:
        given = {"name": name, "peer": "CoreGroup", "kind": kind, "identifier": identifier, "branch": "aware"}
        entry["relationships"].append(fields.relationship(given))
