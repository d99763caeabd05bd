"""What every page of forms is given, and how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kernel.blobs import BlobStore
from kernel.errors import Problem
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.web import Web
from ocr_service.pages.labels import label
from ocr_service.ports.form_reading import BlankReader
from ocr_service.service.batches import Batches
from ocr_service.service.document_desk import DocumentDesk
from ocr_service.service.export_profiles import ExportProfiles
from ocr_service.service.exporting import Exporting
from ocr_service.service.intake import Intake
from ocr_service.service.overviews import Overviews
from ocr_service.service.policies import Policies
from ocr_service.service.publishing import Publishing
from ocr_service.service.sheets import Sheets
from ocr_service.service.templates import Templates
from ocr_service.service.trials import Trials
from ocr_service.service.verification import Verification

RIGHTS = {
    "may_run": Action.FORM_RUN,
    "may_verify": Action.FORM_VERIFY,
    "may_export": Action.FORM_EXPORT,
    "may_make_templates": Action.FORM_TEMPLATE,
    "may_lead": Action.FORM_LEAD,
    "may_set_policy": Action.FORM_POLICY,
}


class Forms(Protocol):
    """The services that pages call; `ocr_service.wiring.Forms` is one."""

    @property
    def batches(self) -> Batches: ...

    @property
    def intake(self) -> Intake: ...

    @property
    def sheets(self) -> Sheets: ...

    @property
    def policies(self) -> Policies: ...

    @property
    def overviews(self) -> Overviews: ...

    @property
    def verification(self) -> Verification: ...

    @property
    def templates(self) -> Templates: ...

    @property
    def publishing(self) -> Publishing: ...

    @property
    def trials(self) -> Trials: ...

    @property
    def blanks(self) -> BlankReader: ...

    @property
    def export_profiles(self) -> ExportProfiles: ...

    @property
    def exporting(self) -> Exporting: ...

    @property
    def document_desk(self) -> DocumentDesk: ...

    @property
    def blobs(self) -> BlobStore: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """The reading service and the web house."""

    forms: Forms
    web: Web

    def page(
        self, request: Request, actor: Actor, template: str, /, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Renders a template of the service with its words and the person's rights."""
        return self.web.render(
            request, f"ocr_service/{template}", status, **{**self.shared(request, actor), **context}
        )

    def part(self, request: Request, actor: Actor, template: str, **context: Any) -> str:
        """A part of a page as text, for the page that is open."""
        language = self.web.language(request)
        token = self.web.visitors.of(request).csrf_token()
        house = {"actor": actor, "csrf_token": token, **self.shared(request, actor)}
        return self.web.templates.render(language, f"ocr_service/{template}", {**house, **context})

    def shared(self, request: Request, actor: Actor) -> dict[str, Any]:
        """What all templates of the service may use."""
        language = self.web.language(request)
        rights = {name: may(actor, action) for name, action in RIGHTS.items()}
        return {"label": lambda value: label(value, language), **rights}

    def named(self, actor: Actor) -> Callable[[str], str]:
        """User id → name; "" for somebody of no account, such as a scanner's folder."""
        with self.web.records.read() as work:
            names = self.web.accounts.names(work, actor)
        return lambda user_id: names.get(user_id, "")

    def go(self, address: str, sentence: str, kind: str = "success") -> Response:
        """To another page, with a sentence (already translated) shown there once."""
        response = self.web.redirect(address)
        self.web.flash(response, sentence, kind)
        return response

    def shown_problems(self, request: Request, problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
        """Pairs of field and sentence, as `components.html` takes them."""
        language = self.web.language(request)
        return [(each.where, each.text.in_language(language)) for each in problems]

    def note_view(self, actor: Actor, batch_id: str) -> None:
        """Notes in the audit who looks at what was read, once an hour."""
        with self.web.records.read() as work:
            seen = self.forms.batches.seen(work, actor, batch_id)
        if not seen:
            with self.web.records.write() as work:
                self.forms.batches.note_view(work, actor, batch_id)
