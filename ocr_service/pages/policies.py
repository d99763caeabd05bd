"""What a ward decides for its batches: how long they are kept, which folder is watched."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import Invalid
from kernel.identity.models import Actor
from ocr_service.pages.batches import based_on
from ocr_service.pages.desk import Desk


def add_policy_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/policy."""
    web, forms = desk.web, desk.forms

    def page(
        request: Request, actor: Actor, values: dict[str, str] | None = None, error: Invalid | None = None
    ) -> Response:
        with web.records.read() as work:
            policy = forms.policies.get(work, actor)
        stored = {"keep_days": str(policy.keep_days), "watched_folder": policy.watched_folder}
        return desk.page(
            request,
            actor,
            "policy.html",
            422 if error else 200,
            policy=policy,
            values=values or stored,
            by=desk.named(actor)(policy.updated_by),
            problems=desk.shown_problems(request, error.problems) if error else (),
        )

    @router.get("/forms/policy")
    def policy(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """For all who work with forms; administrators change it."""
        return page(request, actor)

    @router.post("/forms/policy")
    def change(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(web.form)
    ) -> Response:
        """Saves it."""
        values = {name: str(form.get(name, "")).strip() for name in ("keep_days", "watched_folder")}
        days = values["keep_days"]
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 9 else 0
        try:
            with web.records.write() as work:
                forms.policies.change(work, actor, number, values["watched_folder"], based_on(form))
        except Invalid as error:
            return page(request, actor, values, error)
        return desk.go("/forms/policy", web.translate(request)("設定を保存しました。"))
