"""Lists of entries, tags and counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from kb_service.http import links
from kb_service.http.bank import Bank
from kb_service.http.parameters import Cursor, Limit, Plain, Values
from kb_service.models.entries import Entry, Kind, Status
from kb_service.models.listing import Listing, Page
from kb_service.schemas.entries import CountsOut, EntryPage, TagOut
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import problem_responses

_PROBLEMS = problem_responses(401, 403, 422)


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(tags=["lists"])

    @router.get(
        "/entries",
        summary="List entries",
        responses={200: {"links": links.OF_FIRST_ENTRY}, **_PROBLEMS},
    )
    def list_entries(
        *,
        request: Request,
        response: Response,
        owner: Values = [],  # noqa: B006  FastAPI copies defaults
        kind: Annotated[list[Kind], Query(max_length=10)] = [],  # noqa: B006
        status: Annotated[list[Status], Query(max_length=10)] = [],  # noqa: B006
        tag: Values = [],  # noqa: B006
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> EntryPage:
        """All that you may read, newest change first. Values of one filter are alternatives."""
        listing = Listing(tuple(owner), tuple(kind), tuple(status), tuple(tag))
        page = bank.entries.page(work, actor, listing, cursor_in(cursor), limit)
        return _answer(request, response, page)

    @router.get("/new", summary="What is new", responses=_PROBLEMS)
    def list_new(
        *,
        request: Request,
        response: Response,
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> EntryPage:
        """Published, or shared while in progress; newest change first."""
        return _answer(request, response, bank.entries.newest(work, actor, cursor_in(cursor), limit))

    @router.get("/drafts", summary="Drafts of my organisation", responses=_PROBLEMS)
    def list_drafts(
        *,
        request: Request,
        response: Response,
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> EntryPage:
        """Drafts and entries in progress, newest change first."""
        return _answer(request, response, bank.entries.drafts(work, actor, cursor_in(cursor), limit))

    @router.get("/deleted", summary="Deleted entries of my organisation", responses=_PROBLEMS)
    def list_deleted(
        *,
        request: Request,
        response: Response,
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> EntryPage:
        """Those you may bring back: all of them for reviewers, drafts that were never shared for writers."""
        return _answer(request, response, bank.entries.deleted(work, actor, cursor_in(cursor), limit))

    @router.get("/tags", summary="Tags", responses=_PROBLEMS)
    def list_tags(
        prefix: Annotated[Plain, Query(max_length=100, description="Case and width do not matter.")] = "",
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[TagOut]:
        """Most used first, counted over what you may read."""
        return [TagOut.of(one) for one in bank.entries.tags(work, actor, prefix, limit)]

    @router.get("/counts", summary="How many entries there are", responses=problem_responses(401, 403))
    def get_counts(
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> CountsOut:
        """Counted over what you may read."""
        return CountsOut.of(bank.entries.counts(work, actor))

    return router


def _answer(request: Request, response: Response, page: Page[Entry]) -> EntryPage:
    following = cursor_out(page.next)
    response.headers.update(link_next(request, following))
    return EntryPage.of(Page(page.items, following))
