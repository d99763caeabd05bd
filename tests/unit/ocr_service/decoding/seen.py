"""Lattices as an engine would see them, made from a text."""

from collections.abc import Mapping

import numpy as np

from ocr_service.models.fields import Box, Field, FieldType
from ocr_service.models.lattices import Lattice

ALPHABET = (
    "",
    *"0123456789-,.年月日令和昭平¥円〒OolI|一ー口ロ力カ入人方法東京都千代田区霞が関世谷三軒茶屋丁目番号佐藤鈴木高髙美咲子伊サトウミキハヘへさとうみき东",
    " ",
)
PLACE = {character: number for number, character in enumerate(ALPHABET)}


def lattice(*steps: str | Mapping[str, float], sure: float = 0.98) -> Lattice:
    """Each step is a character seen surely, or characters with their probabilities; a blank follows each. What
    is left goes to the blank."""
    rows = []
    for step in steps:
        row = np.zeros(len(ALPHABET), np.float32)
        for character, probability in ({step: sure} if isinstance(step, str) else step).items():
            row[PLACE[character]] = probability
        row[0] = max(0.0, 1.0 - float(row.sum()))
        rows += [row, np.eye(1, len(ALPHABET), dtype=np.float32)[0]]
    return Lattice.of(np.array(rows, dtype=np.float32).reshape(-1, len(ALPHABET)), np.zeros(0, np.int32))


def a_field(kind: str, **more: object) -> Field:
    return Field("field", "欄", FieldType(kind), Box(0, 0, 60, 8), **more)  # type: ignore[arg-type]
