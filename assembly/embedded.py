"""The embedded profile: every part on one machine, from the settings."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import kb_service
import ocr_service
import portal
from assembly import bridges
from assembly.forms import FormsWork, parts_of, work_of
from assembly.recurring import Recurring
from kb_service import wiring as kb
from kernel.audit import Audit, Sealer
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.errors import ChienowaError
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.service import Accounts
from kernel.japanese import Analyser, Workers
from kernel.jobs import Jobs, Worker
from kernel.records import Records
from kernel.settings import Settings
from kernel.web import Web, build_web
from kernel.web.setup import Shared
from migrations.run import upgrade
from ocr_service import wiring as ocr

_log = logging.getLogger("chienowa")
SWEEP_SECONDS = 600.0  # between two looks at whether files have to be swept; they are once a day
PRUNING_SECONDS = 600.0  # between two looks at whether rows of the outbox are a day old
GROWTH_SECONDS = 60.0  # between two looks at whether the bank has grown by a tenth
STANDING_SECONDS = 2.0  # between two words of the indexing process to those that serve

FIRST_QUESTION = "窓口"  # loads what the first search would otherwise wait for


class Part(StrEnum):
    """What one process of a server does. Exactly one of a server's processes does ALL or WORK."""

    ALL = "all"
    WORK = "work"  # indexing, jobs, and what recurs
    SERVE = "serve"  # answers requests; reads the indexes


@dataclass(frozen=True, slots=True)
class System:
    """Everything that runs. `start` begins the background threads, `stop` ends them."""

    settings: Settings
    clock: Clock
    records: Records
    audit: Audit
    sealer: Sealer
    accounts: Accounts
    jobs: Jobs
    worker: Worker
    bank: kb.Bank
    forms: ocr.Forms
    forms_work: FormsWork
    growth: Recurring
    pruning: Recurring
    sweeping: Recurring
    standing: Recurring
    web: Web

    def start(self, part: Part = Part.ALL) -> None:
        """Indexing, background jobs and the audit sealer; a process that only serves opens the indexes."""
        if part is Part.SERVE:
            self.bank.indexing.start_reading()
            self._warm()
            return
        self.bank.indexing.start()
        if part is Part.WORK:
            self.bank.indexing.tell()
            self.standing.start()
        self.worker.start()
        self.forms_work.start()
        self.sealer.start()
        self.growth.start()
        self.pruning.start()
        self.sweeping.start()

    def stop(self) -> None:
        """The reverse; what is under way is finished or given back."""
        self.standing.stop()
        self.sweeping.stop()
        self.pruning.stop()
        self.growth.stop()
        self.forms_work.stop()
        self.worker.stop()
        self.sealer.stop()
        self.bank.indexing.stop()
        self.records.close()

    def _warm(self) -> None:
        try:
            self.bank.search.search(None, FIRST_QUESTION)
        except ChienowaError as error:  # no index yet: the first question will do it
            _log.info("%s", error)

    @contextmanager
    def running(self) -> Iterator["System"]:
        """Started for the length of the block."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def announce(self, address: str) -> None:
        """Tells the terminal where to go; without any user, also the one-time code of the set-up page."""
        with self.records.read() as work:
            empty = self.accounts.nobody_yet(work)
        if empty:
            self.web.setup_code.announce(f"{address}/setup")
        else:
            _log.warning("Open %s", address)


def build(settings: Settings, clock: Clock | None = None, shared: Shared | None = None) -> System:
    """Migrates the records and joins all parts. Nothing runs yet. `shared`: for one of several processes; the
    first has migrated the records."""
    clock = clock or Clock()
    settings.home.mkdir(parents=True, exist_ok=True)
    records = Records(settings.records_url())
    if shared is None:
        upgrade(records)
    audit, jobs = Audit(clock), Jobs(clock)
    accounts = Accounts(clock, settings, audit)
    parts = kb.Parts(
        records=records,
        blobs=FolderBlobs(settings.folder("blobs")),
        jobs=jobs,
        audit=audit,
        clock=clock,
        analyser=Analyser(Workers()),
        organisations={code: each.name for code, each in ORGANISATIONS.items()},
        extractor=bridges.extractor(),
        upload_limit=settings.upload_max_mb * 1_000_000,
    )
    bank = kb.build(parts, settings.home, settings.embedding_model)
    worker = Worker(records, kb.tasks(bank, parts), clock, threads=settings.workers)
    jobs.listen(worker.wake)
    form_parts = parts_of(settings, records, jobs, audit, clock)
    forms = ocr.build(form_parts)
    folders = [Path(str(package.__file__)).parent for package in (kb_service, ocr_service, portal)]
    web = build_web(settings, records, accounts, clock, folders, shared=shared)
    return System(
        settings=settings,
        clock=clock,
        records=records,
        audit=audit,
        sealer=Sealer(records, clock),
        accounts=accounts,
        jobs=jobs,
        worker=worker,
        bank=bank,
        forms=forms,
        forms_work=work_of(forms, form_parts),
        growth=Recurring("growth", GROWTH_SECONDS, kb.growth(bank, parts).look),
        pruning=Recurring("pruning", PRUNING_SECONDS, kb.pruning(bank, parts, settings.home).look),
        sweeping=Recurring("sweeping", SWEEP_SECONDS, kb.sweeping(parts).look),
        standing=Recurring("standing", STANDING_SECONDS, bank.indexing.tell),
        web=web,
    )
