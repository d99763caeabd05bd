"""Foreign files are parsed here and nowhere else: a separate process with limits and without a network."""

from kernel.sandbox.errors import (
    Crashed,
    OutOfMemory,
    Refused,
    SandboxError,
    TimedOut,
    TooMuchOutput,
    Unguarded,
)
from kernel.sandbox.limits import Limits
from kernel.sandbox.runner import Sandbox

__all__ = [
    "Crashed",
    "Limits",
    "OutOfMemory",
    "Refused",
    "Sandbox",
    "SandboxError",
    "TimedOut",
    "TooMuchOutput",
    "Unguarded",
]
