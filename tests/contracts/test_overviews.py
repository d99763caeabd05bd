"""Counts and tables over the pages of batches, on both databases."""

from pathlib import Path

import pytest

from kernel.clock import Clock
from kernel.errors import Forbidden, NotFound
from kernel.identity.models import Role
from kernel.records import Records
from ocr_service.models.batches import Batch, PageState
from tests.fakes.formdesk import FormDesk, form_desk
from tests.fakes.forms import FakeShelf, filled
from tests.fakes.people import CHUO, actor


@pytest.fixture
def desk(records: Records, tmp_path: Path, clock: Clock) -> FormDesk:
    return form_desk(records, tmp_path, clock, shelf=FakeShelf(kyufu="1.0.0", jumin="2.1.0"))


@pytest.fixture
def batch(desk: FormDesk) -> Batch:
    """Five pages: doubtful, sure, of another form, of none, sure."""
    made = desk.batch()
    desk.hand_in(
        made,
        filled(1, doubt=["name", "amount"]),
        filled(2),
        filled(3, form="jumin", doubt=["name"]),
        {"unknown": True},
        filled(5),
    )
    desk.work_off()
    return made


def test_pages_with_open_fields_are_counted_and_found(desk: FormDesk, batch: Batch) -> None:
    overviews, pages = desk.forms.overviews, desk.pages(batch)
    with desk.records.read() as work:
        counts = overviews.counts(work, pages)
        first = overviews.doubtful_pages(work, actor(), batch.id, None, 1)
        rest = overviews.doubtful_pages(work, actor(), batch.id, first.next, 1)
    assert [(counts[page.id].fields, counts[page.id].open) for page in pages if page.id in counts] == [
        (2, 2),
        (2, 0),
        (2, 1),
        (2, 0),
    ]
    assert [page.position for page in (*first.items, *rest.items)] == [1, 3]
    assert rest.next is None


def test_what_was_read_is_a_table_for_each_form(desk: FormDesk, batch: Batch) -> None:
    overviews = desk.forms.overviews
    with desk.records.read() as work:
        forms = overviews.forms(work, actor(), batch.id)
        first = overviews.rows(work, actor(), batch.id, forms[0], None, 2)
        rest = overviews.rows(work, actor(), batch.id, forms[0], first.next, 2)
        form = overviews.form_of(work, forms[1].template_id, forms[1].version)
    assert [(each.template_id, each.version, each.pages) for each in forms] == [
        ("kyufu", "1.0.0", 3),
        ("jumin", "2.1.0", 1),
    ]
    rows = (*first.items, *rest.items)
    assert [(row.page.position, row.fields["amount"].value) for row in rows] == [
        (1, "1001"),
        (2, "1002"),
        (5, "1005"),
    ]
    assert form is not None and form.name == "jumin"


def test_what_waits_is_told_to_those_who_may_verify(desk: FormDesk, batch: Batch) -> None:
    done = desk.batch(title="済んだもの")
    desk.hand_in(done, filled(9), name="other.pdf")
    desk.work_off()
    with desk.records.read() as work:
        waiting = desk.forms.overviews.waiting(work, actor())
        elsewhere = desk.forms.overviews.waiting(work, actor(CHUO))
        reader = desk.forms.overviews.waiting(work, actor(batch.owner, Role.READER))
    assert [(each.batch_id, each.fields, each.pages) for each in waiting] == [(batch.id, 3, 1)]
    assert elsewhere == reader == ()


def test_a_page_that_is_left_out_waits_for_nobody(desk: FormDesk, batch: Batch) -> None:
    unknown = next(page for page in desk.pages(batch) if page.state is PageState.SET_ASIDE)
    with desk.records.write() as work:
        desk.forms.sheets.drop(work, actor(), batch.id, unknown.id)
        desk.forms.sheets.drop(work, actor(), batch.id, desk.pages(batch)[0].id)
    with desk.records.read() as work:
        (waiting,) = desk.forms.overviews.waiting(work, actor())
        doubtful = desk.forms.overviews.doubtful_pages(work, actor(), batch.id)
    assert (waiting.fields, waiting.pages) == (1, 0)
    assert [page.position for page in doubtful.items] == [3]


def test_nothing_is_told_to_another_organisation(desk: FormDesk, batch: Batch) -> None:
    overviews = desk.forms.overviews
    with desk.records.read() as work:
        kinds = overviews.forms(work, actor(), batch.id)
        for look in (
            lambda who: overviews.forms(work, who, batch.id),
            lambda who: overviews.rows(work, who, batch.id, kinds[0]),
            lambda who: overviews.doubtful_pages(work, who, batch.id),
            lambda who: overviews.being_read(work, who, batch.id),
        ):
            with pytest.raises(NotFound):
                look(actor(CHUO))
            with pytest.raises(Forbidden):
                look(actor(batch.owner, Role.AUDITOR))
