"""Importing folders: what becomes an entry, what is refused and why, and that a run can be repeated."""

import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kb_service.adapters.extraction import SandboxedExtractor
from kb_service.models.attachments import ReadingState
from kb_service.models.entries import Entry, LinkKind, Outcome, Status
from kb_service.models.importing import ImportReport
from kb_service.ports.extraction import ExtractedText, Progress
from kb_service.service.importing import NOTE
from kernel.errors import Forbidden, Invalid
from kernel.identity.models import Actor, Role
from kernel.records import Records
from kernel.sandbox import Limits, Sandbox
from tests.fakes.importable import ImportingBank, PlainTexts, importing_bank
from tests.fakes.searchable import MEMBERS, MINATO, OWN, ROLES, SHIBUYA
from tests.resources import bad_files, documents

CASE = """---
id: case-a
kind: case
title: AI-OCRの導入
status: published
audience: members
links: [{target: case-b, kind: based_on}]
attachments: [結果.txt]
fields: {technology: AI-OCR}
---

本文は[別の事例](b.md)と![図](図/図1.txt)を見る。[外](https://example.jp/x.md)は見ない。
"""
OTHER = """---
id: case-b
kind: case
title: 帳票の見直し
status: published
audience: members
links: [case-a]
---

先に帳票を直した。
"""


@pytest.fixture
def parts(records: Records, home: Path) -> Iterator[ImportingBank]:
    made = importing_bank(records, home)
    made.bank.indexing.open()
    yield made
    made.bank.indexing.stop()


@pytest.fixture
def one(sqlite_records: Records, home: Path) -> Iterator[ImportingBank]:
    """On SQLite alone."""
    made = importing_bank(sqlite_records, home, largest=2_000_000)
    made.bank.indexing.open()
    yield made
    made.bank.indexing.stop()


