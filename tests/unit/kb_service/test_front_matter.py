"""Entries from Markdown files: what is read, what is refused and how clearly."""

from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    Status,
)
from kb_service.rules.front_matter import KEYS, parse_entry_file
from kernel.errors import Invalid
from kernel.visibility import Audience, AudienceKind

FULL = """---
id: case-form-reading
kind: case
title: "帳票の読み取り: 試行の結果"
summary: 要約です。
tags: [AI-OCR, 児童手当, 2026]
status: in_progress
audience: {named: [131016, tokyo]}
owner: 131130
planned: {what: 本番の結果, when: 2027-03-31}
links:
  - {target: product-reader, kind: uses}
  - runbook-reader
attachments: [結果.xlsx]
source: 報告書
sample: true
fields:
  outcome: mixed
  technology: AI-OCR
  effect_hours: 620
  effect_yen: 1240000
  period_from: 2025-04-01
---

# 見出し

本文です。
"""


def test_every_key_is_read() -> None:
    entry = parse_entry_file(FULL, "a/b.md")
    content = entry.content
    assert (entry.slug, entry.owner, entry.attachments) == ("case-form-reading", "131130", ("結果.xlsx",))
    assert (content.kind, content.title) == (Kind.CASE, "帳票の読み取り: 試行の結果")
    assert content.tags == ("AI-OCR", "児童手当", "2026")
    assert content.status is Status.IN_PROGRESS
    assert content.planned == Planned("本番の結果", date(2027, 3, 31))
    assert content.audience == Audience(AudienceKind.NAMED, ("131016", "130001"))
    assert content.links == (Link("product-reader", LinkKind.USES), Link("runbook-reader", LinkKind.RELATED))
    assert content.fields == CaseFields(
        outcome=Outcome.MIXED,
        technology="AI-OCR",
        effect_hours=620.0,
        effect_yen=1_240_000,
        period_from=date(2025, 4, 1),
    )
    assert content.sample and content.source == "報告書"
    assert content.body == "# 見出し\n\n本文です。"


def test_introductions_of_a_business() -> None:
    text = """---
kind: business
title: 児童手当
fields:
  introduced_by:
    - {organisation: 131121, contact: 情報政策課}
    - {organisation: A区（架空）}
---
"""
    fields = parse_entry_file(text, "x.md").content.fields
    assert isinstance(fields, BusinessFields)
    assert fields.introduced_by == (Introduction("131121", "情報政策課"), Introduction("A区（架空）"))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 見出し #\n\n本文", "見出し"),
        ("本文だけです。", "メモ"),
        ("```\n# 違う\n```\n## こちら", "こちら"),
        ("\ufeff# 印つき\r\n本文", "印つき"),
        ("", "メモ"),
    ],
)
def test_plain_markdown_is_a_case(text: str, title: str) -> None:
    entry = parse_entry_file(text, "folder/メモ.md")
    assert (entry.slug, entry.owner, entry.content.kind, entry.content.title) == (
        "メモ",
        None,
        Kind.CASE,
        title,
    )


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ("kind: case", "title"),
        ("title: 題", "kind"),
        ("kind: story\ntitle: 題", "kind"),
        ("kind: [case]\ntitle: 題", "kind"),
        ("kind: case\ntitle: 題\ntag: [a]", "tag"),
        ("kind: case\ntitle: 題\ntags: a", "tags"),
        ("kind: case\ntitle: 題\ntags: [[a]]", "tags[0]"),
        ("kind: case\ntitle: 題\nstatus: in_progress", "planned"),
        ("kind: case\ntitle: 題\naudience: named", "audience"),
        ("kind: case\ntitle: 題\naudience: {named: [渋谷区]}", "audience.named[0]"),
        ("kind: case\ntitle: 題\naudience: {named: []}", "audience"),
        ("kind: case\ntitle: 題\nowner: 渋谷区", "owner"),
        ("kind: case\ntitle: 題\nlinks: [{target: 3}]", "links[0]"),
        ("kind: case\ntitle: 題\nlinks: [{target: a, kind: likes}]", "links[0].kind"),
        ("kind: case\ntitle: 題\nattachments: [../秘密.pdf]", "attachments[0]"),
        ("kind: case\ntitle: 題\nsample: はい", "sample"),
        ("kind: case\ntitle: 題\nfields: {effect_hours: -1}", "fields.effect_hours"),
        ("kind: case\ntitle: 題\nfields: {effect_hours: .nan}", "fields.effect_hours"),
        ("kind: case\ntitle: 題\nfields: {effect_yen: 1.5}", "fields.effect_yen"),
        ("kind: case\ntitle: 題\nfields: {period_from: 昨年}", "fields.period_from"),
        ("kind: case\ntitle: 題\nfields: {vendor: 甲}", "fields.vendor"),
        ("kind: product\ntitle: 題\nfields: [a]", "fields"),
        ("kind: business\ntitle: 題\nfields: {introduced_by: [{contact: 課}]}", "fields.introduced_by[0]"),
    ],
)
def test_what_is_wrong_is_named_in_both_languages(header: str, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_entry_file(f"---\n{header}\n---\n本文", "誤り.md")
    assert where in [problem.where for problem in caught.value.problems]
    assert "誤り.md" in caught.value.text.ja and "誤り.md" in caught.value.text.en
    assert where in caught.value.text.ja and where in caught.value.text.en


@pytest.mark.parametrize(
    "text",
    [
        "---\nkind: case\ntitle: 閉じていない",
        "---\n- a\n- b\n---\n",
        "---\n: : :\n\t- x\n---\n",
        "---\nkind: case\ntitle: 題\nfields: {period_from: 2021-13-45}\n---\n",
        "---\nkind: !!bool 題\n---\n",
        "---\nkind: !!timestamp 題\n---\n",
        "---\n" + "[" * 5000 + "\n---\n",
        "---\nkind: " + "9" * 5000 + "\n---\n",
        "---\n\x00\n---\n",
    ],
)
def test_unreadable_front_matter_is_invalid(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_entry_file(text, "壊れた.md")
    assert "壊れた.md" in caught.value.text.ja


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text(min_size=1, max_size=20))
def test_any_text_is_read_or_invalid(text: str, name: str) -> None:
    for candidate in (text, f"---\n{text}\n---\n", f"---\nkind: case\ntitle: 題\n{text}\n---\n{text}"):
        try:
            entry = parse_entry_file(candidate, name)
        except Invalid as error:
            assert error.text.ja and error.text.en
        else:
            assert entry.content.title and entry.slug


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(sorted(KEYS))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(keys, values), st.sampled_from([*Kind]))
def test_any_value_of_any_key_is_read_or_invalid(header: dict[str, object], kind: Kind) -> None:
    text = yaml.safe_dump({"kind": kind.value, "title": "題"} | header, allow_unicode=True)
    try:
        parse_entry_file(f"---\n{text}---\n本文", "x.md")
    except Invalid as error:
        assert error.text.en
