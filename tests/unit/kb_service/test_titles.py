"""Titles guessed from documents, and the files that a Markdown text refers to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.rules.references import references
from kb_service.rules.titles import LONGEST, title_of


@pytest.mark.parametrize(
    ("text", "declared", "name", "title"),
    [
        ("本文", "特別区の共同調達", "a.pdf", "特別区の共同調達"),
        ("本文。", "Microsoft Word - 要綱案.docx", "a.pdf", "要綱案"),
        ("電子申請の手引き\n\n第1章", "Untitled", "a.pdf", "電子申請の手引き"),
        ("電子申請の手引き", "プレゼンテーション1", "a.pptx", "電子申請の手引き"),
        ("01 挨拶\n\n# 検討会の 報告\n", "", "a.txt", "検討会の報告"),
        ("「先進自治体に学ぶ」\n第4回", "", "a.txt", "先進自治体に学ぶ"),
        (
            "令和3年度 調査研究報告書\n\nスケールメリットを 生かした業務",
            "",
            "a.txt",
            "令和3年度 調査研究報告書 スケールメリットを生かした業務",
        ),
        ("この文書では説明します。\n次の文です。", "", "手順書 v2.txt", "手順書 v2"),
        ("", "", "資料.PDF", "資料"),
        ("12\n34\n", "", ".txt", ".txt"),
    ],
)
def test_titles(text: str, declared: str, name: str, title: str) -> None:
    assert title_of(text, declared, name) == title


@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=80))
def test_there_is_always_a_short_printable_title(text: str, declared: str, name: str) -> None:
    title = title_of(text, declared, name)
    assert 0 < len(title) <= LONGEST
    assert title.isprintable()
    assert title == title.strip()


def test_references_stay_in_the_folder() -> None:
    body = """[別](b.md) ![図](図/a%20b.png "説明") [上](../c.txt) [節](d.md#節) [外](https://example.jp/e.md)
    [根](/f.md) [外れ](../../g.md) [自分](#h) <mailto:x@example.jp> [二度](b.md) [空]()"""
    assert references(body, "事例") == ("事例/b.md", "事例/図/a b.png", "c.txt", "事例/d.md")


@given(st.text(alphabet="[](){}!<>#./ab\n %", max_size=200), st.sampled_from(["", "x", "x/y"]))
def test_references_never_leave_the_root(body: str, folder: str) -> None:
    for path in references(body, folder):
        assert not path.startswith(("/", "../"))
        assert ".." not in path.split("/")