def put(root: Path, name: str, content: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def take(parts: ImportingBank, root: Path, actor: Actor = SHIBUYA) -> ImportReport:
    return parts.importing.import_folder(actor, root, lambda *_: None)


def entries(parts: ImportingBank) -> dict[str, Entry]:
    """All entries by title."""
    repositories = parts.bank.repositories
    with parts.bank.records.read() as work:
        ids = repositories.entries.all_ids(work, "", 1000)
        found = [repositories.entries.get(work, each) for each in ids]
    return {entry.content.title: entry for entry in found if entry is not None}


def test_markdown_becomes_entries_with_links_and_attachments(parts: ImportingBank, tmp_path: Path) -> None:
    root = tmp_path / "資料"
    put(root, "a.md", CASE)
    put(root, "b.md", OTHER)
    put(root, "結果.txt", "読取率は98%だった。")
    put(root, "図/図1.txt", "図の説明。")
    put(root, ".隠し.txt", "見えない")
    put(root, "Thumbs.db", b"\x00")
    report = take(parts, root)
    assert (report.read, report.unchanged, report.skipped) == (4, 0, ())
    assert report.ignored == (".隠し.txt", "Thumbs.db")
    found = entries(parts)
    assert set(found) == {"AI-OCRの導入", "帳票の見直し"}
    first, second = found["AI-OCRの導入"], found["帳票の見直し"]
    assert {(link.target, link.kind) for link in first.content.links} >= {(second.id, LinkKind.BASED_ON)}
    assert [link.target for link in second.content.links] == [first.id]
    with parts.bank.records.read() as work:
        attached = parts.attachments.list(work, SHIBUYA, first.id)
        texts = [parts.attachments.text(work, SHIBUYA, each.id) for each in attached]
    assert [each.name for each in attached] == ["結果.txt", "図1.txt"]
    assert {each.state for each in attached} == {ReadingState.DONE}
    assert "98%" in texts[0][0].text
    parts.bank.indexing.run_pending()
    assert parts.bank.indexing.status().entries == 2


def test_other_files_become_entries_with_the_file(parts: ImportingBank, tmp_path: Path) -> None:
    root = tmp_path / "報告書"
    put(root, "001.txt", "「電子自治体の共同運営」\n\n" + "検討した。" * 50)
    put(root, "メモ.md", "# 打合せの記録\n\n決めたこと。")
    report = parts.importing.import_folder(SHIBUYA, root, lambda *_: None, OWN, Status.DRAFT)
    assert report.read == 2
    found = entries(parts)
    assert set(found) == {"電子自治体の共同運営", "打合せの記録"}
    for entry in found.values():
        assert entry.owner == SHIBUYA.organisation
        assert entry.content.status is Status.DRAFT
        assert entry.content.audience == OWN
        assert entry.content.fields.outcome is Outcome.MIXED  # type: ignore[union-attr]
    assert found["打合せの記録"].content.body == "# 打合せの記録\n\n決めたこと。"


def test_a_long_heading_is_shortened(one: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "a.md", f"# **{'長い題名' * 80}**\n\n本文")
    assert take(one, tmp_path / "x").read == 1
    [title] = entries(one)
    assert title.startswith("長い題名")
    assert len(title) == 100


def test_again_nothing_twice(parts: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "a.md", CASE.replace("attachments: [結果.txt]\n", ""))
    put(tmp_path / "x", "b.md", OTHER)
    put(tmp_path / "x", "c.txt", "別の文書。")
    first = take(parts, tmp_path / "x")
    before = entries(parts)
    second = take(parts, tmp_path / "x")
    assert (second.read, second.unchanged, second.entries) == (0, 3, ())
    assert entries(parts) == before
    assert len(first.entries) == 3


def test_two_imports_at_the_same_time(parts: ImportingBank, tmp_path: Path) -> None:
    root = tmp_path / "x"
    for number in range(12):
        put(root, f"{number}.txt", f"同時に取り込む資料{number}")
        put(
            root,
            f"{number}.md",
            OTHER.replace("case-b", f"b{number}").replace("[case-a]", f"[b{(number + 1) % 12}]"),
        )
    with ThreadPoolExecutor(3) as pool:
        reports = [each.result() for each in [pool.submit(take, parts, root) for _ in range(3)]]
    with parts.bank.records.read() as work:
        assert len(parts.bank.repositories.entries.all_ids(work, "", 100)) == 24
    assert sum(report.read for report in reports) == 24
    assert sum(report.unchanged for report in reports) == 48
    assert not any(report.skipped for report in reports)


def test_a_changed_file_changes_its_entry(one: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "b.md", OTHER.replace("links: [case-a]\n", ""))
    put(tmp_path / "x", "c.txt", "一つ目の文。")
    take(one, tmp_path / "x")
    put(
        tmp_path / "x", "b.md", OTHER.replace("links: [case-a]\n", "").replace("帳票の見直し", "様式の見直し")
    )
    put(tmp_path / "x", "c.txt", "二つ目の文。")
    report = take(one, tmp_path / "x")
    assert (report.read, report.unchanged) == (2, 0)
    found = entries(one)
    assert set(found) == {"様式の見直し", "c"}
    assert found["様式の見直し"].version == 2
    text = found["c"]
    with one.bank.records.read() as work:
        [attachment] = one.attachments.list(work, SHIBUYA, text.id)
        assert one.attachments.text(work, SHIBUYA, attachment.id)[0].text == "二つ目の文。"


def test_what_a_person_edited_or_deleted_stays_so(one: ImportingBank, tmp_path: Path) -> None:
    plain = OTHER.replace("links: [case-a]\n", "")
    put(tmp_path / "x", "b.md", plain)
    put(tmp_path / "x", "c.md", plain.replace("case-b", "case-c").replace("帳票", "窓口"))
    take(one, tmp_path / "x")
    found = entries(one)
    one.bank.change(found["帳票の見直し"].id, body="人が直した。")
    with one.bank.records.write() as work:
        one.bank.entries.delete(work, SHIBUYA, found["窓口の見直し"].id, 1)
    put(tmp_path / "x", "b.md", plain + "ファイルでも直した。")
    put(tmp_path / "x", "c.md", plain.replace("case-b", "case-c").replace("帳票", "窓口") + "直した。")
    report = take(one, tmp_path / "x")
    assert [(each.path, "edited after" in each.reason.en) for each in report.skipped] == [("b.md", True)]
    found = entries(one)
    assert set(found) == {"帳票の見直し"}
    assert found["帳票の見直し"].content.body == "人が直した。"


def test_what_cannot_be_read_is_reported_and_the_rest_is_taken(one: ImportingBank, tmp_path: Path) -> None:
    root = tmp_path / "x"
    put(root, "good.txt", "読める文書")
    put(root, "broken.pdf", b"%PDF-1.4\xff\xfe\x00 broken")
    put(root, "empty.txt", b"")
    put(root, "empty.md", b"")
    put(root, "huge.txt", b"x" * 2_100_000)
    put(root, "wrong.md", "---\nkind: nothing\n---\n\n本文")
    put(
        root,
        "missing.md",
        CASE.replace("links: [{target: case-b, kind: based_on}]\n", "").replace("case-a", "m"),
    )
    put(root, "others.md", OTHER.replace("id: case-b", 'id: case-o\nowner: "131032"'))
    os.mkfifo(root / "pipe")
    (root / "link.txt").symlink_to(root / "good.txt")
    os.close(os.open(os.fsencode(root) + b"/\xff\xfe.txt", os.O_CREAT | os.O_WRONLY))
    report = take(one, root)
    reasons = {each.path: each.reason for each in report.skipped}
    assert set(reasons) == {
        "broken.pdf",
        "empty.txt",
        "empty.md",
        "huge.txt",
        "wrong.md",
        "missing.md",
        "others.md",
        "pipe",
        "link.txt",
        "\\xff\\xfe.txt",
    }
    assert all(reason.ja and reason.en for reason in reasons.values())
    assert "2 MB" in reasons["huge.txt"].ja
    assert "kind" in reasons["wrong.md"].ja
    assert set(entries(one)) == {"読める文書", "AI-OCRの導入"}
    assert take(one, root).read == 0


def test_names_that_read_the_same_are_all_taken(one: ImportingBank, tmp_path: Path) -> None:
    root = tmp_path / "x"
    composed, apart = "が.txt", unicodedata.normalize("NFD", "が.txt")
    put(root, composed, "一つの文字で書いた名前の資料。")
    put(root, apart, "二つの文字で書いた名前の資料。")
    put(root, f"{unicodedata.normalize('NFD', 'ご')}/{apart}", "フォルダーの名前も分かれている資料。")
    put(root, "ご/が.txt", "フォルダーの名前は一つの資料。")
    put(root, "\\xff.txt", "名前が文字で書いてある資料。")
    put(root, "zz/..data", "")
    raw = os.open(os.fsencode(root) + b"/\xff.txt", os.O_CREAT | os.O_WRONLY)
    os.write(raw, "名前が文字でない資料。".encode())
    os.close(raw)
    report = take(one, root)
    assert (report.read, report.skipped, report.ignored) == (6, (), ("zz/..data",))
    assert len(report.entries) == 6
    again = take(one, root)
    assert (again.read, again.unchanged) == (0, 6)


def test_a_linked_folder_is_reported_and_not_entered(one: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "下/a.txt", "資料")
    (tmp_path / "x" / "下" / "輪").symlink_to(tmp_path / "x", target_is_directory=True)
    (tmp_path / "x" / "切れた").symlink_to(tmp_path / "ない")
    put(tmp_path / "x", ".git/config", "")
    report = take(one, tmp_path / "x")
    assert report.read == 1
    assert {each.path: each.reason.en.split()[0] for each in report.skipped} == {"下/輪": "A", "切れた": "It"}
    assert report.ignored == (".git/",)


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from kb_service.service.folders import look_through
from kb_service.service.prepared import Preparing
from kernel.blobs import FolderBlobs
from tests.fakes.importable import PlainTexts

if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
folder = look_through(Path(sys.argv[1]))
prepared = Preparing(FolderBlobs(Path(sys.argv[2])), PlainTexts(), 1_000_000).ahead(
    folder.files, lambda *_: False
)
reasons = {each.found.path: each.reason.ja if each.reason else "" for each in prepared}
for path, reason in {**reasons, **{each.path: each.reason.ja for each in folder.skipped}}.items():
    print(path, reason, sep=": ")
"""


def test_what_may_not_be_opened_is_reported_and_the_rest_is_read() -> None:
    """In a process without root's rights, which may read everything."""
    with TemporaryDirectory() as name:  # pytest's own folder is closed to others
        root = Path(name) / "x"
        for path in ("a.txt", "secret.txt", "secret.md", "closed/b.txt"):
            put(root, path, "資料")
        for path in (Path(name), root, root / "a.txt"):
            path.chmod(0o755)
        for path in (root / "secret.txt", root / "secret.md", root / "closed"):
            path.chmod(0)
        store = Path(name) / "store"
        store.mkdir()
        store.chmod(0o777)
        done = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(root), str(store)],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        (root / "closed").chmod(0o700)
    assert done.returncode == 0, done.stderr
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert set(told) == {"a.txt", "secret.txt", "secret.md", "closed"}
    assert told["a.txt"] == ""
    assert "権限" in told["secret.txt"] and "権限" in told["secret.md"]
    assert "開けません" in told["closed"]


