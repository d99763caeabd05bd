"""An entry becomes passages: everything findable is there, in order, with its place."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from kb_service.models.attachments import Attachment, Place, PlaceKind, TextPart
from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Entry,
    Introduction,
    Kind,
    Planned,
    ProductFields,
    Status,
)
from kb_service.models.passages import PassageSource
from kb_service.rules.passages import facets_of, indexed, meaning_of, passages_of
from kernel.visibility import Audience, AudienceKind

WHEN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CASE = Content(
    Kind.CASE,
    "AI-OCRで申請書の入力を自動化",
    CaseFields(
        technology="AI-OCR、RPA", business="児童手当", effect_hours=1200.0, lessons="帳票を先に直す。"
    ),
    summary="紙の申請書を読み取る。",
    body="# 経緯\n\n" + "毎年四月に申請が集中する。" * 60,
    tags=("AI-OCR", "児童手当"),
    audience=Audience(AudienceKind.MEMBERS),
    status=Status.PUBLISHED,
    source="調査研究報告書 表2-15",
)
PDF = Attachment("f1", "e1", "報告書.pdf", "application/pdf", 10, "0" * 64, WHEN, "u1")
NAMES = {"131130": "渋谷区", "131032": "港区"}


def entry(content: Content = CASE) -> Entry:
    return Entry("e1", "131130", 3, content, WHEN, "u1", WHEN, "u1")


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_order_and_numbers() -> None:
    parts = (TextPart(Place(PlaceKind.PAGE, 12), "人口比で費用を分担する。"),)
    passages = passages_of(entry(), [(PDF, parts)], NAMES)
    assert [passage.number for passage in passages] == list(range(len(passages)))
    assert passages[0].source is PassageSource.TITLE
    assert passages[0].text == CASE.title
    by_field = {passage.field_name: passage.text for passage in passages if passage.field_name}
    assert by_field == {
        "provider": "渋谷区",
        "technology": "AI-OCR、RPA",
        "business": "児童手当",
        "lessons": "帳票を先に直す。",
        "tags": "AI-OCR、児童手当",
        "source": "調査研究報告書 表2-15",
    }
    assert {passage.heading for passage in passages if passage.source is PassageSource.BODY} == {"経緯"}
    name, page = passages[-2:]
    assert (name.text, name.place) == ("報告書.pdf", None)
    assert (page.text, page.place, page.attachment_id) == (parts[0].text, Place(PlaceKind.PAGE, 12), "f1")


def test_who_introduced_it_and_what_is_planned_are_found() -> None:
    fields = BusinessFields(introduced_by=(Introduction("131032", "情報政策課"), Introduction("つくば市")))
    content = replace(CASE, kind=Kind.BUSINESS, fields=fields, planned=Planned("効果の数字を足す"))
    texts = [passage.text for passage in passages_of(entry(content), (), NAMES)]
    assert "港区 情報政策課\nつくば市" in texts
    assert "効果の数字を足す" in texts


@given(
    body=st.text(max_size=3000),
    summary=st.text(max_size=1500),
    lessons=st.text(max_size=1500),
    parts=st.lists(st.text(max_size=1500), max_size=4),
)
def test_nothing_is_lost(body: str, summary: str, lessons: str, parts: list[str]) -> None:
    content = replace(CASE, body=body, summary=summary, fields=CaseFields(lessons=lessons))
    texts = [TextPart(Place(PlaceKind.PAGE, number), text) for number, text in enumerate(parts, 1)]
    passages = passages_of(entry(content), [(PDF, texts)])

    def of(source: PassageSource, field_name: str = "") -> str:
        return letters("".join(p.text for p in passages if p.source is source and p.field_name == field_name))

    assert of(PassageSource.BODY) == letters(body)
    assert of(PassageSource.SUMMARY) == letters(summary)
    assert of(PassageSource.FIELD, "lessons") == letters(lessons)
    assert of(PassageSource.ATTACHMENT) == letters("報告書.pdf" + "".join(parts))
    assert all(passage.text and len(passage.text) <= 600 for passage in passages)


def test_facets() -> None:
    period = CaseFields(
        provider_name="つくば市",
        technology="AI-OCR、RPA / AI-OCR",
        period_from=date(2019, 4, 1),
        period_to=date(2021, 3, 31),
    )
    facets = facets_of(entry(replace(CASE, fields=period)), has_attachment=True)
    assert facets["provider"] == ("131130", "つくば市")
    assert facets["technology"] == ("AI-OCR", "RPA")
    assert facets["year"] == ("2019", "2020", "2021")
    assert facets["outcome"] == ("success",)
    assert facets["has_attachment"] == ("true",)
    product = facets_of(entry(Content(Kind.PRODUCT, "製品", ProductFields())), has_attachment=False)
    assert "outcome" not in product
    assert "technology" not in product
    assert product["year"] == ("2026",)
    slip = CaseFields(period_from=date(1, 1, 1), period_to=date(9999, 1, 1))
    assert len(facets_of(entry(replace(CASE, fields=slip)), False)["year"]) <= 31


def test_a_draft_stays_in_its_organisation() -> None:
    found = indexed(entry(replace(CASE, status=Status.DRAFT)), (), sequence=7)
    assert found.audience == {"org:131130"}
    assert found.version == 7
    assert found.effect_hours == 1200.0


def test_a_bare_name_has_no_meaning_of_its_own() -> None:
    meanings = {p.field_name: meaning_of(p) for p in passages_of(entry(), [(PDF, ())], NAMES)}
    assert meanings["provider"] == meanings["business"] == ""
    assert meanings["source"] == "調査研究報告書 表2-15"
    assert meaning_of(passages_of(entry())[0]) == CASE.title
