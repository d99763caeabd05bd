"""Requests that wait for their turn to write leave the server's threads to those that work."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import anyio
import httpx
import pytest
from anyio import to_thread
from fastapi import Depends, FastAPI

from kernel.records import Records, UnitOfWork
from kernel.web.transactions import in_own_threads

T = TypeVar("T")


def in_a_loop_of_its_own(call: Callable[[], Awaitable[T]]) -> T:
    """In a thread without an event loop: a browser test of the same worker leaves one in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, call).result()


def test_more_writers_than_threads_all_come_through(sqlite_records: Records) -> None:
    async def writing() -> AsyncIterator[UnitOfWork]:
        async with in_own_threads(sqlite_records.write()) as work:
            yield work

    app = FastAPI()

    @app.post("/")
    def write(work: UnitOfWork = Depends(writing, scope="function")) -> int:
        return int(work.connection.exec_driver_sql("SELECT 1").scalar_one())

    async def send_all() -> list[int]:
        to_thread.current_default_thread_limiter().total_tokens = 3
        statuses: list[int] = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:

            async def send() -> None:
                statuses.append((await client.post("/")).status_code)

            async with anyio.create_task_group() as group:
                for _ in range(30):
                    group.start_soon(send)
        return statuses

    started = time.monotonic()
    assert in_a_loop_of_its_own(send_all) == [200] * 30
    assert time.monotonic() - started < 15


def test_an_error_rolls_back_and_comes_out(sqlite_records: Records) -> None:
    async def fail() -> None:
        async with in_own_threads(sqlite_records.write()) as work:
            work.connection.exec_driver_sql("CREATE TABLE tried (id INTEGER)")
            raise KeyError("wrong")

    with pytest.raises(KeyError):
        in_a_loop_of_its_own(fail)
    with sqlite_records.write() as work:  # the turn was given back
        work.connection.exec_driver_sql("CREATE TABLE tried (id INTEGER)")
