"""Broken and hostile files: a clear reason in both languages, or what could be read, and nothing else harmed."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_service.adapters.extraction import Bounds, SandboxedExtractor
from kb_service.ports.extraction import ExtractedText, Unreadable
from kernel.sandbox import Limits, Sandbox
from ocr_service.wiring import PAGE_READER
from tests.resources import bad_files, documents

LIMITS = Limits(wall_s=60, silence_s=30, memory_mb=1_500)
ROOT = Path(__file__).parents[2]


def extract(file: Path, name: str = "", ocr: str | None = None) -> ExtractedText:
    extractor = SandboxedExtractor(Sandbox(LIMITS), ocr)
    return extractor.extract(file, name or file.name, lambda done, total: None)


def whole(found: ExtractedText) -> str:
    return "\n".join(part.text for part in found.parts)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (empty, "空.pdf", "中身が空"),
        (bad_files.encrypted_pdf, "鍵.pdf", "パスワード"),
        (bad_files.encrypted_excel, "鍵.xlsx", "パスワード"),
        (bad_files.encrypted_zip_member, "鍵.docx", "パスワード"),
        (bad_files.zip_bomb_word, "爆弾.docx", "不自然に大きく"),
        (bad_files.laughing_word, "笑い.docx", "DTD"),
        (bad_files.old_word, "古い.doc", "docx"),
        (bad_files.old_word, "古い.docx", "docx"),
        (bad_files.old_powerpoint, "古い.ppt", "pptx"),
        (bad_files.nameless_compound, "何か.xls", "対応していません"),
        (bad_files.plain_zip, "まとめ.docx", "展開して"),
        (bad_files.open_document, "開放.odt", "OpenDocument"),
        (bad_files.random_bytes, "雑音.txt", "対応していません"),
        (lambda file: bad_files.truncated("word", file), "途中.docx", "途中で切れている"),
        (lambda file: bad_files.truncated("excel", file), "途中.xlsx", "途中で切れている"),
        (lambda file: bad_files.truncated("powerpoint", file), "途中.pptx", "途中で切れている"),
        (bad_files.truncated_png, "途中.png", "途中で切れている"),
        (bad_files.huge_png, "巨大.png", "画像が大きすぎます"),
    ],
)
def test_each_bad_file_says_what_is_wrong_and_what_to_do(
    make: Callable[[Path], None], name: str, reason: str, tmp_path: Path
) -> None:
    make(tmp_path / "blob")  # stored files have no endings
    started = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        extract(tmp_path / "blob", name, PAGE_READER)
    text = caught.value.text
    assert reason in text.ja
    assert text.ja.startswith(f"「{name}」") and name in text.en
    assert any(word in text.ja for word in ("してください", "確かめ"))
    assert time.monotonic() - started < 20


def test_a_truncated_pdf_is_refused_or_read_as_far_as_it_goes(tmp_path: Path) -> None:
    bad_files.truncated("pdf", tmp_path / "途中.pdf")
    try:
        found = extract(tmp_path / "途中.pdf")
    except Unreadable as error:
        assert "途中で切れている" in error.text.ja
    else:
        assert found.parts or found.notes


def test_a_million_empty_rows_are_passed_over(tmp_path: Path) -> None:
    bad_files.million_empty_rows(tmp_path / "a.xlsx")
    assert "最後の行" in whole(extract(tmp_path / "a.xlsx"))


def test_the_last_cell_of_a_sheet_is_reached(tmp_path: Path) -> None:
    bad_files.far_cell(tmp_path / "a.xlsx")
    found = extract(tmp_path / "a.xlsx")
    assert "果ての欄" in whole(found) or found.notes


def test_deeply_nested_html_is_read(tmp_path: Path) -> None:
    bad_files.deep_html(tmp_path / "a.html")  # 50,000 elements; the parser itself stops at 2,048
    found = extract(tmp_path / "a.html")
    assert whole(found).split() == ["底の文", "後の文"]
    assert found.notes == ()


def test_html_that_cannot_be_read_to_its_end_says_so(tmp_path: Path) -> None:
    deep = "<p>前の文</p>" + "<h2>" * 5_000 + "底の文" + "</h2>" * 5_000
    (tmp_path / "a.html").write_text(f"<html><body>{deep}</body></html>", "utf-8")
    found = extract(tmp_path / "a.html")
    assert "前の文" in whole(found)
    assert "底の文" in whole(found) or "途中まで" in found.notes[0].ja


def test_a_page_of_five_metres_is_drawn_small(tmp_path: Path) -> None:
    bad_files.huge_page_pdf(tmp_path / "a.pdf")
    assert extract(tmp_path / "a.pdf", ocr=PAGE_READER).parts == ()


def test_nul_bytes_and_lone_surrogates_never_reach_the_bank(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(
        "台帳\x00の\x00更新\n".encode() + b"\xed\xa0\x80" + "完了".encode() * 100
    )
    text = whole(extract(tmp_path / "a.txt"))
    assert "台帳の更新" in text and "完了" in text
    assert "\x00" not in text
    text.encode("utf-8")


def test_a_reading_that_takes_too_long_is_ended_and_says_so(tmp_path: Path) -> None:
    documents.pdf(tmp_path / "遅い.pdf")
    hasty = SandboxedExtractor(Sandbox(Limits(wall_s=0.01)), None)
    with pytest.raises(Unreadable) as caught:
        hasty.extract(tmp_path / "遅い.pdf", "遅い.pdf", lambda done, total: None)
    assert "終わらなかった" in caught.value.text.ja and "分割" in caught.value.text.ja


def test_memory_over_the_limit_is_ended_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "大きい.txt").write_text("同じ文が続く。\n" * 2_000_000, "utf-8")
    small = SandboxedExtractor(Sandbox(Limits(memory_mb=60)), None)
    with pytest.raises(Unreadable, match="memory"):
        small.extract(tmp_path / "大きい.txt", "大きい.txt", lambda done, total: None)


def test_when_time_runs_out_pages_read_so_far_are_kept(tmp_path: Path) -> None:
    documents.pdf(tmp_path / "a.pdf")
    late = SandboxedExtractor(Sandbox(), None, Bounds(seconds=-1.0))
    found = late.extract(tmp_path / "a.pdf", "a.pdf", lambda done, total: None)
    assert found.parts == () and "はじめの0ページ" in found.notes[0].ja


def test_one_unreadable_attachment_does_not_spoil_a_mail(tmp_path: Path) -> None:
    bad_files.zip_bomb_word(tmp_path / "b.docx")
    documents.mail(tmp_path / "a.eml", ("爆弾.docx", (tmp_path / "b.docx").read_bytes()))
    found = extract(tmp_path / "a.eml")
    assert "来月から差し替えます" in whole(found)
    assert "爆弾.docx" in found.notes[0].ja


def test_a_strange_file_name_is_shown_safely(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        extract(tmp_path / "blob", "a\x00\n\u202eb" + "長" * 500)
    assert len(caught.value.text.ja) < 300
    assert caught.value.text.ja.isprintable()


def test_a_full_disk_for_temporary_files_does_not_pass_for_a_bad_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.pdf(tmp_path / "a.pdf")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(OSError):
        extract(tmp_path / "a.pdf")


class GoodFiles(dict[str, bytes]):
    """Bytes by name; shown by name alone when a test fails."""

    def __repr__(self) -> str:
        return f"GoodFiles({sorted(self)})"


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> GoodFiles:
    folder = tmp_path_factory.mktemp("good")
    documents.pdf(folder / "a.pdf")
    documents.word(folder / "a.docx")
    documents.excel(folder / "a.xlsx")
    documents.powerpoint(folder / "a.pptx")
    documents.mail(folder / "a.eml", ("a.txt", b"text"))
    documents.outlook(folder / "a.msg", ("a.txt", b"text"))
    (folder / "a.html").write_text(documents.HTML.format(charset="utf-8"), "utf-8")
    shutil.copy(ROOT / "tests/resources/files/excel-97.xls", folder / "a.xls")
    documents.picture(["絵"]).save(folder / "a.png")
    return GoodFiles((file.name, file.read_bytes()) for file in folder.iterdir() if "scan" not in file.name)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_crashes_a_reader(data: st.DataObject, good_files: GoodFiles, tmp_path: Path) -> None:
    name = data.draw(st.sampled_from(sorted(good_files)))
    content = bytearray(good_files[name])
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    file = tmp_path / name
    file.write_bytes(bytes(content[:cut]) if data.draw(st.booleans()) else bytes(content))
    try:
        extract(file)
    except Unreadable as error:
        assert "異常終了" not in error.text.ja, error.__cause__  # a reason of its own, not a crash


def test_the_web_process_loads_no_engine() -> None:
    code = (
        "import sys, kernel.sandbox, kb_service.adapters.extraction, ocr_service.wiring\n"
        "engines = {'rapidocr', 'onnxruntime', 'cv2', 'pypdfium2', 'docx', 'pptx', 'openpyxl', 'PIL', 'lxml'}\n"
        "print(sorted(engines & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
