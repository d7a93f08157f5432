"""Where the editions of a sweep are made: in processes of this machine, or on the workers of a Dask cluster.

Both run `make_edition` and give its outcomes as they come, in no fixed order. A worker that dies takes its edition
with it; that edition is made again by another, at most `ATTEMPTS` times in all.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from helpers.schedule.edition_task import Outcome, code_digest, make_edition
from helpers.schedule.plan import Item

ATTEMPTS = 3
CONNECT_SECONDS = 20
EXECUTORS = ("local", "dask")


class NoDask(Exception):
    """Dask distributed is not installed, or its scheduler cannot be reached; the message says which."""


def run_local(
    items: Iterable[Item], pages: tuple[str, ...], archive: bytes, workers: int = 0
) -> Iterator[Outcome]:
    """Make the editions in a pool of processes, one per core unless `workers` says how many."""
    workers = workers or os.cpu_count() or 1
    code, tried = code_digest(), {}
    waiting = list(items)
    while waiting:
        again: list[Item] = []
        pool = ProcessPoolExecutor(min(workers, len(waiting)), multiprocessing.get_context("spawn"))
        try:
            running = {
                pool.submit(make_edition, archive, code, item.name, pages, item.parameters): item
                for item in waiting
            }
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    item = running.pop(future)
                    outcome = _outcome(future, item)
                    tried[item.name] = tried.get(item.name, 0) + 1
                    if outcome.may_pass and tried[item.name] < ATTEMPTS:
                        again.append(item)
                    else:
                        yield outcome
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        waiting = again


def _outcome(future, item: Item) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(item.name, {}, "its worker process ended", may_pass=True)


def run_dask(
    items: Iterable[Item], pages: tuple[str, ...], archive: bytes, workers: int = 0, address: str = ""
) -> Iterator[Outcome]:
    """Make the editions on the workers of a Dask cluster: that of the scheduler at `address`, or a local one.

    Workers need this package at the same version and nothing else; evidence and notebooks are sent to them. Raises
    NoDask.
    """
    try:
        from dask import config
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise NoDask(
            "Dask distributed is not installed: pip install 'china-ai-compute-briefing[dask]'"
        ) from None
    listed = list(items)
    with config.set({"distributed.scheduler.allowed-failures": ATTEMPTS - 1}):
        cluster = (
            None
            if address
            else LocalCluster(workers or os.cpu_count(), threads_per_worker=1, dashboard_address=None)
        )
        try:
            with Client(address or cluster, timeout=CONNECT_SECONDS) as client:
                packed = client.scatter(archive, broadcast=True, hash=True)
                code, tried = code_digest(), {}

                def submit(item: Item):
                    number = tried[item.name] = tried.get(item.name, 0) + 1
                    return client.submit(
                        make_edition,
                        packed,
                        code,
                        item.name,
                        pages,
                        item.parameters,
                        key=f"{item.name}-{number}",
                        pure=False,
                    )

                running = {submit(item): item for item in listed}
                arriving = as_completed(running)
                for future in arriving:
                    item = running.pop(future)
                    outcome = _dask_outcome(future, item)
                    future.release()
                    if outcome.may_pass and tried[item.name] < ATTEMPTS:
                        retry = submit(item)
                        running[retry] = item
                        arriving.add(retry)
                    else:
                        yield outcome
        except OSError as error:
            raise NoDask(
                f"the scheduler at {address} cannot be reached ({' '.join(str(error).split())})"
            ) from None
        finally:
            if cluster is not None:
                cluster.close()


def _dask_outcome(future, item: Item) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    if type(error).__name__ == "KilledWorker":
        return Outcome(item.name, {}, f"its worker ended {ATTEMPTS} times")
    return Outcome(item.name, {}, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
