"""What is done with a batch as a whole: paused, resumed, cancelled, closed, reopened, read again, erased."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Invalid, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.models.batches import Plan
from ocr_service.pages.batches import based_on
from ocr_service.pages.batches_standing import Shown, standing_of
from ocr_service.pages.desk import Desk


def add_batch_actions(router: APIRouter, desk: Desk) -> None:
    """Adds POST /forms/{id}/do/{action} and /forms/{id}/erase."""
    web, forms = desk.web, desk.forms

    @router.post("/forms/{batch_id}/do/{action}")
    def act(
        request: Request,
        batch_id: str,
        action: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Each can be undone by another one."""
        _ = web.translate(request)
        service = forms.batches
        acts = {
            "pause": (service.pause, _("一時停止しました。")),
            "resume": (service.resume, _("読み取りを再開しました。")),
            "cancel": (service.cancel, _("中止しました。「再開する」で元に戻せます。")),
            "close": (service.close, _("完了にしました。「作業に戻す」で元に戻せます。")),
            "reopen": (service.reopen, _("作業に戻しました。")),
            "retry": (service.retry, _("読めなかったページを、もう一度読み取ります。")),
        }
        if action == "priority":
            priority = str(form.get("priority"))
            with web.records.write() as work:
                old = service.get(work, actor, batch_id)
                chosen = int(priority) if priority in {"0", "1", "2"} else old.priority
                plan = Plan(
                    old.title, old.templates, old.entry, old.coverage, old.threshold, chosen, old.note
                )
                service.change(work, actor, batch_id, plan, based_on(form))
            return desk.go(f"/forms/{batch_id}", _("優先度を変えました。"))
        if action not in acts:
            raise not_found("ページ", "The page")
        method, sentence = acts[action]
        with web.records.write() as work:
            method(work, actor, batch_id, based_on(form))
        return desk.go(f"/forms/{batch_id}", sentence)

    @router.get("/forms/{batch_id}/erase")
    def ask_to_erase(request: Request, batch_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Says what will be gone."""
        require(actor, Action.FORM_RUN)
        return _erase(desk, request, actor, standing_of(desk, request, actor, batch_id))

    @router.post("/forms/{batch_id}/erase")
    def erase(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(web.form),
    ) -> Response:
        """Erases it for ever, when its name was typed."""
        shown = standing_of(desk, request, actor, batch_id)
        try:
            with web.records.write() as work:
                forms.batches.delete(work, actor, batch_id, str(form.get("confirmation", "")))
        except Invalid as error:
            return _erase(desk, request, actor, shown, error)
        _ = web.translate(request)
        return desk.go("/forms", _("バッチ「{title}」を消去しました。", title=shown.batch.title))


def _erase(
    desk: Desk, request: Request, actor: Actor, shown: Shown, error: Invalid | None = None
) -> Response:
    problems = desk.shown_problems(request, error.problems) if error else ()
    return desk.page(
        request, actor, "batch_erase.html", 422 if error else 200, shown=shown, problems=problems
    )
