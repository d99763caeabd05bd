"""What the API calls; `ocr_service.wiring.Forms` is one."""

from typing import Protocol

from kernel.blobs import BlobStore
from ocr_service.service.batches import Batches
from ocr_service.service.export_profiles import ExportProfiles
from ocr_service.service.exporting import Exporting
from ocr_service.service.intake import Intake
from ocr_service.service.policies import Policies
from ocr_service.service.publishing import Publishing
from ocr_service.service.sheets import Sheets
from ocr_service.service.templates import Templates
from ocr_service.service.trials import Trials
from ocr_service.service.verification import Verification


class Forms(Protocol):
    """The services of reading."""

    @property
    def batches(self) -> Batches: ...

    @property
    def intake(self) -> Intake: ...

    @property
    def sheets(self) -> Sheets: ...

    @property
    def policies(self) -> Policies: ...

    @property
    def verification(self) -> Verification: ...

    @property
    def templates(self) -> Templates: ...

    @property
    def publishing(self) -> Publishing: ...

    @property
    def trials(self) -> Trials: ...

    @property
    def export_profiles(self) -> ExportProfiles: ...

    @property
    def exporting(self) -> Exporting: ...

    @property
    def blobs(self) -> BlobStore: ...
