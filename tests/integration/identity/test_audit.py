"""The chain: sealed within a second, and every tampering found."""

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, update

from kernel.audit import Audit, AuditRow, Sealer, verify
from kernel.audit.chain import START, row_digest
from kernel.audit.tables import audit_heads, audit_rows
from kernel.clock import Clock, FixedClock
from kernel.identity.models import Role
from kernel.records import Records, UnitOfWork
from tests.integration.identity.conftest import CHIYODA, SHINJUKU, House


def fill(records: Records, clock: Clock, count: int = 6) -> None:
    audit = Audit(clock)
    with records.write() as work:
        for number in range(count):
            organisation = SHINJUKU if number % 3 == 2 else CHIYODA
            audit.record(work, organisation, "u1", "entry.saved", f"entry:{number}", {"version": number})
    Sealer(records, clock).seal()


def set_row(work: UnitOfWork, at: int, **values: object) -> None:
    chosen = (audit_rows.c.organisation == CHIYODA) & (audit_rows.c.sequence == at)
    assert work.connection.execute(update(audit_rows).where(chosen).values(**values)).rowcount == 1


def edit(work: UnitOfWork) -> None:
    set_row(work, 2, subject="entry:99")


def edit_details(work: UnitOfWork) -> None:
    set_row(work, 2, details='{"version":7}')


def blame_somebody(work: UnitOfWork) -> None:
    set_row(work, 3, actor_id="u2")


def remove_middle(work: UnitOfWork) -> None:
    work.connection.execute(
        delete(audit_rows).where(audit_rows.c.organisation == CHIYODA, audit_rows.c.sequence == 2)
    )


def remove_last(work: UnitOfWork) -> None:
    work.connection.execute(
        delete(audit_rows).where(audit_rows.c.organisation == CHIYODA, audit_rows.c.sequence == 4)
    )


def remove_first_and_renumber(work: UnitOfWork) -> None:
    work.connection.execute(
        delete(audit_rows).where(audit_rows.c.organisation == CHIYODA, audit_rows.c.sequence == 1)
    )
    for sequence in (2, 3, 4):
        set_row(work, sequence, sequence=sequence - 1)


def swap(work: UnitOfWork) -> None:
    set_row(work, 2, sequence=99)
    set_row(work, 3, sequence=2)
    set_row(work, 99, sequence=3)


def forge_the_tail(work: UnitOfWork) -> None:
    """A row added with a digest that fits, without the sealer."""
    last = work.connection.execute(
        select(audit_rows).where(audit_rows.c.organisation == CHIYODA, audit_rows.c.sequence == 4)
    ).one()
    values = {**last._mapping, "id": "f" * 32, "sequence": 5, "previous": last.digest, "digest": "0" * 64}
    work.connection.execute(insert(audit_rows).values(**values))


def cut_the_head(work: UnitOfWork) -> None:
    work.connection.execute(delete(audit_heads).where(audit_heads.c.organisation == CHIYODA))


TAMPERINGS = [
    edit,
    edit_details,
    blame_somebody,
    remove_middle,
    remove_last,
    remove_first_and_renumber,
    swap,
    forge_the_tail,
    cut_the_head,
]


def test_an_untouched_chain_verifies(records: Records, clock: FixedClock) -> None:
    fill(records, clock)
    with records.read() as work:
        outcome = verify(work)
        assert (outcome.ok, outcome.rows, outcome.waiting) == (True, 6, 0)
        assert [(code, length) for code, length, _digest in outcome.heads] == [(CHIYODA, 4), (SHINJUKU, 2)]
        first = work.connection.execute(select(audit_rows).where(audit_rows.c.sequence == 1)).first()
        assert first is not None and first.previous == START


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_tampering_is_found_in_the_chain_it_happened_in(
    sqlite_records: Records, clock: FixedClock, tamper: Callable[[UnitOfWork], None]
) -> None:
    fill(sqlite_records, clock)
    with sqlite_records.write() as work:
        tamper(work)
    with sqlite_records.read() as work:
        outcome = verify(work)
        assert [broken.organisation for broken in outcome.broken] == [CHIYODA]
        assert verify(work, SHINJUKU).ok and not verify(work, CHIYODA).ok


def test_rewriting_everything_after_a_row_changes_the_kept_digest(
    sqlite_records: Records, clock: FixedClock
) -> None:
    """The chain itself can be recomputed by whoever owns the database; the digest on paper cannot."""
    fill(sqlite_records, clock)
    with sqlite_records.read() as work:
        kept = verify(work, CHIYODA).heads
    with sqlite_records.write() as work:
        set_row(work, 2, subject="entry:99")
        work.connection.execute(
            update(audit_rows)
            .where(audit_rows.c.organisation == CHIYODA)
            .values(sequence=None, previous=None, digest=None)
        )
        cut_the_head(work)
    Sealer(sqlite_records, clock).seal()
    with sqlite_records.read() as work:
        assert verify(work, CHIYODA).ok and verify(work, CHIYODA).heads != kept


