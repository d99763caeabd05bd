"""The sandbox ends every kind of harm with its own error and lets nothing out."""

import errno
import os
import platform
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from kernel.sandbox import (
    Crashed,
    Limits,
    OutOfMemory,
    Refused,
    Sandbox,
    SandboxError,
    TimedOut,
    TooMuchOutput,
    group,
)

ROOT = Path(__file__).resolve().parents[3]
TASKS = "tests.fakes.sandbox_tasks"


def misbehave(harm: str, **limits: Any) -> Any:
    return Sandbox(Limits(**limits)).run(f"{TASKS}:misbehave", {"harm": harm})


def test_a_task_reads_its_files_reports_progress_and_answers(tmp_path: Path) -> None:
    files = []
    for name in ("東京.txt", "b.txt"):
        files.append(tmp_path / name)
        files[-1].write_text(name, "utf-8")
    steps: list[tuple[int, int]] = []
    answer = Sandbox().run(
        f"{TASKS}:read_files", {"word": "知恵"}, files, lambda done, total: steps.append((done, total))
    )
    assert answer == {"texts": ["東京.txt", "b.txt"], "word": "知恵"}
    assert steps == [(1, 2), (2, 2)]


def test_a_generator_gives_its_values_one_by_one() -> None:
    items: list[int] = []
    sandbox = Sandbox(Limits(output_mb=1))
    arguments = {"to": 5, "bytes": 600_000}  # more than the limit in all, less in each
    answer = sandbox.run(f"{TASKS}:count_up", arguments, on_item=lambda item: items.append(item["number"]))
    assert answer is None
    assert items == [0, 1, 2, 3, 4]
    with pytest.raises(TooMuchOutput):
        sandbox.run(f"{TASKS}:count_up", {"to": 1, "bytes": 1_200_000})


def test_who_listens_to_a_generator_can_end_it() -> None:
    def stop(item: dict[str, int]) -> None:
        if item["number"] == 3:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Sandbox().run(f"{TASKS}:count_up", {"to": 10**9}, on_item=stop)
    assert time.monotonic() - began < 20


def test_this_machine_has_a_network_guard() -> None:
    assert Sandbox().guards() & {"network-namespace", "system-calls"}


def test_a_listening_server_of_this_machine_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=5).close()  # outside it can be reached
        with pytest.raises(Crashed) as caught:
            Sandbox().run(f"{TASKS}:connect", {"port": port})
    assert "Error" in caught.value.detail
    assert "refused" not in caught.value.detail.lower()  # not merely nobody there


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_the_system_call_filter_alone_stops_sockets() -> None:
    code = (
        "import ctypes, socket\n"
        "from kernel.sandbox.seccomp import deny_calls\n"
        "assert deny_calls(ctypes.CDLL(None, use_errno=True))\n"
        "try:\n    socket.socket()\n"
        "except PermissionError:\n    print('stopped')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "stopped"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names two system calls by number")
