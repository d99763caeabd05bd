"""/entries/{id}/…: versions, comparison, restoring, links."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from kb_service.http import stale
from kb_service.http.bank import Bank
from kb_service.http.parameters import Cursor, EntryId, IfMatch, Limit, VersionNumber
from kb_service.schemas.entries import (
    ComparisonOut,
    EntryBrief,
    EntryOut,
    LinkedOut,
    RelatedOut,
    RestoreBody,
    RevisionOut,
    RevisionPage,
)
from kb_service.service.errors import StaleEntry
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import etag, version_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import problem_responses

_Number = Annotated[int, Query(ge=1, le=2**31 - 1)]


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(prefix="/entries/{entry_id}", tags=["history and links"])

    @router.get("/revisions", summary="List versions", responses=problem_responses(401, 403, 404, 422))
    def list_revisions(
        *,
        request: Request,
        response: Response,
        entry_id: EntryId,
        cursor: Cursor = None,
        limit: Limit = 50,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> RevisionPage:
        """Newest first. Of other organisations' entries, only versions that were open to you when saved."""
        page = bank.entries.revisions(work, actor, entry_id, cursor_in(cursor), limit)
        following = cursor_out(page.next)
        response.headers.update(link_next(request, following))
        return RevisionPage.of(page).model_copy(update={"next": following})

    @router.get(
        "/revisions/{version}", summary="Read a version", responses=problem_responses(401, 403, 404, 422)
    )
    def get_revision(
        entry_id: EntryId,
        version: VersionNumber,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> RevisionOut:
        """The whole content as it was saved then."""
        return RevisionOut.of(bank.entries.revision(work, actor, entry_id, version))

    @router.get(
        "/comparison", summary="Compare two versions", responses=problem_responses(401, 403, 404, 422)
    )
    def compare_revisions(
        entry_id: EntryId,
        before: _Number,
        after: _Number,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> ComparisonOut:
        """Field by field, text word by word."""
        return ComparisonOut.of(bank.entries.compare(work, actor, entry_id, before, after))

    @router.post(
        "/restore",
        summary="Restore a version",
        response_model=EntryOut,
        responses=problem_responses(400, 401, 403, 404, 409, 412, 422, 428),
    )
    def restore_revision(
        *,
        request: Request,
        entry_id: EntryId,
        body: RestoreBody,
        if_match: IfMatch = None,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """What was written then becomes the newest version; status and audience stay as they are."""
        based_on = version_of(if_match)

        def answer() -> Response:
            try:
                entry = bank.entries.restore(work, actor, entry_id, body.version, based_on)
            except StaleEntry as error:
                return stale.answer(web, request, error)
            body_out = EntryOut.of(entry).model_dump(mode="json")
            return JSONResponse(body_out, headers={"ETag": etag(entry.version)})

        sent = fingerprint("POST", request.url.path, str(based_on), body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get("/links", summary="Linked entries", responses=problem_responses(401, 403, 404, 422))
    def list_links(
        entry_id: EntryId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[LinkedOut]:
        """Entries at the other end of links, in both directions."""
        return [LinkedOut.of(one) for one in bank.entries.linked(work, actor, entry_id)]

    @router.get("/related", summary="What else to read", responses=problem_responses(401, 403, 404, 422))
    def list_related(entry_id: EntryId, actor: Actor = Depends(web.api_actor)) -> RelatedOut:
        """Linked, with the same tags, and similar by meaning."""
        found = bank.search.related(actor, entry_id)
        return RelatedOut(
            linked=[LinkedOut.of(one) for one in found.linked],
            same_tags=[EntryBrief.of(one) for one in found.same_tags],
            similar=[EntryBrief.of(one) for one in found.similar],
        )

    return router
