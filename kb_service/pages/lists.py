"""Lists of entries: what is new, drafts of the own organisation, what was deleted."""

from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kb_service.models.entries import Kind, Status
from kb_service.models.listing import Listing
from kb_service.pages.desk import Desk
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may, require

LENGTH = 20
SHARED = (Status.PUBLISHED, Status.IN_PROGRESS)


def add_list_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /knowledge/new-arrivals, /knowledge/drafts and /knowledge/deleted."""
    web, entries = desk.web, desk.bank.entries

    @router.get("/knowledge/new-arrivals")
    def new_arrivals(
        request: Request,
        kind: str = "",
        status: str = "",
        cursor: str | None = None,
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """What was published or shared, newest change first."""
        kinds = tuple(each for each in Kind if each == kind)
        statuses = tuple(each for each in SHARED if each == status) or SHARED
        with web.records.read() as work:
            page = entries.page(work, actor, Listing(kinds=kinds, statuses=statuses), cursor, LENGTH)
        return desk.page(
            request,
            actor,
            "new_arrivals.html",
            page=page,
            kinds=tuple(Kind),
            chosen_kind=kinds[0] if kinds else "",
            only_planned=statuses == (Status.IN_PROGRESS,),
            next_address=_next_address(kind, status, page.next),
        )

    @router.get("/knowledge/drafts")
    def drafts(
        request: Request, cursor: str | None = None, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Drafts and entries in progress of the own organisation."""
        require(actor, Action.ENTRY_WRITE)
        with web.records.read() as work:
            page = entries.drafts(work, actor, cursor, LENGTH)
        return desk.page(request, actor, "drafts.html", page=page)

    @router.get("/knowledge/deleted")
    def deleted(
        request: Request, cursor: str | None = None, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """What was deleted here, each with a button that brings it back."""
        with web.records.read() as work:
            page = entries.deleted(work, actor, cursor, LENGTH)
        return desk.page(
            request, actor, "deleted.html", page=page, may_delete=may(actor, Action.ENTRY_DELETE)
        )


def _next_address(kind: str, status: str, cursor: str | None) -> str:
    pairs = {"kind": kind, "status": status, "cursor": cursor or ""}
    return "/knowledge/new-arrivals?" + urlencode({name: value for name, value in pairs.items() if value})
