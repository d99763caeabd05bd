"""Folders of pages with their truth: form.json, pages/, truth.csv, and meta.csv where our generator wrote one."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import DATA
from evals.ocr.sources import Kind
from kernel.errors import Invalid, NotFound, Text
from ocr_service.models.fields import MARK_TYPES, Field, FieldType, Writing
from ocr_service.models.forms import Form
from ocr_service.schemas.forms import read_file

_NEEDED = ("file", "page", "field", "value")
Key = tuple[str, int, str]  # file, page from 1, field


@dataclass(frozen=True, slots=True)
class About:
    """How one field was written: printed, handwritten, brush, mark; `note` what else happened to it."""

    writing: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One form with its pages. `truth` in normal form, "" = blank."""

    folder: Path
    form: Form
    files: tuple[Path, ...]
    truth: Mapping[Key, str]
    about: Mapping[Key, About]

    @property
    def fields(self) -> Mapping[str, Field]:
        return {each.name: each for each in self.form.every_field()}

    def pages(self) -> list[tuple[str, int]]:
        """Every page that has a truth, in order."""
        return sorted({(file, page) for file, page, _field in self.truth})

    def writing(self, key: Key, field: Field) -> str:
        """What kind of writing a field holds; without meta.csv what the template says."""
        if key in self.about:
            return self.about[key].writing
        if field.type in MARK_TYPES or field.type is FieldType.BARCODE:
            return "mark"
        return str(Kind.PRINTED if field.writing is Writing.PRINTED else Kind.HANDWRITTEN)


def cases(folder: Path) -> list[Case]:
    """The folder itself, or every folder in it that holds a form.json. Raises NotFound and Invalid."""
    folders = (
        [folder]
        if (folder / "form.json").is_file()
        else sorted(file.parent for file in folder.glob("*/form.json"))
    )
    if not folders:
        raise NotFound(
            Text(
                f"{folder} に form.json がありません。フォルダーを指定し直すか、環境変数 {DATA} を確かめてください。",
                f"There is no form.json in {folder}. Give another folder, or check {DATA}.",
            )
        )
    return [_case(each) for each in folders]


def _case(folder: Path) -> Case:
    form = read_file((folder / "form.json").read_bytes()).form
    known = {each.name for each in form.every_field()}
    truth: dict[Key, str] = {}
    for number, row in _rows(folder / "truth.csv"):
        if row["field"] not in known or not row["page"].isdigit():
            raise _broken(folder / "truth.csv", number)
        truth[row["file"], int(row["page"]), row["field"]] = row["value"]
    about = {}
    if (folder / "meta.csv").is_file():
        about = {
            (row["file"], int(row["page"]), row["field"]): About(row["writing"], row["source"], row["note"])
            for _number, row in _rows(folder / "meta.csv")
        }
    names = sorted({file for file, _page, _field in truth})
    files = tuple(folder / "pages" / name for name in names)
    for file in files:
        if not file.is_file():
            raise NotFound(Text(f"{file} がありません。", f"{file} is not there."))
    return Case(folder, form, files, truth, about)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        stream = file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise NotFound(Text(f"{file} がありません。", f"{file} is not there.")) from error
    with stream:
        reader = csv.DictReader(stream)
        if not set(_NEEDED[:3]) <= set(reader.fieldnames or ()):
            raise _broken(file, 1)
        for number, row in enumerate(reader, 2):
            yield number, {key: value or "" for key, value in row.items() if key}


def _broken(file: Path, number: int) -> Invalid:
    return Invalid(
        Text(
            f"{file} の{number}行目を読めません。形式を確かめてください。",
            f"Line {number} of {file} cannot be read.",
        )
    )
