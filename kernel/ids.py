"""Identifiers: UUID version 7 (RFC 9562), so that they sort by the time they were made."""

import os
import time
import uuid


def new_id() -> str:
    """A new identifier: 32 lower-case hexadecimal digits, the first 12 a millisecond time stamp."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (
        (milliseconds << 80)
        | (0x7 << 76)
        | ((random >> 68 & 0xFFF) << 64)
        | (0b10 << 62)
        | (random & (1 << 62) - 1)
    )
    return uuid.UUID(int=value).hex