def test_three_hundred_files_some_of_them_unreadable_of_each_sort(
    sqlite_records: Records, home: Path, tmp_path: Path
) -> None:
    """With the sandbox for a few, so that what it says comes through."""
    root = tmp_path / "x"
    for number in range(280):
        put(root, f"{number % 7}/{number}.txt", f"資料{number}の題名\n本文{number}")
    bad: set[str] = set()
    for number in range(4):
        for name, content in (
            (f"壊れた{number}.txt", b"\xff\x00\xfe"),
            (f"空{number}.txt", b""),
            (f"大きい{number}.txt", b"x" * 2_100_000),
        ):
            put(root, f"悪い/{name}", content)
            bad.add(f"悪い/{name}")
        (root / f"悪い/切れた{number}").symlink_to(root / "ない")
        bad.add(f"悪い/切れた{number}")
    documents.excel(root / "読める.xlsx")
    for make, name in (
        (bad_files.encrypted_pdf, "鍵.pdf"),
        (bad_files.old_word, "古い.doc"),
        (bad_files.truncated_png, "途中.png"),
    ):
        make(root / name)
        bad.add(name)
    parts = importing_bank(sqlite_records, home, Sorted(), largest=2_000_000)
    parts.bank.indexing.open()
    report = take(parts, root)
    assert (report.read, len(report.entries)) == (281, 281)
    assert {each.path for each in report.skipped} == bad
    reasons = {each.path: each.reason.ja for each in report.skipped}
    assert (
        "パスワード" in reasons["鍵.pdf"] and "docx" in reasons["古い.doc"] and "途中" in reasons["途中.png"]
    )
    assert "2 MB" in reasons["悪い/大きい0.txt"] and "空" in reasons["悪い/空0.txt"]
    again = take(parts, root)
    assert (again.read, again.unchanged, len(again.skipped)) == (0, 281, len(bad))
    parts.bank.indexing.stop()


