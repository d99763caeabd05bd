"""The set of spelling variants is well formed, so that its figures mean something."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "evals" / "variants"
CATEGORIES = {
    "hiragana", "katakana", "width", "okurigana", "long_vowel", "kanji",
    "kana_class", "two_char", "unknown_name", "typo", "compound", "reading",
}  # fmt: skip
AS_WRITTEN = {"two_char", "unknown_name", "compound", "okurigana", "long_vowel"}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def test_every_category_has_enough_queries() -> None:
    counts = Counter(row["category"] for row in rows("variants.jsonl"))
    assert set(counts) == CATEGORIES
    assert min(counts.values()) >= 25 and counts.total() >= 330


def test_documents_are_distinct() -> None:
    documents = rows("corpus.jsonl")
    assert len(documents) >= 150
    for key in ("_id", "title", "text"):
        assert len({document[key] for document in documents}) == len(documents)


def test_what_is_expected_exists_and_fits_into_three() -> None:
    known = {document["_id"] for document in rows("corpus.jsonl")}
    for row in rows("variants.jsonl"):
        assert 1 <= len(row["expect"]) <= 3 and set(row["expect"]) <= known, row


def test_no_query_is_asked_twice_in_a_category() -> None:
    asked = Counter((row["category"], row["query"]) for row in rows("variants.jsonl"))
    assert [pair for pair, count in asked.items() if count > 1] == []


def test_a_variant_is_spelled_otherwise_than_its_document() -> None:
    """Left out: words asked for as written, and variants that are a part of the document's spelling."""
    documents = {row["_id"]: row["title"] + row["text"] for row in rows("corpus.jsonl")}
    same = [
        row["query"]
        for row in rows("variants.jsonl")
        if row["category"] not in AS_WRITTEN
        and any(row["query"] in documents[wanted] for wanted in row["expect"])
    ]
    assert same == []
