"""Batches: tasks side by side, and the saves among them several to a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from infrahub_sdk.core import saving
from infrahub_sdk.core.relating import client_of
from infrahub_sdk.core.writing import send_writes
from infrahub_sdk.exceptions import Error, ValidationError
from infrahub_sdk.node.base import InfrahubNodeBase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
    from typing import Union

    from infrahub_sdk.batch import BatchTask, InfrahubBatch
    from infrahub_sdk.batch_sync import BatchTaskSync, InfrahubBatchSync
    from infrahub_sdk.core.writing import Write
    from infrahub_sdk.transport.crew import Crew

    AnyBatch = Union[InfrahubBatch, InfrahubBatchSync]
    AnyTask = Union[BatchTask, BatchTaskSync]
    Job = Callable[[], Coroutine[Any, Any, list["Outcome"]]]

__all__ = ["TOGETHER", "check_client", "check_task", "describe", "results", "room", "send_together"]

# Of a real server 1.11.9 a create takes 42 ms alone, 29 with five requests at once, and 13 with twenty in a request.
# With forty in each, 200 take a fifth less; with more there is little to gain, and more to look up when one is lost.
TOGETHER = 40
# Half of what a proxy such as nginx takes for a body if nobody tells it otherwise.
CHARACTERS = 500_000


class Outcome(NamedTuple):
    """What became of a task: the task's place in the batch, and its result or error."""

    number: int
    result: Any = None
    error: BaseException | None = None

    @property
    def content(self) -> Any:
        """What is given to a program that takes errors as results."""
        return self.result if self.error is None else self.error


def check_task(task: Any) -> None:
    """Refuse what cannot be called, such as what a method has returned already.

    Raises:
        ValidationError: Saying so.
    """
    if callable(task):
        return
    if hasattr(task, "cr_frame"):
        task.close()  # a coroutine that nobody is going to await
    what = f"a value of type {type(task).__name__} is not something to call"
    raise ValidationError("task", f"{what}; give the method itself, such as task=node.save, without brackets.")


def check_client(node: InfrahubNodeBase, *, is_sync: bool) -> None:
    """Refuse a node of the client of the other kind: its requests would need, or block, an event loop.

    Raises:
        ValidationError: Saying so.
    """
    if node._is_sync is not is_sync:
        kinds = {True: "synchronous", False: "asynchronous"}
        raise ValidationError(
            "node",
            f"a {node.get_kind()} of the {kinds[node._is_sync]} client cannot be written by the {kinds[is_sync]} one. "
            "Create or read it with the client that saves it.",
        )


class _Failed(Exception):
    """A task has failed, so that no other is to begin."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


async def results(batch: AnyBatch) -> AsyncGenerator[tuple[Any, Any], None]:
    """Run a batch's tasks and give for each its node and its result.

    Of tasks that block, results keep the order of the tasks; of others they come when they are there.
    """
    tasks: list[AnyTask] = [*batch._tasks]
    blocking, stop = batch._is_sync, not batch.return_exceptions
    there: dict[int, Outcome] = {}
    due = over = 0
    for jobs in _rounds(tasks, batch.max_concurrent_execution, blocking=blocking, stop=stop):
        crew = _crew(batch, jobs)
        try:
            for _ in jobs:
                outcomes, failed = await _next(crew)
                if failed:
                    await crew.close()
                for outcome in outcomes:
                    there[outcome.number] = outcome
                    over += 1
                    if batch.progress is not None:
                        batch.progress(over, len(tasks))
                for number in sorted(there):
                    if blocking and number != due and not failed:
                        break
                    if stop and there[number].error is not None:
                        continue
                    due = number + 1
                    yield tasks[number].node, there.pop(number).content
                for number, _, error in outcomes:
                    if failed and error is not None:
                        raise _blamed(error, tasks[number])
        finally:
            await crew.close()


def _crew(batch: AnyBatch, jobs: list[Job]) -> Crew:
    from infrahub_sdk.transport.crew import TaskCrew, ThreadCrew
    from infrahub_sdk.transport.limiter import Limiter

    width = batch.max_concurrent_execution
    semaphore = getattr(batch, "semaphore", None)
    if semaphore is not None:
        width, jobs = len(jobs), [_limited(job, semaphore) for job in jobs]
    limiter = Limiter(width) if batch._client is None else batch._client._port.limiter
    return ThreadCrew(jobs, limiter, width) if batch._is_sync else TaskCrew(jobs, limiter, width)


def _limited(job: Job, semaphore: Any) -> Job:
    async def limited() -> list[Outcome]:
        async with semaphore:
            return await job()

    return limited


async def _next(crew: Crew) -> tuple[list[Outcome], bool]:
    try:
        return await crew.next(), False
    except _Failed as failed:
        return failed.outcomes, True


# Which task goes into which job


class _Save(NamedTuple):
    """A task that is a node's own method that writes it."""

    number: int
    node: InfrahubNodeBase
    plan: Callable[..., Write | None]
    options: dict[str, Any]

    @property
    def route(self) -> tuple[Any, ...]:
        """What saves must have in common to travel in one request."""
        options = self.options
        return id(self.node._client), self.node._branch, options.get("timeout"), options.get("priority")


