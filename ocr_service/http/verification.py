"""/batches/{id}/verification and /fields: what people verify. Fields that are given out are reserved for five minutes; whoever reads
here is noted in the audit, once an hour."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import MEDIA_TYPE, document, problem_responses
from ocr_service.http.desk import Forms
from ocr_service.http.fields import field_out
from ocr_service.http.parameters import BatchId, FieldId
from ocr_service.models.readings import Flag
from ocr_service.rules.values import shown as shown_value
from ocr_service.schemas.verification import (
    AnswerBody,
    DecidedOut,
    FieldOut,
    FindingsOut,
    PaceOut,
    ReleaseBody,
    RemainingOut,
    TextBody,
    UndoBody,
    WishBody,
    WorkOut,
)
from ocr_service.service.deciding import StaleField

_READING = problem_responses(401, 403, 404, 422)
_WRITING = problem_responses(400, 401, 403, 404, 409, 422)
_CHECKED = frozenset({Flag.CHECK_FAILED, Flag.MISSING})


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/batches/{batch_id}", tags=["verification"])
    service = forms.verification

    @router.post("/verification/next", summary="Take the next fields", responses=_WRITING)
    def next_fields(
        request: Request,
        batch_id: BatchId,
        body: WishBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> WorkOut:
        """Fields for you, which nobody else is given for five minutes."""
        forms.batches.note_view(work, actor, batch_id)
        wish = body.wish()
        items = service.next(work, actor, batch_id, wish, after=body.after or "", limit=body.limit)
        return WorkOut(
            items=[field_out(forms, web, request, work, actor, each) for each in items],
            remaining=RemainingOut.of(service.remaining(work, actor, batch_id, wish)),
            pace=PaceOut.of(service.pace(work, actor, batch_id)),
        )

    @router.post("/verification/renew", summary="Keep the fields that you have", responses=_WRITING)
    def renew_fields(
        batch_id: BatchId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> dict[str, int]:
        """For five more minutes; how many."""
        return {"fields": service.renew(work, actor, batch_id)}

    @router.post("/verification/release", summary="Give fields back", status_code=204, responses=_WRITING)
    def release_fields(
        batch_id: BatchId,
        body: ReleaseBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Others can be given them at once."""
        service.release(work, actor, batch_id, body.fields)
        return Response(status_code=204)

    @router.post(
        "/verification/undo", summary="Take back a decision", response_model=FieldOut, responses=_WRITING
    )
    def undo_decision(
        *,
        request: Request,
        batch_id: BatchId,
        body: UndoBody,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Your own last one; the field is yours again. Possible until the batch is closed."""

        def answer() -> Response:
            shown = service.undo(work, actor, batch_id, body.field or "")
            return JSONResponse(field_out(forms, web, request, work, actor, shown).model_dump(mode="json"))

        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.post("/fields/{field_id}/take", summary="Take a field", responses=_WRITING)
    def take_field(
        request: Request,
        batch_id: BatchId,
        field_id: FieldId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> FieldOut:
        """This one, reserved for you."""
        forms.batches.note_view(work, actor, batch_id)
        return field_out(forms, web, request, work, actor, service.take(work, actor, batch_id, field_id))

    @router.post(
        "/fields/{field_id}/check",
        summary="Check a text",
        responses=problem_responses(400, 401, 403, 404, 422),
    )
    def check_text(  # noqa: PLR0917
        request: Request,
        batch_id: BatchId,
        field_id: FieldId,
        body: TextBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> FindingsOut:
        """What a typed text would become, and what the checks would say. Stores nothing."""
        value, found = service.check(work, actor, batch_id, field_id, body.text)
        asked = service.get(work, actor, batch_id, field_id).asked
        language = web.language(request)
        return FindingsOut(
            value=value,
            shown=shown_value(asked, value) if asked else value,
            notes=[each.text.in_language(language) for each in found],
        )

    @router.post(
        "/fields/{field_id}/decision",
        summary="Decide a field",
        response_model=DecidedOut,
        responses=problem_responses(400, 401, 403, 404, 409, 412, 422),
    )
    def decide_field(
        *,
        request: Request,
        batch_id: BatchId,
        field_id: FieldId,
        body: AnswerBody,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Your entry. With double entry it is the first or the second of two; where two differ, a third person
        decides. 412 when the field has changed since it was shown."""

        def answer() -> Response:
            try:
                done = service.decide(work, actor, batch_id, field_id, body.answer(), body.version)
            except StaleField as error:
                return JSONResponse(document(error, web.language(request)), 412, media_type=MEDIA_TYPE)
            return JSONResponse(
                DecidedOut(
                    id=done.field.id,
                    state=done.field.state,
                    version=done.field.version,
                    changed=list(done.changed),
                    batch_state=forms.batches.get(work, actor, batch_id).state,
                ).model_dump(mode="json")
            )

        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    return router
