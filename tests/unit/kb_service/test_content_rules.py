"""What is refused, and where it says so."""

import math
from datetime import date

import pytest

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Introduction,
    Kind,
    Link,
    Planned,
    Status,
)
from kb_service.rules.content import checked, unfit
from kb_service.rules.files import media_type_of, safe_name
from kernel.errors import Invalid
from kernel.visibility import Audience, AudienceKind
from tests.fakes.bank import case

NAMED = Audience(AudienceKind.NAMED, ())


def fields(**values: object) -> dict[str, object]:
    return {"fields": CaseFields(**values)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"title": " \u3000\n"}, "title"),
        ({"title": "あ" * 201}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"body": "あ" * 1_000_001}, "body"),
        ({"body": "\ud800"}, "body"),
        ({"body": "\u202e逆"}, "body"),
        ({"summary": "あ" * 2_001}, "summary"),
        ({"tags": tuple(str(n) for n in range(31))}, "tags"),
        ({"tags": ("よい", "あ" * 101)}, "tags.1"),
        ({"links": tuple(Link(f"{n:032x}") for n in range(201))}, "links"),
        ({"status": Status.IN_PROGRESS}, "planned.what"),
        ({"status": Status.IN_PROGRESS, "planned": Planned("  ")}, "planned.what"),
        ({"planned": Planned("x", date(1, 1, 1))}, "planned.when"),
        ({"audience": NAMED}, "audience.organisations"),
        ({"audience": Audience(AudienceKind.NAMED, ("131016", "999999"))}, "audience.organisations.1"),
        (fields(effect_hours=math.nan), "fields.effect_hours"),
        (fields(effect_hours=math.inf), "fields.effect_hours"),
        (fields(effect_yen=-(10**15) - 1), "fields.effect_yen"),
        (fields(cost_yen=-1), "fields.cost_yen"),
        (fields(cost_yen=10**400), "fields.cost_yen"),
        (fields(technology="あ" * 201), "fields.technology"),
        (fields(lessons="あ" * 100_001), "fields.lessons"),
        (fields(period_from=date(2024, 4, 2), period_to=date(2024, 4, 1)), "fields.period_to"),
        ({"kind": Kind.BUSINESS, "fields": CaseFields()}, "fields"),
        (
            {"kind": Kind.BUSINESS, "fields": BusinessFields(introduced_by=(Introduction(" "),))},
            "fields.introduced_by.0.organisation",
        ),
    ],
)
def test_refused(values: dict[str, object], where: str) -> None:
    content: Content = case(**values)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as caught:
        checked(content, {"131016"}.__contains__)
    assert where in [problem.where for problem in caught.value.problems]
    for problem in caught.value.problems:
        assert problem.text.ja and problem.text.en and problem.text.ja != problem.text.en


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        checked(case("", tags=("あ" * 101,), audience=NAMED), lambda code: True)
    assert [one.where for one in caught.value.problems] == ["title", "tags.0", "audience.organisations"]


def test_title_and_tags_are_tidied_and_nothing_else() -> None:
    tidy = checked(
        case("  窓口　の\nAI  ", tags=(" 税 ", "税", ""), body="  そのまま \n", source=" s "),
        lambda code: True,
    )
    assert (tidy.title, tidy.tags, tidy.body, tidy.source) == ("窓口 の AI", ("税",), "  そのまま \n", " s ")


def test_unfit_lets_text_of_all_languages_through() -> None:
    assert not any(map(unfit, ["髙﨑", "👨‍👩‍👧", "שלום", "مرحبا", "a\tb\r\nc", "\u200d\u200b"]))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("報告書.pdf", "報告書.pdf"),
        ("C:\\共有\\令和6年度\\報告書.pdf", "報告書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("か\u3099いよう.docx", "がいよう.docx"),
        ("報告書\u202efdp.exe", "報告書fdp.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        ("", "名称なし"),
        ("...", "名称なし"),
        ("あ" * 300 + ".xlsx", "あ" * 250 + ".xlsx"),
        ("\ud800.txt", "txt"),
    ],
)
def test_names_of_files(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept
    assert len(safe_name(sent)) <= 255


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("A.PDF", "application/pdf"),
        ("b.md", "text/markdown"),
        ("c", "application/octet-stream"),
        ("d.csv", "text/csv"),
    ],
)
def test_media_types(name: str, media_type: str) -> None:
    assert media_type_of(name) == media_type
