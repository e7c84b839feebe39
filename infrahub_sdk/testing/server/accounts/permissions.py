"""What an account may do: its groups have roles, and the roles have permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.testing.server.database.scope import Scope
from infrahub_sdk.testing.server.errors import Refused
from infrahub_sdk.testing.server.history.branches import MERGED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infrahub_sdk.testing.server.schema.kinds import Kind
    from infrahub_sdk.testing.server.session import Session

__all__ = ["ALL", "ANONYMOUS", "DECISIONS", "DENY", "OTHER", "Permissions", "manager_of"]

DENY, DEFAULT, OTHER, ALL = 1, 2, 4, 6  # on the default branch, on the others, on all
DECISIONS = {DENY: "DENY", DEFAULT: "ALLOW_DEFAULT", OTHER: "ALLOW_OTHER", ALL: "ALLOW_ALL"}
ANONYMOUS = "Anonymous User"  # the role of who does not say who it is

_NOW = Scope()  # who came to the default branch after a branch left it may work on that branch too

# Kinds whose nodes, and those of the kinds that inherit from them, are changed by who may do this.
_MANAGED = {
    "CoreGenericAccount": "manage_accounts",
    "CoreAccountGroup": "manage_accounts",
    "CoreAccountRole": "manage_accounts",
    "CoreBasePermission": "manage_permissions",
    "CoreGenericRepository": "manage_repositories",
}
_DENIED = {
    "edit_default_branch": "write to the default branch",
    "merge_branch": "merge branches",
    "rebase_branch": "rebase branches",
    "delete_branch": "delete branches of others",
    "manage_accounts": "change accounts, or the groups and roles that they have",
    "manage_permissions": "change who may do what",
    "manage_schema": "change the schema",
    "manage_repositories": "add, change or delete repositories",
    "update_object_hfid_display_label": "write labels and human-friendly ids that are computed",
    "override_context": "act for another account",
    "manage_global_preferences": "change the preferences of everybody",
    "merge_proposed_change": "merge proposed changes",
    "review_proposed_change": "vote on proposed changes",
}


class _Rule(NamedTuple):
    """A permission on objects.

    Attributes:
        namespace: Of the kinds; `*` for all.
        name: Of the kinds, likewise.
        action: `view`, `create`, `update`, `delete` or `any`.
        decision: Where it is allowed, or that it is denied.
    """

    namespace: str
    name: str
    action: str
    decision: int

    def is_about(self, kind: Kind, action: str) -> bool:
        return (
            self.namespace in (kind.data["namespace"], "*")
            and self.name in (kind.data["name"], "*")
            and self.action in (action, "any")
        )

    @property
    def weight(self) -> int:
        """The rule that says most about a case is the one that counts for it."""
        return (self.namespace != "*") + (self.name != "*") + (self.action != "any") + (self.decision == DENY)


class Permissions:
    """What an account may do on a branch, or everybody when it is None.

    Args:
        session: The view of the account.

    Attributes:
        global_ids: The ids of the permissions that it has for what is no matter of single kinds.
        object_ids: The ids of those that it has for the nodes of kinds.
        is_super: It may do everything.
    """

    def __init__(self, session: Session) -> None:
        self._branch = session.branch
        general, rules = _held(session, "CoreGlobalPermission"), _held(session, "CoreObjectPermission")
        self.global_ids, self.object_ids = list(general), list(rules)
        self._rules = [_Rule(*(row[name] for name in _Rule._fields)) for row in rules.values()]
        refused = {row["action"] for row in general.values() if row["decision"] == DENY}
        self._actions = {row["action"] for row in general.values()} - refused
        self.is_super = "super_admin" in self._actions

    def may(self, action: str) -> bool:
        """Whether it may do what is no matter of single kinds, such as `manage_schema`."""
        return self.is_super or action in self._actions

    def require(self, action: str) -> None:
        """Refuse what it may not do, see `may`.

        Raises:
            Refused: It may not.
        """
        if not self.may(action):
            raise _denied(_DENIED[action])

    def allows(self, kind: Kind, action: str) -> bool:
        """Whether the rules let it view, create, update or delete nodes of a kind on the branch."""
        return self.is_super or bool(self._decision(kind, action) & (DEFAULT if self._branch.is_default else OTHER))

    def require_all(self, wanted: Iterable[tuple[str, Kind]]) -> None:
        """Refuse actions on nodes of kinds unless it may do all of them, see `allows`.

        Raises:
            Refused: It may not; the message names those that it may not.
        """
        missing = sorted(f"{action} {kind.name}" for action, kind in wanted if not self.allows(kind, action))
        if missing:
            raise _denied(f"{', '.join(missing)} on the branch {self._branch.name!r}")

    def require_peers(self, kinds: Iterable[Kind]) -> None:
        """Refuse to change which nodes of kinds are one another's peers.

        Raises:
            Refused: It may not update nodes of them.
        """
        for kind in kinds:
            manager = manager_of(kind)
            if manager is None:
                self.require_all([("update", kind)])
            else:
                self.require(manager)

    def told(self, kind: Kind, action: str) -> str:
        """What clients are told: `ALLOW`, `DENY`, or that it may on the default branch, or on others, only."""
        if action != "view":
            manager = manager_of(kind)
            if self._branch.status == MERGED:
                return "DENY"
            if manager is not None:
                return "ALLOW" if self.may(manager) else "DENY"
        if self.allows(kind, action):
            return "ALLOW"
        return DECISIONS[self._decision(kind, action) & ALL or DENY]

    def _decision(self, kind: Kind, action: str) -> int:
        """The decisions of the rules that say most about a case, taken together."""
        rules = [rule for rule in self._rules if rule.is_about(kind, action)]
        weight = max((rule.weight for rule in rules), default=0)
        decision = 0
        for rule in rules:
            if rule.weight == weight and rule.decision != DENY:
                decision |= rule.decision
        return decision


def _denied(what: str) -> Refused:
    """The refusal of what an account may not do.

    Args:
        what: As in "this account may not ...".
    """
    unknown = {"action": None, "resource_kind": None}
    return Refused(f"This account may not {what}", "PERMISSION_DENIED", 403, unknown)


def manager_of(kind: Kind) -> str | None:
    """What one has to be allowed to change nodes of a kind, when it is no matter of rules."""
    return next((_MANAGED[name] for name in kind.lineage if name in _MANAGED), None)


def _held(session: Session, kind: str) -> dict[str, dict[str, Any]]:
    """The values of the permissions of a kind that an account has, by the ids of the permissions."""
    value = _NOW.visible("value", "value")
    if session.account:
        start = "account(id) as (select ?)"
        steps = [("account", "member", "group_member"), ("member", "role", "role__accountgroups")]
    else:
        start = f"role(id) as (select node from value where kind = 'CoreAccountRole' and value = ? and {value})"
        steps = []
    tables = [start, *(_step(session, *step) for step in (*steps, ("role", "permission", "role__permissions")))]
    rows = session.storage.remembered(
        f"with {', '.join(tables)} select node, name, value from value"
        f" where node in (select id from permission) and kind = ? and {value}",
        [session.account or ANONYMOUS, kind],
    )
    found: dict[str, dict[str, Any]] = {}
    for id, name, content in rows:
        found.setdefault(id, {})[name] = content
    return found


def _step(session: Session, start: str, end: str, identifier: str) -> str:
    """A table of SQL: the peers of the nodes of another one."""
    own, main = session.branch.scope().visible("edge", "edge"), _NOW.visible("edge", "edge")
    which = f"edge.identifier = '{identifier}' and ({own} or {main})"
    return (
        f"{end}(id) as (select head from {start} join edge on tail = {start}.id where {which}"
        f" union select tail from {start} join edge on head = {start}.id where {which})"
    )
