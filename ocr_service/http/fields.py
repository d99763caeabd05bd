"""/batches/{id}/fields: what was read and decided, to look at. Whoever reads here is noted in the audit, once an
hour."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import BatchId, Cursor, FieldId, Limit
from ocr_service.models.batches import FieldState
from ocr_service.models.readings import Flag
from ocr_service.models.verification import Shown, Wish
from ocr_service.schemas.verification import DecisionOut, FieldOut, FieldPage, NamedFieldOut, PaceOut
from ocr_service.service.viewing import note_view

_READING = problem_responses(401, 403, 404, 422)
_CHECKED = frozenset({Flag.CHECK_FAILED, Flag.MISSING})


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/batches/{batch_id}", tags=["verification"])
    service = forms.verification

    @router.get(
        "/fields", summary="Fields of a batch", responses={200: {"links": links.OF_FIRST_FIELD}, **_READING}
    )
    def list_fields(
        *,
        request: Request,
        response: Response,
        batch_id: BatchId,
        state: Annotated[list[FieldState], Query(max_length=10)] = [],  # noqa: B006  FastAPI copies defaults
        page: Annotated[str, Query(max_length=32, description="Identifier of a page.")] = "",
        name: Annotated[str, Query(max_length=160, description="Name of a field.")] = "",
        cursor: Cursor = None,
        limit: Limit = 50,
        actor: Actor = Depends(web.api_actor),
    ) -> FieldPage:
        """In the order of the pages and of the form. Nothing is reserved."""
        note_view(web.records, forms.batches, actor, batch_id)
        wish = Wish(every=True, page_id=page, name=name)
        with web.records.read() as work:
            listed, further = service.listed(work, actor, batch_id, state, wish, cursor_in(cursor), limit)
        following = cursor_out(further)
        response.headers.update(link_next(request, following))
        return FieldPage(items=[FieldOut.of(each) for each in listed], next=following)

    @router.get("/verification/names", summary="Fields by name", responses=_READING)
    def name_fields(
        batch_id: BatchId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[NamedFieldOut]:
        """Each field of the batch's forms, counted over all pages."""
        return [NamedFieldOut.of(each) for each in service.names(work, actor, batch_id)]

    @router.get("/verification/pace", summary="Speed and agreement", responses=_READING)
    def read_pace(
        batch_id: BatchId,
        everybody: Annotated[bool, Query(description="Of all people: for leads only.")] = False,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[PaceOut]:
        """Your own, or everybody's."""
        if everybody:
            return [PaceOut.of(each) for each in service.paces(work, actor, batch_id)]
        return [PaceOut.of(service.pace(work, actor, batch_id))]

    @router.get("/fields/{field_id}", summary="Read a field", responses=_READING)
    def get_field(
        request: Request, batch_id: BatchId, field_id: FieldId, actor: Actor = Depends(web.api_actor)
    ) -> FieldOut:
        """As it is for you now."""
        note_view(web.records, forms.batches, actor, batch_id)
        with web.records.read() as work:
            return field_out(forms, web, request, work, actor, service.get(work, actor, batch_id, field_id))

    @router.get("/fields/{field_id}/history", summary="Who decided what when", responses=_READING)
    def read_history(
        batch_id: BatchId,
        field_id: FieldId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[DecisionOut]:
        """Oldest first, undone ones included. What another person has entered is left out as long as a second
        entry is awaited."""
        return [DecisionOut.of(each) for each in service.history(work, actor, batch_id, field_id)]

    return router


def field_out(  # noqa: PLR0917
    forms: Forms, web: Web, request: Request, work: UnitOfWork, actor: Actor, shown: Shown
) -> FieldOut:
    """With what the checks say, in the reader's language."""
    field, notes = shown.field, list[str]()
    if field.flags & _CHECKED:
        language = web.language(request)
        found = forms.verification.findings(work, actor, field.batch_id, field.id)
        notes = [each.text.in_language(language) for each in found]
    return FieldOut.of(shown, notes)
