"""Files are kept whole or not at all."""

import io
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.blobs import FolderBlobs
from kernel.errors import NotFound, TooLarge


def test_the_same_bytes_are_kept_once_and_read_back(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    first = blobs.add(io.BytesIO("引越し".encode()), limit=100)
    second = blobs.add(io.BytesIO("引越し".encode()), limit=100)
    assert first == second
    assert list(blobs.digests()) == [first.digest]
    with blobs.open(first.digest) as file:
        assert file.read().decode() == "引越し"


def test_what_comes_again_is_young_and_still_the_same_file(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    digest = blobs.add(io.BytesIO(b"again"), limit=100).digest
    os.utime(blobs.path(digest), (0, 0))
    before = blobs.path(digest).stat()
    blobs.add(io.BytesIO(b"again"), limit=100)
    after = blobs.path(digest).stat()
    assert after.st_ino == before.st_ino  # a sandbox is bound to the file, not to its name
    assert after.st_mtime > before.st_mtime
    blobs.path(digest).write_bytes(b"torn")
    blobs.add(io.BytesIO(b"again"), limit=100)
    assert blobs.path(digest).read_bytes() == b"again"
    assert list((tmp_path / "incoming").iterdir()) == []


def test_too_large_leaves_nothing_behind(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(TooLarge):
        blobs.add(io.BytesIO(b"x" * 3_000_000), limit=2_000_000)
    assert list(blobs.digests()) == []
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "0" * 63 + "/", "A" * 64, "f" * 64])
def test_what_is_no_digest_or_absent_is_not_found(tmp_path: Path, digest: str) -> None:
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(NotFound):
        blobs.open(digest)


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = f"""
import io, signal
from pathlib import Path
from kernel.blobs import FolderBlobs
from kernel.errors import Unavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    FolderBlobs(Path({str(tmp_path)!r})).add(io.BytesIO(b"x" * 2_000_000), limit=10_000_000)
except Unavailable as error:
    print(type(error.__cause__).__name__)
"""
    limit = (1_000_000, 1_000_000)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert done.stdout.strip() == "OSError"
    assert list(FolderBlobs(tmp_path).digests()) == []
    assert list((tmp_path / "incoming").iterdir()) == []


def test_the_name_is_on_the_disk_before_add_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, then the rename, then each folder on the way to the name."""
    synced: list[tuple[str, bool]] = []
    digest = FolderBlobs(tmp_path / "other").add(io.BytesIO(b"x"), limit=10).digest
    target = tmp_path / "blobs" / digest[:2] / digest[2:4] / digest
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append((str(Path(f"/proc/self/fd/{handle}").readlink()), target.exists()))
        real(handle)

    blobs = FolderBlobs(tmp_path / "blobs")
    monkeypatch.setattr(os, "fsync", fsync)
    blobs.add(io.BytesIO(b"x"), limit=10)
    assert synced[0][0].startswith(str(tmp_path / "blobs" / "incoming")) and not synced[0][1]
    folders = (target.parent, target.parent.parent, tmp_path / "blobs")
    assert synced[1:] == [(str(folder), True) for folder in folders]