def test_sealers_and_writers_at_once_make_one_chain(records: Records) -> None:
    clock = Clock()
    audit = Audit(clock)

    def write(number: int) -> None:
        for step in range(15):
            with records.write() as work:
                audit.record(work, CHIYODA, f"u{number}", "entry.saved", f"entry:{step}")

    sealers = [Sealer(records, clock) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    for sealer in sealers:
        sealer.stop()
    with records.read() as work:
        outcome = verify(work)
    assert outcome.ok and outcome.rows == 45 and outcome.waiting == 0


def test_a_row_is_sealed_within_a_second(sqlite_records: Records) -> None:
    sealer = Sealer(sqlite_records, Clock())
    sealer.start()
    with sqlite_records.write() as work:
        Audit(Clock()).record(work, CHIYODA, "u", "entry.saved", "entry:1")
    end = time.monotonic() + 1
    while time.monotonic() < end:
        with sqlite_records.read() as work:
            if verify(work).rows == 1:
                break
        time.sleep(0.02)
    else:
        pytest.fail("not sealed within a second")
    sealer.stop()


def test_what_is_rolled_back_leaves_no_row(records: Records, clock: FixedClock) -> None:
    with pytest.raises(RuntimeError), records.write() as work:
        Audit(clock).record(work, CHIYODA, "u", "entry.saved", "entry:1")
        raise RuntimeError
    with records.read() as work:
        assert work.connection.execute(select(audit_rows)).first() is None


def test_the_digest_does_not_depend_on_how_the_database_keeps_time(records: Records) -> None:
    fill(records, Clock(), 1)
    with records.read() as work:
        assert verify(work).ok


def test_auditors_read_their_own_organisation_only(house: House) -> None:
    house.inside("shinjuku-person", organisation=SHINJUKU)
    Sealer(house.records, house.clock).seal()
    auditor = house.inside("auditor", Role.AUDITOR)
    page = auditor.get("/admin/audit")
    assert page.status_code == 200 and "ログインした" in page.text and "auditor 氏名" in page.text
    assert "shinjuku-person" not in page.text
    assert house.inside("reader").get("/admin/audit").status_code == 403
    filtered = auditor.get("/admin/audit?action=login.success&since=2026-11-20&until=2026-11-20")
    assert "利用者を追加した</td>" not in filtered.text and "ログインした</td>" in filtered.text
    assert "当てはまる記録がありません" in auditor.get("/admin/audit?until=2001-01-01").text


def test_the_verify_button_tells_the_outcome(sqlite_house: House) -> None:
    house = sqlite_house
    auditor = house.inside("auditor", Role.AUDITOR)
    Sealer(house.records, house.clock).seal()
    assert "書き換えや削除はありません" in auditor.post("/admin/audit/verify").text
    with house.records.write() as work:
        set_row(work, 2, subject="user:somebody")
    bad = auditor.post("/admin/audit/verify").text
    assert "記録に合わないところがあります" in bad and "2番の記録" in bad


def test_csv_opens_in_excel_and_holds_no_formulas(sqlite_house: House) -> None:
    house = sqlite_house
    auditor = house.inside("auditor", Role.AUDITOR)
    with house.records.write() as work:
        Audit(house.clock).record(work, CHIYODA, "u", "entry.saved", "=1+1")
    utf8 = auditor.get("/admin/audit.csv")
    assert utf8.content.startswith(b"\xef\xbb\xbf") and "番号,日時" in utf8.content.decode("utf-8-sig")
    assert "'=1+1" in utf8.text
    assert "した人" in auditor.get("/admin/audit.csv?encoding=cp932").content.decode("cp932")
    assert house.inside("reader").get("/admin/audit.csv").status_code == 403


def test_the_row_digest_is_the_one_of_the_specification() -> None:
    """SHA-256 over RFC 8785 JSON, computed here by hand."""
    row = AuditRow("a" * 32, CHIYODA, datetime(2026, 11, 20, 9, tzinfo=UTC), "u", "x", "s", '{"n":1}')
    text = (
        f'{{"action":"x","actor":"u","at":"2026-11-20T09:00:00.000000Z","details":{{"n":1}},"id":"{"a" * 32}",'
        f'"organisation":"131016","previous":"{START}","sequence":1,"subject":"s"}}'
    )
    assert row_digest(row, 1, START) == hashlib.sha256(text.encode()).hexdigest()
    assert row_digest(row, 2, START) != row_digest(row, 1, START)
