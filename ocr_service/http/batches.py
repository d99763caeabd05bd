"""/batches: made, changed, watched, stopped."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import etag, version_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import MEDIA_TYPE, document, problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import BatchId, Cursor, IfMatch, Limit
from ocr_service.http.progress import events
from ocr_service.models.batches import Batch, BatchState, Standing
from ocr_service.schemas.batches import BatchOut, BatchPage, DeletionBody, PlanBody
from ocr_service.service.batches import StaleBatch

_READING = problem_responses(401, 403, 404, 422)
_CHANGING = problem_responses(401, 403, 404, 409, 412, 422, 428)
_EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["state", "gone"]},
        "data": {"type": "string", "description": "The batch as JSON; {} when it is gone."},
    },
}
Step = Callable[[UnitOfWork, Actor, str, int], Batch]


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/batches", tags=["batches"])

    @router.get(
        "",
        summary="List batches",
        responses={200: {"links": links.OF_FIRST_BATCH}, **problem_responses(401, 403, 422)},
    )
    def list_batches(
        *,
        request: Request,
        response: Response,
        state: Annotated[list[BatchState], Query(max_length=10)] = [],  # noqa: B006  FastAPI copies defaults
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> BatchPage:
        """Of your organisation, newest first."""
        listed = forms.batches.page(work, actor, state, cursor_in(cursor), limit)
        following = cursor_out(listed.next)
        response.headers.update(link_next(request, following))
        return BatchPage.of(listed, dict(forms.batches.standings(work, listed.items)), following)

    @router.post(
        "",
        summary="Make a batch",
        status_code=201,
        response_model=BatchOut,
        responses={201: {"links": links.OF_BATCH}, **problem_responses(400, 401, 403, 409, 422)},
    )
    def create_batch(
        request: Request,
        body: PlanBody,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """It waits for files: add them with POST /batches/{id}/files."""

        def answer() -> Response:
            batch = forms.batches.create(work, actor, body.plan())
            response = _answer(forms, work, batch, 201)
            response.headers["Location"] = f"{request.url.path}/{batch.id}"
            return response

        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get("/{batch_id}", summary="Read a batch", response_model=BatchOut, responses=_READING)
    def get_batch(
        batch_id: BatchId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """With its counts, its speed and the seconds that are left."""
        return _answer(forms, work, forms.batches.get(work, actor, batch_id))

    @router.put(
        "/{batch_id}",
        summary="Change a batch",
        response_model=BatchOut,
        responses=problem_responses(400, 401, 403, 404, 409, 412, 422, 428),
    )
    def change_batch(
        *,
        request: Request,
        batch_id: BatchId,
        body: PlanBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Title, note and priority at any time, the rest before reading has begun."""

        def change(work: UnitOfWork, actor: Actor, batch_id: str, based_on: int) -> Batch:
            return forms.batches.change(work, actor, batch_id, body.plan(), based_on)

        return _step(forms, web, request, change, work, actor, batch_id, if_match)

    def add_step(name: str, summary: str, step: Step, description: str) -> None:
        def act(
            request: Request,
            batch_id: BatchId,
            if_match: IfMatch = None,
            actor: Actor = Depends(web.api_actor),
            work: UnitOfWork = Depends(web.writing, scope="function"),
        ) -> Response:
            return _step(forms, web, request, step, work, actor, batch_id, if_match)

        router.add_api_route(
            f"/{{batch_id}}/{name}",
            act,
            methods=["POST"],
            name=f"{name}_batch",
            summary=summary,
            description=description,
            response_model=BatchOut,
            responses=_CHANGING,
        )

    add_step("pause", "Pause a batch", forms.batches.pause, "No further page is begun.")
    add_step("resume", "Resume a batch", forms.batches.resume, "Reading goes on where it was.")
    add_step("cancel", "Cancel a batch", forms.batches.cancel, "Nothing more is read; reopen undoes it.")
    add_step("close", "Close a batch", forms.batches.close, "Once nothing is outstanding; reopen undoes it.")
    add_step("reopen", "Reopen a batch", forms.batches.reopen, "Undoes close and cancel.")
    add_step("retry", "Read again what could not be read", forms.batches.retry, "All unreadable pages.")

    @router.post(
        "/{batch_id}/deletion",
        summary="Erase a batch before its time",
        status_code=202,
        response_model=BatchOut,
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def delete_batch(
        batch_id: BatchId,
        body: DeletionBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Pictures and values are erased in the background and cannot be brought back; the counts stay."""
        return _answer(forms, work, forms.batches.delete(work, actor, batch_id, body.confirmation), 202)

    @router.get(
        "/{batch_id}/events",
        summary="Follow a batch",
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "Server-sent events: `state` with the batch, `gone`.",
                "content": {"text/event-stream": {"schema": _EVENT}},
            },
            **_READING,
        },
    )
    def follow_batch(batch_id: BatchId, actor: Actor = Depends(web.api_actor)) -> StreamingResponse:
        """Ends when the batch is closed or erased."""

        def look() -> tuple[Batch, Standing]:
            with web.records.read() as work:
                return forms.batches.standing(work, actor, batch_id)

        look()  # a problem document rather than a stream when it may not be seen
        return StreamingResponse(
            events(look), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return router


def _answer(forms: Forms, work: UnitOfWork, batch: Batch, status: int = 200) -> JSONResponse:
    standing = forms.batches.standings(work, [batch])[batch.id]
    body = BatchOut.of(batch, standing).model_dump(mode="json")
    return JSONResponse(body, status, {"ETag": etag(batch.revision), "Cache-Control": "no-store"})


def _step(  # noqa: PLR0917  what every change has
    forms: Forms,
    web: Web,
    request: Request,
    step: Step,
    work: UnitOfWork,
    actor: Actor,
    batch_id: str,
    if_match: str | None,
) -> JSONResponse:
    """The batch after a change; 412 with the batch as it is when somebody was faster."""
    based_on = version_of(if_match)
    try:
        return _answer(forms, work, step(work, actor, batch_id, based_on))
    except StaleBatch as error:
        if error.current is None:
            raise
        standing = forms.batches.standings(work, [error.current])[batch_id]
        current = BatchOut.of(error.current, standing).model_dump(mode="json")
        body = document(error, web.language(request)) | {"current": current}
        return JSONResponse(body, error.status, {"ETag": etag(error.current.revision)}, MEDIA_TYPE)
