"""The fields of a mutation document: what each says, and what its answer changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.inputs import Variables, asked_back, context_argument, finds_its_node
from infrahub_sdk.exceptions import Error
from infrahub_sdk.graphql.renderers import render_query_block, render_value
from infrahub_sdk.node.constants import PROMISED
from infrahub_sdk.node.fields import AttributeField

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from infrahub_sdk.context import RequestContext
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.node.base import InfrahubNodeBase
    from infrahub_sdk.node.fields import Field

__all__ = ["DeleteMutation", "Mutation", "SaveMutation", "document"]


class Mutation:
    """One field of a mutation document, and what became of it.

    Attributes:
        kind: The kind that it is about.
        name: `BuiltinTagCreate`, `RelationshipAdd`, ...
        said: The input.
        repeatable: Whether carrying it out twice gives what carrying it out once gives.
        identifier: The id that a create asks for; None where nothing can be looked up by it.
        lost: The failure of a try that the server may have carried out nevertheless.
        error: Why it was not carried out; None as long as nobody knows, and when it was.
    """

    __slots__ = ("arguments", "error", "kind", "lost", "name", "repeatable", "said")

    fields: dict[str, Field] = {}  # noqa: RUF012 - those whose values may travel as variables: none
    identifier: str | None = None

    def __init__(self, kind: str, name: str, said: dict[str, Any], context: RequestContext | None) -> None:
        self.kind = kind
        self.name = name
        self.said = said
        self.arguments = "".join(f", {key}: {render_value(value)}" for key, value in context_argument(context).items())
        self.repeatable = True
        self.lost: Exception | None = None
        self.error: Exception | None = None

    @property
    def tracker(self) -> str:
        """What names the request in the server's logs."""
        return f"mutation-{self.kind.lower()}-{self.name[len(self.kind) :].lower()}"

    def render(self, variables: Variables, alias: str = "") -> str:
        """Its lines in a document."""
        said = render_value(variables.take(self.said, self.fields), self.kind)
        return f"    {alias}{self.name}(data: {said}{self.arguments}) {{\n{self._asked()}\n    }}\n"

    def _asked(self) -> str:
        return "        ok"

    def take(self, answer: Any, client: BaseClient) -> None:
        """Take what the server answers.

        Raises:
            Error: It did not carry this out.
        """
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise Error(f"The server did not carry out {self.name}, and gave no reason.")


def document(mutations: Sequence[Mutation]) -> tuple[str, dict[str, Any]]:
    """The document of some mutations, and its variables.

    Where there are several, the n-th has the alias `m<n>`: they are carried out in order, and each has its own outcome.
    """
    variables = Variables()
    if len(mutations) == 1:
        body = mutations[0].render(variables)
    else:
        body = "".join([mutation.render(variables, f"m{index}: ") for index, mutation in enumerate(mutations)])
    return f"mutation{variables.signature()} {{\n{body}}}\n", variables.values


# What is asked back by every mutation that writes a node.
NO_MORE = "        ok\n        object {\n            id\n        }"


