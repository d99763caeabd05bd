"""chienowa form … and chienowa keys …, as an operator uses them."""

import json
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assembly.cli.main import main
from ocr_service.schemas.forms import read_file, write_file
from tests.fakes.templates import full_form


@dataclass(frozen=True)
class Done:
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def chienowa(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process: each start of its own would take seconds."""

    def run(home: Path, *arguments: str, status: int = 0) -> Done:
        monkeypatch.setenv("CHIENOWA_HOME", str(home))
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["chienowa", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert (ended.value.code or 0) == status, told.err
        return Done(told.out, told.err)

    return run


CHIYODA = ("--organisation", "131016")
SHINJUKU = ("--organisation", "131041")


def test_a_template_is_signed_by_a_ward_and_taken_in_by_another(tmp_path: Path, chienowa: Run) -> None:
    home, key, sent = tmp_path / "home", tmp_path / "ward.pem", tmp_path / "sent.json"
    blank = tmp_path / "form.json"
    blank.write_bytes(write_file(full_form()))
    made = chienowa(home, "keys", "create", str(key), *CHIYODA, "--name", "情報課の鍵")
    identifier = made.stdout.split()[3]
    assert len(identifier) == 64 and stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "already" in chienowa(home, "keys", "create", str(key), *CHIYODA, "--name", "x", status=1).stderr
    taken = chienowa(home, "form", "import", str(blank), *CHIYODA)
    assert "Not signed" in taken.stderr
    signed = chienowa(home, "form", "publish", "kazoku", "--key", str(key), "--note", "初版", *CHIYODA)
    assert "kazoku 1.0.0" in signed.stdout and "publisher's key" in signed.stdout
    chienowa(home, "form", "export", "kazoku", str(sent), *CHIYODA)
    assert read_file(sent.read_bytes()).form == full_form()
    there = chienowa(home, "form", "import", str(sent), "--publish", *SHINJUKU)
    assert "publisher's key" in there.stderr and "1.0.0" in there.stdout
    chienowa(home, "keys", "revoke", identifier[:12], "--reason", "担当者の交代")
    shown = json.loads(chienowa(home, "form", "show", "kazoku", "--json", *CHIYODA).stdout)
    assert [(each["version"], each["signature"]["trust"]) for each in shown["versions"]] == [
        ("1.0.0", "revoked")
    ]
    assert {"name": "family[2].birth", "label": "生年月日", "type": "date"} in shown["fields"]
    listed = json.loads(chienowa(home, "form", "list", "--json", *SHINJUKU).stdout)
    assert [(each["owner"], each["name"], each["current"]) for each in listed] == [
        ("131041", "kazoku", "1.0.0")
    ]
    keys = chienowa(home, "keys", "list").stdout.splitlines()
    assert len(keys) == 2 and "失効" in next(line for line in keys if identifier in line)


def test_a_changed_file_and_a_broken_one_are_refused(tmp_path: Path, chienowa: Run) -> None:
    home = tmp_path / "home"
    changed, broken = tmp_path / "changed.json", tmp_path / "broken.json"
    content = json.loads(write_file(full_form()))
    content["pages"][0]["fields"][0]["box"]["x"] = 900
    changed.write_text(json.dumps(content), encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    told = chienowa(home, "form", "import", str(changed), status=1).stderr
    assert "/pages/0/fields/0/box" in told and "outside the page" in told
    assert "no JSON" in chienowa(home, "form", "import", str(broken), status=1).stderr
    assert "not found" in chienowa(home, "form", "show", "kazoku", status=1).stderr
