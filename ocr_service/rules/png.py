"""What a PNG's structure tells without decoding its picture (PNG specification, third edition, 5 and 11.2)."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 35_000_000  # A4 at 600 dpi, A3 at 400; 200 dpi is enough for a template
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_PIECE = 1 << 20


class NoPng(ValueError):
    """Not a PNG, damaged, too large, or interlaced."""


@dataclass(frozen=True, slots=True)
class Png:
    """Size in pixels."""

    width: int
    height: int


def inspect(data: bytes) -> Png:
    """Checks signature, check sums and that the compressed rows are as long as the header says, in flat memory.
    Raises NoPng."""
    if not data.startswith(SIGNATURE):
        raise NoPng
    header: Png | None = None
    expected = found = 0
    unpack = zlib.decompressobj()
    for kind, body in _chunks(data):
        if header is None:
            if kind != b"IHDR" or len(body) != 13:
                raise NoPng
            header, expected = _header(body)
        elif kind == b"IDAT":
            found += _unpacked(unpack, body, expected - found)
    found += len(unpack.flush())  # what one piece left inside, less than a row or two
    if header is None or found != expected or not unpack.eof:
        raise NoPng
    return header


def _header(body: bytes) -> tuple[Png, int]:
    """The size, and the number of bytes of all rows with their filter bytes."""
    width, height, depth, colour, compression, filters, interlace = struct.unpack(">IIBBBBB", body)
    sound = (
        colour in _SAMPLES and depth in {1, 2, 4, 8, 16} and (compression, filters, interlace) == (0, 0, 0)
    )
    if not sound or not width or not height or width * height > MOST_PIXELS:
        raise NoPng
    row = (width * _SAMPLES[colour] * depth + 7) // 8
    return Png(width, height), (row + 1) * height


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise NoPng
        (size,) = struct.unpack_from(">I", data, at)
        end = at + 8 + size
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise NoPng
        kind = data[at + 4 : at + 8]
        if kind == b"IEND":
            if end + 4 != len(data):
                raise NoPng
            return
        yield kind, data[at + 8 : end]
        at = end + 4


def _unpacked(unpack: "zlib._Decompress", body: bytes, room: int) -> int:
    """Bytes that come out of one piece; raises NoPng when it is more than `room`."""
    count = 0
    try:
        while body:
            count += len(unpack.decompress(body, _PIECE))
            if count > room:
                raise NoPng
            body = unpack.unconsumed_tail
    except zlib.error as error:
        raise NoPng from error
    return count
