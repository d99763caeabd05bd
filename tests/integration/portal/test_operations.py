"""The page of what is running, through the real application on migrated records, opened by people of each role."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from assembly.application import build_app
from assembly.embedded import System, build
from kb_service.adapters.static_embedding.shelf import FolderShelf
from kb_service.models.attachments import ReadingState
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kb_service.ports.adaptation import Promotion
from kb_service.service.attachments import READ_JOB, SWEEP_JOB
from kb_service.tasks.maintenance import ADAPT_JOB, ONE, REINDEX_JOB
from kernel.audit.tables import audit_rows
from kernel.clock import FixedClock
from kernel.errors import Invalid, Text
from kernel.identity import repository
from kernel.identity.models import Actor, Role, actor_of
from kernel.identity.samples import ensure_samples
from kernel.jobs import Job, Jobs, JobState, Report, Worker
from kernel.records import Records
from kernel.settings import Settings
from kernel.visibility import Audience, AudienceKind

PAGE = "/admin/operations"
CHIYODA, SHINJUKU, SHARED = "chiyoda-kanri", "shinjuku-kanri", "kyodo-unyo"


class Visitor:
    """A browser in which a sample user is logged in."""

    def __init__(self, system: System, login: str) -> None:
        self.http = TestClient(build_app(system), follow_redirects=False)
        self.post("/login/sample", at="/login", login=login)

    def get(self, path: str = PAGE) -> Response:
        return self.http.get(path)

    def text(self, path: str = PAGE) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return unescape(re.sub(r"\s+", " ", answer.text))

    def post(self, path: str, at: str = PAGE, **fields: str) -> Response:
        found = re.search(r'name="csrf-token" content="([0-9a-f]{64})"', self.http.get(at).text)
        assert found is not None, f"no form can be sent from {at}"
        return self.http.post(path, data={"csrf": found[1], **fields})


@dataclass(frozen=True)
class Place:
    """An installation in which nothing runs by itself."""

    system: System
    clock: FixedClock

    def visitor(self, login: str) -> Visitor:
        return Visitor(self.system, login)

    def actor(self, login: str) -> Actor:
        with self.system.records.read() as work:
            found = repository.user_by_login(work, login)
        assert found is not None
        return actor_of(found[0])

    def only(self, login: str, *roles: Role) -> Visitor:
        """A browser of this user with no other roles than these."""
        with self.system.records.write() as work:
            found = repository.user_by_login(work, login)
            assert found is not None
            repository.change_user(work, found[0].id, roles=frozenset(roles))
        return self.visitor(login)

    def attach(self, login: str, title: str, name: str) -> tuple[str, str]:
        """Ids of a published entry and of the file attached to it, whose reading waits."""
        bank, actor = self.system.bank, self.actor(login)
        content = Content(
            Kind.CASE,
            title,
            CaseFields(),
            audience=Audience(AudienceKind.MEMBERS),
            status=Status.PUBLISHED,
        )
        stored = bank.blobs.add(BytesIO(name.encode()), 1_000)
        with self.system.records.write() as work:
            entry = bank.entries.create(work, actor, content)
            return entry.id, bank.attachments.add(work, actor, entry.id, name, stored).id

    def ask(self, name: str, organisation: str = "") -> str:
        with self.system.records.write() as work:
            return self.system.jobs.enqueue(work, name, {}, key=ONE, organisation=organisation)

    def run(self, name: str, handler: object) -> None:
        Worker(self.system.records, {name: handler}, self.clock).run_pending()  # type: ignore[dict-item]

    def jobs(self) -> list[str]:
        with self.system.records.read() as work:
            return [job.name for job in self.system.jobs.recent(work)]


@pytest.fixture
def place(home: Path, migrated_sqlite: Path, clock: FixedClock) -> Iterator[Place]:
    shutil.copyfile(migrated_sqlite, home / "records.db")
    system = build(Settings(home=home, demo=True), clock)
    with system.records.write() as work:
        ensure_samples(work, clock)
    system.bank.indexing.open()
    yield Place(system, clock)
    system.bank.indexing.stop()
    system.records.close()


@pytest.mark.parametrize(
    ("roles", "sees", "starts"),
    [
        ((Role.OPERATOR,), True, True),
        ((Role.ADMINISTRATOR,), True, False),
        ((Role.READER,), False, False),
        ((Role.CONTRIBUTOR,), False, False),
        ((Role.REVIEWER,), False, False),
        ((Role.AUDITOR,), False, False),
    ],
)
def test_operators_start_work_and_administrators_look_on(
    place: Place, roles: tuple[Role, ...], sees: bool, starts: bool
) -> None:
    person = place.only(CHIYODA, *roles)
    assert person.get().status_code == (200 if sees else 403)
    if not sees:
        assert f'href="{PAGE}"' not in person.text("/"), "the menu offers only what may be opened"
    else:
        assert f'href="{PAGE}" aria-current="page"' in person.text()
        assert ("索引を作り直す</span>" in person.text()) == starts
    for path in (f"{PAGE}/reindex", f"{PAGE}/learn"):
        assert person.post(path, at="/").status_code == (303 if starts else 403)
    assert sorted(place.jobs()) == ([ADAPT_JOB, REINDEX_JOB] if starts else [])


def test_nobody_comes_in_without_logging_in_or_without_the_forms_token(place: Place) -> None:
    stranger = TestClient(build_app(place.system), follow_redirects=False)
    assert stranger.get(PAGE).headers["location"].startswith("/login")
    operator = place.visitor(CHIYODA)
    for path in ("reindex", "learn", "rollback"):
        assert operator.http.post(f"{PAGE}/{path}").status_code == 403
    assert place.jobs() == []


def test_an_empty_installation_says_what_will_appear(place: Place) -> None:
    page = place.visitor(CHIYODA).text()
    assert "処理はまだありません" in page
    assert "data-unfinished" not in page


def test_rebuilding_runs_once_with_progress_and_is_audited(place: Place) -> None:
    operator = place.visitor(CHIYODA)
    place.attach(CHIYODA, "窓口の事例", "報告書.txt")
    for _ in range(2):
        assert operator.post(f"{PAGE}/reindex").headers["location"] == PAGE
    assert place.jobs().count(REINDEX_JOB) == 1
    page = operator.text()
    assert "索引の作り直しを始めました" in page and "順番待ち" in page and "data-unfinished" in page
    assert "索引を作り直す</span>" not in page, "what runs is not offered again"

    shown: list[str] = []

    def slow(_job: Job, report: Report) -> None:
        place.clock.forward(timedelta(minutes=2))
        report(1, 4, "4件中1件の索引を作りました。", "1 of 4 entries indexed.")
        shown.extend(place.visitor(login).text() for login in (SHARED, CHIYODA))

    place.run(REINDEX_JOB, slow)
    assert "4件中1件の索引を作りました。" in shown[0]
    assert 'max="4" value="1"' in shown[0] and "残りおよそ6分" in shown[0] and "data-unfinished" in shown[0]

    assert "4件中1件" not in shown[1], "how many entries there are moves with what others keep to themselves"
    assert 'max="100" value="25"' in shown[1] and "残りおよそ6分" in shown[1]

    with place.system.records.read() as work:
        rows = work.connection.execute(
            audit_rows.select().where(audit_rows.c.action == "index.rebuild")
        ).all()
    assert {row.organisation for row in rows} == {"131016"}
    assert "索引の作り直しを始めた" in operator.text("/admin/audit")


def test_work_that_failed_says_why_and_is_started_again(place: Place) -> None:
    def refuse(_job: Job, _report: Report) -> None:
        raise Invalid(Text("辞書のファイルが壊れています。", "The dictionary is broken."))

    place.ask(ADAPT_JOB)
    place.run(ADAPT_JOB, refuse)
    operator, onlooker = place.visitor(CHIYODA), place.only(SHINJUKU, Role.ADMINISTRATOR)
    page = operator.text()
    assert "失敗しました" in page and "辞書のファイルが壊れています。" in page
    assert "もう一度</span>" in page and "もう一度</span>" not in onlooker.text()
    again = re.search(r'action="(/admin/operations/\w+)">[^<]*<input[^>]*><button id="again-', page)
    assert again is not None
    assert operator.post(again[1]).status_code == 303
    assert place.jobs() == [ADAPT_JOB, ADAPT_JOB]


def test_another_wards_operator_sees_nothing_of_mine(place: Place) -> None:
    entry, attachment = place.attach(CHIYODA, "千代田の試み", "千代田の報告.pdf")
    place.ask("kb.unknown", organisation="131016")
    place.ask(REINDEX_JOB)
    mine, other, shared = (place.visitor(login).text() for login in (CHIYODA, SHINJUKU, SHARED))
    assert "千代田の報告.pdf" in mine and f"/knowledge/{entry}#attachment-{attachment}" in mine
    for page in (other, shared):
        assert "千代田" not in page.replace("千代田区", "")
        assert entry not in page and attachment not in page and "そのほかの処理" not in page
        assert "検索の索引を作り直す" in page, "the system's own work is everybody's"
    with place.system.records.read() as work:
        [job] = place.system.jobs.recent(work, organisations=["131016"])[:1]
    assert place.visitor(SHINJUKU).get(f"{PAGE}?before={job.id}").status_code == 422
    assert place.visitor(SHINJUKU).post(f"{PAGE}/attachments/{attachment}/read-again").status_code == 403


def test_a_file_that_could_not_be_read_is_read_again_by_those_who_may(place: Place) -> None:
    bank = place.system.bank
    _, attachment = place.attach(CHIYODA, "紙の申請書", "申請書.pdf")

    def unreadable(_job: Job, _report: Report) -> None:
        with place.system.records.write() as work:
            reason = Text("パスワードで保護されています。", "Protected by a password.")
            bank.attachments.set_state(work, attachment, ReadingState.UNREADABLE, reason=reason)

    place.run(READ_JOB, unreadable)
    person = place.visitor(CHIYODA)
    page = person.text()
    assert "読み取れませんでした" in page and "パスワードで保護されています。" in page
    address = f"{PAGE}/attachments/{attachment}/read-again"
    assert address in page
    assert person.post(address).status_code == 303
    assert place.jobs() == [READ_JOB, READ_JOB]
    assert "「申請書.pdf」をもう一度読み取ります。" in person.text()

    place.run(READ_JOB, unreadable)
    onlooker = place.only(CHIYODA, Role.OPERATOR)
    assert address not in onlooker.text(), "an operator who writes nothing changes no entry"
    assert onlooker.post(address).status_code == 403


def test_a_file_that_is_gone_leaves_a_row_without_its_name(place: Place) -> None:
    _, attachment = place.attach(CHIYODA, "短い命", "消える名前.pdf")
    with place.system.records.write() as work:
        place.system.bank.attachments.remove(work, place.actor(CHIYODA), attachment)
    page = place.visitor(CHIYODA).text()
    assert "消える名前" not in page and "削除されたファイル、または見られないファイル" in page
    assert "使われなくなったファイルを片づける" in page and "予定" in page


def test_what_is_planned_for_later_keeps_no_page_asking(place: Place) -> None:
    later = place.clock.now() + timedelta(days=2)
    with place.system.records.write() as work:
        place.system.jobs.enqueue(work, SWEEP_JOB, {}, run_after=later)
    page = place.visitor(CHIYODA).text()
    assert "2026年11月22日(日) 18:00に始めます" in page and "data-unfinished" not in page


def test_pages_of_work_hold_everything_once(place: Place) -> None:
    with place.system.records.write() as work:
        made = [
            place.system.jobs.enqueue(work, READ_JOB, {"attachment": f"a{n}"}, organisation="131016")
            for n in range(45)
        ]
        place.system.jobs.enqueue(work, READ_JOB, {"attachment": "theirs"}, organisation="131041")
    person = place.visitor(CHIYODA)
    place.run(READ_JOB, _fail)
    seen: list[str] = []
    address, pages = PAGE, 0
    while address:
        page = person.text(address)
        body = page[page.index('id="p-jobs"') :]
        seen += re.findall(r'data-job="(\w+)"', body)
        following = re.search(r'rel="next" href="([^"#]+)', body)
        address, pages = (following[1] if following else ""), pages + 1
    assert pages == 3
    assert sorted(seen) == sorted(made)
    assert person.get(f"{PAGE}?before=nothing").status_code == 422


def _fail(_job: Job, _report: Report) -> None:
    raise Invalid(Text("だめでした。", "It failed."))


def test_skipped_entries_are_named_to_their_own_organisation(place: Place) -> None:
    entry, _ = place.attach(CHIYODA, "索引に入らない事例", "a.txt")
    (place.system.settings.home / "index").mkdir(exist_ok=True)
    troubles = [{"entry_id": entry, "sequence": 1, "reason": "ValueError: 秘密の一節"}]
    (place.system.settings.home / "index" / "troubles.json").write_text(json.dumps(troubles))
    restarted = Place(build(place.system.settings, place.clock), place.clock)
    mine, other, shared = (restarted.visitor(login).text() for login in (CHIYODA, SHINJUKU, SHARED))
    restarted.system.records.close()
    assert "索引に入らない事例" in mine and "秘密の一節" in mine
    assert "秘密の一節" not in other + shared and "索引に入らなかったもの" not in other
    assert "ほかの団体のものが1件あります" in shared


def _models(place: Place) -> FolderShelf:
    """Two versions on the shelf: the base, and one that learnt from 120 entries."""
    shelf = FolderShelf(place.system.settings.home / "models")
    for version in ("base-version", "learnt-version"):
        folder = shelf.fresh()
        (folder / "about.json").write_text(json.dumps({"version": version}))
        now = place.clock.now()
        if version == "base-version":
            shelf.keep_base(folder, Promotion(version, now, 0, note="base"))
        else:
            shelf.promote(folder, Promotion(version, now, 120, 0.9171, 0.8333, 27))
    return shelf


def test_the_model_is_shown_with_its_evidence(place: Place) -> None:
    _models(place)
    page = place.visitor(CHIYODA).text()
    for words in ("base-version", "learnt-version", "ナレッジ 120件", "0.833", "0.917", "27件で測定"):
        assert words in page, words
    assert "最初のモデル（学習前）" in page


@pytest.mark.parametrize("login", [CHIYODA, SHINJUKU])
def test_only_operators_of_the_shared_body_go_back_one_version(place: Place, login: str) -> None:
    shelf = _models(place)
    operator = place.visitor(login)
    assert f"{PAGE}/rollback" not in operator.text()
    assert operator.get(f"{PAGE}/rollback").status_code == 403
    assert operator.post(f"{PAGE}/rollback", version="base-version").status_code == 403
    administrator = place.only("kyodo-kanri", Role.ADMINISTRATOR)
    assert administrator.post(f"{PAGE}/rollback", version="base-version").status_code == 403
    assert len(shelf.history()) == 2


def test_going_back_is_confirmed_and_audited(place: Place) -> None:
    shelf = _models(place)
    operator = place.visitor(SHARED)
    assert f'href="{PAGE}/rollback"' in operator.text()
    assert "base-version" in operator.text(f"{PAGE}/rollback")
    operator.post(f"{PAGE}/rollback", version="some-other-version")
    assert len(shelf.history()) == 2
    place.ask(ADAPT_JOB)
    assert operator.post(f"{PAGE}/rollback", version="base-version").status_code == 409
    place.run(ADAPT_JOB, _fail)
    assert operator.post(f"{PAGE}/rollback", version="base-version").status_code == 303
    step = shelf.history()[-1]
    assert (step.version, step.note) == ("base-version", "rollback")
    page = operator.text()
    assert "モデルをbase-versionに戻しました。" in page
    assert f'href="{PAGE}/rollback"' not in page, "one step is kept"
    assert "戻せる前のモデルはありません" in operator.text(f"{PAGE}/rollback")
    with place.system.records.read() as work:
        subjects = work.connection.execute(
            audit_rows.select().where(audit_rows.c.action == "model.rollback")
        ).all()
    assert [row.subject for row in subjects] == ["model:base-version"]


def test_problems_are_told_in_the_readers_language(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.system.bank.indexing.stop()
    engines = place.system.bank.engines
    engines.problem = Text("モデル foo を読み込めません。", "The model foo cannot be loaded.")
    monkeypatch.setattr("portal.pages.operations.free_space", lambda _folder: 300_000_000)
    person = place.visitor(CHIYODA)
    page = person.text()
    assert "モデル foo を読み込めません。" in page
    assert "ディスクの空きが少なくなっています" in page and "300.0 MB" in page
    assert "検索の索引に問題があります" in page
    person.post("/language", language="en", next=PAGE)
    english = person.text()
    assert "The model foo cannot be loaded." in english and "The disk is nearly full" in english


def test_recent_work_goes_on_before_a_job_on_both_databases(records: Records, clock: FixedClock) -> None:
    jobs = Jobs(clock)
    made = []
    with records.write() as work:
        for number in range(9):
            made.append(jobs.enqueue(work, "read", {}, organisation="131016" if number % 3 else ""))
            if number % 2:  # others share their moment
                clock.forward(timedelta(seconds=1))
    with records.read() as work:
        seen: list[str] = []
        before: str | None = None
        while found := jobs.recent(work, 2, before=before):
            seen += [job.id for job in found]
            before = found[-1].id
        assert sorted(seen) == sorted(made) and len(seen) == 9
        assert [job.state for job in jobs.recent(work, 1)] == [JobState.WAITING]
        for organisations, unknown in (((), "x"), (("131016",), made[0])):
            with pytest.raises(Invalid):
                jobs.recent(work, 2, organisations=organisations or None, before=unknown)
