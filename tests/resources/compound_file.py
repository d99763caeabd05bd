"""A writer of OLE compound files (MS-CFB, version 3), just enough for .msg and for telling old Office formats."""

import itertools
import struct
from pathlib import Path

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class _Sectors:
    """Chained blocks of one size and their allocation table."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.blocks: list[bytes] = []
        self.table: list[int] = []

    def store(self, data: bytes) -> int:
        """Appends a chain; answers its first block."""
        if not data:
            return _END
        start = len(self.blocks)
        for offset in range(0, len(data), self.size):
            self.blocks.append(data[offset : offset + self.size].ljust(self.size, b"\x00"))
            self.table.append(len(self.blocks))
        self.table[-1] = _END
        return start


class _Writer:
    """Directory entries, and the two kinds of sectors their streams lie in."""

    def __init__(self) -> None:
        self.entries: list[bytearray] = []
        self.sectors = _Sectors(_SECTOR)
        self.minis = _Sectors(_MINI)

    def add(self, name: str, node: object, kind: int) -> int:
        """Adds a storage with all below it, or a stream."""
        index = len(self.entries)
        entry = bytearray(128)
        self.entries.append(entry)
        child, start, size = _NONE, _END, 0
        if isinstance(node, dict):
            # the order of CFB, shorter names first; linked as a list to the right
            names = sorted(node, key=lambda text: (len(text), text.upper()))
            kids = [
                self.add(text, node[text], _STORAGE if isinstance(node[text], dict) else _STREAM)
                for text in names
            ]
            for left, right in itertools.pairwise(kids):
                struct.pack_into("<I", self.entries[left], 72, right)
            child = kids[0] if kids else _NONE
            start = 0 if kind == _STORAGE else _END
        else:
            assert isinstance(node, bytes)
            size = len(node)
            start = (self.minis if size < _CUTOFF else self.sectors).store(node)
        encoded = name.encode("utf-16-le") + b"\x00\x00"
        entry[: len(encoded)] = encoded
        struct.pack_into(
            "<HBBIII", entry, 64, len(encoded), kind, 1, _NONE, _NONE, child
        )  # right: the parent links
        struct.pack_into("<IQ", entry, 116, start, size)
        return index


def write_compound_file(file: Path, streams: dict[str, bytes]) -> None:
    """Writes streams by path; "a/b" puts the stream b into the storage a."""
    tree: dict[str, object] = {}
    for path, data in streams.items():
        *folders, name = path.split("/")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})  # type: ignore[assignment]
        node[name] = data
    writer = _Writer()
    writer.add("Root Entry", tree, _ROOT)
    sectors, minis = writer.sectors, writer.minis
    small = b"".join(minis.blocks)
    struct.pack_into("<IQ", writer.entries[0], 116, sectors.store(small), len(small))
    mini_table = struct.pack(f"<{len(minis.table)}I", *minis.table)
    mini_table += b"\xff" * (-len(mini_table) % _SECTOR)
    mini_start = sectors.store(mini_table)
    directory = b"".join(bytes(entry) for entry in writer.entries)
    directory_start = sectors.store(directory + bytes(-len(directory) % _SECTOR))
    fat_count = 1
    while fat_count * (_SECTOR // 4) < len(sectors.table) + fat_count:
        fat_count += 1
    fat_start = len(sectors.table)
    fat = sectors.table + [_FAT] * fat_count
    fat += [_FREE] * (fat_count * (_SECTOR // 4) - len(fat))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6)),
        *(0, fat_count, directory_start, 0, _CUTOFF, mini_start, len(mini_table) // _SECTOR, _END, 0),
    )
    difat = [fat_start + number for number in range(fat_count)] + [_FREE] * (109 - fat_count)
    file.write_bytes(
        header + struct.pack("<109I", *difat) + b"".join(sectors.blocks) + struct.pack(f"<{len(fat)}I", *fat)
    )


def outlook_message(
    file: Path, subject: str, sender: str, recipient: tuple[str, str], body: str, attached: tuple[str, bytes]
) -> None:
    """A .msg (MS-OXMSG) of Unicode properties with one recipient and one attachment."""
    counts = struct.pack("<8x4I8x", 1, 1, 1, 1)
    streams = _properties("", counts, {0x001A: "IPM.Note", 0x0037: subject, 0x0C1A: sender, 0x1000: body})
    person = "__recip_version1.0_#00000000/"
    streams |= _properties(
        person, bytes(8), {0x3001: recipient[0], 0x3003: recipient[1], 0x39FE: recipient[1]}
    )
    item = "__attach_version1.0_#00000000/"
    streams |= _properties(item, bytes(8), {0x3701: attached[1], 0x3704: attached[0], 0x3707: attached[0]})
    write_compound_file(file, streams)


def _properties(folder: str, header: bytes, values: dict[int, str | bytes]) -> dict[str, bytes]:
    """One stream for each value, and the table that names them with their types and sizes."""
    streams = {}
    table = header
    for number, value in values.items():
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        kind = 0x001F if isinstance(value, str) else 0x0102
        streams[f"{folder}__substg1.0_{number:04X}{kind:04X}"] = data
        table += struct.pack("<HHIII", kind, number, 6, len(data) + (2 if kind == 0x001F else 0), 0)
    return streams | {f"{folder}__properties_version1.0": table}
