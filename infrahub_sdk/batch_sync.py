# Made from batch.py by tools/twins.py; change that one.
"""Batches of the synchronous client: tasks that run side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrahub_sdk.core.port import SyncFacade

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from infrahub_sdk.client_sync import InfrahubClientSync

__all__ = ["BatchTaskSync", "InfrahubBatchSync"]


class BatchTaskSync:
    """One task of a batch.

    Args:
        task: What to call.
        args: With which positional arguments.
        kwargs: With which keywords.
        node: What the task is about; given back with its result.
    """

    def __init__(
        self,
        task: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        node: Any | None = None,
    ) -> None:
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.node = node

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self.task, '__qualname__', self.task)} of {self.node!r}>"

    def execute(self, return_exceptions: bool = False) -> tuple[Any, Any]:
        """Run the task.

        Args:
            return_exceptions: Whether an error is a result.

        Returns:
            The node, and the result.
        """
        try:
            return self.node, self.task(*self.args, **self.kwargs)
        except Exception as error:
            if not return_exceptions:
                raise
            return self.node, error


class InfrahubBatchSync(SyncFacade):
    """Tasks that run side by side, a few at a time.

    Tasks that call the methods `save`, `create`, `update` or `delete` of a node travel together, up to forty to a
    request; each node keeps its own outcome. They are written as they are when their request is sent.

    A task that fails ends the others, unless errors are results: those that have not begun never begin, and those that
    run are cancelled with their requests; a function that runs in a thread ends at its next request or by itself. When
    the error is raised, or the loop over the results is left, nothing of the batch runs any more. The server may have
    carried out what a cancelled request asked for. The nodes that travelled with one that failed were written as if it
    were not there; they are given back before the error is raised, and count as saved.

    However many batches of one client run, also within tasks of each other, there are together no more tasks at a time
    than the client's `max_concurrent_execution`. A task that runs a batch lends it its turn.

    Args:
        max_concurrent_execution: How many tasks run at a time. Where they are tasks of an event loop, an
            `asyncio.Semaphore` can be given before it, which limits them instead.
        return_exceptions: Whether errors are results.
        progress: Called whenever a task is over, with how many are and how many there are.
        client: Whose other tasks count, too; `client.create_batch()` gives it.
    """

    def __init__(
        self,
        max_concurrent_execution: int = 5,
        return_exceptions: bool = False,
        *,
        progress: Callable[[int, int], object] | None = None,
        client: InfrahubClientSync | None = None,
    ) -> None:
        self.max_concurrent_execution = max_concurrent_execution
        self.return_exceptions = return_exceptions
        self.progress = progress
        self._client = client
        self._tasks: list[BatchTaskSync] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.num_tasks} tasks>"

    @property
    def num_tasks(self) -> int:
        """How many tasks were added."""
        return len(self._tasks)

    def add(self, *args: Any, task: Callable[..., Any], node: Any | None = None, **kwargs: Any) -> None:
        """Add a task.

        Args:
            *args: Its positional arguments.
            task: What to call, such as `node.save`.
            node: What it is about; given back with its result, and named when it fails.
            **kwargs: Its keywords.

        Raises:
            ValidationError: The task is not something to call.
        """
        from infrahub_sdk.core import batching

        batching.check_task(task)
        self._tasks.append(BatchTaskSync(task, args, kwargs, node))

    def execute(self) -> Generator[tuple[Any, Any], None, None]:
        """Run the tasks. They stay in the batch and can be run again.

        Yields:
            For each task its node and its result: as soon as it is there, or, where tasks run in threads, in the order
            in which the tasks were added.

        Raises:
            Exception: The error of the first task that fails, unless errors are results. It names the node, which is
                its `batch_node`.
        """
        from infrahub_sdk.core import batching

        return self._run_each(batching.results(self))
