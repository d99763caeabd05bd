"""Addresses of searches, extracts, facets, and results as a file."""

import csv
import io
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_service.models.attachments import Place, PlaceKind
from kb_service.models.entries import CaseFields, Content, Entry, Kind
from kb_service.models.passages import Passage, PassageSource
from kb_service.models.searching import Extract, FacetCount, Sort
from kb_service.pages.asking import Question, question_of
from kb_service.pages.search import page_numbers
from kb_service.pages.showing import chips, extract_view, facet_views, pieces
from kb_service.pages.spreadsheets import results_csv

MOMENT = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _named(code: str) -> str:
    return {"131016": "千代田区"}.get(code, code)


def test_an_address_says_the_question_it_was_made_from() -> None:
    question = Question("児童 手当&=", {"kind": ("case", "product"), "tag": ("窓口",)}, sort=Sort.NEWEST)
    pairs = parse_qsl(urlsplit(question.address()).query, keep_blank_values=True)
    assert question_of(pairs) == question


@given(st.lists(st.tuples(st.sampled_from(["q", "kind", "from", "to", "sort", "page", "x"]), st.text())))
def test_any_address_is_understood_as_far_as_it_goes(pairs: list[tuple[str, str]]) -> None:
    question = question_of(pairs)
    assert question.page >= 1 and question.sort in Sort


def test_a_chip_leads_to_the_search_without_it() -> None:
    question = Question("x", {"provider": ("131016",), "kind": ("case",)})
    found = chips(question, "ja", _named, "{}から", "{}まで")
    assert [chip.label for chip in found] == ["提供団体：千代田区", "種類：事例"]
    assert found[0].address == "/knowledge?q=x&kind=case"


@given(st.text(max_size=400), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=5))
def test_an_extract_is_a_stretch_of_its_text_whatever_the_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    found = pieces(text, marks, 60)
    plain = "".join(piece.text for piece in found).strip("…")
    assert len(plain) <= 60
    assert all(piece.text for piece in found)


def test_the_first_mark_is_inside_the_extract_and_joined_words_are_one() -> None:
    text = "前置き。" * 50 + "ここでAI-OCRを使った。" + "後書き。" * 50
    start = text.index("AI")
    found = pieces(text, [(start, start + 2), (start + 3, start + 6)])
    assert [piece.text for piece in found if piece.marked] == ["AI-OCR"]


def test_an_extract_of_a_file_opens_at_its_page() -> None:
    passage = Passage(
        7,
        PassageSource.ATTACHMENT,
        "効果は大きい",
        attachment_id="f1",
        attachment_name="報告書.pdf",
        place=Place(PlaceKind.PAGE, 12),
    )
    view = extract_view("e1", Extract(passage, ((0, 2),)), "ja")
    assert view.place == "添付: 報告書.pdf 12ページ"
    assert view.address == "/knowledge/e1/attachments/f1/text?mark=%E5%8A%B9%E6%9E%9C#place-page-12"


def test_chosen_values_stay_in_their_facet_without_hits() -> None:
    question = Question("x", {"outcome": ("failure",)})
    views = facet_views(question, {"outcome": (FacetCount("success", 3),)}, "ja", _named)
    assert [(each.label, each.count, each.chosen) for each in views[0].choices] == [
        ("成功", 3, False),
        ("失敗", 0, True),
    ]


@pytest.mark.parametrize(
    ("current", "total", "numbers"),
    [
        (1, 5, (1,)),
        (1, 35, (1, 2, 3, 4)),
        (6, 200, (1, 0, 4, 5, 6, 7, 8, 0, 20)),
        (1, 10**9, (1, 2, 3, 0, 100)),
    ],
)
def test_pages_to_link(current: int, total: int, numbers: tuple[int, ...]) -> None:
    assert page_numbers(current, total) == numbers


def _entry(title: str) -> Entry:
    content = Content(Kind.CASE, title, CaseFields(effect_hours=120.0), tags=("髙﨑", "窓口"))
    return Entry("e1", "131016", 1, content, MOMENT, "u1", MOMENT, "u1")


@pytest.mark.parametrize(("encoding", "codec"), [("utf-8", "utf-8-sig"), ("cp932", "cp932")])
def test_a_spreadsheet_reads_the_results(encoding: str, codec: str) -> None:
    body = results_csv([_entry('件名,"引用"\n改行')], encoding, "ja", _named, "http://x")
    rows = list(csv.reader(io.StringIO(body.decode(codec))))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["件名"] == '件名,"引用"\n改行' and row["提供団体"] == "千代田区"
    assert row["更新日"] == "2026-11-21" and row["アドレス"] == "http://x/knowledge/e1"
    assert row["タグ"] == ("髙﨑、窓口")


def test_a_character_that_cp932_lacks_does_not_stop_the_export() -> None:
    text = results_csv([_entry("😀と𠮷野家")], "cp932", "ja", _named, "").decode("cp932")
    assert "〓と〓野家" in text


@pytest.mark.parametrize("title", ["=1+1", "+81", "-1", "@SUM(A1)"])
def test_a_title_is_never_run_as_a_formula(title: str) -> None:
    body = results_csv([_entry(title)], "utf-8", "ja", _named, "").decode("utf-8-sig")
    assert next(iter(list(csv.reader(io.StringIO(body)))[1:]))[1] == f"'{title}"
