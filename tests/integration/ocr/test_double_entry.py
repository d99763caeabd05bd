"""Whatever several people do to a batch with double entry: the promises hold after every step."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kernel.clock import FixedClock
from kernel.errors import Conflict, NotFound
from kernel.identity.models import Actor
from kernel.records import Records
from ocr_service.adapters.records.verification import SqlVerification
from ocr_service.models.batches import BatchState, Entry, FieldState
from ocr_service.models.verification import Answer, Decision, How, Shown
from ocr_service.service.deciding import StaleField
from tests.fakes.verifying import read
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
    typed,
    verifying,
)

PEOPLE = st.sampled_from([ANA, BEN, CLO, LEAD])
ANSWERS = st.sampled_from([ACCEPT, ACCEPT, choose(2), typed("鈴木 花子"), BLANK, UNREADABLE])
FINAL = {FieldState.DECIDED, FieldState.UNREADABLE}


class DoubleEntry(RuleBasedStateMachine):
    """Four people at three fields. What each was shown stays on their screen until they decide it, also when its
    time is over."""

    def __init__(self, make: Callable[[], Verifying]) -> None:
        super().__init__()
        self.desk = make()
        pages = [(read("name", f"佐藤 {n}", f"佐藤 {n}", f"佐蔵 {n}"),) for n in "一二三"]
        self.batch = self.desk.batch(*pages, entry=Entry.DOUBLE)
        self.screens: dict[str, list[Shown]] = {}

    @rule(who=PEOPLE, limit=st.integers(1, 3))
    def take(self, who: Actor, limit: int) -> None:
        shown = self.desk.next(who, self.batch, limit=limit)
        for each in shown:
            self._check_shown(who, each)
        self.screens.setdefault(who.user_id, []).extend(shown)

    @rule(who=PEOPLE, answer=ANSWERS, newest=st.booleans())
    def decide(self, who: Actor, answer: Answer, newest: bool) -> None:
        screen = self.screens.get(who.user_id, [])
        if not screen:
            return
        shown = screen.pop(-1 if newest else 0)
        before = self._entries(shown.field.id)
        try:
            done = self.desk.decide(who, shown, answer)
        except (Conflict, StaleField):
            assert self._entries(shown.field.id) == before  # a refusal changes nothing
            return
        assert len(self._entries(shown.field.id)) == len(before) + 1
        assert done.decision.by == who.user_id

    @rule(who=PEOPLE)
    def undo(self, who: Actor) -> None:
        try:
            shown = self.desk.undo(who, self.batch)
        except (Conflict, NotFound):
            return
        self.screens.setdefault(who.user_id, []).append(shown)

    @rule(minutes=st.integers(1, 6))
    def wait(self, minutes: int) -> None:
        self.desk.clock.forward(timedelta(minutes=minutes))

    @invariant()
    def fields_follow_their_entries(self) -> None:
        for page in self.desk.desk.pages(self.batch):
            for field in self.desk.desk.fields(page):
                entries = self._entries(field.id)
                people = [each.by for each in entries if each.round < 3]
                assert len(set(people)) == len(people), "nobody enters twice"
                if field.state is FieldState.DOUBTFUL:
                    assert entries == ()
                elif field.state is FieldState.ENTERED:
                    assert [each.round for each in entries] == [1]
                elif field.state is FieldState.DIFFERENT:
                    assert [each.round for each in entries] == [1, 2]
                else:
                    assert field.state in FINAL and len(entries) >= 2
                    assert field.value == entries[-1].value
                    one, other = entries[:2]
                    agreed = (one.value, one.how is How.UNREADABLE) == (
                        other.value,
                        other.how is How.UNREADABLE,
                    )
                    assert agreed or entries[-1].round == 3
                    third = next((each for each in entries if each.round == 3), None)
                    if third and not agreed:
                        assert third.by == LEAD.user_id or third.by not in people
                if field.state not in FINAL:
                    assert field.value == field.candidates[0].value, "an entry shows before it is final"

    @invariant()
    def nobody_shares_a_field(self) -> None:
        with self.desk.desk.records.read() as work:
            rows = work.connection.exec_driver_sql("SELECT field_id FROM ocr_reservations").all()
        assert len({row[0] for row in rows}) == len(rows)

    @invariant()
    def the_batch_is_ready_when_nothing_is_open(self) -> None:
        states = {
            field.state for page in self.desk.desk.pages(self.batch) for field in self.desk.desk.fields(page)
        }
        ready = self.desk.state(self.batch) == BatchState.READY.value
        assert ready == (states <= FINAL)

    def _check_shown(self, who: Actor, shown: Shown) -> None:
        entries = self._entries(shown.field.id)
        if shown.field.state is FieldState.ENTERED:
            assert shown.entries == () and shown.mine is None
            assert all(each.by != who.user_id for each in entries)
            with self.desk.desk.records.read() as work:
                assert self.desk.service.history(work, who, self.batch.id, shown.field.id) == tuple(
                    each for each in self._all(shown.field.id) if each.by == who.user_id
                )
        if shown.field.state is FieldState.DIFFERENT:
            assert who is LEAD or all(each.by != who.user_id for each in entries)
            assert len(shown.entries) == 2

    def _entries(self, field_id: str) -> tuple[Decision, ...]:
        return tuple(each for each in self._all(field_id) if each.undone_at is None)

    def _all(self, field_id: str) -> tuple[Decision, ...]:
        with self.desk.desk.records.read() as work:
            return SqlVerification().decisions(work, [field_id], undone=True).get(field_id, ())


@pytest.mark.parametrize("records", ["sqlite"], indirect=True)
def test_double_entry(records: Records, home: Path, clock: FixedClock) -> None:
    desk = verifying(records, home, clock)
    run_state_machine_as_test(
        lambda: DoubleEntry(lambda: desk),  # type: ignore[arg-type]  # anything that makes one will do
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
