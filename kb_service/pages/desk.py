"""What every page of the bank is given, and how it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kb_service.models.entries import Entry
from kb_service.pages.labels import label
from kb_service.pages.showing import effect_and_cost
from kb_service.rules.lifecycle import needs_review
from kb_service.service.attachments import Attachments
from kb_service.service.entries import Entries
from kb_service.service.search import Search
from kernel.blobs import BlobStore
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.web import Web
from kernel.web.rendering import organisation_name


class Bank(Protocol):
    """The services that pages call; `kb_service.wiring.Bank` is one."""

    @property
    def entries(self) -> Entries: ...

    @property
    def attachments(self) -> Attachments: ...

    @property
    def search(self) -> Search: ...

    @property
    def blobs(self) -> BlobStore: ...


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do with one entry; buttons for anything else are not shown."""

    edit: bool
    publish: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The bank and the web house."""

    bank: Bank
    web: Web

    def page(
        self, request: Request, actor: Actor, template: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Renders a template of the bank with its words and the person's rights."""
        language = self.web.language(request)
        shared: dict[str, Any] = {
            "label": lambda value: label(value, language),
            "effect_and_cost": effect_and_cost,
            "may_write": may(actor, Action.ENTRY_WRITE),
        }
        return self.web.render(request, f"kb_service/{template}", status, **{**shared, **context})

    def named(self, request: Request) -> Callable[[str], str]:
        """Organisation code → name in the visitor's language."""
        return organisation_name(self.web.language(request))

    def go(self, address: str, sentence: str) -> Response:
        """To another page, with a sentence (already translated) shown there once."""
        response = self.web.redirect(address)
        self.web.flash(response, sentence)
        return response


def rights(actor: Actor, entry: Entry) -> Rights:
    """What `actor` may do with `entry`: everybody writes for their own organisation only."""
    own = actor.organisation == entry.owner
    publish = own and may(actor, Action.ENTRY_PUBLISH)
    edit = own and may(actor, Action.ENTRY_WRITE) and (publish or not needs_review(entry, entry))
    return Rights(edit, edit and publish)
