"""Reading evaluation data, which is never part of the project."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.errors import Invalid, NotFound, Text

DATA = "CHIENOWA_EVAL_DATA"
_DEFAULT = Path("../shared/eval")


@dataclass(frozen=True, slots=True)
class Document:
    """One text to be found."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A query spelled in another way; any of `expect` answers it."""

    query: str
    expect: frozenset[str]
    category: str


def data_folder() -> Path:
    """Where public data is kept on this machine (CHIENOWA_EVAL_DATA)."""
    return Path(os.environ.get(DATA) or _DEFAULT)


def documents(folder: Path) -> list[Document]:
    """corpus.jsonl: `_id`, `title`, `text`. Raises NotFound or Invalid, saying which file and line."""
    return [
        Document(str(line["_id"]), str(line.get("title", "")), str(line.get("text", "")))
        for line in _lines(folder / "corpus.jsonl", ("_id",))
    ]


def questions(folder: Path) -> list[Question]:
    """queries.jsonl: `_id`, `text`."""
    found = _lines(folder / "queries.jsonl", ("_id", "text"))
    return [Question(str(line["_id"]), str(line["text"])) for line in found]


def variants(folder: Path) -> list[Variant]:
    """variants.jsonl: `query`, `expect`, `category`."""
    found = _lines(folder / "variants.jsonl", ("query", "expect", "category"))
    return [
        Variant(str(line["query"]), frozenset(map(str, line["expect"])), str(line["category"]))
        for line in found
    ]


def relevance(folder: Path) -> dict[str, dict[str, int]]:
    """qrels.tsv with its header line: question → document → grade (> 0 only)."""
    graded: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(folder / "qrels.tsv").splitlines()[1:], 2):
        try:
            question, document, grade = line.split("\t")
            if int(grade) > 0:
                graded.setdefault(question, {})[document] = int(grade)
        except ValueError as error:
            raise _broken(folder / "qrels.tsv", number) from error
    return graded


def digest(folder: Path, names: Iterable[str]) -> str:
    """SHA-256 over the named files of a folder, in order."""
    total = hashlib.sha256()
    for name in names:
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def _lines(file: Path, needed: Iterable[str]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for number, line in enumerate(_text(file).splitlines(), 1):
        if line.strip():
            try:
                value = json.loads(line)
            except ValueError as error:
                raise _broken(file, number) from error
            if not isinstance(value, dict) or not set(needed) <= value.keys():
                raise _broken(file, number)
            found.append(value)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(
            Text(
                f"評価データ {file} がありません。フォルダーを指定し直すか、環境変数 {DATA} で置き場所を指定してください。",
                f"The evaluation data {file} is not there. Give another folder, or name its place in {DATA}.",
            )
        ) from error


def _broken(file: Path, number: int) -> Invalid:
    return Invalid(
        Text(
            f"評価データ {file} の{number}行目を読めません。形式を確かめてください。",
            f"Line {number} of the evaluation data {file} cannot be read. Check its format.",
        )
    )
