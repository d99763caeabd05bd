"""Where a visitor may be sent."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.web.addresses import local_path

HERE = "https://chienowa.example/login"


@pytest.mark.parametrize("good", ["/", "/knowledge?q=AI-OCR", "/knowledge/abc#p3", "/検索", "/a//b"])
def test_paths_of_this_site_are_kept(good: str) -> None:
    assert local_path(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "knowledge",
        "",
        None,
    ],
)
def test_everything_else_goes_home(bad: str | None) -> None:
    assert local_path(bad) == "/"


@given(st.text(alphabet=st.sampled_from("/\\:@.?#[]\t\n\r evilhttps%2fF"), max_size=20))
def test_no_text_leads_to_another_host(text: str) -> None:
    kept = local_path(text)
    stripped = kept.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")  # as browsers do
    assert urlsplit(urljoin(HERE, stripped)).netloc == "chienowa.example"
