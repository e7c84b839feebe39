"""Who may run what: a document is refused as a whole, before any of it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import SKIP, OperationType, TypeInfo, TypeInfoVisitor, Visitor, visit

from infrahub_sdk.testing.server.accounts.permissions import manager_of
from infrahub_sdk.testing.server.errors import Refused

if TYPE_CHECKING:
    from graphql import FieldNode, FragmentSpreadNode, OperationDefinitionNode

    from infrahub_sdk.testing.server.graphql.checking import Document
    from infrahub_sdk.testing.server.graphql.schema import Schema
    from infrahub_sdk.testing.server.schema.kinds import Kind, Kinds
    from infrahub_sdk.testing.server.session import Session

__all__ = ["check"]

# What is about the one who asks.
_PERSONAL = {
    "InfrahubAccountToken",
    "InfrahubEffectivePreferences",
    "InfrahubGlobalPreferences",
    "InfrahubUserPreferences",
}
# Mutations that change no data of the default branch.
_HARMLESS = {
    "BranchCreate",
    "BranchDelete",
    "BranchRebase",
    "DiffUpdate",
    "InfrahubAccountSelfUpdate",
    "InfrahubAccountTokenCreate",
    "InfrahubAccountTokenDelete",
    "InfrahubSetPreferences",
}
_OF_BRANCHES = {"BranchMerge": "merge_branch", "BranchRebase": "rebase_branch"}  # no other rule counts for them
_ACTIONS = {"Create": ("create",), "Update": ("update",), "Upsert": ("create", "update"), "Delete": ("delete",)}
_GRANTS = {"CoreAccountRole": "permissions", "CoreBasePermission": "roles"}  # they tell who may do what


def check(session: Session, schema: Schema, document: Document, operation: OperationDefinitionNode) -> None:
    """Refuse an operation that the account that asks may not run.

    Args:
        session: Who asks, and on which branch.
        schema: The GraphQL schema of the branch.
        document: The document.
        operation: The operation of it.

    Raises:
        Refused: The account has to say who it is, or may not do all that is in the operation.
    """
    if session.permissions.is_super:
        return
    asked = _Asked(session.kinds, schema, document, operation)
    is_mutation = operation.operation == OperationType.MUTATION
    if session.account is None and (is_mutation or asked.roots & _PERSONAL):
        raise Refused("Say first who you are: send a token, or log in", "AUTHENTICATION_REQUIRED", 401)
    if is_mutation:
        _check_mutation(session, asked)
    if not asked.roots & _OF_BRANCHES.keys():
        _check_kinds(session, asked, is_mutation=is_mutation)


def _check_mutation(session: Session, asked: _Asked) -> None:
    """Check what is no matter of the rules for kinds."""
    require = session.permissions.require
    if session.branch.is_default and not asked.roots <= _HARMLESS:
        require("edit_default_branch")
    for action in sorted({action for name, action in _OF_BRANCHES.items() if name in asked.roots}):
        require(action)
    for action in sorted({manager for manager in map(manager_of, asked.touched) if manager is not None}):
        require(action)


def _check_kinds(session: Session, asked: _Asked, *, is_mutation: bool) -> None:
    if asked.tells_grants:
        session.permissions.require("manage_permissions")
    wanted = {("view", kind) for kind in asked.viewed}
    if is_mutation:  # a peer that it shows counts as changed, since it may be
        wanted |= {(action, kind) for kind, actions in asked.touched.items() for action in actions or ("update",)}
    session.permissions.require_all(wanted)


class _Asked(Visitor):
    """What an operation asks for, as far as permissions go.

    Attributes:
        roots: The names of its outermost fields.
        touched: The kinds whose nodes it is about, or may come across, with what it does to nodes of that kind.
        viewed: The kinds whose values and peers it tells.
        tells_grants: It asks who may do what.
    """

    def __init__(self, kinds: Kinds, schema: Schema, document: Document, operation: OperationDefinitionNode) -> None:
        super().__init__()
        self._kinds = kinds
        self._outermost = (schema.query_type, schema.mutation_type)
        self._types = TypeInfo(schema)
        self._fragments = dict(document.fragments)
        self._pending: list[Any] = [operation]
        self.roots: set[str] = set()
        self.touched: dict[Kind, set[str]] = {}
        self.viewed: set[Kind] = set()
        self.tells_grants = False
        while self._pending:
            visit(self._pending.pop(), TypeInfoVisitor(self._types, self))

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        fragment = self._fragments.pop(node.name.value, None)
        if fragment is not None:
            self._pending.append(fragment)

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        parent, name = self._types.get_parent_type(), node.name.value
        if parent in self._outermost:
            return None if self._is_of_kind(name) else SKIP  # what it is about has checks of its own
        if parent is not None and parent.name in self._kinds:
            self._add_field(self._kinds[parent.name], name)
        return None

    def _is_of_kind(self, name: str) -> bool:
        """Note an outermost field; whether it is one that a kind has."""
        self.roots.add(name)
        stem, action = name[:-6], name[-6:]
        if action in _ACTIONS and stem in self._kinds:
            self._touch(stem, *_ACTIONS[action])
        elif name in self._kinds:
            self._touch(name)
        else:
            return False
        return True

    def _add_field(self, kind: Kind, name: str) -> None:
        relationship = kind.relationships.get(name)
        if relationship is not None:
            self._touch(relationship.peer)
            self.tells_grants |= any(_GRANTS.get(ancestor) == name for ancestor in kind.lineage)
        if relationship is not None or name in kind.attributes or name in ("display_label", "hfid"):
            self.viewed.update(self._kinds.with_members(kind.name))

    def _touch(self, name: str, *actions: str) -> None:
        for kind in self._kinds.with_members(name):
            self.touched.setdefault(kind, set()).update(actions)
