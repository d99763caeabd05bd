"""The embedded profile: every part in one process, from the settings."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import kb_service
import portal
from assembly import bridges
from assembly.recurring import Recurring
from kb_service import wiring as kb
from kernel.audit import Audit, Sealer
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.identity.organisations import ORGANISATIONS
from kernel.identity.service import Accounts
from kernel.japanese import Analyser, Workers
from kernel.jobs import Jobs, Worker
from kernel.records import Records
from kernel.settings import Settings
from kernel.web import Web, build_web
from migrations.run import upgrade

_log = logging.getLogger("chienowa")
SWEEP_SECONDS = 600.0  # between two looks at whether files have to be swept; they are once a day
PRUNING_SECONDS = 600.0  # between two looks at whether rows of the outbox are a day old
GROWTH_SECONDS = 60.0  # between two looks at whether the bank has grown by a tenth


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
    growth: Recurring
    pruning: Recurring
    sweeping: Recurring
    web: Web

    def start(self) -> None:
        """Indexing, background jobs and the audit sealer."""
        self.bank.indexing.start()
        self.worker.start()
        self.sealer.start()
        self.growth.start()
        self.pruning.start()
        self.sweeping.start()

    def stop(self) -> None:
        """The reverse; what is under way is finished or given back."""
        self.sweeping.stop()
        self.pruning.stop()
        self.growth.stop()
        self.worker.stop()
        self.sealer.stop()
        self.bank.indexing.stop()
        self.records.close()

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


def build(settings: Settings, clock: Clock | None = None) -> System:
    """Migrates the records and joins all parts. Nothing runs yet."""
    clock = clock or Clock()
    settings.home.mkdir(parents=True, exist_ok=True)
    records = Records(settings.records_url())
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
    folders = [Path(str(package.__file__)).parent for package in (kb_service, portal)]
    web = build_web(settings, records, accounts, clock, folders)
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
        growth=Recurring("growth", GROWTH_SECONDS, kb.growth(bank, parts).look),
        pruning=Recurring("pruning", PRUNING_SECONDS, kb.pruning(bank, parts, settings.home).look),
        sweeping=Recurring("sweeping", SWEEP_SECONDS, kb.sweeping(parts).look),
        web=web,
    )
