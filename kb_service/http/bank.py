"""What the API calls; `kb_service.wiring.Bank` is one."""

from typing import Protocol

from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kb_service.service.indexing import Indexing
from kb_service.service.search import Search
from kernel.blobs import BlobStore
from kernel.jobs import Jobs


class Bank(Protocol):
    """The services of the knowledge bank."""

    @property
    def entries(self) -> Entries: ...

    @property
    def attachments(self) -> Attachments: ...

    @property
    def search(self) -> Search: ...

    @property
    def indexing(self) -> Indexing: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def blobs(self) -> BlobStore: ...
