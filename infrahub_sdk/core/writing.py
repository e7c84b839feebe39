"""Sending writes: several in one request, each with an outcome of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core.graphql import body_of, data_of, request_of
from infrahub_sdk.core.mutations import DeleteMutation, SaveMutation, document
from infrahub_sdk.core.peers import PeersMutation
from infrahub_sdk.core.recovering import (
    find,
    is_forbidden,
    is_guarded,
    is_in_use,
    is_missing,
    kinds_without_id,
    may_have_run,
    outcome_unknown,
    status_of,
)
from infrahub_sdk.core.retry import Budget, graphql_errors_are_transient, is_refusal
from infrahub_sdk.core.sending import send, wait_for_retry
from infrahub_sdk.exceptions import Error, GraphQLError, ServerNotResponsiveError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from infrahub_sdk.constants import Priority
    from infrahub_sdk.core.base import BaseClient
    from infrahub_sdk.core.mutations import Mutation

__all__ = ["Write", "send_writes"]

LOOKS = 4  # how often to look for a node that the server may still be creating, where sending it again may double it


class Write:
    """What is to be written of one node.

    Attributes:
        node: The node; None when it is to be deleted without having been read.
        branch: The branch.
        mutations: What is sent, in this order.
        timeout: Seconds; the client's when None.
        priority: How urgent it is.
    """

    __slots__ = ("branch", "mutations", "node", "priority", "timeout")

    def __init__(
        self,
        node: Any,
        branch: str,
        mutations: list[Mutation],
        *,
        timeout: float | None = None,
        priority: Priority | None = None,
    ) -> None:
        self.node = node
        self.branch = branch
        self.mutations = mutations
        self.timeout = timeout
        self.priority = priority

    @property
    def route(self) -> tuple[str, float | None, Priority | None]:
        """What writes must have in common to travel in one request."""
        return self.branch, self.timeout, self.priority

    def leave_out(self, names: Collection[str]) -> None:
        """Say nothing of some fields, whose states stay as they are."""
        for mutation in self.mutations:
            if isinstance(mutation, SaveMutation):
                mutation.leave_out(names)

    @property
    def outcome(self) -> Exception | None:
        """Why it was not, or not wholly, carried out."""
        errors = [mutation.error for mutation in self.mutations if mutation.error is not None]
        refusals = [error for error in errors if isinstance(error, GraphQLError)]
        if len(errors) < 2 or len(refusals) < len(errors):
            return errors[0] if errors else None
        return GraphQLError(
            [item for error in refusals for item in error.errors], refusals[0].query, refusals[0].variables
        )

    def __repr__(self) -> str:
        return f"<Write {', '.join(mutation.name for mutation in self.mutations)}>"


async def send_writes(client: BaseClient, writes: Sequence[Write]) -> list[BaseException | None]:
    """Send writes in one request, and update the nodes of those that went through.

    Args:
        client: Whose server to write to.
        writes: At least one; all of one `route`.

    Returns:
        For each write None, or why it was not carried out.
    """
    await _Sending(client, *writes[0].route).run([mutation for write in writes for mutation in write.mutations])
    return [write.outcome for write in writes]


class _Answer(NamedTuple):
    """What a document was answered."""

    status: int
    data: dict[str, Any] | None
    errors: list[Any]

    def of(self, mutations: Sequence[Mutation]) -> list[tuple[Mutation, Any, list[Any]]]:
        """Each mutation with its part of the data and its errors."""
        data = self.data or {}
        if len(mutations) == 1:
            return [(mutations[0], data.get(mutations[0].name), self.errors)]
        aliases = {f"m{index}": mutation for index, mutation in enumerate(mutations)}
        errors: dict[str, list[Any]] = {alias: [] for alias in aliases}
        for error in self.errors:
            path = error.get("path") if isinstance(error, dict) else None
            if path and path[0] in aliases:  # named as if the mutation had been sent alone
                errors[path[0]].append({**error, "path": [aliases[path[0]].name, *path[1:]]})
            elif self.data is not None:  # about nothing in particular: the reason of all that were not carried out
                for alias in aliases.keys() - {alias for alias, part in data.items() if part}:
                    errors[alias].append(error)
        return [(mutation, data.get(alias), errors[alias]) for alias, mutation in aliases.items()]


class _Sending:
    """One operation, however many requests it makes."""

    def __init__(self, client: BaseClient, branch: str, timeout: float | None, priority: Priority | None) -> None:
        self.client = client
        self.branch = branch
        self.timeout = timeout
        self.priority = priority
        self.budget = Budget(client.config.max_retry_duration)

    async def run(self, mutations: Sequence[Mutation]) -> None:
        """Send mutations in one document, and again those of which it is known that it does no harm."""
        while mutations:
            try:
                answer = await self._ask(mutations)
            except Exception as error:  # it is the outcome of each write, and raised by whoever asked
                mutations = await self._failed(mutations, error, status_of(error))
            else:
                mutations = await self._answered(mutations, answer)

    async def _ask(self, mutations: Sequence[Mutation]) -> _Answer:
        text, variables = document(mutations)
        tracker = mutations[0].tracker if len(mutations) == 1 else "mutation-several"
        request = request_of(self.client, text, variables, branch=self.branch, tracker=tracker, priority=self.priority)
        response = await send(
            self.client,
            "POST",
            **request,
            timeout=self.timeout,
            repeatable=all(mutation.repeatable for mutation in mutations),
            budget=self.budget,
        )
        body = body_of(response, self.branch)
        errors = body.get("errors")
        if not errors:
            return _Answer(response.status_code, data_of(body, response), [])
        data = body.get("data")
        return _Answer(
            response.status_code,
            data if isinstance(data, dict) else None,
            errors if isinstance(errors, list) else [errors],
        )

    async def _wait(self, reason: str) -> bool:
        """Wait before the next try; False when there is to be none."""
        if not self.client.retry_on_failure:
            return False
        return await wait_for_retry(self.client, self.budget, self.client.address, reason)

    # An answer

    async def _answered(self, mutations: Sequence[Mutation], answer: _Answer) -> Sequence[Mutation]:
        """Take an answer; what is to be sent again."""
        parts = answer.of(mutations)
        if answer.data is None and not (len(parts) > 1 and any(errors for _, _, errors in parts)):
            again = await self._refused(mutations, answer)
            if again is not None:
                return again
        transient, claimed, lost = [], [], []
        for mutation, data, errors in parts:
            if not errors:
                if answer.data is None:
                    lost.append(mutation)
                else:
                    self._take(mutation, data)
            elif isinstance(mutation, SaveMutation) and is_in_use(mutation, errors):
                claimed.append((mutation, errors))
            elif self._is_transient(mutation, errors):
                transient.append((mutation, errors))
            elif isinstance(mutation, PeersMutation) and is_forbidden(errors) and (update := mutation.as_list()):
                await self.run([update])
                mutation.error = update.error
            else:
                self._refuse(mutation, data, errors)
        again = await self._again(transient) + await self._claimed(claimed)
        if lost:
            again += await self._recover(lost, GraphQLError(answer.errors), answer.status)
        return again

    async def _refused(self, mutations: Sequence[Mutation], answer: _Answer) -> Sequence[Mutation] | None:
        """A document that was not carried out at all; None where its one mutation is to be looked at."""
        if answer.status >= 500 and not is_refusal(answer.status):
            return await self._failed(mutations, GraphQLError(answer.errors, *document(mutations)), answer.status)
        without_id = kinds_without_id(answer.errors)
        if without_id:
            self.client._kinds_without_id |= without_id
            refused = [m for m in mutations if isinstance(m, SaveMutation) and m.identifier and m.kind in without_id]
            for mutation in refused:
                mutation.without_id()
            if refused:
                return mutations
        if len(mutations) == 1:
            return None
        repeatable = all(mutation.repeatable for mutation in mutations)
        codes = self.client.config.retry_status_codes
        if graphql_errors_are_transient(answer.errors, codes, repeatable=repeatable) and await self._wait(
            "every GraphQL error is a transient one"
        ):
            return mutations
        return await self._alone(mutations)

    async def _alone(self, mutations: Sequence[Mutation]) -> Sequence[Mutation]:
        """Send each in a document of its own, because none of the common one was carried out."""
        for mutation in mutations:
            await self.run([mutation])
        return []

    def _is_transient(self, mutation: Mutation, errors: list[Any]) -> bool:
        codes = self.client.config.retry_status_codes
        return self.client.retry_on_failure and graphql_errors_are_transient(
            errors, codes, repeatable=mutation.repeatable
        )

    async def _again(self, transient: list[tuple[Mutation, list[Any]]]) -> list[Mutation]:
        """Mutations that were refused for a while, to be sent again if there is time."""
        if not transient:
            return []
        if await self._wait("every GraphQL error is a transient one"):
            return [mutation for mutation, _ in transient]
        for mutation, errors in transient:
            mutation.error = _refusal(mutation, errors)
        return []

    def _take(self, mutation: Mutation, data: Any) -> None:
        try:
            mutation.take(data, self.client)
        except Error as error:
            mutation.error = error

    def _refuse(self, mutation: Mutation, data: Any, errors: list[Any]) -> None:
        if isinstance(mutation, DeleteMutation) and (self.budget.lost or mutation.lost) and is_missing(errors):
            mutation.take_absence(self.client)  # a try before this one, whose answer was lost, had deleted the node
            return
        if isinstance(data, dict) and data.get("ok"):
            self._take(mutation, data)  # it was carried out, and what was asked back could not be read
        elif isinstance(mutation, SaveMutation):
            mutation.break_promise()
        mutation.error = _refusal(mutation, errors)

    async def _claimed(self, claimed: list[tuple[SaveMutation, list[Any]]]) -> list[Mutation]:
        """Creates whose id is in use: a try before this one, whose answer was lost, had created the node."""
        found = await self._find([mutation for mutation, _ in claimed])
        again: list[Mutation] = []
        for mutation, errors in claimed:
            node = found.get(mutation.identifier or "")
            if node is None and mutation.lost is not None and mutation.is_promised and not mutation.asked:
                node = {"id": mutation.identifier}  # it is nobody else's, and there is no more to be known of it
            if node is None or not (mutation.is_promised or mutation.lost):
                mutation.error = _refusal(mutation, errors)
            elif mutation.lost is not None:
                mutation.take_node(node, self.client)
            else:  # it was a save before this one, which may have said something else
                mutation.become_update()
                again.append(mutation)
        return again

    # No answer

    async def _failed(self, mutations: Sequence[Mutation], error: Exception, status: int | None) -> Sequence[Mutation]:
        """Take a failure; what is to be sent again."""
        # So 1.11 answers a document that it cannot read, and a proxy one that is too long for it.
        if status in {500, 413} and len(mutations) > 1:
            return await self._alone(mutations)
        if may_have_run(error, status):
            return await self._recover(mutations, error, status)
        for mutation in mutations:
            mutation.error = error if mutation.lost is None else outcome_unknown(mutation)
        return []

    async def _recover(self, mutations: Sequence[Mutation], error: Exception, status: int | None) -> list[Mutation]:
        """Find out what became of mutations that may have been carried out; what is to be sent again."""
        first_time = [mutation for mutation in mutations if mutation.lost is None]
        for mutation in mutations:
            mutation.lost = error
        found = await self._take_found(mutations)
        missing = [mutation for mutation in mutations if mutation not in found]
        for mutation in missing:
            # Behind HTTP 500 is a server that has stopped working on it, so that what is not there was not done.
            mutation.error = error if status == 500 else outcome_unknown(mutation)
        if status == 500:
            return []
        again = [mutation for mutation in missing if self._may_go_again(mutation)]
        others = [mutation for mutation in missing if mutation.identifier and mutation not in again]
        if not again and not others:
            return []
        if await self._wait(str(error)):
            await self._look_again(others, str(error))
        elif self.client.retry_on_failure or isinstance(error, ServerNotResponsiveError):
            again = []  # the time is used up, or the server takes its own
        else:  # a create that was not carried out is sent once more, whatever the settings
            again = [mutation for mutation in again if not mutation.repeatable and mutation in first_time]
        for mutation in again:
            mutation.error = None
        return again

    def _may_go_again(self, mutation: Mutation) -> bool:
        """Whether sending a mutation once more does no harm, although it may still be carried out."""
        if mutation.repeatable:
            return True
        return isinstance(mutation, SaveMutation) and bool(mutation.identifier) and is_guarded(mutation, self.client)

    async def _look_again(self, mutations: list[Mutation], reason: str) -> None:
        """Look for nodes that the server may still be creating, and that must not be sent twice meanwhile."""
        for look in range(LOOKS):
            if not mutations or (look and not await self._wait(reason)):
                return
            found = await self._take_found(mutations)
            mutations = [mutation for mutation in mutations if mutation not in found]

    async def _take_found(self, mutations: Sequence[Mutation]) -> list[Mutation]:
        """Those of some mutations whose nodes the server has by now; they are done."""
        creates = [mutation for mutation in mutations if isinstance(mutation, SaveMutation) and mutation.identifier]
        nodes = await self._find(creates)
        found: list[Mutation] = []
        for mutation in creates:
            node = nodes.get(mutation.identifier or "")
            if node is not None:
                mutation.take_node(node, self.client)
                mutation.error = None
                found.append(mutation)
        return found

    async def _find(self, creates: Sequence[SaveMutation]) -> dict[str, dict[str, Any]]:
        return await find(
            self.client,
            creates,
            branch=self.branch,
            timeout=self.timeout,
            priority=self.priority,
            budget=self.budget,
        )


def _refusal(mutation: Mutation, errors: list[Any]) -> GraphQLError:
    return GraphQLError(errors, *document([mutation]))
