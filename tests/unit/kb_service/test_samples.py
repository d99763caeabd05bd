"""The shipped sample entries: whole, linked, honest about their source."""

from collections import Counter
from pathlib import Path

import pytest

import kb_service
from kb_service.models.entries import CaseFields, Kind, LinkKind, Outcome, Status
from kb_service.rules.content import checked
from kb_service.rules.front_matter import EntryFile, parse_entry_file
from kernel.visibility import AudienceKind

FOLDER = Path(kb_service.__file__).parent / "samples"
PROMISED = {Kind.CASE: 30, Kind.PRODUCT: 12, Kind.BUSINESS: 14, Kind.RUNBOOK: 14}
SUFFIXES = {
    ".pdf", ".docx", ".xlsx", ".pptx", ".png", ".jpg", ".txt", ".md", ".html", ".csv", ".eml",
}  # fmt: skip


@pytest.fixture(scope="module")
def entries() -> dict[str, EntryFile]:
    files = sorted((FOLDER / "entries").glob("*.md"))
    return {path.stem: parse_entry_file(path.read_text(encoding="utf-8"), path.name) for path in files}


def test_each_kind_has_what_was_promised(entries: dict[str, EntryFile]) -> None:
    counts = Counter(entry.content.kind for entry in entries.values())
    assert all(counts[kind] >= least for kind, least in PROMISED.items()), counts


def test_the_id_is_the_file_name_and_the_owner_is_named(entries: dict[str, EntryFile]) -> None:
    assert [slug for slug, entry in entries.items() if entry.slug != slug or entry.owner is None] == []


def test_the_bank_accepts_every_one(entries: dict[str, EntryFile]) -> None:
    assert all(checked(entry.content, lambda _code: True) for entry in entries.values())


def test_titles_differ_and_everything_is_filled(entries: dict[str, EntryFile]) -> None:
    titles = Counter(entry.content.title for entry in entries.values())
    assert [title for title, count in titles.items() if count > 1] == []
    empty = [
        slug
        for slug, entry in entries.items()
        if not (entry.content.summary and entry.content.body and entry.content.tags)
    ]
    assert empty == []


def test_links_lead_to_another_entry_and_every_kind_of_link_occurs(entries: dict[str, EntryFile]) -> None:
    links = [(slug, link) for slug, entry in entries.items() for link in entry.content.links]
    assert [(slug, link.target) for slug, link in links if link.target not in entries] == []
    assert [slug for slug, link in links if link.target == slug] == []
    assert {link.kind for _, link in links} == set(LinkKind)


def test_attachments_exist_are_used_once_and_cover_every_type(entries: dict[str, EntryFile]) -> None:
    used = Counter(name for entry in entries.values() for name in entry.attachments)
    there = {path.name for path in (FOLDER / "attachments").iterdir()}
    assert set(used) == there
    assert set(used.values()) == {1}
    assert {Path(name).suffix for name in there} == SUFFIXES
    assert sum(path.stat().st_size for path in (FOLDER / "attachments").iterdir()) < 2_000_000


def test_a_fact_has_its_source_and_a_quotation_and_anything_else_says_sample(
    entries: dict[str, EntryFile],
) -> None:
    for slug, entry in entries.items():
        content = entry.content
        if content.sample:
            assert not content.source, slug
        else:
            quoted = [line for line in content.body.splitlines() if line.startswith("> ")]
            assert content.source and quoted, slug
            assert sum(len(line) for line in quoted) <= 200, f"{slug}: quotations are short"


def test_a_sample_never_names_a_real_ward_as_its_subject(entries: dict[str, EntryFile]) -> None:
    for slug, entry in entries.items():
        if entry.content.sample and isinstance(entry.content.fields, CaseFields):
            assert "架空" in entry.content.fields.provider_name, slug


def test_every_state_can_be_tried(entries: dict[str, EntryFile]) -> None:
    contents = [entry.content for entry in entries.values()]
    assert {content.status for content in contents} == set(Status)
    assert {content.audience.kind for content in contents} == set(AudienceKind)
    outcomes = {content.fields.outcome for content in contents if isinstance(content.fields, CaseFields)}
    assert outcomes == set(Outcome)


def test_entries_for_one_ward_alone_say_so(entries: dict[str, EntryFile]) -> None:
    own = [entry for entry in entries.values() if entry.content.audience.kind is AudienceKind.OWN]
    assert len({entry.owner for entry in own}) >= 3
    assert all("区内限り" in entry.content.title and "区内限り" in entry.content.body for entry in own)
