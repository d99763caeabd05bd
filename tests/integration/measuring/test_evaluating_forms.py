"""`chienowa eval ocr` on two drawn pages, through the sandbox as everybody's pages are read."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assembly.cli.main import app
from evals.ocr.cases import cases
from evals.ocr.generate import Order, write
from evals.ocr.sources import Kind, Split
from kernel.errors import Invalid, NotFound

KEYS = {
    "field_accuracy",
    "blank_accuracy",
    "cer",
    "straight_through",
    "straight_through_error",
    "s_per_page",
    "pages",
    "fields",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two easy pages of one form, printed in the fonts that every machine with the tests has."""
    place = tmp_path_factory.mktemp("forms") / "jido_teate"
    write(
        place,
        "jido_teate",
        [Order("jido_teate", Split.TRAIN, 1, number, 0.0, Kind.PRINTED) for number in (1, 2)],
    )
    return place


def test_two_pages_beside_the_naive_pipeline(folder: Path, tmp_path: Path) -> None:
    target, errors = tmp_path / "figures.json", tmp_path / "errors.csv"
    done = CliRunner().invoke(
        app, ["eval", "ocr", str(folder), "--with-naive", "--json", str(target), "--errors", str(errors)]
    )
    assert done.exit_code == 0, done.output
    figures = json.loads(target.read_text(encoding="utf-8"))
    assert figures.keys() >= KEYS
    assert figures["pages"] == 2
    assert figures["fields"] == 2 * 61
    assert figures["unmatched"] == 0
    assert figures["parts"]["printed"]["field_accuracy"] > 0.8
    assert figures["s_per_page"] > 0
    assert 0 < figures["naive"]["parts"]["printed"]["field_accuracy"] < 1
    with errors.open(encoding="utf-8") as stream:
        wrong = list(csv.DictReader(stream))
    assert len(wrong) == figures["wrong"] + figures["blanks_wrong"]


def test_a_folder_of_folders_is_read_too(folder: Path) -> None:
    found = cases(folder.parent)
    assert [case.form.name for case in found] == ["jido_teate"]
    assert len(found[0].truth) == 2 * 61
    assert found[0].pages() == [(found[0].files[0].name, 1), (found[0].files[1].name, 1)]


def test_what_is_no_data_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no form\.json"):
        cases(tmp_path)
    (tmp_path / "form.json").write_bytes((folder / "form.json").read_bytes())
    with pytest.raises(NotFound, match=r"truth\.csv is not there"):
        cases(tmp_path)
    (tmp_path / "truth.csv").write_text("file,page,field,value\na.png,1,nothing,x\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"Line 2 .*truth\.csv"):
        cases(tmp_path)


def test_a_model_that_is_not_there_is_told(folder: Path) -> None:
    done = CliRunner().invoke(app, ["eval", "ocr", str(folder), "--model", "other@9.9.9"])
    assert isinstance(done.exception, Invalid)
    assert "other@9.9.9" in done.exception.text.ja
