"""The list of batches, one batch, and its settings."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Invalid
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.models.batches import BatchState
from ocr_service.pages.batches_plan import Values, plan_of, plan_options, values_of
from ocr_service.pages.batches_standing import TABS, Shown, standing_of
from ocr_service.pages.desk import Desk
from ocr_service.pages.labels import TONES

LISTED = 20
SHOWN: Mapping[str, tuple[BatchState, ...]] = {
    "": tuple(each for each in BatchState if each is not BatchState.DELETED),
    "going": (BatchState.RECEIVING, BatchState.READING, BatchState.PAUSED),
    "verifying": (BatchState.VERIFYING,),
    "ready": (BatchState.READY,),
    "ended": (BatchState.CLOSED, BatchState.CANCELLED),
    "erased": (BatchState.DELETED,),
}


def add_batch_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms, /forms/{id} and /forms/{id}/settings."""
    web, forms = desk.web, desk.forms

    @router.get("/forms")
    def batches(
        request: Request, show: str = "", after: str = "", actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """Newest first."""
        show = show if show in SHOWN else ""
        with web.records.read() as work:
            listed = forms.batches.page(work, actor, SHOWN[show], after or None, LISTED)
            standings = forms.batches.standings(work, listed.items)
        return desk.page(
            request,
            actor,
            "batches.html",
            batches=listed.items,
            standings=standings,
            tones=TONES,
            named=desk.named(actor),
            show=show,
            after=after,
            next=listed.next,
        )

    @router.get("/forms/{batch_id}")
    def batch(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Where it stands, and what can be done with it."""
        shown = standing_of(desk, request, actor, batch_id)
        if shown.batch.state is BatchState.DELETED:
            return desk.page(request, actor, "batch_erased.html", shown=shown)
        with web.records.read() as work:
            titles = forms.overviews.usable(work, actor)
        return desk.page(
            request,
            actor,
            "batch.html",
            shown=shown,
            tabs=TABS,
            tab="",
            by=desk.named(actor)(shown.batch.created_by),
            templates=[titles[each] for each in shown.batch.templates if each in titles],
            upload_limit=web.settings.upload_max_mb * 1_000_000,
        )

    @router.get("/forms/{batch_id}/settings")
    def settings(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """How it is read and verified."""
        require(actor, Action.FORM_RUN)
        shown = standing_of(desk, request, actor, batch_id)
        return _settings(desk, request, actor, shown, values_of(shown.batch))

    @router.post("/forms/{batch_id}/settings")
    def save_settings(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Saves them."""
        shown = standing_of(desk, request, actor, batch_id)
        plan = plan_of(form)
        try:
            with web.records.write() as work:
                forms.batches.change(work, actor, batch_id, plan, based_on(form))
        except Invalid as error:
            return _settings(desk, request, actor, shown, values_of(plan), error)
        return desk.go(f"/forms/{batch_id}", web.translate(request)("設定を保存しました。"))


def based_on(form: FormData) -> int:
    """The revision that a page was made from; 0, which is never current, for nonsense."""
    sent = form.get("based_on")
    return int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _settings(  # noqa: PLR0917
    desk: Desk, request: Request, actor: Actor, shown: Shown, values: Values, error: Invalid | None = None
) -> Response:
    with desk.web.records.read() as work:
        usable = desk.forms.overviews.usable(work, actor)
    return desk.page(
        request,
        actor,
        "batch_settings.html",
        422 if error else 200,
        shown=shown,
        values=values,
        problems=desk.shown_problems(request, error.problems) if error else (),
        **plan_options(desk, request, usable),
    )
