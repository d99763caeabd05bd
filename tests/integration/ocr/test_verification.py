"""People verify the fields of their ward's batches, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.identity.models import Role
from kernel.records import Records
from ocr_service.models.batches import BatchState, Entry, FieldState
from ocr_service.models.readings import Flag
from ocr_service.models.verification import How, Wish
from ocr_service.service.deciding import Questionable, StaleField
from tests.fakes.people import CHUO
from tests.fakes.verifying import Read, read
from tests.integration.ocr.verifying import (
    ACCEPT,
    ANA,
    BEN,
    BLANK,
    CLO,
    LEAD,
    UNREADABLE,
    Verifying,
    choose,
    person,
    typed,
    verifying,
)


@pytest.fixture
def desk(records: Records, home: Path, clock: FixedClock) -> Verifying:
    return verifying(records, home, clock)


def page(number: int, *more: Read) -> tuple[Read, ...]:
    return (read("name", f"山田 太郎{number}", f"山田 太郎{number}", f"山田 大郎{number}"), *more)


def test_doubtful_fields_come_in_order_and_the_batch_is_ready_after_the_last(desk: Verifying) -> None:
    batch = desk.batch(page(1, read("kana", "ヤマダ", confidence=0.99)), page(2))
    assert batch.state is BatchState.VERIFYING
    first = desk.next(ANA, batch)[0]
    assert (first.field.name, first.page.position, first.label, first.round) == ("name", 1, "氏名", 1)
    assert [each.value for each in first.choices] == ["山田 太郎1", "山田 大郎1"]
    assert desk.decide(ANA, first, choose(2)).field.value == "山田 大郎1"
    second = desk.next(ANA, batch)[0]
    assert second.page.position == 2
    done = desk.decide(ANA, second, ACCEPT)
    assert (done.field.state, done.decision.how, done.decision.choice) == (
        FieldState.DECIDED,
        How.ACCEPTED,
        1,
    )
    assert desk.next(ANA, batch) == ()
    assert desk.state(batch) == "ready"
    assert len(desk.next(ANA, batch, every=True, limit=9)) == 3  # all of them can be looked at


def test_two_people_are_never_given_the_same_field(desk: Verifying) -> None:
    batch = desk.batch(page(1), page(2), page(3))
    ana, ben = desk.next(ANA, batch, limit=2), desk.next(BEN, batch, limit=2)
    assert {each.field.id for each in ana} & {each.field.id for each in ben} == set()
    assert len(ben) == 1 and desk.next(CLO, batch) == ()
    with pytest.raises(Conflict):
        desk.decide(BEN, ana[0], ACCEPT)
    desk.clock.forward(timedelta(minutes=4))
    with desk.desk.records.write() as work:
        assert desk.service.renew(work, ANA, batch.id) == 2
    desk.clock.forward(timedelta(minutes=2))
    assert [each.field.id for each in desk.next(CLO, batch, limit=9)] == [ben[0].field.id]
    with desk.desk.records.write() as work:
        desk.service.release(work, ANA, batch.id, [ana[1].field.id])
    assert [each.field.id for each in desk.next(BEN, batch)] == [ana[1].field.id]
    desk.clock.forward(timedelta(minutes=6))
    assert desk.decide(BEN, ana[0], ACCEPT).field.state is FieldState.DECIDED
    with pytest.raises(StaleField):  # hers had run out, and he was faster
        desk.decide(ANA, ana[0], ACCEPT)


def test_skipping_goes_round(desk: Verifying) -> None:
    batch = desk.batch(page(1), page(2), page(3))
    ids = [each.field.id for each in desk.next(ANA, batch, limit=3)]
    order = [each.field.id for each in desk.next(ANA, batch, limit=3, after=ids[1])]
    assert order == [ids[2], ids[0], ids[1]]


def test_one_field_over_all_pages_and_all_fields_of_a_page(desk: Verifying) -> None:
    batch = desk.batch(page(1, read("postal", "100-0013")), page(2, read("postal", "160-0022")))
    assert [each.field.value for each in desk.next(ANA, batch, name="postal", limit=9)] == [
        "100-0013",
        "160-0022",
    ]
    second = desk.desk.pages(batch)[1]
    assert [each.field.name for each in desk.next(ANA, batch, page_id=second.id, limit=9)] == [
        "name",
        "postal",
    ]
    with desk.desk.records.read() as work:
        names = desk.service.names(work, ANA, batch.id)
        assert [(each.label, each.open, each.total) for each in names] == [("氏名", 2, 2), ("郵便番号", 2, 2)]
        left = desk.service.remaining(work, BEN, batch.id, Wish())
        assert (left.open, left.others, left.done) == (1, 3, 0)


def test_double_entry_that_agrees(desk: Verifying) -> None:
    batch = desk.batch(page(1), entry=Entry.DOUBLE)
    shown = desk.next(ANA, batch)[0]
    entered = desk.decide(ANA, shown, typed("鈴木 一郎")).field
    assert (entered.state, entered.value) == (FieldState.ENTERED, "山田 太郎1")  # nobody sees her entry
    assert desk.next(ANA, batch) == ()
    with pytest.raises(Conflict):
        desk.decide(ANA, entered, ACCEPT)
    second = desk.next(BEN, batch)[0]
    assert (second.round, second.entries, second.mine) == (2, (), None)
    with desk.desk.records.read() as work:
        assert desk.service.history(work, BEN, batch.id, shown.field.id) == ()
        assert desk.service.history(work, LEAD, batch.id, shown.field.id) == ()
        assert len(desk.service.history(work, ANA, batch.id, shown.field.id)) == 1
    done = desk.decide(BEN, second, typed("鈴木　一郎")).field  # a wider blank is no difference
    assert done.state is FieldState.DECIDED
    assert desk.state(batch) == "ready"
    with desk.desk.records.read() as work:
        assert len(desk.service.history(work, BEN, batch.id, shown.field.id)) == 2


def test_double_entry_that_differs_goes_to_a_third_person_or_a_lead(desk: Verifying) -> None:
    batch = desk.batch(page(1), entry=Entry.DOUBLE)
    desk.decide(ANA, desk.next(ANA, batch)[0], ACCEPT)
    desk.decide(BEN, desk.next(BEN, batch)[0], UNREADABLE)
    field = desk.field(batch, "name")
    assert field.state is FieldState.DIFFERENT
    for who in (ANA, BEN):
        assert desk.next(who, batch) == ()
        with pytest.raises(Conflict):
            desk.decide(who, field, ACCEPT)
    third = desk.next(CLO, batch)[0]
    assert (third.round, [each.how for each in third.entries]) == (3, [How.ACCEPTED, How.UNREADABLE])
    done = desk.decide(CLO, third, choose(2)).field
    assert (done.state, done.value) == (FieldState.DECIDED, "山田 大郎1")
    with pytest.raises(Conflict):  # two and a third have decided
        desk.decide(ANA, done, ACCEPT)
    assert desk.decide(LEAD, done, ACCEPT).field.value == "山田 太郎1"


def test_what_is_typed_is_kept_to_the_letter_and_checked(desk: Verifying) -> None:
    batch = desk.batch(page(1, read("postal", "100-0013"), read("address", "東京都千代田区霞が関1-2-3")))
    name, postal, address = desk.next(ANA, batch, limit=3)
    assert desk.decide(ANA, name, typed("﨑山 𠮷㎡")).field.value == "﨑山　𠮷㎡"
    with pytest.raises(Questionable) as raised:
        desk.decide(ANA, postal, typed("100-001"))
    assert "7けた" in raised.value.problems[0].text.ja
    with pytest.raises(Questionable) as raised:  # Shinjuku's code does not fit the address
        desk.decide(ANA, postal, typed("1600022"))
    assert "住所が郵便番号と合いません" in raised.value.problems[0].text.ja
    done = desk.decide(ANA, postal, typed("1600022", confirmed=True))
    assert done.field.value == "160-0022" and done.decision.typed == "1600022"
    assert done.changed == (address.field.id,)
    assert Flag.CHECK_FAILED in desk.field(batch, "address").flags
    for text in ("a\x00b", "\ud800", "x" * 4_001):
        with pytest.raises(Invalid):
            desk.decide(ANA, address, typed(text))


def test_a_decision_lets_fields_pass_and_makes_others_doubtful(desk: Verifying) -> None:
    flags = frozenset({Flag.CHECK_FAILED})
    batch = desk.batch(
        (
            Read("postal", "100-0013", (("160-0022", "160-0022"), ("100-0013", "100-0013")), 0.6, flags),
            read("address", "東京都千代田区霞が関1-2-3", confidence=0.99, flags=flags),
        )
    )
    assert desk.field(batch, "address").state is FieldState.DOUBTFUL
    desk.decide(ANA, desk.next(ANA, batch)[0], choose(2))
    address = desk.field(batch, "address")
    assert (address.state, address.flags) == (FieldState.PASSED, frozenset())
    assert desk.state(batch) == "ready"
    desk.undo(ANA, batch)
    assert desk.field(batch, "address").state is FieldState.DOUBTFUL
    assert desk.state(batch) == "verifying"


def test_a_date_is_understood_anew_when_its_era_is_decided(desk: Verifying) -> None:
    batch = desk.batch(
        (
            read("era", "平", "昭和"),
            Read("birth_date", "5年3月12日", (("5年3月12日", "1930-03-12"), ("6年3月12日", "1931-03-12"))),
        )
    )
    era = desk.next(ANA, batch)[0]
    assert [each.value for each in era.choices] == ["昭和", "明治", "大正", "平成", "令和", ""]
    done = desk.decide(ANA, era, choose(4))
    date = desk.field(batch, "birth_date")
    assert (date.value, [each.value for each in date.candidates]) == (
        "1993-03-12",
        ["1993-03-12", "1994-03-12"],
    )
    assert date.version == 2 and done.changed == (date.id,)


def test_undo_goes_back_through_ones_own_decisions(desk: Verifying) -> None:
    batch = desk.batch(page(1), page(2))
    first, second = desk.next(ANA, batch, limit=2)
    desk.decide(ANA, first, ACCEPT)
    desk.decide(ANA, second, BLANK)
    assert desk.state(batch) == "ready"
    again = desk.undo(ANA, batch)
    assert (again.field.id, again.field.state, again.field.value) == (
        second.field.id,
        FieldState.DOUBTFUL,
        "山田 太郎2",
    )
    assert desk.next(BEN, batch) == ()  # it is hers again
    assert desk.undo(ANA, batch).field.id == first.field.id
    with pytest.raises(NotFound):
        desk.undo(ANA, batch)
    with pytest.raises(NotFound):
        desk.undo(BEN, batch)
    for each in desk.next(ANA, batch, limit=2):
        desk.decide(ANA, each, ACCEPT)
    with desk.desk.records.write() as work:
        current = desk.desk.forms.batches.get(work, LEAD, batch.id)
        desk.desk.forms.batches.close(work, LEAD, batch.id, current.revision)
    with pytest.raises(Conflict):
        desk.undo(ANA, batch)
    with desk.desk.records.read() as work:
        history = desk.service.history(work, ANA, batch.id, first.field.id)
    assert [each.undone_at is not None for each in history] == [True, False]


def test_undo_of_the_first_entry_is_refused_once_somebody_has_gone_on(desk: Verifying) -> None:
    batch = desk.batch(page(1), entry=Entry.DOUBLE)
    desk.decide(ANA, desk.next(ANA, batch)[0], ACCEPT)
    desk.decide(BEN, desk.next(BEN, batch)[0], ACCEPT)
    with pytest.raises(Conflict):
        desk.undo(ANA, batch)
    undone = desk.undo(BEN, batch).field
    assert undone.state is FieldState.ENTERED
    with pytest.raises(Conflict):  # he has it on the screen
        desk.undo(ANA, batch)
    with desk.desk.records.write() as work:
        desk.service.release(work, BEN, batch.id, [undone.id])
    assert desk.undo(ANA, batch).field.state is FieldState.DOUBTFUL


def test_single_entry_can_be_corrected_by_anybody(desk: Verifying) -> None:
    batch = desk.batch(page(1))
    done = desk.decide(ANA, desk.next(ANA, batch)[0], UNREADABLE).field
    assert (done.state, done.value) == (FieldState.UNREADABLE, "")
    fixed = desk.decide(BEN, done, ACCEPT).field
    assert (fixed.state, fixed.value) == (FieldState.DECIDED, "山田 太郎1")
    assert desk.undo(BEN, batch).field.state is FieldState.UNREADABLE


def test_a_field_that_passed_is_decided_by_one_who_agrees_with_the_machine(desk: Verifying) -> None:
    sure = read("kana", "ヤマダ", confidence=0.99)
    batch = desk.batch(page(1, sure), page(2, sure), entry=Entry.DOUBLE)
    one, other = desk.next(ANA, batch, name="kana", every=True, limit=2)
    assert desk.decide(ANA, one, ACCEPT).field.state is FieldState.DECIDED
    assert desk.decide(ANA, other, typed("ヤマモト")).field.state is FieldState.ENTERED


def test_other_wards_and_other_roles(desk: Verifying) -> None:
    batch = desk.batch(page(1))
    shown = desk.next(ANA, batch)[0]
    stranger, absent = person("eve", organisation=CHUO), "0" * 32
    service = desk.service
    with desk.desk.records.write() as work:
        for call in (
            lambda which: service.next(work, stranger, which, Wish()),
            lambda which: service.get(work, stranger, which, shown.field.id),
            lambda which: service.take(work, stranger, which, shown.field.id),
            lambda which: service.listed(work, stranger, which),
            lambda which: service.names(work, stranger, which),
            lambda which: service.decide(work, stranger, which, shown.field.id, ACCEPT, 1),
            lambda which: service.undo(work, stranger, which),
            lambda which: service.check(work, stranger, which, shown.field.id, "x"),
            lambda which: service.history(work, stranger, which, shown.field.id),
            lambda which: service.renew(work, stranger, which),
            lambda which: service.pace(work, stranger, which),
        ):
            said = []
            for which in (batch.id, absent):
                with pytest.raises(NotFound) as raised:
                    call(which)
                said.append(raised.value.text)
            assert said[0] == said[1]
        assert service.batches(work, stranger) == ()
        with pytest.raises(Forbidden):
            service.next(work, person("rex", Role.READER), batch.id, Wish())
        with pytest.raises(Forbidden):
            service.paces(work, ANA, batch.id)


def test_fields_of_another_batch_are_absent(desk: Verifying) -> None:
    one, other = desk.batch(page(1)), desk.batch(page(2), title="別のバッチ")
    field = desk.field(other, "name")
    with desk.desk.records.write() as work, pytest.raises(NotFound):
        desk.service.decide(work, ANA, one.id, field.id, ACCEPT, field.version)


def test_pace_is_ones_own_and_everybodys_for_leads(desk: Verifying) -> None:
    batch = desk.batch(page(1), page(2), entry=Entry.DOUBLE)
    for shown in desk.next(ANA, batch, limit=2):
        desk.decide(ANA, shown, ACCEPT)
    first, second = desk.next(BEN, batch, limit=2)
    desk.decide(BEN, first, ACCEPT)
    desk.decide(BEN, second, choose(2))
    desk.decide(CLO, desk.next(CLO, batch)[0], choose(2))
    with desk.desk.records.read() as work:
        paces = {each.user_id: each for each in desk.service.paces(work, LEAD, batch.id)}
        own = desk.service.pace(work, ANA, batch.id)
    assert own == paces["ana"]
    assert (own.fields, own.agreement, paces["ben"].agreement) == (2, 0.5, 1.0)
    assert paces["clo"].agreement is None


def test_every_decision_is_audited_without_values(desk: Verifying) -> None:
    batch = desk.batch(page(1))
    desk.decide(ANA, desk.next(ANA, batch)[0], typed("秘密 太郎"))
    desk.undo(ANA, batch)
    with desk.desk.records.read() as work:
        rows = work.connection.exec_driver_sql("SELECT action, details FROM audit_rows ORDER BY id").all()
    assert [row[0] for row in rows][-2:] == ["field.decided", "field.undone"]
    assert "秘密" not in str(rows)
