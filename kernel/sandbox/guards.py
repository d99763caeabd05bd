"""The walls a child puts around itself before it touches a foreign file."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from kernel.sandbox import group
from kernel.sandbox.landlock import restrict_files
from kernel.sandbox.limits import MB, Limits
from kernel.sandbox.seccomp import deny_calls

NETWORK_NAMESPACE = "network-namespace"
SYSTEM_CALLS = "system-calls"
FILES = "files"
NETWORK_GUARDS = frozenset({NETWORK_NAMESPACE, SYSTEM_CALLS})

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
_ADDRESS_SPACE_FACTOR = 6  # engines map far more than they touch; what is touched is watched from outside
_TASKS_MORE = 256  # the limit counts everything of the user, the server's own threads too
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (engines map it; nothing of ours lies there)
_SYSTEM_FILES = (
    *(
        "/usr",
        "/lib",
        "/lib64",
        "/opt",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/fonts",
        "/etc/mime.types",
        "/proc/self",
    ),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm", "/sys/devices/system", "/sys/fs/cgroup"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)


def limit_resources(limits: Limits) -> None:
    """Limits that the kernel keeps: processor time, address space, written and open files, processes and
    threads, no core dump. A hard limit that is already lower stays."""
    wanted = {
        resource.RLIMIT_CPU: limits.cpu_s + 5,
        resource.RLIMIT_AS: limits.memory_mb * MB * _ADDRESS_SPACE_FACTOR,
        resource.RLIMIT_FSIZE: limits.write_mb * MB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: group.tasks_of_this_user() + _TASKS_MORE,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        top = value if hard == resource.RLIM_INFINITY else min(value, hard)
        soft = min(top, limits.cpu_s) if kind == resource.RLIMIT_CPU else top
        resource.setrlimit(kind, (soft, top))  # at the soft limit SIGXCPU tells time from a crash


def die_with_parent(libc: ctypes.CDLL, parent: int) -> None:
    """The child never outlives the worker that started it."""
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def leave_network(libc: ctypes.CDLL) -> bool:
    """An empty network namespace of its own, where the kernel allows one."""
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        with contextlib.suppress(OSError):
            if libc.unshare(flags) == 0:
                return True
    return False


def code_folders() -> tuple[list[Path], list[Path]]:
    """(readable, listable) folders that hold the program. Of a source tree only its packages are readable:
    the default data folder lies beside them."""
    readable = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)]
    listable: list[Path] = []
    for entry in sys.path:
        folder = Path(entry)
        if folder.name in ("site-packages", "dist-packages"):
            readable.append(folder)
        elif folder.is_dir():
            listable.append(folder)
            readable.extend(child for child in folder.iterdir() if (child / "__init__.py").is_file())
    return readable, listable


def raise_guards(limits: Limits, files: Sequence[Path], folder: Path) -> frozenset[str]:
    """Puts up every wall this machine has and names those that stand. Must run in a single thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    limit_resources(limits)
    active = set()
    if leave_network(libc):
        active.add(NETWORK_NAMESPACE)
    readable, listable = code_folders()
    readable += [*map(Path, _SYSTEM_FILES), *files]
    # no_new_privs, which Landlock asks for as well, is set together with the filter
    if deny_calls(libc):
        active.add(SYSTEM_CALLS)
    if restrict_files(libc, readable, listable, [folder, Path("/dev/null"), _SHARED_MEMORY]):
        active.add(FILES)
    return frozenset(active)
