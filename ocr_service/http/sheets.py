"""/batches/{id}/pages: what was read, with its pictures, and what people do with a page. Whoever reads here is
noted in the audit, once an hour."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from kernel.errors import not_found
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import BatchId, Cursor, FieldId, Limit, PageId
from ocr_service.models.batches import PageState
from ocr_service.schemas.batches import AssignBody, PageOut, PagePage, ReadPageOut
from ocr_service.service.viewing import note_view

_READING = problem_responses(401, 403, 404, 422)
_CHANGING = problem_responses(401, 403, 404, 409, 422)
_HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def _picture(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": "The picture.",
            "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
        }
    }


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/batches/{batch_id}/pages", tags=["pages"])

    @router.get("", summary="Pages of a batch", responses={200: {"links": links.OF_FIRST_PAGE}, **_READING})
    def list_pages(
        *,
        request: Request,
        response: Response,
        batch_id: BatchId,
        state: Annotated[list[PageState], Query(max_length=10)] = [],  # noqa: B006  FastAPI copies defaults
        cursor: Cursor = None,
        limit: Limit = 50,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> PagePage:
        """In the order of the stack, without what was read on them."""
        listed = forms.sheets.page(work, actor, batch_id, state, cursor_in(cursor), limit)
        following = cursor_out(listed.next)
        response.headers.update(link_next(request, following))
        return PagePage.of(listed, following)

    @router.get("/{page_id}", summary="Read a page", responses=_READING)
    def get_page(batch_id: BatchId, page_id: PageId, actor: Actor = Depends(web.api_actor)) -> ReadPageOut:
        """With its fields."""
        note_view(web.records, forms.batches, actor, batch_id)
        with web.records.read() as work:
            page = forms.sheets.get(work, actor, batch_id, page_id)
            return ReadPageOut.with_fields(page, forms.sheets.fields(work, actor, batch_id, page_id))

    @router.get(
        "/{page_id}/preview",
        summary="Picture of a page",
        response_class=Response,
        responses={**_picture("image/jpeg"), **_READING},
    )
    def preview_page(batch_id: BatchId, page_id: PageId, actor: Actor = Depends(web.api_actor)) -> Response:
        """JPEG, upright and straightened."""
        note_view(web.records, forms.batches, actor, batch_id)
        with web.records.read() as work:
            page = forms.sheets.get(work, actor, batch_id, page_id)
        return Response(forms.sheets.preview(page), media_type="image/jpeg", headers=_HEADERS)

    @router.get(
        "/{page_id}/fields/{field_id}/crop",
        summary="Picture of a field",
        response_class=Response,
        responses={**_picture("image/jpeg"), **_READING},
    )
    def crop_field(
        batch_id: BatchId, page_id: PageId, field_id: FieldId, actor: Actor = Depends(web.api_actor)
    ) -> Response:
        """JPEG at full resolution."""
        note_view(web.records, forms.batches, actor, batch_id)
        with web.records.read() as work:
            page = forms.sheets.get(work, actor, batch_id, page_id)
            fields = forms.sheets.fields(work, actor, batch_id, page_id)
        field = next((each for each in fields if each.id == field_id), None)
        if field is None:
            raise not_found("項目", "The field")
        return Response(forms.sheets.crop(page, field), media_type="image/jpeg", headers=_HEADERS)

    @router.post(
        "/{page_id}/template",
        summary="Assign a template",
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def assign_template(
        batch_id: BatchId,
        page_id: PageId,
        body: AssignBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> PageOut:
        """The page is read again as this form. Refused once people have decided fields of it."""
        page = forms.sheets.assign(work, actor, batch_id, page_id, body.template, template_page=body.page)
        return PageOut.of(page)

    @router.post("/{page_id}/reading", summary="Read a page again", responses=_CHANGING)
    def read_page_again(
        batch_id: BatchId,
        page_id: PageId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> PageOut:
        """For one that could not be read."""
        return PageOut.of(forms.sheets.read_again(work, actor, batch_id, page_id))

    @router.post("/{page_id}/drop", summary="Leave a page out", responses=_CHANGING)
    def drop_page(
        batch_id: BatchId,
        page_id: PageId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> PageOut:
        """It is neither verified nor exported; restore undoes it."""
        return PageOut.of(forms.sheets.drop(work, actor, batch_id, page_id))

    @router.post("/{page_id}/restore", summary="Take a page back in", responses=_CHANGING)
    def restore_page(
        batch_id: BatchId,
        page_id: PageId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> PageOut:
        """Undoes drop."""
        return PageOut.of(forms.sheets.restore(work, actor, batch_id, page_id))

    return router
