"""Lines through tesseract's command: all lines of a call in one process."""

import csv
import io
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from PIL import Image

from kernel.errors import Text, Unavailable
from ocr_service.ports.page_reading import Pixels
from ocr_service.ports.recognition import ReadText

_LANGUAGE = "jpn"
_SECONDS = 5.0  # for each line, at the very most
_MARGIN = 10  # pixels of paper that tesseract wants around a line
_LEVEL_WORD = "5"


class TesseractReader:
    """A PlainReader. Raises Unavailable when the program or its Japanese model is missing."""

    def __init__(self, program: str = "tesseract") -> None:
        found = which(program)
        if found is None:
            raise Unavailable(_MISSING)
        self._program = found
        told = self._run(["--list-langs"], 10.0).split()
        if _LANGUAGE not in told:
            raise Unavailable(_MISSING)
        version = self._run(["--version"], 10.0).split()[1]
        self._engine = f"tesseract-{version}/{_LANGUAGE}"

    @property
    def engine(self) -> str:
        return self._engine

    def texts(self, lines: Sequence[Pixels]) -> list[ReadText]:
        read = [ReadText("", ()) for _ in lines]
        present = [number for number, line in enumerate(lines) if line.size]
        if not present:
            return read
        with TemporaryDirectory() as folder:
            pictures = [Path(folder) / f"{number}.png" for number in present]
            for number, picture in zip(present, pictures, strict=True):
                _with_margin(lines[number]).save(picture)
            listed = Path(folder) / "lines.txt"
            listed.write_text("\n".join(map(str, pictures)), encoding="utf-8")
            table = self._run(
                [str(listed), "stdout", "--psm", "7", "-l", _LANGUAGE, "tsv"], _SECONDS * len(lines) + 10.0
            )
        for number, text in _texts(table).items():
            read[present[number]] = text
        return read

    def _run(self, arguments: Sequence[str], seconds: float) -> str:
        """Standard output; one thread, for the caller decides how many lines are read at once."""
        try:
            done = subprocess.run(
                [self._program, *arguments],
                capture_output=True,
                timeout=seconds,
                check=True,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise Unavailable(_FAILED) from error
        return done.stdout.decode("utf-8", errors="replace")


def _with_margin(line: Pixels) -> Image.Image:
    picture = Image.fromarray(line)
    paper = Image.new("RGB", (picture.width + 2 * _MARGIN, picture.height + 2 * _MARGIN), "white")
    paper.paste(picture, (_MARGIN, _MARGIN))
    return paper


def _texts(table: str) -> dict[int, ReadText]:
    """By page from 0: the words joined as Japanese is written, each character with its word's confidence."""
    words: dict[int, list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _LEVEL_WORD and row["text"].strip():
            sure = min(1.0, max(0.0, float(row["conf"]) / 100.0))
            words.setdefault(int(row["page_num"]) - 1, []).append((row["text"], sure))
    return {
        page: ReadText(
            "".join(word for word, _ in found),
            tuple(sure for word, sure in found for _ in word),
        )
        for page, found in words.items()
    }


_MISSING = Text(
    "tesseract、または日本語のモデルがありません。tesseract-ocrとtesseract-ocr-jpnを入れてください。",
    "Tesseract or its Japanese model is missing. Install tesseract-ocr and tesseract-ocr-jpn.",
)
_FAILED = Text(
    "tesseractで読み取れませんでした。もう一度お試しください。",
    "Tesseract could not read. Please try again.",
)
