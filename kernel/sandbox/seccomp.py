"""A system-call filter that needs no privilege: no sockets, no other programs, no reach into other processes.
Calls that open a network or another process fail with EPERM; everything else is untouched."""

import ctypes
import platform
import struct

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # DENY carries EPERM (1)
_X32_CALLS = 0x40000000

# Numbers of Linux's syscall tables, in this order: socket, connect, accept, bind, listen, accept4, ptrace,
# kill, execve, execveat, mount, umount2, unshare, setns, process_vm_readv, process_vm_writev, bpf,
# userfaultfd, keyctl, add_key, request_key, perf_event_open; the last four (pidfd_open,
# pidfd_send_signal, pidfd_getfd, io_uring_setup) are the same on every machine.
_X86_64 = "41 42 43 49 50 288 101 62 59 322 165 166 272 308 310 311 321 323 250 248 249 298 434 424 438 425"
_AARCH64 = (
    "198 203 202 200 201 242 117 129 221 281 40 39 97 268 270 271 280 282 219 217 218 241 434 424 438 425"
)
_DENIED = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def filter_code(machine: str) -> bytes:
    """The BPF program for a machine name as in platform.machine(); raises KeyError for an unknown one."""
    architecture, calls = _DENIED[machine]
    denied = [int(call) for call in calls.split()]
    code = [
        struct.pack("HBBI", _LOAD, 0, 0, 4),
        struct.pack("HBBI", _JUMP_EQUAL, 1, 0, architecture),
        struct.pack("HBBI", _RETURN, 0, 0, _KILL),
        struct.pack("HBBI", _LOAD, 0, 0, 0),
        struct.pack("HBBI", _JUMP_SET, len(denied) + 1, 0, _X32_CALLS),
    ]
    for index, call in enumerate(denied):
        code.append(struct.pack("HBBI", _JUMP_EQUAL, len(denied) - index, 0, call))
    code.append(struct.pack("HBBI", _RETURN, 0, 0, _ALLOW))
    code.append(struct.pack("HBBI", _RETURN, 0, 0, _DENY))
    return b"".join(code)


def deny_calls(libc: ctypes.CDLL) -> bool:
    """Puts the filter on this process and its threads to come; False where the kernel or machine has none."""
    try:
        code = filter_code(platform.machine())
    except KeyError:
        return False
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
