"""Jobs side by side, as tasks of an event loop or in threads; nothing of them is left when the crew is closed."""

from __future__ import annotations

import contextvars
from collections import deque
from typing import TYPE_CHECKING, Any

from infrahub_sdk.transport.cancellation import AbortedError, Cancellation
from infrahub_sdk.transport.limiter import PATIENCE, PLACE, WORKER, Limiter, Place, breakable

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Callable, Coroutine, Iterable

    Job = Callable[[], Coroutine[Any, Any, Any]]

__all__ = ["ENDED", "Crew", "TaskCrew", "ThreadCrew", "take_in_task", "take_in_thread"]

ENDED = "the jobs that it belongs to were ended"


class _Outcome:
    """What became of a job."""

    __slots__ = ("_result", "error")

    def __init__(self, result: Any = None, error: BaseException | None = None) -> None:
        self._result = result
        self.error = error

    def unwrap(self) -> Any:
        if self.error is not None:
            raise self.error
        return self._result


class Crew:
    """Workers that do jobs in their order, each in a slot of a limiter. After one that raises no other begins.

    A job that waits for a crew of its own lends it its slot meanwhile, so that crews within crews come to an end
    however few slots there are.

    Args:
        jobs: Functions that give the coroutines to run.
        limiter: Whose slots the jobs need.
        width: How many workers there are at most.
    """

    def __init__(self, jobs: Iterable[Job], limiter: Limiter, width: int) -> None:
        self._jobs = deque(jobs)
        self._limiter = limiter
        self._width = max(1, min(width, len(self._jobs)))

    def _next_job(self) -> Job | None:
        try:
            return self._jobs.popleft()
        except IndexError:
            return None

    def _noted(self, outcome: _Outcome) -> _Outcome:
        if outcome.error is not None:
            self._jobs.clear()
        return outcome

    async def next(self) -> Any:
        """The result of the next job that is over, or its error; to be asked for once a job."""
        raise NotImplementedError

    async def close(self) -> None:
        """End the jobs that run, begin no other, and come back when nothing is left of them."""
        raise NotImplementedError


class TaskCrew(Crew):
    """Jobs as tasks of the running event loop."""

    def __init__(self, jobs: Iterable[Job], limiter: Limiter, width: int) -> None:
        import asyncio

        super().__init__(jobs, limiter, width)
        self._over: asyncio.Queue[_Outcome] = asyncio.Queue()
        self._workers: list[Task[None]] = [asyncio.ensure_future(self._work()) for _ in range(self._width)]

    async def _work(self) -> None:
        import asyncio

        while self._jobs:
            place = Place(self._limiter)
            await take_in_task(place)
            try:
                job = self._next_job()
                if job is None:
                    return
                PLACE.set(place)
                # A task of its own, so that no job sees the context variables that another has set.
                outcome = self._noted(await asyncio.ensure_future(_caught(job)))
            except BaseException as error:  # the job was cancelled, or this worker
                self._over.put_nowait(self._noted(_Outcome(error=error)))
                return
            finally:
                place.leave()
            self._over.put_nowait(outcome)

    async def next(self) -> Any:
        """The result of the next job that is over, or its error."""
        place = PLACE.get()
        if place is None or not self._over.empty():
            return (await self._over.get()).unwrap()
        place.lend()
        wanted = False
        try:
            outcome = await self._over.get()
        finally:
            wanted = place.ask_back()
        if wanted:
            await take_in_task(place, first=True)
        return outcome.unwrap()

    async def close(self) -> None:
        """Cancel the jobs that run, begin no other, and come back when nothing is left of them."""
        import asyncio

        self._jobs.clear()
        for worker in self._workers:
            worker.cancel()
        interrupted: BaseException | None = None
        while not all(worker.done() for worker in self._workers):
            try:
                await asyncio.wait(self._workers)
            except asyncio.CancelledError as error:  # passed on when all is put away
                interrupted = error
        if interrupted is not None:
            raise interrupted


async def _caught(job: Job) -> _Outcome:
    try:
        return _Outcome(await job())
    except Exception as error:
        return _Outcome(error=error)


async def take_in_task(place: Place, *, first: bool = False) -> None:
    """Wait for a slot, as a task."""
    import asyncio

    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def granted() -> None:
        loop.call_soon_threadsafe(_resolve, future)

    if not place.take(granted, first=first):
        try:
            while not (await asyncio.wait([future], timeout=PATIENCE))[0]:
                place.limiter.free_idle()
        except BaseException:
            place.give_up(granted)
            raise
    place.taken()


def _resolve(future: Any) -> None:
    if not future.done():
        future.set_result(None)


class ThreadCrew(Crew):
    """Jobs in threads, which end with them."""

    def __init__(self, jobs: Iterable[Job], limiter: Limiter, width: int) -> None:
        from queue import SimpleQueue
        from threading import Thread

        super().__init__(jobs, limiter, width)
        self._context = contextvars.copy_context()
        self._over: SimpleQueue[_Outcome] = SimpleQueue()
        self._workers = [Cancellation() for _ in range(self._width)]
        self._threads: list[Thread] = []
        try:
            for number, worker in enumerate(self._workers):
                thread = Thread(target=self._work, args=(worker,), name=f"infrahub-sdk-{number}", daemon=True)
                thread.start()
                self._threads.append(thread)
        except BaseException:  # the system gives no more threads
            self._end()
            raise

    def _work(self, worker: Cancellation) -> None:
        while self._jobs:
            place = Place(self._limiter)
            if not take_in_thread(place, worker):
                return
            try:
                job = self._next_job()
                if job is None:
                    return
                outcome = self._noted(self._context.copy().run(_stepped, job, place, worker))
            finally:
                place.leave()
            self._over.put(outcome)

    async def next(self) -> Any:
        """The result of the next job that is over, or its error."""
        place, worker = PLACE.get(), WORKER.get()
        if place is None or not self._over.empty():
            return self._wait().unwrap()
        place.lend()
        wanted = False
        try:
            outcome = self._wait()
        finally:
            wanted = place.ask_back()
        if wanted and not take_in_thread(place, worker, first=True):
            raise AbortedError(ENDED)
        return outcome.unwrap()

    def _wait(self) -> _Outcome:
        """The next outcome. When the job that waits for it is ended itself, that is its outcome."""
        ended = _Outcome(error=AbortedError(ENDED))
        with breakable(lambda: self._over.put(ended)):
            return self._over.get()

    async def close(self) -> None:
        """Abort the requests of the jobs that run, begin no other, and come back when nothing is left of them."""
        self._end()

    def _end(self) -> None:
        self._jobs.clear()
        for worker in self._workers:
            worker.abort(ENDED)
        for thread in self._threads:
            thread.join()


def _stepped(job: Job, place: Place, worker: Cancellation) -> _Outcome:
    from infrahub_sdk.core.port import run

    PLACE.set(place)
    WORKER.set(worker)
    try:
        return _Outcome(run(job()))
    except BaseException as error:
        return _Outcome(error=error)


def take_in_thread(place: Place, worker: Cancellation | None, *, first: bool = False) -> bool:
    """Wait for a slot, as a thread; False when the thread's jobs were ended meanwhile."""
    from threading import Event

    there = Event()
    if not place.take(there.set, first=first):
        try:
            if worker is None or worker.attach(there.set):
                while not there.wait(PATIENCE):
                    place.limiter.free_idle()
        except BaseException:
            place.give_up(there.set)
            raise
        if worker is not None and not worker.detach():
            place.give_up(there.set)
            return False
    place.taken()
    return True
