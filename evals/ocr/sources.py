"""Whose hand or which type a page is written in. A source is on one side of the split alone: what is tuned or
learnt on `train` never saw a shape of `held`. Brushes are apart from both sides' goals."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from evals.datasets import DATA, data_folder
from kernel.errors import NotFound, Text

_FONTS = Path("/usr/share/fonts")
Strokes = tuple[NDArray[np.float32], ...]  # each stroke is points × 2, in a square of 320


class Kind(StrEnum):
    """What kind of writing a source gives."""

    PRINTED = "printed"
    HANDWRITTEN = "handwritten"
    BRUSH = "brush"


class Split(StrEnum):
    """Which side of the split a source is on."""

    TRAIN = "train"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Source:
    """One family of fonts, or one writer's strokes (`files` is empty)."""

    name: str
    kind: Kind
    split: Split
    files: tuple[str, ...] = ()
    weight: float = 1.0


SOURCES = (
    Source(
        "ipa-gothic",
        Kind.PRINTED,
        Split.TRAIN,
        ("opentype/ipafont-gothic/ipag.ttf", "opentype/ipafont-gothic/ipagp.ttf"),
    ),
    Source(
        "ipa-mincho",
        Kind.PRINTED,
        Split.TRAIN,
        ("opentype/ipafont-mincho/ipam.ttf", "opentype/ipafont-mincho/ipamp.ttf"),
    ),
    Source("vl-gothic", Kind.PRINTED, Split.TRAIN, ("truetype/vlgothic/VL-Gothic-Regular.ttf",)),
    Source("motoya-maruberi", Kind.PRINTED, Split.TRAIN, ("truetype/motoya-l-maruberi/MTLmr3m.ttf",)),
    Source("noto-sans", Kind.PRINTED, Split.HELD, ("opentype/noto/NotoSansCJK-Regular.ttc",)),
    Source("noto-serif", Kind.PRINTED, Split.HELD, ("opentype/noto/NotoSerifCJK-Regular.ttc",)),
    Source(
        "sawarabi-gothic", Kind.PRINTED, Split.HELD, ("truetype/sawarabi-gothic/sawarabi-gothic-medium.ttf",)
    ),
    Source(
        "kiloji",
        Kind.HANDWRITTEN,
        Split.TRAIN,
        ("truetype/kiloji/kiloji.ttf", "truetype/kiloji/kiloji_p.ttf"),
    ),
    Source(
        "yozfont",
        Kind.HANDWRITTEN,
        Split.TRAIN,
        ("truetype/yozvox-yozfont/YOzRS_.ttf", "truetype/yozvox-yozfont/YOzRS_90.ttf"),
    ),
    Source(
        "yusei-magic", Kind.HANDWRITTEN, Split.TRAIN, ("truetype/yusei-magic/YuseiMagic-Regular.ttf",), 0.5
    ),
    Source("seto", Kind.HANDWRITTEN, Split.HELD, ("truetype/seto/setofont.ttf",)),
    Source("klee", Kind.HANDWRITTEN, Split.HELD, ("truetype/klee/KleeOne-Regular.ttf",)),
    Source("strokes", Kind.HANDWRITTEN, Split.HELD, (), 1.5),
    Source("kouzan-brush", Kind.BRUSH, Split.TRAIN, ("truetype/kouzan-mouhitsu/kouzan-mouhitsu.ttf",)),
    Source("aoyagi-brush", Kind.BRUSH, Split.HELD, ("truetype/aoyagi-soseki/aoyagi-soseki.ttf",)),
)


def sources(split: Split, kind: Kind) -> tuple[Source, ...]:
    """What this machine has of them. Raises NotFound when there is none."""
    found = tuple(each for each in SOURCES if each.split is split and each.kind is kind and _there(each))
    if not found:
        raise NotFound(
            Text(
                f"文字の元になるフォント（{kind}・{split}）がありません。evals/README.mdのDebianのパッケージを入れてください。",
                f"No font for {kind} writing of the side {split} is installed. Install the Debian packages that evals/ocr names.",
            )
        )
    return found


@cache
def font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / file), size)


@cache
def strokes() -> dict[str, Strokes]:
    """The pen strokes of one writer, by character: `character`, `:number of strokes`, one stroke a line."""
    found: dict[str, Strokes] = {}
    for block in _stroke_file().read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().splitlines()
        if len(lines) > 2 and lines[1].startswith(":"):
            found[lines[0].strip()] = tuple(_points(line) for line in lines[2:])
    found.update(_katakana())
    found["-"] = (np.array([[90, 162], [230, 158]], np.float32),)
    return found


@cache
def draws(file: str, character: str) -> bool:
    """Whether a font has that character (fonts draw one same box for all that they lack)."""
    if character.isspace():
        return True
    opened = font(file, 32)
    return bytes(opened.getmask(character)) != bytes(opened.getmask("\uffff"))


@cache
def _katakana() -> dict[str, Strokes]:
    """Katakana drawn for this project, for the writer whose strokes have none; in a square of 320."""
    found: dict[str, Strokes] = {}
    for line in (Path(__file__).parent / "words" / "katakana.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            character, _, rest = line.partition(" ")
            found[character] = tuple(
                np.array([point.split(",") for point in stroke.split()], dtype=np.float32) * 3.2
                for stroke in rest.split("/")
            )
    for plain, voiced in zip(
        "カキクケコサシスセソタチツテトハヒフヘホウ",
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ",
        strict=True,
    ):
        found[voiced] = (*(each * np.array([0.9, 1.0], np.float32) for each in found[plain]), *found["゛"])
    for plain, half in zip("ハヒフヘホ", "パピプペポ", strict=True):
        found[half] = (*(each * np.array([0.9, 1.0], np.float32) for each in found[plain]), *found["゜"])
    for plain, small in zip("アイウエオヤユヨツ", "ァィゥェォャュョッ", strict=True):
        found[small] = tuple(each * 0.62 + np.array([40, 115], np.float32) for each in found[plain])
    return found


def _points(line: str) -> NDArray[np.float32]:
    numbers = line.replace("(", " ").replace(")", " ").split()[1:]
    return np.array(numbers, dtype=np.float32).reshape(-1, 2)


def _stroke_file() -> Path:
    return data_folder() / "strokes" / "tomoe.tdic"


def _there(source: Source) -> bool:
    if not source.files:
        return _stroke_file().is_file()
    return all((_FONTS / file).is_file() for file in source.files)


__all__ = ["DATA", "SOURCES", "Kind", "Source", "Split", "Strokes", "draws", "font", "sources", "strokes"]
