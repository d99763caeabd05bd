"""Entries on both databases: writing, history, visibility, two people at once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kb_service.adapters.records.tables import entry_audience
from kb_service.models.entries import Act, CaseFields, Entry, Link, Planned, Status
from kb_service.models.listing import Listing
from kb_service.models.outbox import OutboxOp
from kb_service.rules.comparison import Op, Side
from kb_service.service.errors import StaleEntry
from kernel.audit.tables import audit_rows
from kernel.clock import FixedClock
from kernel.errors import ChienowaError, Conflict, Forbidden, Invalid, NotFound
from kernel.identity.models import Actor, Role, Scope
from kernel.records import Records
from kernel.visibility import Audience, AudienceKind
from tests.fakes.bank import MEMBERS, OWN, PUBLIC, WritingSide, case
from tests.fakes.people import CHIYODA, CHUO, MINATO, actor

ME, OTHER = actor(CHIYODA), actor(CHUO)


@pytest.fixture
def bank(records: Records, home: Path, clock: FixedClock) -> WritingSide:
    return WritingSide(records, clock, home / "blobs")


def created(bank: WritingSide, who: Actor = ME, **values: object) -> Entry:
    with bank.records.write() as work:
        return bank.entries.create(work, who, case(**values))  # type: ignore[arg-type]


def test_a_save_is_one_transaction_of_entry_revision_audit_and_outbox(bank: WritingSide) -> None:
    entry = created(bank)
    with pytest.raises(RuntimeError), bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, case("書きかけ"), 1)
        raise RuntimeError("the process dies before the commit")
    with bank.records.read() as work:
        assert bank.entries.get(work, ME, entry.id) == entry
        assert [one.version for one in bank.entries.revisions(work, ME, entry.id, None, 10).items] == [1]
        assert bank.repositories.outbox.last(work) == 1
        assert len(work.connection.execute(select(audit_rows)).all()) == 1
    with bank.records.write() as work:
        saved = bank.entries.save(work, ME, entry.id, case("新しい件名"), 1, "件名を直した")
    assert (saved.version, saved.content.title) == (2, "新しい件名")
    with bank.records.read() as work:
        newest = bank.entries.revisions(work, ME, entry.id, None, 10).items[0]
        assert (newest.version, newest.note, newest.act) == (2, "件名を直した", Act.SAVED)
        rows = bank.repositories.outbox.after(work, 0, 10)
        assert [(row.entry_id, row.version, row.op) for row in rows] == [
            (entry.id, 1, OutboxOp.PUT),
            (entry.id, 2, OutboxOp.PUT),
        ]
        assert [
            row.action for row in work.connection.execute(select(audit_rows).order_by(audit_rows.c.id))
        ] == [
            "entry.created",
            "entry.saved",
        ]


def test_two_people_at_once_get_a_choice(bank: WritingSide) -> None:
    entry = created(bank, body="一行目\n二行目\n", summary="元の要約")
    theirs = replace(entry.content, body="一行目を直した\n二行目\n", title="相手の件名")
    with bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, theirs, 1)
    mine = replace(entry.content, summary="私の要約", title="私の件名")
    with pytest.raises(StaleEntry) as caught, bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, mine, 1)
    assert caught.value.current is not None and caught.value.current.version == 2
    comparison = caught.value.comparison
    assert comparison is not None
    sides = {choice.name: choice.side for choice in comparison.choices}
    assert sides == {"title": Side.CONFLICT, "summary": Side.MINE, "body": Side.THEIRS}
    assert comparison.merged == replace(theirs, summary="私の要約")
    assert [problem.where for problem in caught.value.problems] == ["title"]


def test_the_same_save_sent_twice_is_one_revision(bank: WritingSide) -> None:
    entry = created(bank)
    for _ in range(2):
        with bank.records.write() as work:
            saved = bank.entries.save(work, ME, entry.id, case("一度だけ"), 1)
    assert saved.version == 2


def test_concurrent_saves_lose_none(bank: WritingSide) -> None:
    entry = created(bank)
    barrier = threading.Barrier(4)
    outcomes: list[str] = []

    def save(number: int) -> None:
        barrier.wait()
        try:
            with bank.records.write() as work:
                bank.entries.save(work, ME, entry.id, case(f"件名{number}"), 1)
            outcomes.append(f"件名{number}")
        except StaleEntry:
            outcomes.append("stale")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[:3] == ["stale"] * 3
    with bank.records.read() as work:
        assert bank.entries.get(work, ME, entry.id).content.title == sorted(outcomes)[3]
        assert bank.entries.get(work, ME, entry.id).version == 2


def test_writers_at_once_keep_the_outbox_in_commit_order(bank: WritingSide) -> None:
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with bank.records.read() as work:
                seen.extend(row.seq for row in bank.repositories.outbox.after(work, max(seen, default=0), 50))

    reader = threading.Thread(target=read)
    reader.start()
    writers = [
        threading.Thread(target=lambda: [created(bank) for _ in range(8)], daemon=True) for _ in range(3)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with bank.records.read() as work:
        last = bank.repositories.outbox.last(work)
    deadline = threading.Event()
    while max(seen, default=0) < last and not deadline.wait(0.02):
        pass
    done.set()
    reader.join()
    assert last >= 24
    assert len(seen) == 24, "a row was committed behind one that had been read"
    assert seen == sorted(seen)


HIDDEN = [
    {"status": Status.DRAFT, "audience": PUBLIC},
    {"audience": OWN},
    {"audience": Audience(AudienceKind.NAMED, (MINATO,))},
]


@pytest.mark.parametrize("values", HIDDEN)
def test_what_may_not_be_read_does_not_exist(bank: WritingSide, values: dict[str, object]) -> None:
    hidden = created(bank, title="見えない", tags=("秘密の札",), **values)
    shown = created(bank, title="見える", links=(Link(hidden.id),))
    back = created(bank, OTHER, title="他区の記事", links=(Link(shown.id),))
    entries = bank.entries
    with bank.records.read() as work:
        for reader in (OTHER, None):
            asked: list[Callable[[str], object]] = [
                lambda one, who=reader: entries.get(work, who, one),
                lambda one, who=reader: entries.revision(work, who, one, 1),
                lambda one, who=reader: entries.revisions(work, who, one, None, 10),
                lambda one, who=reader: entries.linked(work, who, one),
                lambda one, who=reader: entries.compare(work, who, one, 1, 1),
                lambda one, who=reader: bank.attachments.list(work, who, one),
            ]
            for ask in asked:
                messages = []
                for one in (hidden.id, "0" * 32):
                    with pytest.raises(NotFound) as caught:
                        ask(one)
                    messages.append((caught.value.text, caught.value.problems, caught.value.code))
                assert messages[0] == messages[1]
            assert entries.visible(work, reader, [hidden.id]) == {}
            assert entries.tags(work, reader, "秘密", 10) == ()
            assert hidden.id not in [one.id for one in entries.newest(work, reader, None, 50).items]
        assert entries.get(work, OTHER, shown.id).content.links == ()
        assert entries.revision(work, OTHER, shown.id, 1).content.links == ()
        assert [one.entry.id for one in entries.linked(work, OTHER, shown.id)] == [back.id]
        assert entries.counts(work, OTHER).total == 2
        assert entries.get(work, ME, shown.id).content.links == (Link(hidden.id),)
        assert entries.drafts(work, OTHER, None, 10).items == ()
    for write in (
        lambda work, one: entries.save(work, OTHER, one, case(), 1),
        lambda work, one: entries.delete(work, OTHER, one, 1),
        lambda work, one: entries.restore(work, OTHER, one, 1, 1),
        lambda work, one: entries.undelete(work, OTHER, one),
    ):
        texts = []
        for one in (hidden.id, "0" * 32):
            with pytest.raises(NotFound) as caught, bank.records.write() as work:
                write(work, one)
            texts.append(caught.value.text)
        assert texts[0] == texts[1]
    with pytest.raises(Invalid) as refused, bank.records.write() as work:
        entries.create(work, OTHER, case(links=(Link(hidden.id), Link("0" * 32))))
    assert len({problem.text for problem in refused.value.problems}) == 1


def test_a_link_that_a_colleague_may_not_see_survives_their_save(bank: WritingSide) -> None:
    target = created(bank, OTHER, title="いずれ消える")
    entry = created(bank, links=(Link(target.id),))
    with bank.records.write() as work:
        bank.entries.delete(work, OTHER, target.id, 1)
    with bank.records.write() as work:
        shown = bank.entries.get(work, ME, entry.id)
        assert shown.content.links == ()
        bank.entries.save(work, ME, entry.id, replace(shown.content, title="直した"), 1)
    with bank.records.write() as work:
        bank.entries.undelete(work, OTHER, target.id)
        assert bank.entries.get(work, ME, entry.id).content.links == (Link(target.id),)


def test_sending_a_form_back_changes_nothing_beside_hidden_links(bank: WritingSide) -> None:
    targets = [created(bank, OTHER, title=f"つなぐ先{number}") for number in range(4)]
    entry = created(bank, links=tuple(Link(target.id) for target in targets))
    with bank.records.write() as work:
        for hidden in (targets[0], targets[2]):
            bank.entries.delete(work, OTHER, hidden.id, 1)
    with bank.records.write() as work:
        shown = bank.entries.get(work, ME, entry.id)
        assert [link.target for link in shown.content.links] == [targets[1].id, targets[3].id]
        assert bank.entries.save(work, ME, entry.id, shown.content, 1).version == 1
        fewer = replace(shown.content, links=shown.content.links[1:])
        assert bank.entries.save(work, ME, entry.id, fewer, 1).version == 2
        stored = bank.repositories.entries.get(work, entry.id)
    assert stored is not None
    assert {link.target for link in stored.content.links} == {targets[n].id for n in (0, 2, 3)}


def test_an_earlier_draft_stays_with_its_organisation(bank: WritingSide) -> None:
    entry = created(bank, status=Status.DRAFT, body="まだ内部だけの話", audience=PUBLIC)
    with bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, case(body="公開用", audience=PUBLIC), 1)
    with bank.records.read() as work:
        assert [one.version for one in bank.entries.revisions(work, ME, entry.id, None, 9).items] == [2, 1]
        assert [one.version for one in bank.entries.revisions(work, OTHER, entry.id, None, 9).items] == [2]
        with pytest.raises(NotFound):
            bank.entries.revision(work, None, entry.id, 1)
        with pytest.raises(NotFound):
            bank.entries.compare(work, OTHER, entry.id, 1, 2)


def test_delete_and_undelete(bank: WritingSide) -> None:
    entry = created(bank, tags=("文書",))
    with bank.records.write() as work:
        bank.entries.delete(work, ME, entry.id, 1)
    assert bank.signals.changes[-1][1], "the answer must wait for the index"
    with bank.records.read() as work:
        with pytest.raises(NotFound):
            bank.entries.get(work, ME, entry.id)
        assert bank.entries.tags(work, ME, "", 10) == ()
        assert [one.id for one in bank.entries.deleted(work, ME, None, 10).items] == [entry.id]
        assert bank.entries.deleted(work, OTHER, None, 10).items == ()
        assert bank.repositories.outbox.after(work, 1, 10)[0].op is OutboxOp.REMOVE
        assert work.connection.execute(select(entry_audience)).all() == []
        assert bank.repositories.entries.all_ids(work, "", 10) == ()
    with bank.records.write() as work:
        again = bank.entries.undelete(work, ME, entry.id)
    assert (again.version, again.content, again.deleted) == (3, entry.content, False)
    with bank.records.read() as work:
        acts = [one.act for one in bank.entries.revisions(work, ME, entry.id, None, 10).items]
        assert acts == [Act.UNDELETED, Act.DELETED, Act.CREATED]
    with pytest.raises(Conflict), bank.records.write() as work:
        bank.entries.undelete(work, ME, entry.id)
    with pytest.raises(StaleEntry), bank.records.write() as work:
        bank.entries.delete(work, ME, entry.id, 2)


@pytest.mark.parametrize(
    ("after", "waits"),
    [
        ({"audience": PUBLIC}, False),
        ({"audience": MEMBERS, "body": "直した"}, False),
        ({"audience": OWN}, True),
        ({"audience": Audience(AudienceKind.NAMED, (CHUO,))}, True),
        ({"status": Status.DRAFT}, True),
        ({"status": Status.ARCHIVED}, False),
    ],
)
def test_narrowing_waits_for_the_index(bank: WritingSide, after: dict[str, object], waits: bool) -> None:
    entry = created(bank)
    with bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, case(**after), 1)  # type: ignore[arg-type]
    assert bank.signals.changes[-1] == (2, waits)


def test_restore_writes_an_old_text_and_never_publishes(bank: WritingSide) -> None:
    entry = created(bank, title="初版", fields=CaseFields(lessons="教訓", effect_hours=120.5))
    with bank.records.write() as work:
        bank.entries.save(work, ME, entry.id, case("第二版", status=Status.DRAFT, audience=OWN), 1)
        restored = bank.entries.restore(work, ME, entry.id, 1, 2)
    assert restored.version == 3
    assert restored.content == replace(entry.content, status=Status.DRAFT, audience=OWN)
    with bank.records.read() as work:
        found = bank.entries.compare(work, ME, entry.id, 2, 3)
        assert {change.name for change in found.changes} == {"title", "fields.lessons", "fields.effect_hours"}
        lessons = next(change for change in found.changes if change.name == "fields.lessons")
        assert [(one.op, one.text) for one in lessons.stretches] == [(Op.INSERT, "教訓")]
        with pytest.raises(NotFound):
            bank.entries.revision(work, ME, entry.id, 4)


CONTRIBUTOR = actor(CHIYODA, Role.CONTRIBUTOR)
PUBLIC_SOON = {"status": Status.IN_PROGRESS, "planned": Planned("効果"), "audience": PUBLIC}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, {"status": Status.PUBLISHED}),
        (None, {"status": Status.ARCHIVED}),
        (None, {"status": Status.IN_PROGRESS, "planned": Planned("効果"), "audience": PUBLIC}),
        (PUBLIC_SOON, {**PUBLIC_SOON, "body": "直した"}),
        (PUBLIC_SOON, {**PUBLIC_SOON, "audience": OWN}),
        ({"status": Status.PUBLISHED}, {"status": Status.PUBLISHED, "body": "直した"}),
        ({"status": Status.PUBLISHED}, {"status": Status.DRAFT}),
    ],
)
def test_a_contributor_needs_a_reviewer(
    bank: WritingSide, before: dict[str, object] | None, after: dict[str, object]
) -> None:
    entry = None if before is None else created(bank, **before)
    with pytest.raises(Forbidden), bank.records.write() as work:
        if entry is None:
            bank.entries.create(work, CONTRIBUTOR, case(**after))  # type: ignore[arg-type]
        else:
            bank.entries.save(work, CONTRIBUTOR, entry.id, case(**after), 1)  # type: ignore[arg-type]


def test_a_contributor_writes_drafts(bank: WritingSide) -> None:
    with bank.records.write() as work:
        draft = bank.entries.create(work, CONTRIBUTOR, case(status=Status.DRAFT, audience=PUBLIC))
        shared = replace(draft.content, status=Status.IN_PROGRESS, planned=Planned("効果"), audience=OWN)
        assert bank.entries.save(work, CONTRIBUTOR, draft.id, shared, 1).version == 2
        with pytest.raises(Forbidden):
            bank.entries.delete(work, CONTRIBUTOR, draft.id, 2)


def test_a_contributor_shares_early_among_organisations(bank: WritingSide) -> None:
    soon = case(status=Status.IN_PROGRESS, planned=Planned("効果"), audience=OWN)
    named = replace(soon, audience=Audience(AudienceKind.NAMED, (CHUO,)))
    with bank.records.write() as work:
        entry = bank.entries.create(work, CONTRIBUTOR, soon)
        bank.entries.save(work, CONTRIBUTOR, entry.id, named, 1)
        assert bank.entries.get(work, OTHER, entry.id).content == named
        bank.entries.save(work, CONTRIBUTOR, entry.id, replace(soon, audience=MEMBERS), 2)
        assert bank.entries.get(work, actor(MINATO), entry.id).version == 3
        bank.entries.save(work, CONTRIBUTOR, entry.id, case(status=Status.DRAFT), 3)
        with pytest.raises(NotFound):
            bank.entries.get(work, OTHER, entry.id)
    with pytest.raises(Forbidden), bank.records.write() as work:
        bank.entries.save(work, CONTRIBUTOR, entry.id, replace(soon, audience=PUBLIC), 4)


def test_a_contributor_drops_a_draft_that_was_never_shared_and_brings_it_back(bank: WritingSide) -> None:
    draft = created(bank, CONTRIBUTOR, title="書きかけ", status=Status.DRAFT, audience=PUBLIC)
    reviewed = created(bank, title="確認者が消したもの")
    with bank.records.write() as work:
        assert bank.entries.may_delete(work, CONTRIBUTOR, draft)
        bank.entries.delete(work, CONTRIBUTOR, draft.id, 1)
        bank.entries.delete(work, ME, reviewed.id, 1)
    with bank.records.read() as work:
        assert bank.entries.drafts(work, ME, None, 9).items == ()
        for limit in (1, 9):  # with 1, what only a reviewer may bring back fills the first page
            mine = bank.entries.deleted(work, CONTRIBUTOR, None, limit)
            assert [one.id for one in mine.items] == [draft.id]
        assert len(bank.entries.deleted(work, ME, None, 9).items) == 2
        for nobody in (actor(CHIYODA, Role.READER), actor(CHIYODA, Role.OPERATOR)):
            with pytest.raises(Forbidden):
                bank.entries.deleted(work, nobody, None, 9)
    with pytest.raises(Forbidden), bank.records.write() as work:
        bank.entries.undelete(work, CONTRIBUTOR, reviewed.id)
    with bank.records.write() as work:
        again = bank.entries.undelete(work, CONTRIBUTOR, draft.id)
    assert (again.version, again.content) == (3, draft.content)


@pytest.mark.parametrize(
    "shared",
    [
        {"status": Status.PUBLISHED, "audience": OWN},
        {"status": Status.ARCHIVED, "audience": OWN},
        {"status": Status.IN_PROGRESS, "planned": Planned("効果"), "audience": MEMBERS},
    ],
)
def test_a_draft_that_was_shared_once_is_a_reviewers_to_delete(
    bank: WritingSide, shared: dict[str, object]
) -> None:
    entry = created(bank, **shared)
    with bank.records.write() as work:
        draft = bank.entries.save(work, ME, entry.id, case(status=Status.DRAFT, audience=OWN), 1)
        assert not bank.entries.may_delete(work, CONTRIBUTOR, draft)
        with pytest.raises(Forbidden):
            bank.entries.delete(work, CONTRIBUTOR, entry.id, 2)
        bank.entries.delete(work, ME, entry.id, 2)


@pytest.mark.parametrize("role", [Role.READER, Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_writes_nothing_deletes_no_draft(bank: WritingSide, role: Role) -> None:
    draft = created(bank, status=Status.DRAFT)
    with pytest.raises(Forbidden), bank.records.write() as work:
        bank.entries.delete(work, actor(CHIYODA, role), draft.id, 1)


@pytest.mark.parametrize(
    "who",
    [
        actor(CHIYODA, Role.READER),
        actor(CHIYODA, Role.ADMINISTRATOR),
        replace(ME, scopes=frozenset({Scope.READ})),
    ],
)
def test_who_may_not_write(bank: WritingSide, who: Actor) -> None:
    with pytest.raises(Forbidden), bank.records.write() as work:
        bank.entries.create(work, who, case(status=Status.DRAFT))


def test_nobody_writes_for_another_organisation(bank: WritingSide) -> None:
    entry = created(bank)
    for write in (
        lambda work: bank.entries.save(work, OTHER, entry.id, case("乗っ取り"), 1),
        lambda work: bank.entries.delete(work, OTHER, entry.id, 1),
        lambda work: bank.entries.restore(work, OTHER, entry.id, 1, 1),
    ):
        with pytest.raises(Forbidden), bank.records.write() as work:
            write(work)


def test_an_import_needs_only_the_right_to_import(bank: WritingSide) -> None:
    operator = actor(CHIYODA, Role.OPERATOR)
    with bank.records.write() as work:
        entry = bank.entries.create(work, operator, case(), imported=True)
        bank.entries.save(work, operator, entry.id, case("再取込"), 1, imported=True)
        with pytest.raises(Forbidden):
            bank.entries.save(work, operator, entry.id, case("編集"), 2)
        with pytest.raises(Forbidden):
            bank.entries.create(work, CONTRIBUTOR, case(), imported=True)


def test_pages_hold_everything_once(bank: WritingSide, clock: FixedClock) -> None:
    made = []
    for number in range(7):
        made.append(created(bank, title=f"件名{number}", tags=("ＲＰＡ", "rpa導入")[: 1 + number % 2]).id)
        if number % 3 == 0:  # others share their moment
            clock.forward(timedelta(seconds=1))
    found: list[str] = []
    cursor: str | None = None
    with bank.records.read() as work:
        while True:
            page = bank.entries.page(work, OTHER, Listing(owners=(CHIYODA,)), cursor, 3)
            found += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert sorted(found) == sorted(made), "each once, none lost at a page break"
        assert bank.entries.page(work, OTHER, Listing(owners=(CHUO,)), None, 3).items == ()
        assert [(one.tag, one.count) for one in bank.entries.tags(work, None, "", 9)] == []
        assert [(one.tag, one.count) for one in bank.entries.tags(work, OTHER, "Rpa", 9)] == [
            ("ＲＰＡ", 7),
            ("rpa導入", 3),
        ]
        for bad in (
            "x",
            "2026~",
            "~a",
            "2026-11-20T00:00:00~a",
            "9999999999~a",
            "2026-11-20T00:00:00+00:00~';--",
        ):
            with pytest.raises(ChienowaError) as caught:
                bank.entries.newest(work, ME, bad, 3)
            assert caught.value.status == 422
