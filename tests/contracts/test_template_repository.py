"""The contract of the template repository, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.clock import FixedClock
from kernel.errors import Conflict, Invalid
from kernel.ids import new_id
from kernel.records import Records
from kernel.visibility import Audience, AudienceKind, reader_keys
from ocr_service.adapters.records.templates import SqlTemplates
from ocr_service.models.forms import Template, TemplateState, TemplateVersion, VersionLine
from ocr_service.ports.form_reading import KnownForm
from ocr_service.ports.templates import TemplateRepository
from ocr_service.rules.form_document import digest
from ocr_service.service.templates import seers
from tests.fakes.templates import full_form, small_form

CHIYODA, CHUO, MINATO = "131016", "131024", "131032"


@pytest.fixture
def repository() -> TemplateRepository:
    return SqlTemplates()


def template(clock: FixedClock, name: str = "a", owner: str = CHIYODA, **changes: object) -> Template:
    clock.forward(timedelta(seconds=1))
    made = Template(new_id(), owner, name, "様式", Audience(), 1, "", clock.now())
    return replace(made, **changes)  # type: ignore[arg-type]


def version(of: Template, clock: FixedClock, number: str = "", **changes: object) -> TemplateVersion:
    form = small_form(of.name)
    state = TemplateState.PUBLISHED if number else TemplateState.DRAFT
    made = TemplateVersion(
        of.id, number, state, form, digest(form), clock.now(), "u1", "{}" if number else "", "メモ"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_template_comes_back(records: Records, repository: TemplateRepository, clock: FixedClock) -> None:
    one = template(clock, audience=Audience(AudienceKind.NAMED, (CHUO, MINATO)), current="1.0.0")
    with records.write() as work:
        repository.add(work, one, seers(one))
    with records.read() as work:
        assert repository.get(work, one.id) == repository.named(work, CHIYODA, "a") == one
        assert repository.get(work, new_id()) is None
        assert repository.named(work, CHUO, "a") is None
        assert repository.visible(work, one.id, reader_keys(CHIYODA)) == one
        assert repository.visible(work, one.id, reader_keys(CHUO)) == one
        assert repository.visible(work, one.id, reader_keys("131041")) is None
        assert repository.visible(work, one.id, reader_keys(None)) is None


def test_an_owner_uses_a_name_once(
    records: Records, repository: TemplateRepository, clock: FixedClock
) -> None:
    one, other, elsewhere = template(clock), template(clock, "b"), template(clock, owner=CHUO)
    with records.write() as work:
        for each in (one, other, elsewhere):
            repository.add(work, each, seers(each))
        with pytest.raises(Conflict):
            repository.add(work, template(clock), frozenset())
        with pytest.raises(Conflict):
            repository.replace(work, replace(other, name="a", revision=2), frozenset())
        assert repository.get(work, other.id) == other


def test_replacing_needs_the_revision_before(
    records: Records, repository: TemplateRepository, clock: FixedClock
) -> None:
    one = template(clock, current="1.0.0", audience=Audience(AudienceKind.MEMBERS))
    with records.write() as work:
        repository.add(work, one, seers(one))
        assert repository.visible(work, one.id, reader_keys(CHUO)) == one
        assert not repository.replace(work, replace(one, revision=3), seers(one))
        narrowed = replace(one, revision=2, audience=Audience(), title="新")
        assert repository.replace(work, narrowed, seers(narrowed))
        assert not repository.replace(work, narrowed, seers(narrowed))
        assert repository.get(work, one.id, lock=True) == narrowed
        assert repository.visible(work, one.id, reader_keys(CHUO)) is None


def test_pages_of_a_list(records: Records, repository: TemplateRepository, clock: FixedClock) -> None:
    mine = [template(clock, f"n{number}") for number in range(5)]
    shared = template(clock, owner=CHUO, current="1.0.0", audience=Audience(AudienceKind.MEMBERS))
    hidden = template(clock, "h", owner=CHUO)
    gone = template(clock, "gone", archived=True)
    keys = reader_keys(CHIYODA)
    with records.write() as work:
        for each in (*mine, shared, hidden, gone):
            repository.add(work, each, seers(each))
        found: list[Template] = []
        cursor = None
        while True:
            page = repository.page(work, keys, owners=(), archived=False, cursor=cursor, limit=2)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
        assert found == [shared, *reversed(mine)]
        own = repository.page(work, keys, owners=(CHUO,), archived=False, cursor=None, limit=9)
        assert own.items == (shared,)
        assert repository.page(work, keys, owners=(), archived=True, cursor=None, limit=9).items == (gone,)
        with pytest.raises(Invalid):
            repository.page(work, keys, owners=(), archived=False, cursor="x", limit=9)


def test_versions(records: Records, repository: TemplateRepository, clock: FixedClock) -> None:
    one = template(clock)
    with records.write() as work:
        repository.add(work, one, seers(one))
        draft = version(one, clock, form=full_form(), digest=digest(full_form()))
        repository.put(work, draft)
        numbers = ("1.0.0", "1.9.0", "1.10.0")
        made = [version(one, clock, number) for number in numbers]
        for each in made:
            repository.put(work, each)
        assert repository.version(work, one.id, "") == draft
        assert [repository.version(work, one.id, number) for number in numbers] == made
        assert repository.version(work, one.id, "2.0.0") is None
        lines = repository.versions(work, one.id)
        assert [line.version for line in lines] == ["1.10.0", "1.9.0", "1.0.0"]
        last = made[-1]
        assert lines[0] == VersionLine(
            one.id, last.version, last.state, last.digest, last.saved_at, "u1", "{}", "メモ"
        )


def test_what_is_published_keeps_its_content(
    records: Records, repository: TemplateRepository, clock: FixedClock
) -> None:
    one = template(clock)
    with records.write() as work:
        repository.add(work, one, seers(one))
        first, draft = version(one, clock, "1.0.0"), version(one, clock)
        repository.put(work, first)
        repository.put(work, draft)
        other = {"form": full_form(), "digest": digest(full_form()), "envelope": "x", "saved_by": "u2"}
        repository.put(work, replace(first, state=TemplateState.YANKED, note="誤り", **other))  # type: ignore[arg-type]
        repository.put(work, replace(draft, **other))  # type: ignore[arg-type]
        assert repository.version(work, one.id, "1.0.0") == replace(
            first, state=TemplateState.YANKED, note="誤り"
        )
        assert repository.version(work, one.id, "") == replace(draft, **other)  # type: ignore[arg-type]


def test_the_shelf_of_batches(records: Records, repository: TemplateRepository, clock: FixedClock) -> None:
    own = template(clock, "own", current="1.0.0")
    shared = template(clock, "s", owner=CHUO, current="2.0.0", audience=Audience(AudienceKind.MEMBERS))
    foreign = template(clock, "f", owner=CHUO, current="1.0.0")
    unpublished = template(clock, "u")
    archived = template(clock, "z", current="1.0.0", archived=True)
    with records.write() as work:
        for each in (own, shared, foreign, unpublished, archived):
            repository.add(work, each, seers(each))
            if each.current:
                repository.put(work, version(each, clock, each.current))
        usable = {own.id: "1.0.0", shared.id: "2.0.0"}
        assert repository.pins(work, CHIYODA, ()) == usable
        asked = [own.id, foreign.id, unpublished.id, archived.id, new_id()]
        assert repository.pins(work, CHIYODA, asked) == {own.id: "1.0.0"}
        yanked = version(shared, clock, "2.0.0", state=TemplateState.YANKED)
        repository.put(work, yanked)
        assert repository.forms(work, usable) == tuple(
            sorted(
                (
                    KnownForm(own.id, "1.0.0", small_form("own")),
                    KnownForm(shared.id, "2.0.0", small_form("s")),
                ),
                key=lambda known: known.template_id,
            )
        )
        assert repository.forms(work, {new_id(): "1.0.0"}) == ()
