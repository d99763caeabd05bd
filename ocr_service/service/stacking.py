"""Several small files as one, so that one process of the reader takes them all."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kernel.errors import Text, Unavailable
from ocr_service.models.batches import ScanPage
from ocr_service.ports.form_reading import PageAddress

_NO_ROOM = Text(
    "読み取りの準備をする場所（一時フォルダー）に空きがありません。管理者に空き容量の確保を依頼してください。",
    "There is no room in the temporary folder. Ask the administrator to free space.",
)


@contextmanager
def stacked(
    paths: Mapping[str, Path], pages: Sequence[ScanPage]
) -> Iterator[tuple[Path, dict[PageAddress, ScanPage]]]:
    """A file to read, and where each page is in it, in the order of `pages`; pages whose file is not among
    `paths` (by file id) are left out. One file is given as it is; several become members of a ZIP for the time
    of the block, named by their ids. Raises Unavailable without room for it."""
    here = [page for page in pages if page.file_id in paths]
    if len(paths) == 1:
        (path,) = paths.values()
        yield path, {PageAddress(page.member, page.number): page for page in here}
        return
    with packed(paths) as path:
        yield path, {PageAddress(page.file_id, page.number): page for page in here}


@contextmanager
def packed(paths: Mapping[str, Path]) -> Iterator[Path]:
    """A ZIP of these files under these names, for the time of the block. Raises Unavailable without room."""
    with tempfile.TemporaryDirectory(prefix="chienowa-stack-") as folder:
        path = Path(folder) / "stack.zip"
        try:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as stack:
                for identifier, file in paths.items():
                    stack.write(file, identifier)
        except OSError as error:
            raise Unavailable(_NO_ROOM) from error
        yield path
