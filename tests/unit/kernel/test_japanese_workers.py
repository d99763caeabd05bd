"""Analysis of many texts by several processes."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from kernel.japanese import Analyser, Workers
from kernel.japanese.analyser import BULK

TEXTS = [
    f"第{number}回 保育園の入園申込み、チャットボット\u3000Ａ{number}\ud800。" for number in range(BULK)
] + ["", "\n", "。"]


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(2, idle_seconds=0.3)
    yield made
    made.stop()


def ended(workers: Workers) -> bool:
    """Waits until no process is left."""
    end = time.monotonic() + 20
    while workers.processes() and time.monotonic() < end:
        time.sleep(0.02)
    return not workers.processes()


def test_many_texts_are_analysed_as_each_alone_and_the_processes_end(workers: Workers) -> None:
    alone, helped = Analyser(), Analyser(workers)
    rows = helped.batch(TEXTS)
    # Compounds are a set, whose order differs between processes.
    assert [(row[:3], set(row[3].split())) for row in rows] == [
        (row[:3], set(row[3].split())) for row in map(alone.written, TEXTS)
    ]
    assert [helped.words(text) for text in TEXTS] == [alone.words(text) for text in TEXTS]
    assert ended(workers)


def test_few_texts_start_no_process(workers: Workers) -> None:
    Analyser(workers).batch(TEXTS[:20])
    assert workers.processes() == []


def test_a_killed_process_loses_nothing(workers: Workers) -> None:
    analyser = Analyser(workers)
    first = [row[:3] for row in analyser.batch(TEXTS)]
    os.kill(workers.processes()[0], signal.SIGKILL)
    assert [row[:3] for row in analyser.batch(TEXTS)] == first
    assert ended(workers)


def test_a_process_killed_while_it_works_loses_nothing() -> None:
    workers = Workers(2)
    analyser = Analyser(workers)
    expected = [row[:3] for row in analyser.batch(TEXTS)]
    here: list[int] = []

    def noted(part: Sequence[str]) -> list[tuple[str, ...]]:
        here.append(1)
        return [tuple(analyser.written(text)) for text in part]

    pids = workers.processes()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)  # asked, but does not answer
    timers = [threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)) for pid in pids]
    for timer in timers:
        timer.start()
    rows = workers.run(TEXTS, noted)
    workers.stop()
    assert [row[:3] for row in rows] == expected
    assert here
