"""A system-call filter that needs no privilege: no sockets, no other programs, no new processes, no reach into
other processes. What is refused fails with EPERM; everything else is untouched."""

import ctypes
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_DENY, _NO_SUCH_CALL = 0x00050001, 0x00050026  # EPERM (1), ENOSYS (38)
_X32_CALLS = 0x40000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets into struct seccomp_data
_CLONE_THREAD = 0x10000
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
_FIOSETOWN, _SIOCSPGRP = 0x8901, 0x8902


@dataclass(frozen=True, slots=True)
class Calls:
    """Numbers of one machine's syscall table.

    `denied`: socket, connect, accept, bind, listen, accept4, ptrace, kill, execve, execveat, mount, umount2,
    unshare, setns, process_vm_readv, process_vm_writev, bpf, userfaultfd, keyctl, add_key, request_key,
    perf_event_open; tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo (signals to other processes; abort() then
    ends by a fault instead), setsid, setpgid (leaving the group that is ended together); on x86-64 also fork and
    vfork. The others are allowed by their arguments: see filter_code."""

    architecture: int
    denied: str
    clone: int
    prlimit64: int
    fcntl: int
    ioctl: int


_MACHINES = {
    "x86_64": Calls(
        0xC000003E,
        "41 42 43 49 50 288 101 62 59 322 165 166 272 308 310 311 321 323 250 248 249 298 "
        "200 234 129 297 112 109 57 58",
        clone=56,
        prlimit64=302,
        fcntl=72,
        ioctl=16,
    ),
    "aarch64": Calls(
        0xC00000B7,
        "198 203 202 200 201 242 117 129 221 281 40 39 97 268 270 271 280 282 219 217 218 241 "
        "130 131 138 240 157 154",
        clone=220,
        prlimit64=261,
        fcntl=25,
        ioctl=29,
    ),
}
# The same on every machine: pidfd_open, pidfd_send_signal, pidfd_getfd, io_uring_setup, process_madvise.
_DENIED_EVERYWHERE = "434 424 438 425 440"
_CLONE3 = 435  # its flags lie in memory, out of a filter's sight; without it glibc takes clone


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _when(call: int, block: Sequence[bytes]) -> bytes:
    """The steps for one system call, passed over for every other; they end with a return."""
    return _step(_JUMP_EQUAL, call, 0, len(block)) + b"".join(block)


def _by_argument(call: int, argument: int, values: Sequence[int], matched: int, otherwise: int) -> bytes:
    """Returns `matched` when the low 32 bits of the argument equal one of the values, else `otherwise`."""
    steps = [_step(_LOAD, _ARGUMENTS + 8 * argument)]
    steps += [_step(_JUMP_EQUAL, value, len(values) - place, 0) for place, value in enumerate(values)]
    return _when(call, [*steps, _step(_RETURN, otherwise), _step(_RETURN, matched)])


def filter_code(machine: str) -> bytes:
    """The BPF program for a machine name as in platform.machine(); raises KeyError for an unknown one.

    Threads may be made, processes not. prlimit64 works on the caller alone (process 0). No descriptor may be
    given another owner or signal, by which its events would signal another process."""
    calls = _MACHINES[machine]
    denied = [int(call) for call in f"{calls.denied} {_DENIED_EVERYWHERE}".split()]
    thread = [
        _step(_LOAD, _ARGUMENTS),
        _step(_JUMP_SET, _CLONE_THREAD, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _DENY),
    ]
    return b"".join(
        [
            _step(_LOAD, _ARCHITECTURE),
            _step(_JUMP_EQUAL, calls.architecture, 1, 0),
            _step(_RETURN, _KILL),
            _step(_LOAD, _NUMBER),
            _step(_JUMP_SET, _X32_CALLS, 0, 1),
            _step(_RETURN, _DENY),
            _when(calls.clone, thread),
            _when(_CLONE3, [_step(_RETURN, _NO_SUCH_CALL)]),
            _by_argument(calls.prlimit64, 0, [0], _ALLOW, _DENY),
            _by_argument(calls.fcntl, 1, [_F_SETOWN, _F_SETSIG, _F_SETOWN_EX], _DENY, _ALLOW),
            _by_argument(calls.ioctl, 1, [_FIOSETOWN, _SIOCSPGRP], _DENY, _ALLOW),
            *(_step(_JUMP_EQUAL, call, len(denied) - place, 0) for place, call in enumerate(denied)),
            _step(_RETURN, _ALLOW),
            _step(_RETURN, _DENY),
        ]
    )


def deny_calls(libc: ctypes.CDLL) -> bool:
    """Puts the filter on this process and its threads to come; False where the kernel or machine has none."""
    try:
        code = filter_code(platform.machine())
    except KeyError:
        return False
    return put_filter(libc, code)


def put_filter(libc: ctypes.CDLL, code: bytes) -> bool:
    """Puts a BPF program on this process; False where the kernel refuses."""
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))
