"""The command line, as an operator uses it: real processes on a home of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assembly.embedded import build
from assembly.first_start import system_actor
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind

BINARY = Path(sys.executable).parent / "chienowa"


def chienowa(home: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CHIENOWA_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which a small folder was imported."""
    root = tmp_path_factory.mktemp("commands")
    folder = root / "資料"
    (folder / "下").mkdir(parents=True)
    (folder / "引越し.md").write_text(
        "# 引越し窓口の混雑を減らす\n\n事前申請で待ち時間が半分になった。\n", encoding="utf-8"
    )
    (folder / "下" / "議事録.txt").write_text("会議録\n\n音声認識で議事録を作成した。\n", encoding="cp932")
    (folder / "壊れた.pdf").write_bytes(b"%PDF-1.7\n%broken")
    chienowa(root / "home", "import", str(folder), "--report", str(root / "report.json"))
    return root


def test_import_reports_what_it_read_and_what_it_skipped_and_why(filled: Path) -> None:
    report = json.loads((filled / "report.json").read_text(encoding="utf-8"))
    assert report["read"] == 2
    assert len(report["entries"]) == 2
    (skipped,) = report["skipped"]
    assert skipped["path"].endswith("壊れた.pdf")
    assert skipped["ja"]
    assert skipped["en"]


def test_import_again_takes_nothing_twice(filled: Path) -> None:
    done = chienowa(filled / "home", "import", str(filled / "資料"))
    assert "read: 0" in done.stdout
    assert "unchanged: 2" in done.stdout


@pytest.mark.parametrize("query", ["引っ越し", "ひっこし", "オンセイニンシキ", '"待ち時間が半分"'])
def test_search_finds_however_it_is_spelled(filled: Path, query: str) -> None:
    found = json.loads(chienowa(filled / "home", "search", query, "--json").stdout)
    assert found["total"] >= 1
    assert found["hits"][0]["title"]


def test_search_with_an_exclusion_and_for_an_unknown_organisation(filled: Path) -> None:
    found = json.loads(chienowa(filled / "home", "search", "窓口 -混雑", "--json").stdout)
    assert all("混雑" not in hit["title"] for hit in found["hits"])
    refused = chienowa(filled / "home", "search", "窓口", "--organisation", "131999", status=1)
    assert "131999" in refused.stderr
    assert "There is no organisation" in refused.stderr


def test_an_administrator_is_made_and_listed_with_a_code_to_print(filled: Path) -> None:
    made = chienowa(
        filled / "home", "admin", "create", "kanri", "--name", "管理 花子", "--organisation", "131041"
    )
    assert "One-time code" in made.stdout
    again = chienowa(
        filled / "home", "admin", "create", "kanri", "--name", "別人", "--organisation", "131041", status=1
    )
    assert "taken" in again.stderr
    assert "kanri\t新宿区\t管理 花子" in chienowa(filled / "home", "admin", "list").stdout
    assert "One-time code" in chienowa(filled / "home", "admin", "reset", "kanri").stdout
    chienowa(filled / "home", "admin", "unlock", "kanri")
    chienowa(filled / "home", "admin", "unlock", "dareka", status=1)


def test_the_audit_chain_is_whole(filled: Path) -> None:
    assert "unbroken" in chienowa(filled / "home", "audit", "verify").stdout


def test_reindex_and_models(filled: Path) -> None:
    assert "2 件" in chienowa(filled / "home", "reindex").stdout
    assert "base" in chienowa(filled / "home", "model", "list").stdout
    assert "Nothing" not in chienowa(filled / "home", "adapt").stderr
    chienowa(filled / "home", "model", "rollback", status=1)


def test_an_installation_never_becomes_a_demonstration(filled: Path) -> None:
    refused = chienowa(filled / "home", "demo", status=1)
    assert "real installation" in refused.stderr


@pytest.mark.parametrize(("option", "value"), [("--audience", "named"), ("--status", "in_progress")])
def test_import_refuses_what_a_file_cannot_say(filled: Path, option: str, value: str) -> None:
    refused = chienowa(filled / "home", "import", str(filled / "資料"), option, value, status=2)
    assert value in refused.stderr
    assert "not one of" in refused.stderr


def test_import_as_drafts_of_the_own_organisation(tmp_path: Path, filled: Path) -> None:
    folder = tmp_path / "下書き"
    folder.mkdir()
    (folder / "一.md").write_text("# 検討中の電子決裁\n\n本文。\n", encoding="utf-8")
    home = filled / "home"
    done = chienowa(home, "import", str(folder), "--audience", "own", "--status", "draft")
    assert "read: 1" in done.stdout
    own = json.loads(chienowa(home, "search", "電子決裁", "--json").stdout)
    assert own["hits"][0]["title"] == "検討中の電子決裁"
    others = chienowa(home, "search", "電子決裁", "--json", "--organisation", "131016")
    assert "検討中の電子決裁" not in others.stdout


def test_search_catches_up_with_what_a_dead_server_left(filled: Path) -> None:
    """Saved and committed by a process that ended before its indexes took it."""
    system = build(Settings(home=filled / "home"))
    content = Content(
        Kind.CASE,
        "停電の直前に保存した備蓄の一覧",
        CaseFields(),
        audience=Audience(AudienceKind.MEMBERS),
        status=Status.PUBLISHED,
    )
    with system.records.write() as work:
        system.bank.entries.create(work, system_actor(), content)
    system.records.close()
    found = json.loads(chienowa(filled / "home", "search", "備蓄", "--json").stdout)
    assert [hit["title"] for hit in found["hits"]][:1] == ["停電の直前に保存した備蓄の一覧"]