class SaveMutation(Mutation):
    """Creates, upserts or updates a node.

    Args:
        node: The node.
        action: `Create`, `Upsert` or `Update`.
        said: The input.
        context: For which account.

    Attributes:
        is_promised: Whether the id that a create asks for was made up here, so that nobody else's node can have it.
    """

    __slots__ = ("identifier", "is_promised", "marks", "node")

    def __init__(
        self, node: InfrahubNodeBase, action: str, said: dict[str, Any], context: RequestContext | None = None
    ) -> None:
        kind = node._schema.kind
        super().__init__(kind, f"{kind}{action}", said, context)
        self.node = node
        self.identifier = said.get("id") if action == "Create" else None
        self.is_promised = self.identifier is not None and self.identifier == node._get_extra(PROMISED)
        self.repeatable = action != "Create" and not _allocates(node, said)
        if action == "Upsert":
            self.repeatable = self.repeatable and finds_its_node(node, said)
        # The program may go on changing the node while the answer is on its way.
        self.marks = {name: (field, field._mark()) for name, field in (node._fields or {}).items() if name in said}

    @property
    def fields(self) -> dict[str, Field]:  # type: ignore[override]
        """The fields of the node's kind."""
        return self.node._field_map

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked back beside the id."""
        return asked_back(self.node, self.said)

    def _asked(self) -> str:
        asked = self.asked
        if not asked:
            return NO_MORE
        return "\n".join(render_query_block({"ok": None, "object": {"id": None, **asked}}, offset=8))

    def break_promise(self) -> None:
        """Forget the id that was promised: the server refused the node, or has it."""
        if self.node._get_extra(PROMISED) is not None:
            self.node._set_extra(PROMISED, None)

    def leave_out(self, names: Collection[str]) -> None:
        """Say nothing of some fields, whose states stay as they are."""
        for name in names:
            self.said.pop(name, None)
            self.marks.pop(name, None)

    def become_update(self) -> None:
        """Say the same to the node that an earlier save, whose answer was lost, has created."""
        self.name = f"{self.kind}Update"
        self.repeatable, self.identifier = True, None

    def without_id(self) -> None:
        """Create the node under an id that the server chooses."""
        self.said = {name: content for name, content in self.said.items() if name != "id"}
        self.identifier = None

    def take(self, answer: Any, client: BaseClient) -> None:
        """Take the server's answer, see `Mutation.take`."""
        super().take(answer, client)
        saved = answer.get("object")
        if not isinstance(saved, dict) or not saved.get("id"):
            raise Error(f"The server accepted {self.name} but did not say which node it wrote.")
        self.take_node(saved, client)

    def take_node(self, saved: dict[str, Any], client: BaseClient) -> None:
        """The server has what was said: what was not changed since is unchanged now.

        Args:
            saved: The node as the server describes it, with what was asked back.
            client: Whose store is to know it.
        """
        node = self.node
        node.id = saved["id"]
        node._existing = True
        node._given = False
        self.break_promise()
        for name, (value, mark) in self.marks.items():
            field = node._field_map[name]
            if isinstance(field, AttributeField):
                value._saved(mark, self.said[name], saved.get(name))
                continue
            is_latest = (node._fields or {}).get(name) is value and value._mark() == mark
            value._saved(mark, self.said[name])
            if name in saved and is_latest:  # with the ids of peers that a pool chose, or that were named otherwise
                value._answered(saved[name])
        client.store.set(node)


def _allocates(node: InfrahubNodeBase, said: dict[str, Any]) -> bool:
    """Whether each time a pool would make another peer: one that is asked for without an identifier.

    Of attributes the pool knows for which node they are, and gives the same value again.
    """
    for name, content in said.items():
        peers = content if isinstance(content, list) else [content]
        for peer in peers if name in node._relationships else ():
            if peer and "from_pool" in peer and not peer["from_pool"].get("identifier"):
                return True
    return False


class DeleteMutation(Mutation):
    """Deletes a node.

    Args:
        kind: The node's kind.
        identifier: Its id.
        branch: The branch.
        context: For which account.
        node: The node, where it was read.
    """

    __slots__ = ("branch", "node")

    def __init__(
        self,
        kind: str,
        identifier: str,
        branch: str,
        context: RequestContext | None = None,
        node: InfrahubNodeBase | None = None,
    ) -> None:
        super().__init__(kind, f"{kind}Delete", {"id": identifier}, context)
        self.branch = branch
        self.node = node

    def take(self, answer: Any, client: BaseClient) -> None:
        """The node is no more."""
        super().take(answer, client)
        self.take_absence(client)

    def take_absence(self, client: BaseClient) -> None:
        """Forget the node."""
        client.store._branch(self.branch).discard(self.said["id"])
        if self.node is not None:
            self.node._set_extra("_deleted", True)