def _rounds(tasks: Sequence[AnyTask], width: int, *, blocking: bool, stop: bool) -> list[list[Job]]:
    """The jobs that tasks are done in. A node that is to be written twice is written in two rounds."""
    rounds: list[list[tuple[int, AnyTask, _Save | None]]] = []
    times: dict[int, int] = {}  # how often a node is written so far
    for number, task in enumerate(tasks):
        save = _as_save(number, task)
        turn = 0
        if save is not None:
            turn = times.get(id(save.node), 0)
            times[id(save.node)] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append((number, task, save))
    return [_jobs(items, width, blocking=blocking, stop=stop) for items in rounds]


def _jobs(items: list[tuple[int, AnyTask, _Save | None]], width: int, *, blocking: bool, stop: bool) -> list[Job]:
    """The jobs of some tasks, in the order of the first task of each."""
    jobs: list[tuple[int, Job]] = []
    groups: dict[tuple[Any, ...], list[_Save]] = {}
    for number, task, save in items:
        if save is None:
            jobs.append((number, _job(_alone, number, task, blocking, stop=stop)))
        else:
            groups.setdefault(save.route, []).append(save)
    for saves in groups.values():
        size = room(len(saves), width)
        for start in range(0, len(saves), size):
            part = saves[start : start + size]
            jobs.append((part[0].number, _job(_together, part, blocking, stop=stop)))
    return [job for _, job in sorted(jobs, key=lambda item: item[0])]


