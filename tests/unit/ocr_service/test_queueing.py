"""What is offered for a field, and where entries lead."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ocr_service.models.batches import Entry, FieldState, ScanField
from ocr_service.models.fields import Box, Choice, Field, FieldType
from ocr_service.models.readings import Candidate
from ocr_service.models.verification import Decision, How
from ocr_service.rules.agreement import outcome
from ocr_service.rules.queueing import MOST_CHOICES, choices_of, storable

BOX = Box(0, 0, 10, 10)
ERA = Field(
    "era",
    "元号",
    FieldType.CHOICE,
    BOX,
    choices=tuple(Choice(each, each[0], BOX) for each in ("昭和", "平成", "令和")),
)
NAME = Field("name", "氏名", FieldType.NAME, BOX)
TICK = Field("tick", "同意", FieldType.CHECK_BOX, BOX)
VALUES = st.sampled_from(["", "平成", "令和", "山田"])


def field(*values: str, blank: bool = False) -> ScanField:
    corner = (0.0, 0.0)
    return ScanField(
        id="f",
        page_id="p",
        batch_id="b",
        name="name",
        order=0,
        state=FieldState.DOUBTFUL,
        candidates=tuple(Candidate(each, each, 0.5) for each in values),
        confidence=0.5,
        blank=blank,
        ink=0.1,
        flags=frozenset(),
        quad=(corner, corner, corner, corner),
        crop_at=0,
        crop_size=0,
        engine="",
        value=values[0] if values else "",
        version=1,
    )


def entry(by: str, value: str, round_: int, how: How = How.TYPED) -> Decision:
    return Decision("d", "f", "b", round_, how, 0, value, value, by, "131016", datetime.now(UTC))


def offered(one: ScanField, asked: Field | None) -> list[str]:
    return [each.value for each in choices_of(one, asked)]


def test_the_form_s_own_words_are_always_offered() -> None:
    assert offered(field("平成"), ERA) == ["平成", "昭和", "令和", ""]
    assert offered(field(), TICK) == ["", "1"]
    assert offered(field("1"), TICK) == ["1", ""]


def test_a_blank_field_offers_blank_first() -> None:
    assert offered(field("山田", blank=True), NAME) == ["", "山田"]
    assert offered(field(), None) == [""]


@given(st.lists(VALUES, max_size=8), st.booleans(), st.sampled_from([ERA, NAME, TICK, None]))
def test_choices_differ_and_are_few(values: list[str], blank: bool, asked: Field | None) -> None:
    found = offered(field(*values, blank=blank), asked)
    assert 1 <= len(found) <= MOST_CHOICES and len(set(found)) == len(found)
    if values and not blank:
        assert found[0] == values[0]


def test_two_entries_agree_by_their_meaning() -> None:
    after = [entry("a", "山田\u3000太郎", 1), entry("b", "山田太郎", 2)]
    assert outcome(field("x"), NAME, Entry.DOUBLE, after, FieldState.DOUBTFUL) == (
        FieldState.DECIDED,
        "山田太郎",
    )
    after = [entry("a", "髙橋", 1), entry("b", "高橋", 2)]  # two characters, and two different names
    assert outcome(field("x"), NAME, Entry.DOUBLE, after, FieldState.DOUBTFUL) == (FieldState.DIFFERENT, "x")


@given(VALUES, VALUES, st.sampled_from(How), st.sampled_from(How))
def test_unreadable_is_no_blank(one: str, other: str, first: How, second: How) -> None:
    after = [
        entry("a", "" if first in {How.BLANK, How.UNREADABLE} else one, 1, first),
        entry("b", "" if second in {How.BLANK, How.UNREADABLE} else other, 2, second),
    ]
    state, _ = outcome(field("x"), NAME, Entry.DOUBLE, after, FieldState.DOUBTFUL)
    unreadable = {first is How.UNREADABLE, second is How.UNREADABLE}
    if unreadable == {True, False}:
        assert state is FieldState.DIFFERENT
    elif unreadable == {True}:
        assert state is FieldState.UNREADABLE


def test_what_can_be_stored() -> None:
    assert storable("﨑 𠮷 ㎡\n二行目")
    assert not storable("\x00") and not storable("\ud800") and not storable("あ" * 4_001)