class Sorted:
    """The sandbox for what is no plain text."""

    def __init__(self) -> None:
        self._plain = PlainTexts()
        self._sandboxed = SandboxedExtractor(Sandbox(Limits(wall_s=60, silence_s=30, memory_mb=1_500)), None)

    def extract(self, file: Path, name: str, progress: Progress) -> ExtractedText:
        reader = self._plain if name.endswith(".txt") else self._sandboxed
        return reader.extract(file, name, progress)


def test_only_those_with_the_right_may_import(one: ImportingBank, tmp_path: Path) -> None:
    reader = Actor("r", "読む人", "131032", frozenset({Role.READER, Role.REVIEWER}))
    with pytest.raises(Forbidden):
        take(one, tmp_path, reader)
    with pytest.raises(Invalid, match="not a folder"):
        take(one, tmp_path / "nowhere")
    operator = Actor("o", "運用", "131032", frozenset({Role.OPERATOR}))
    put(tmp_path / "x", "a.txt", "運用担当が取り込む。")
    assert take(one, tmp_path / "x", operator).read == 1


def test_two_wards_import_the_same_folder_for_themselves(one: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "a.txt", "共通の資料。")
    assert take(one, tmp_path / "x", SHIBUYA).read == 1
    assert take(one, tmp_path / "x", MINATO).read == 1
    assert take(one, tmp_path / "x", MINATO).unchanged == 1


def test_samples_are_written_by_their_owners(one: ImportingBank, tmp_path: Path) -> None:
    put(
        tmp_path,
        "entries/a.md",
        CASE.replace("kind: case", 'kind: case\nowner: "131032"').replace("![図](図/図1.txt)", ""),
    )
    put(tmp_path, "entries/b.md", OTHER.replace("kind: case", "kind: case\nowner: shared"))
    put(tmp_path, "attachments/結果.txt", "読取率は98%だった。")
    put(tmp_path, "README.md", "# 説明")

    def actor_of(owner: str | None) -> Actor | None:
        return Actor("samples", "サンプル", owner, ROLES) if owner else None

    report = one.importing.import_samples(tmp_path, actor_of, lambda *_: None)
    assert report.skipped == ()
    found = entries(one)
    assert {entry.owner for entry in found.values()} == {"131032", "shared"}
    assert one.importing.import_samples(tmp_path, actor_of, lambda *_: None).read == 0
    with one.bank.records.read() as work:
        history = one.bank.repositories.revisions.page(work, found["AI-OCRの導入"].id, None, 10)
    assert {revision.note for revision in history} == {NOTE}


def test_an_entry_of_all_members_is_found_by_another_ward(one: ImportingBank, tmp_path: Path) -> None:
    put(tmp_path / "x", "a.txt", "粗大ごみの受付。")
    one.importing.import_folder(SHIBUYA, tmp_path / "x", lambda *_: None, MEMBERS)
    [entry] = entries(one).values()
    with one.bank.records.read() as work:
        assert one.bank.entries.get(work, MINATO, entry.id).id == entry.id


@pytest.mark.soak
def test_ten_thousand_files_some_of_them_unreadable(one: ImportingBank, tmp_path: Path) -> None:
    for number in range(10_000):
        content = b"\xff\x00\xfe" if number % 100 == 0 else f"資料{number}の題名\n本文{number}".encode()
        put(tmp_path / "x", f"{number % 37}/{number}.txt", content)
    report = take(one, tmp_path / "x")
    assert (report.read, len(report.skipped), len(report.entries)) == (9_900, 100, 9_900)
    assert all("壊れて" in each.reason.ja for each in report.skipped)
    again = take(one, tmp_path / "x")
    assert (again.read, again.unchanged, len(again.skipped)) == (0, 9_900, 100)