def room(count: int, width: int) -> int:
    """How many of some writes go into one request, so that all slots are busy until the end."""
    width = max(1, width)
    rounds = -(-count // (TOGETHER * width)) or 1
    return -(-count // (rounds * width)) or 1


_ARGUMENTS = {
    "save": ("allow_upsert", "update_group_context", "timeout", "request_context", "priority"),
    "create": ("allow_upsert", "timeout", "request_context", "priority"),
    "update": ("do_full_update", "timeout", "request_context", "priority"),
    "delete": ("timeout", "request_context", "priority"),
}


def _plan_save(node: InfrahubNodeBase, update_group_context: bool | None = None, **options: Any) -> Write | None:
    return saving.planned(node, **options)


_PLANS: dict[str, Callable[..., Write | None]] = {
    "save": _plan_save,
    "create": saving.planned_creation,
    "update": saving.planned_update,
    "delete": saving.planned_deletion,
}
_FACADES = {"infrahub_sdk.node.node", "infrahub_sdk.node.node_sync"}


def _as_save(number: int, task: AnyTask) -> _Save | None:
    """A task as a write, if it calls nothing but a method of our own on a node: not one that a program overrides."""
    function, node = getattr(task.task, "__func__", None), getattr(task.task, "__self__", None)
    name = getattr(function, "__name__", "")
    plan, names = _PLANS.get(name), _ARGUMENTS.get(name, ())
    if plan is None or not isinstance(node, InfrahubNodeBase):
        return None
    if getattr(function, "__module__", None) not in _FACADES or hasattr(function, "__wrapped__"):
        return None
    options = dict(zip(names, task.args))
    if len(options) < len(task.args) or not task.kwargs.keys() <= set(names) - options.keys():
        return None  # the call will say what is wrong with its arguments
    options.update(task.kwargs)
    return _Save(number, node, plan, options)


def _job(do: Callable[..., Coroutine[Any, Any, list[Outcome]]], *arguments: Any, stop: bool) -> Job:
    async def job() -> list[Outcome]:
        outcomes = await do(*arguments)
        if stop and any(outcome.error is not None for outcome in outcomes):
            raise _Failed(outcomes)
        return outcomes

    return job


async def _alone(number: int, task: AnyTask, blocking: bool) -> list[Outcome]:
    try:
        result = task.task(*task.args, **task.kwargs)
        _check_result(task, result, blocking=blocking)
        return [Outcome(number, result if blocking else await result)]
    except Exception as error:
        return [Outcome(number, error=error)]


def _check_result(task: AnyTask, result: Any, *, blocking: bool) -> None:
    """Refuse what a function of the other kind gives: nobody would await it, or it cannot be awaited."""
    if hasattr(result, "__await__") is not blocking:
        return
    name = getattr(task.task, "__qualname__", task.task)
    if not blocking:
        raise ValidationError("task", f"{name} gave a {type(result).__name__}, which cannot be awaited.")
    if hasattr(result, "close"):
        result.close()
    raise ValidationError("task", f"{name} has to be awaited; it is one for a batch of the asynchronous client.")


async def _together(saves: Sequence[_Save], blocking: bool) -> list[Outcome]:
    """Write nodes, which are looked at now: until here the program may have changed them."""
    errors: dict[int, BaseException | None] = {}
    writes: dict[int, Write] = {}
    for save in saves:
        try:
            check_client(save.node, is_sync=blocking)
            write = save.plan(save.node, **save.options)
        except Exception as error:
            errors[save.number] = error
            continue
        if write is not None:
            writes[save.number] = write
    errors.update(zip(writes, await send_together(list(writes.values()))))
    return [Outcome(save.number, error=errors.get(save.number)) for save in saves]


async def send_together(writes: Sequence[Write]) -> list[BaseException | None]:
    """Send writes in their order in one request, or in a few when they say much or go different ways."""
    errors: list[BaseException | None] = []
    for part in _parts(writes):
        errors += await send_writes(client_of(part[0].node), part)
    return errors


def _parts(writes: Iterable[Write]) -> list[list[Write]]:
    parts: list[list[Write]] = []
    route: Any = None
    left = 0
    for write in writes:
        size = sum(len(repr(mutation.said)) for mutation in write.mutations)
        way = id(client_of(write.node)), write.route
        if size > left or way != route:
            parts.append([])
            route, left = way, CHARACTERS
        left -= size
        parts[-1].append(write)
    return parts


# Which node has failed


def describe(node: Any) -> str:
    """What errors call a node."""
    if not isinstance(node, InfrahubNodeBase):
        return repr(node)
    # Of what was not loaded nothing is said here: an error about that would take the place of the one to be told.
    names = node._data.get("display_label") or "__".join(node.get_human_friendly_id() or ())
    label = names or _unique_value(node) or node.id
    return f"{node.get_kind()} {label!r}" if label else f"a new {node.get_kind()}"


def _unique_value(node: InfrahubNodeBase) -> str:
    for name in node._attributes:
        schema = node._field_map[name].schema
        if schema.unique and schema.kind == "Text" and node[name]._is_loaded and (value := node[name].value):
            return str(value)
    return ""


def _blamed(error: BaseException, task: AnyTask) -> BaseException:
    """A task's error, which says whose task it was: ours in their message, others in a note, all in `batch_node`."""
    node = task.node if task.node is not None else getattr(task.task, "__self__", None)
    if task.node is None and not isinstance(node, InfrahubNodeBase):
        return error
    what = describe(node)
    named: Any = error
    if not hasattr(named, "batch_node"):
        named.batch_node = node
    if isinstance(error, Error):
        named.message = f"{what}: {named.message}"
        if getattr(named, "messages", None):
            named.messages = [f"{what}: {message}" for message in named.messages]
    elif hasattr(named, "add_note"):
        named.add_note(f"A batch ran this as the task of {what}.")
    elif named.__context__ is None:  # before Python 3.11: a traceback shows it above the error
        named.__context__ = Error(f"A batch ran the task of {what}.")
    return error
