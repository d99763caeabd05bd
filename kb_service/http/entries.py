"""/entries: one entry at a time."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from kb_service.http import links, stale
from kb_service.http.bank import Bank
from kb_service.http.parameters import EntryId, IfMatch
from kb_service.models.entries import Entry
from kb_service.schemas.contents import content_of
from kb_service.schemas.entries import EntryOut, SaveBody
from kb_service.service.errors import StaleEntry
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import etag, version_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(prefix="/entries", tags=["entries"])

    @router.post(
        "",
        summary="Add an entry",
        status_code=201,
        response_model=EntryOut,
        responses={201: {"links": links.OF_ENTRY}, **problem_responses(400, 401, 403, 409, 422)},
    )
    def create_entry(
        request: Request,
        body: SaveBody,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """A new entry of your organisation. Publishing needs the role of a reviewer."""

        def answer() -> Response:
            entry = bank.entries.create(work, actor, content_of(body.content), body.note)
            response = _answer(entry, 201)
            response.headers["Location"] = f"{request.url.path}/{entry.id}"
            return response

        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get(
        "/{entry_id}",
        summary="Read an entry",
        response_model=EntryOut,
        responses=problem_responses(401, 403, 404, 422),
    )
    def get_entry(
        entry_id: EntryId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """The entry as it is now; its version is the ETag to change it with."""
        return _answer(bank.entries.get(work, actor, entry_id))

    @router.put(
        "/{entry_id}",
        summary="Save an entry",
        response_model=EntryOut,
        responses=problem_responses(400, 401, 403, 404, 412, 422, 428),
    )
    def save_entry(
        *,
        request: Request,
        entry_id: EntryId,
        body: SaveBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """A new version. When somebody saved in between, 412 carries the current entry and the differences."""
        based_on = version_of(if_match)
        try:
            entry = bank.entries.save(work, actor, entry_id, content_of(body.content), based_on, body.note)
        except StaleEntry as error:
            return stale.answer(web, request, error)
        return _answer(entry)

    @router.delete(
        "/{entry_id}",
        summary="Delete an entry",
        status_code=204,
        responses=problem_responses(401, 403, 404, 412, 422, 428),
    )
    def delete_entry(
        request: Request,
        entry_id: EntryId,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Out of everybody's sight; its versions are kept and it can be brought back."""
        based_on = version_of(if_match)
        try:
            bank.entries.delete(work, actor, entry_id, based_on)
        except StaleEntry as error:
            return stale.answer(web, request, error)
        return Response(status_code=204)

    @router.post(
        "/{entry_id}/undelete",
        summary="Bring a deleted entry back",
        response_model=EntryOut,
        responses=problem_responses(401, 403, 404, 409, 422),
    )
    def undelete_entry(
        request: Request,
        entry_id: EntryId,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """As it was, as a new version."""

        def answer() -> Response:
            return _answer(bank.entries.undelete(work, actor, entry_id))

        sent = fingerprint("POST", request.url.path)
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    return router


def _answer(entry: Entry, status: int = 200) -> JSONResponse:
    body = EntryOut.of(entry).model_dump(mode="json")
    return JSONResponse(body, status, {"ETag": etag(entry.version)})
