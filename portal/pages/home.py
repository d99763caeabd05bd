"""Home and help."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Entry, Kind, Status
from kb_service.pages.labels import label
from kb_service.wiring import Bank
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.web import Web
from ocr_service.wiring import Forms

SHOWN = 5
EXAMPLES = (
    "AI-OCR 申請書の読み取り",
    "チャットボット 失敗",
    "書かない窓口",
    "RPA 費用対効果",
    "自治体クラウド",
    "ペーパーレス",
)


def add_home_pages(router: APIRouter, bank: Bank, forms: Forms, web: Web) -> None:
    """Adds / and /help."""

    @router.get("/")
    def home(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """What is new, what is unfinished, what waits, and the search box."""
        language = web.language(request)
        writes = may(actor, Action.ENTRY_WRITE)
        with web.records.read() as work:
            newest = bank.entries.newest(work, actor, None, SHOWN).items
            drafts = bank.entries.drafts(work, actor, None, SHOWN).items if writes else ()
            waiting = bank.attachments.unreadable(work, actor, SHOWN) if writes else ()
            counts = bank.entries.counts(work, actor)
            batches = forms.overviews.waiting(work, actor, SHOWN)
        return web.render(
            request,
            "portal/home.html",
            newest=newest,
            drafts=drafts,
            waiting=waiting,
            batches=batches,
            may_verify=may(actor, Action.FORM_VERIFY),
            due=[entry for entry in drafts if _due(entry, web)],
            counts=[(kind, counts.by_kind.get(kind, 0)) for kind in Kind],
            total=counts.total,
            examples=EXAMPLES,
            may_write=writes,
            may_manage=may(actor, Action.USER_MANAGE),
            label=lambda value: label(value, language),
        )

    @router.get("/help")
    def help_page(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """The guide of the whole system."""
        return web.render(request, "portal/help.html", may_write=may(actor, Action.ENTRY_WRITE))


def _due(entry: Entry, web: Web) -> bool:
    """Whether a promised update is due."""
    planned = entry.content.planned
    if entry.content.status is not Status.IN_PROGRESS or planned is None or planned.when is None:
        return False
    return planned.when <= web.clock.now().date()
