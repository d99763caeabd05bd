"""The writing side of the knowledge bank with real records, real files and a real audit trail."""

from dataclasses import dataclass, field
from pathlib import Path

from kb_service.adapters.records import sql_repositories
from kb_service.models.entries import CaseFields, Content, Kind, Status
from kb_service.ports.records import Repositories
from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kernel.audit import Audit
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.jobs import Jobs
from kernel.records import Records
from kernel.visibility import Audience, AudienceKind
from tests.fakes.signals import RememberedSignals

PUBLIC = Audience(AudienceKind.PUBLIC)
MEMBERS = Audience(AudienceKind.MEMBERS)
OWN = Audience()


@dataclass(frozen=True)
class WritingSide:
    """What the tests of entries, attachments and revisions work with."""

    records: Records
    clock: Clock
    folder: Path
    repositories: Repositories = field(default_factory=sql_repositories)
    signals: RememberedSignals = field(default_factory=RememberedSignals)

    @property
    def audit(self) -> Audit:
        return Audit(self.clock)

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.clock)

    @property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self.folder)

    @property
    def entries(self) -> Entries:
        return Entries(self.repositories, self.audit, self.clock, self.signals)

    @property
    def attachments(self) -> Attachments:
        return Attachments(
            self.repositories, self.blobs, self.jobs, self.audit, self.clock, signal=self.signals
        )


def case(
    title: str = "窓口業務のAI-OCR導入",
    status: Status = Status.PUBLISHED,
    audience: Audience = MEMBERS,
    **values: object,
) -> Content:
    """A case with only what the test is about."""
    base = Content(kind=Kind.CASE, title=title, fields=CaseFields(), status=status, audience=audience)
    from dataclasses import replace

    return replace(base, **values)  # type: ignore[arg-type]
