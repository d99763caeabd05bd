"""Attachments: upload with progress, reading, the text that was read, refusals."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browser.conftest import LogIn

SAMPLES = Path(__file__).parents[3] / "kb_service" / "samples" / "attachments"
KANRI = "chiyoda-kanri"
Write = Callable[..., str]


def _sample(suffix: str) -> Path:
    return min(SAMPLES.glob(f"*{suffix}"), key=lambda file: file.stat().st_size)


def test_an_upload_shows_its_progress_and_is_read(log_in: LogIn, write: Write) -> None:
    page = log_in(KANRI)
    write(page, "ファイルを付ける記録")
    page.evaluate(
        """() => new MutationObserver((changes) => {
            for (const change of changes) if (!change.target.hidden) window.progressShown = true;
        }).observe(document.querySelector("[data-upload-running]"), { attributes: true })"""
    )
    file = _sample(".docx")
    page.locator("#upload-file").set_input_files(file)
    page.get_by_role("button", name="アップロード").click()
    expect(page.locator("[data-upload-done]")).to_be_visible()
    assert page.evaluate("window.progressShown") is True
    row = page.locator(".kb-file", has_text=file.name)
    expect(row).to_contain_text("中の文字も検索できます。", timeout=60_000)
    with page.expect_download() as download:
        row.get_by_role("link", name=file.name, exact=True).click()
    assert download.value.suggested_filename == file.name
    assert download.value.path().read_bytes() == file.read_bytes()
    row.get_by_role("link", name="読み取った文字を見る").click()
    expect(page.locator(".kb-read__part").first).to_be_visible()


def test_a_broken_file_says_why_and_can_be_read_again(log_in: LogIn, write: Write, tmp_path: Path) -> None:
    page = log_in(KANRI)
    write(page, "壊れたファイルの記録")
    broken = tmp_path / "壊れた報告書.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"\0" * 2000)
    page.locator("#upload-file").set_input_files(broken)
    page.get_by_role("button", name="アップロード").click()
    row = page.locator(".kb-file", has_text=broken.name)
    expect(row).to_contain_text("文字を読み取れませんでした。", timeout=60_000)
    expect(row).to_contain_text("ファイルそのものは保存されています。")
    row.get_by_role("button", name="もう一度読む").click()
    expect(page.get_by_text("もう一度読み取ります")).to_be_visible()
    expect(row).to_contain_text("文字を読み取れませんでした。", timeout=60_000)
    page.goto("/")
    expect(page.get_by_role("link", name="「壊れた報告書.pdf」を読み取れませんでした").first).to_be_visible()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    log_in: LogIn, write: Write, tmp_path: Path
) -> None:
    page = log_in(KANRI)
    write(page, "大きすぎるファイルの記録")
    large = tmp_path / "large.txt"
    large.write_bytes(b"a" * 5_000_001)
    page.locator("#upload-file").set_input_files(large)
    page.get_by_role("button", name="アップロード").click()
    expect(page.locator("[data-upload-failed]")).to_contain_text("ファイルが大きすぎます。5.0 MB")
    expect(page.locator(".kb-files__none")).to_be_visible()