def test_where_namespaces_and_landlock_are_forbidden_the_filter_still_stands() -> None:
    """As in a container with the usual profile: unshare (272) and landlock_create_ruleset (444) are refused."""
    code = (
        "import ctypes\n"
        "from kernel.sandbox import Crashed, Sandbox, seccomp\n"
        "steps = [seccomp._step(0x20, 0), seccomp._step(0x15, 272, 2), seccomp._step(0x15, 444, 1)]\n"
        "steps += [seccomp._step(0x06, 0x7FFF0000), seccomp._step(0x06, 0x00050001)]\n"
        "assert seccomp.put_filter(ctypes.CDLL(None, use_errno=True), b''.join(steps))\n"
        "print(sorted(Sandbox().guards()))\n"
        "try:\n"
        f"    Sandbox().run('{TASKS}:connect', {{'port': 9}})\n"
        "except Crashed as crash:\n"
        "    print('PermissionError' in crash.detail)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["['system-calls']", "True"]


def test_nothing_outside_is_inherited_read_written_run_or_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password", "utf-8")
    monkeypatch.setenv("CHIENOWA_DATABASE_URL", "postgresql://user:password@host/db")
    seen = Sandbox().run(f"{TASKS}:look_around", {"secret": str(secret)})
    assert "password" not in str(seen["environment"])
    assert seen["run"] == seen["kill"] == "PermissionError"
    if "files" in Sandbox().guards():
        assert seen["read"] == seen["write"] == "PermissionError"
    assert not Path(seen["folder"]).exists()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names system calls by number")
def test_other_processes_are_out_of_reach_and_none_is_made() -> None:
    seen = Sandbox().run(f"{TASKS}:reach_out", {"server": os.getpid()})
    assert seen.pop("own limits") == seen.pop("own flags") == 0
    assert seen.pop("clone3") == errno.ENOSYS
    assert set(seen.values()) == {errno.EPERM}, seen


def test_threads_work_behind_the_filter() -> None:
    assert Sandbox().run(f"{TASKS}:count_with_threads") == 4950


def test_a_child_of_the_child_counts_and_ends_with_it() -> None:
    """Where there is no filter: one that eats memory, and one that has left its process group."""
    code = (
        "import os, time\n"
        "eaten = b''\n"
        "if os.fork() == 0:\n"
        "    eaten = b'x' * 80_000_000\n"
        "elif os.fork() == 0:\n"
        "    os.setpgid(0, 0)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as leader:
        assert leader.stdout is not None
        for _ in range(3):
            assert leader.stdout.readline() == "ready\n"
        children = psutil.Process(leader.pid).children()
        assert len(children) == 2
        assert group.resident_bytes(leader.pid) > 80_000_000
        group.end(leader.pid)
        leader.wait(10)
    psutil.wait_procs(children, timeout=5)
    assert not [child for child in children if child.is_running() and child.status() != "zombie"]


def test_folders_of_killed_workers_are_removed_and_those_in_use_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code = (
        "import tempfile, time\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "from kernel.sandbox.folders import working_folder\n"
        "with working_folder() as folder:\n"
        "    open(folder + '/copy', 'w').close()\n"
        "    print(folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    folders = []
    workers = []
    try:
        for _ in range(2):
            worker = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            workers.append(worker)
            assert worker.stdout is not None
            folders.append(Path(worker.stdout.readline().strip()))
        workers[0].kill()
        workers[0].wait()
        long_ago = time.time() - 3_600
        for folder in folders:
            os.utime(folder, (long_ago, long_ago))
        assert misbehave("return strange")
        assert [folder.exists() for folder in folders] == [False, True]
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


@pytest.mark.parametrize(
    ("harm", "limits", "error"),
    [
        ("loop", {"silence_s": 1.0}, TimedOut),
        ("loop", {"cpu_s": 1}, TimedOut),
        ("loop with progress", {"wall_s": 1.0}, TimedOut),
        ("sleep", {"silence_s": 0.5}, TimedOut),
        ("eat memory", {"memory_mb": 200}, OutOfMemory),
        ("ask for too much", {"memory_mb": 200}, OutOfMemory),
        ("talk too much", {"output_mb": 1}, TooMuchOutput),
        ("write too much", {"write_mb": 5}, TooMuchOutput),
        ("die", {}, Crashed),
        ("raise", {}, Crashed),
        ("nest", {}, Crashed),
        ("open many", {"open_files": 40}, Crashed),
        ("no such harm", {}, Crashed),
    ],
)
def test_each_harm_ends_with_its_own_error(
    harm: str, limits: dict[str, Any], error: type[SandboxError]
) -> None:
    started = time.monotonic()
    with pytest.raises(SandboxError) as caught:
        misbehave(harm, **limits)
    assert type(caught.value) is error
    assert caught.value.text.ja and caught.value.text.en
    assert time.monotonic() - started < 20


def test_a_refusal_keeps_the_task_s_own_words() -> None:
    with pytest.raises(Refused) as caught:
        misbehave("refuse")
    assert (caught.value.text.ja, caught.value.text.en) == ("読めません。", "Cannot be read.")


def test_what_a_library_prints_is_not_taken_for_an_answer() -> None:
    assert misbehave("return strange") == "a\ud800\x00\n😀"


def test_an_unknown_task_is_a_crash_and_not_a_hang() -> None:
    with pytest.raises(Crashed):
        Sandbox().run("kernel.sandbox.child:nothing")


def test_no_process_folder_or_descriptor_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for harm in ("die", "raise", "sleep"):
        with pytest.raises(SandboxError):
            misbehave(harm, silence_s=0.3)
    assert list(tmp_path.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert [child for child in psutil.Process().children() if "kernel.sandbox" in str(child.cmdline())] == []


def test_a_raising_listener_ends_the_child() -> None:
    def cancel(done: int, total: int) -> None:
        raise KeyError("cancelled")

    with pytest.raises(KeyError):
        Sandbox().run(f"{TASKS}:misbehave", {"harm": "loop with progress"}, (), cancel)
    assert [child for child in psutil.Process().children() if "kernel.sandbox" in str(child.cmdline())] == []


def test_several_run_side_by_side() -> None:
    answers: list[Any] = []
    workers = [threading.Thread(target=lambda: answers.append(misbehave("return strange"))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(answers) == 4
