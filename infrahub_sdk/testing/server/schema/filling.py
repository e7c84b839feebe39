"""The values of computed attributes, where a schema brings them to nodes that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infrahub_sdk.testing.server.nodes import computed
from infrahub_sdk.testing.server.nodes.draft import Draft
from infrahub_sdk.testing.server.nodes.records import Records

if TYPE_CHECKING:
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds
    from infrahub_sdk.testing.server.session import Session

__all__ = ["fill"]


def fill(session: Session, old: Kinds) -> None:
    """Make the values of computed attributes that nodes lack, or whose template is another one.

    Args:
        session: A view of the branch with its new kinds.
        old: Its kinds before.
    """
    for kind in session.kinds.values():
        if kind.is_generic:
            continue
        for name, attribute in kind.attributes.items():
            template = computed.template_of(attribute)
            if template is not None:
                is_new = template != _template(old, kind, name)
                _fill(session, kind, {} if is_new else {f"{name}__isnull": True})


def _template(kinds: Kinds, kind: Kind, name: str) -> str | None:
    was = kinds[kind.name].attributes.get(name) if kind.name in kinds else None
    return computed.template_of(was) if was is not None else None


def _fill(session: Session, kind: Kind, filters: dict[str, bool]) -> None:
    for node in session.find(kind, filters):
        draft = Draft(session, kind, node.id, node)
        computed.refill(draft)
        if draft.values:
            Records(session).change(node, draft)
