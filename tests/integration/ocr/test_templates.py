"""Templates from draft to yanked version, who sees them, and their way in and out as files."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.artifacts import HouseSigner, KeyFileSigner, Keyring, PrivateKey, Trust
from kernel.audit import Audit
from kernel.audit.tables import audit_rows
from kernel.clock import FixedClock
from kernel.errors import ChienowaError, Conflict, Forbidden, Invalid, NotFound
from kernel.identity.models import Actor, Role, Scope
from kernel.records import Records, UnitOfWork
from kernel.visibility import Audience, AudienceKind
from ocr_service.adapters.records.templates import SqlTemplates
from ocr_service.models.fields import Box, Choice, FieldType
from ocr_service.models.forms import Form, Template, TemplateState
from ocr_service.rules.form_document import digest
from ocr_service.schemas.forms import read_file, write_file
from ocr_service.service.publishing import Publishing
from ocr_service.service.templates import StaleTemplate, Templates
from tests.fakes.templates import full_form, page, small_form, text_field

MAKER = Actor("u1", "様式係", "131016", frozenset({Role.REVIEWER}))
CLERK = Actor("u2", "入力係", "131016", frozenset({Role.CONTRIBUTOR}))
READER = Actor("u3", "閲覧者", "131016", frozenset({Role.READER}))
CHUO = Actor("u4", "中央", "131024", frozenset({Role.REVIEWER}))
MEMBERS = Audience(AudienceKind.MEMBERS)


class Desk:
    """The services over one database."""

    def __init__(self, records: Records, clock: FixedClock, folder: Path) -> None:
        self.records = records
        audit = Audit(clock)
        self.keyring = Keyring(audit, clock)
        self.templates = Templates(SqlTemplates(), self.keyring, audit, clock)
        self.publishing = Publishing(
            SqlTemplates(), self.keyring, HouseSigner(folder / "keys", self.keyring), audit, clock
        )

    def published(self, work: UnitOfWork, form: Form, audience: Audience = MEMBERS) -> Template:
        made = self.templates.create(work, MAKER, form)
        shared = self.templates.share(work, MAKER, made.id, audience, made.revision)
        self.publishing.publish(work, MAKER, made.id, shared.revision)
        return self.templates.get(work, MAKER, made.id)


@pytest.fixture
def desk(records: Records, clock: FixedClock, tmp_path: Path) -> Desk:
    return Desk(records, clock, tmp_path)


def without_fields(form: Form) -> Form:
    return replace(form, pages=(page(text_field("another")),))


def with_more(form: Form) -> Form:
    first = form.pages[0]
    more = text_field("memo", box=Box(10, 200, 50, 10), type=FieldType.FREE_TEXT)
    return replace(form, pages=(replace(first, fields=(*first.fields, more)), *form.pages[1:]))


def test_versions_follow_what_changed(desk: Desk) -> None:
    form = small_form()
    steps = [
        (form, "1.0.0"),
        (replace(form, description="説明"), "1.0.1"),
        (with_more(form), "1.1.0"),
        (form, "2.0.0"),
        (without_fields(form), "3.0.0"),
    ]
    with desk.records.write() as work:
        template = desk.templates.create(work, MAKER, form)
        for content, expected in steps:
            template = desk.templates.save(work, MAKER, template.id, content, based_on=template.revision)
            number, _ = desk.publishing.next_version(work, MAKER, template.id)
            made = desk.publishing.publish(work, MAKER, template.id, template.revision, "直した")
            assert made.version == str(number) == expected
            with pytest.raises(Conflict):
                desk.publishing.publish(work, MAKER, template.id, template.revision + 1)
            template = desk.templates.get(work, MAKER, template.id)
            assert template.current == expected
        lines = desk.templates.versions(work, CLERK, template.id)
        assert [line.version for line in lines] == [expected for _, expected in reversed(steps)]
        for line, (content, _) in zip(reversed(lines), steps, strict=True):
            assert desk.templates.version(work, CLERK, template.id, line.version).form == content
            assert line.digest == digest(content)
            verdict = desk.templates.verdict(work, line)
            assert verdict.trust is Trust.HOUSE and verdict.manifest is not None
            assert (verdict.manifest.owner, verdict.manifest.version) == ("131016", line.version)


def test_choices_count_as_what_results_may_hold(desk: Desk) -> None:
    box = Box(10, 10, 20, 8)
    choices = tuple(Choice(value, value, box) for value in ("昭和", "平成", "令和"))

    def form(number: int, several: bool = False) -> Form:
        field = text_field("era", type=FieldType.CHOICE, box=box, choices=choices[:number], several=several)
        return replace(small_form(), pages=(page(field),))

    with desk.records.write() as work:
        template = desk.templates.create(work, MAKER, form(2))
        for content, expected in [
            (form(2), "1.0.0"),
            (form(3), "1.1.0"),
            (form(3, several=True), "2.0.0"),
            (form(1, several=True), "3.0.0"),
        ]:
            template = desk.templates.save(work, MAKER, template.id, content, based_on=template.revision)
            assert desk.publishing.publish(work, MAKER, template.id, template.revision).version == expected
            template = desk.templates.get(work, MAKER, template.id)


def test_two_people_save_one_draft(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.templates.create(work, MAKER, small_form())
        desk.templates.save(work, MAKER, template.id, small_form(title="先"), based_on=1)
        for step in (
            lambda: desk.templates.save(work, MAKER, template.id, small_form(title="後"), based_on=1),
            lambda: desk.publishing.publish(work, MAKER, template.id, 1),
            lambda: desk.templates.share(work, MAKER, template.id, MEMBERS, 1),
            lambda: desk.templates.archive(work, MAKER, template.id, 1),
        ):
            with pytest.raises(StaleTemplate) as caught:
                step()
            assert caught.value.current is not None and caught.value.current.title == "先"
        assert desk.templates.draft(work, MAKER, template.id).form.title == "先"


def test_two_people_publish_at_the_same_moment(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.templates.create(work, MAKER, small_form())
    begin = threading.Barrier(2)
    told: list[str] = []

    def publish() -> None:
        begin.wait(10)
        try:
            with desk.records.write() as work:
                told.append(desk.publishing.publish(work, MAKER, template.id, 1).version)
        except ChienowaError as error:
            told.append(error.code)

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["1.0.0", "stale-version"]


def test_who_may_do_what(desk: Desk) -> None:
    with desk.records.write() as work:
        for actor in (CLERK, READER, replace(MAKER, scopes=frozenset({Scope.READ}))):
            with pytest.raises(Forbidden):
                desk.templates.create(work, actor, small_form())
        template = desk.published(work, small_form())
        steps: list[Callable[[Actor], object]] = [
            lambda by: desk.templates.save(work, by, template.id, small_form(), based_on=template.revision),
            lambda by: desk.publishing.publish(work, by, template.id, template.revision),
            lambda by: desk.publishing.yank(work, by, template.id, "1.0.0", "誤り"),
            lambda by: desk.templates.share(work, by, template.id, MEMBERS, template.revision),
            lambda by: desk.templates.archive(work, by, template.id, template.revision),
        ]
        for actor in (CLERK, CHUO):
            for step in steps:
                with pytest.raises(Forbidden):
                    step(actor)
        with pytest.raises(Forbidden):
            desk.templates.get(work, READER, template.id)
        with pytest.raises(Forbidden):
            desk.templates.page(work, READER)
        assert desk.templates.version(work, CHUO, template.id, "").form == small_form()
        with pytest.raises(NotFound):
            desk.templates.draft(work, CHUO, template.id)
        assert desk.templates.draft(work, CLERK, template.id).form == small_form()


def test_what_others_may_not_see_does_not_exist_for_them(desk: Desk) -> None:
    with desk.records.write() as work:
        draft = desk.templates.create(work, MAKER, small_form("draft"))
        shared_draft = desk.templates.share(work, MAKER, draft.id, MEMBERS, 1)
        own = desk.published(work, small_form("own"), Audience())
        named = desk.published(work, small_form("named"), Audience(AudienceKind.NAMED, ("131032", "131016")))
        assert named.audience.organisations == ("131032",)
        archived = desk.published(work, small_form("old"))
        desk.templates.archive(work, MAKER, archived.id, archived.revision)
        assert shared_draft.audience == MEMBERS
        steps: list[Callable[[str], object]] = [
            lambda which: desk.templates.get(work, CHUO, which),
            lambda which: desk.templates.version(work, CHUO, which, "1.0.0"),
            lambda which: desk.templates.versions(work, CHUO, which),
            lambda which: desk.templates.copy(work, CHUO, which, "copy"),
            lambda which: desk.publishing.publish(work, CHUO, which, 1),
            lambda which: desk.templates.save(work, CHUO, which, small_form(), based_on=1),
        ]
        for step in steps:
            told = set()
            for which in (draft.id, own.id, named.id, archived.id, "0" * 32):
                with pytest.raises(NotFound) as caught:
                    step(which)
                told.add(caught.value.text)
            assert len(told) == 1
        assert desk.templates.page(work, CHUO).items == ()
        minato = replace(CHUO, organisation="131032")
        assert [one.name for one in desk.templates.page(work, minato).items] == ["named"]
        assert {one.name for one in desk.templates.page(work, MAKER).items} == {"draft", "own", "named"}
        with pytest.raises(Invalid):
            desk.templates.share(work, MAKER, own.id, Audience(AudienceKind.NAMED, ("999999",)), own.revision)


def test_yanking(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.published(work, small_form())
        template = desk.templates.save(
            work, MAKER, template.id, with_more(small_form()), based_on=template.revision
        )
        desk.publishing.publish(work, MAKER, template.id, template.revision)
        pins = SqlTemplates().pins(work, "131024", ())
        assert pins == {template.id: "1.1.0"}
        for wrong in ("", "   ", "x" * 1_001):
            with pytest.raises(Invalid):
                desk.publishing.yank(work, MAKER, template.id, "1.1.0", wrong)
        for absent in ("", "9.9.9"):
            with pytest.raises(NotFound):
                desk.publishing.yank(work, MAKER, template.id, absent, "誤り")
        desk.publishing.yank(work, MAKER, template.id, "1.1.0", " 枠がずれていた ")
        with pytest.raises(Conflict):
            desk.publishing.yank(work, MAKER, template.id, "1.1.0", "もう一度")
        assert SqlTemplates().pins(work, "131024", ()) == {template.id: "1.0.0"}
        assert SqlTemplates().forms(work, pins)[0].form == with_more(small_form())
        seen = desk.templates.version(work, CHUO, template.id, "1.1.0")
        assert (seen.state, seen.note) == (TemplateState.YANKED, "枠がずれていた")
        assert desk.templates.verdict(work, seen).trust is Trust.HOUSE
        again = desk.templates.get(work, MAKER, template.id)
        assert desk.publishing.publish(work, MAKER, template.id, again.revision).version == "1.2.0"
        for number in ("1.0.0", "1.2.0"):
            desk.publishing.yank(work, MAKER, template.id, number, "廃止")
        assert desk.templates.get(work, MAKER, template.id).current == ""
        with pytest.raises(NotFound):
            desk.templates.get(work, CHUO, template.id)


def test_a_batch_keeps_the_version_that_it_began_with(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.published(work, full_form())
        pins = SqlTemplates().pins(work, "131016", [template.id])
        changed = replace(full_form(), title="新しい題")
        template = desk.templates.save(work, MAKER, template.id, changed, based_on=template.revision)
        desk.publishing.publish(work, MAKER, template.id, template.revision)
        assert SqlTemplates().forms(work, pins)[0].form == full_form()
        assert desk.templates.get(work, MAKER, template.id).title == "新しい題"


def test_a_file_goes_to_another_ward_and_says_who_published(desk: Desk) -> None:
    key = PrivateKey.new()
    with desk.records.write() as work:
        desk.keyring.register(work, MAKER, key.public, "千代田区の鍵")
        made = desk.templates.create(work, MAKER, full_form())
        version = desk.publishing.publish(work, MAKER, made.id, 1, signer=KeyFileSigner(key, desk.keyring))
        sent = read_file(write_file(version.form, version.envelope))
        there = desk.templates.take_in(work, CHUO, sent.form, sent.envelope)
        assert there.verdict.trust is Trust.VALID
        assert there.verdict.key is not None and there.verdict.key.name == "千代田区の鍵"
        assert (there.template.owner, there.draft.form) == ("131024", full_form())
        assert desk.templates.take_in(work, CHUO, sent.form, sent.envelope).template == there.template
        with pytest.raises(Conflict):
            desk.templates.take_in(work, CHUO, replace(sent.form, title="別物"), "")
        other = desk.templates.take_in(work, CHUO, replace(sent.form, title="別物"), "", name="betsumono")
        assert (other.template.name, other.verdict.trust) == ("betsumono", Trust.UNSIGNED)
        with pytest.raises(Invalid) as caught:
            desk.templates.take_in(work, CHUO, replace(sent.form, title="書き換え"), sent.envelope, name="x")
        assert caught.value.problems[0].where == "/envelope"
        with pytest.raises(Forbidden):
            desk.templates.take_in(work, CLERK, sent.form, sent.envelope)


def test_a_key_that_is_not_known_here_is_told(desk: Desk, clock: FixedClock, tmp_path: Path) -> None:
    elsewhere = HouseSigner(tmp_path / "elsewhere", Keyring(Audit(clock), clock))
    with desk.records.write() as work:
        made = desk.templates.create(work, MAKER, small_form())
        version = desk.publishing.publish(work, MAKER, made.id, 1, signer=elsewhere)
        work.connection.exec_driver_sql("DELETE FROM signing_keys")
        there = desk.templates.take_in(work, CHUO, version.form, version.envelope)
        assert there.verdict.trust is Trust.UNKNOWN
        assert there.verdict.manifest is not None and there.verdict.manifest.owner == "131016"


def test_what_a_revoked_key_signed_is_signed_anew(desk: Desk) -> None:
    shared = replace(MAKER, organisation="shared")
    with desk.records.write() as work:
        template = desk.published(work, small_form())
        first = desk.templates.version(work, MAKER, template.id, "1.0.0")
        with pytest.raises(Conflict):
            desk.publishing.publish(work, MAKER, template.id, template.revision)
        house = desk.templates.verdict(work, first).key
        assert house is not None
        desk.keyring.revoke(work, shared, house.id, "漏えいのおそれ")
        assert desk.templates.verdict(work, first).trust is Trust.REVOKED
        again = desk.publishing.publish(work, MAKER, template.id, template.revision)
        assert (again.version, again.digest) == ("1.0.1", first.digest)
        assert desk.templates.verdict(work, again).trust is Trust.HOUSE


def test_copies(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.published(work, small_form())
        copy = desk.templates.copy(work, CHUO, template.id, "chuo", title="中央区の様式")
        assert (copy.owner, copy.name, copy.title, copy.current) == ("131024", "chuo", "中央区の様式", "")
        with pytest.raises(Conflict):
            desk.templates.copy(work, CHUO, template.id, "chuo")
        with pytest.raises(Invalid):
            desk.templates.copy(work, CHUO, template.id, "名前")


def test_names_and_bad_forms(desk: Desk) -> None:
    with desk.records.write() as work:
        bad = replace(small_form(), pages=(page(text_field(box=Box(205, 1, 50, 8))),))
        with pytest.raises(Invalid) as caught:
            desk.templates.create(work, MAKER, bad)
        assert [one.where for one in caught.value.problems] == ["/pages/0/fields/0/box"]
        template = desk.templates.create(work, MAKER, small_form("first"))
        renamed = desk.templates.save(work, MAKER, template.id, small_form("second"), based_on=1)
        assert renamed.name == "second"
        desk.publishing.publish(work, MAKER, template.id, 2)
        with pytest.raises(Invalid) as caught:
            desk.templates.save(work, MAKER, template.id, small_form("third"), based_on=3)
        assert [one.where for one in caught.value.problems] == ["/name"]


def test_the_audit_says_what_was_done(desk: Desk) -> None:
    with desk.records.write() as work:
        template = desk.published(work, small_form())
        desk.publishing.yank(work, MAKER, template.id, "1.0.0", "誤り")
        template = desk.templates.get(work, MAKER, template.id)
        desk.templates.archive(work, MAKER, template.id, template.revision)
        desk.templates.take_in(work, MAKER, small_form("in"), "")
        rows = work.connection.execute(
            select(audit_rows.c.action, audit_rows.c.subject, audit_rows.c.details).where(
                audit_rows.c.organisation == "131016"
            )
        ).all()
        done = sorted(row.action.removeprefix("template.") for row in rows)
        assert done == ["archived", "imported", "published", "saved", "saved", "shared", "yanked"]
        assert sum(row.subject == template.id for row in rows) == 5
        assert not any("誤り" in row.details for row in rows)
