"""What was read on a batch as a table: a row for a page, a column for a field."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kernel.identity.models import Actor
from ocr_service.pages.batches_standing import TABS, standing_of
from ocr_service.pages.desk import Desk
from ocr_service.rules.values import shown as as_shown

ROWS = 50


def add_result_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/{id}/results."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/{batch_id}/results")
    def results(
        request: Request,
        batch_id: str,
        form: int = 0,
        after: str = "",
        actor: Actor = Depends(web.page_actor),
    ) -> Response:
        """`form`: which of the forms that were found, the most frequent first."""
        shown = standing_of(desk, request, actor, batch_id)
        desk.note_view(actor, batch_id)
        with web.records.read() as work:
            kinds = forms.overviews.forms(work, actor, batch_id)
            titles = forms.overviews.titles(work, kinds)
            kind = kinds[form] if 0 <= form < len(kinds) else next(iter(kinds), None)
            template = forms.overviews.form_of(work, kind.template_id, kind.version) if kind else None
            listed = forms.overviews.rows(work, actor, batch_id, kind, after or None, ROWS) if kind else None
        page = (
            next((each for each in template.pages if kind and each.number == kind.page), None)
            if template
            else None
        )
        columns = tuple(page.every_field()) if page else ()
        return desk.page(
            request,
            actor,
            "results.html",
            shown=shown,
            tabs=TABS,
            tab="results",
            kinds=[(number, titles.get(each.template_id, ""), each) for number, each in enumerate(kinds)],
            chosen=kinds.index(kind) if kind else 0,
            columns=columns,
            rows=listed.items if listed else (),
            value_of=lambda column, field: as_shown(column, field.value),
            after=after,
            next=listed.next if listed else None,
        )
