"""Pages of a batch: as pictures with their state, and one with all that was read on it."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.records import UnitOfWork
from ocr_service.models.batches import ListedPages, PageState, ScanField, ScanPage
from ocr_service.models.fields import Field
from ocr_service.models.readings import PageOutcome
from ocr_service.pages.batches_standing import TABS, standing_of
from ocr_service.pages.desk import Desk
from ocr_service.rules.values import shown as as_shown

LISTED = 24
PICTURE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
SHOWN: Mapping[str, tuple[PageState, ...]] = {
    "": (),
    "doubtful": (PageState.READ,),
    "unknown": (PageState.SET_ASIDE,),
    "unreadable": (PageState.UNREADABLE,),
    "left_out": (PageState.DROPPED,),
    "waiting": (PageState.WAITING, PageState.CLAIMED),
}


def add_page_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/{id}/pages and below."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/{batch_id}/pages")
    def pages(
        request: Request,
        batch_id: str,
        show: str = "",
        after: str = "",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """In the order of the stack."""
        show = show if show in SHOWN else ""
        shown = standing_of(desk, request, actor, batch_id)
        desk.note_view(actor, batch_id)
        with web.records.read() as work:
            if show == "doubtful":
                listed: ListedPages = forms.overviews.doubtful_pages(
                    work, actor, batch_id, after or None, LISTED
                )
            else:
                listed = forms.sheets.page(work, actor, batch_id, SHOWN[show], after or None, LISTED)
            counts = forms.overviews.counts(work, listed.items)
            usable = forms.overviews.usable(work, actor)
        return desk.page(
            request,
            actor,
            "pages.html",
            shown=shown,
            tabs=TABS,
            tab="pages",
            pages=listed.items,
            counts=counts,
            files={each.id: each.name for each in shown.files},
            titles=usable,
            show=show,
            after=after,
            next=listed.next,
        )

    @router.get("/forms/{batch_id}/pages/{page_id}")
    def page(
        request: Request, batch_id: str, page_id: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """The picture with the fields framed, and a table of them."""
        shown = standing_of(desk, request, actor, batch_id)
        with web.records.read() as work:
            found = forms.sheets.get(work, actor, batch_id, page_id)
            fields = forms.sheets.fields(work, actor, batch_id, page_id)
            template = forms.overviews.form_of(work, found.template_id, found.template_version)
            before, behind = _neighbours(desk, work, actor, found)
            usable = forms.overviews.usable(work, actor)
        desk.note_view(actor, batch_id)
        labels = {each.name: each for each in template.every_field()} if template else {}
        return desk.page(
            request,
            actor,
            "page.html",
            shown=shown,
            page=found,
            fields=fields,
            labels=labels,
            form=template,
            file=next((each for each in shown.files if each.id == found.file_id), None),
            before=before,
            behind=behind,
            titles=usable,
            changeable=may(actor, Action.FORM_RUN) and shown.accepting,
            points=_points,
            value_of=lambda field: _value(labels.get(field.name), field),
            blank=found.outcome is PageOutcome.EMPTY,
        )

    @router.get("/forms/{batch_id}/pages/{page_id}/preview")
    def preview(batch_id: str, page_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The picture of the page."""
        with web.records.read() as work:
            found = forms.sheets.get(work, actor, batch_id, page_id)
        return Response(forms.sheets.preview(found), media_type="image/jpeg", headers=PICTURE)

    @router.get("/forms/{batch_id}/pages/{page_id}/crops/{field_id}")
    def crop(batch_id: str, page_id: str, field_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The picture of one field."""
        with web.records.read() as work:
            found = forms.sheets.get(work, actor, batch_id, page_id)
            fields = forms.sheets.fields(work, actor, batch_id, page_id)
        field = next((each for each in fields if each.id == field_id), None)
        if field is None:
            raise not_found("画像", "The picture")
        return Response(forms.sheets.crop(found, field), media_type="image/jpeg", headers=PICTURE)


def _neighbours(
    desk: Desk, work: UnitOfWork, actor: Actor, page: ScanPage
) -> tuple[ScanPage | None, ScanPage | None]:
    """The pages before and behind this one in the stack."""
    start = str(page.position - 2) if page.position > 2 else None
    near = desk.forms.sheets.page(work, actor, page.batch_id, (), start, 3).items
    before = next((each for each in near if each.position == page.position - 1), None)
    behind = next((each for each in near if each.position == page.position + 1), None)
    return before, behind


def _value(of: Field | None, field: ScanField) -> str:
    """As a person writes it."""
    return as_shown(of, field.value) if of else field.value


def _points(field: ScanField) -> str:
    """The corners as SVG writes them."""
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in field.quad)
