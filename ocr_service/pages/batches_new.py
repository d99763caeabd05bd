"""A new batch. With scripts its files are sent one by one afterwards, with a progress bar each; without, they
come with the form."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kernel.clock import JST
from kernel.errors import Invalid
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.pages.batches_plan import Values, plan_of, plan_options, values_of
from ocr_service.pages.desk import Desk


def add_new_batch_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/new."""
    web, forms = desk.web, desk.forms
    limit = web.settings.upload_max_mb * 1_000_000

    def may_run(actor: Actor = Depends(web.page_actor)) -> None:
        require(actor, Action.FORM_RUN)

    async def posted(request: Request, _allowed: None = Depends(may_run)) -> FormData:
        """The form with its files, for who may send them."""
        return await web.form_with_files(request)

    def page(request: Request, actor: Actor, values: Values, error: Invalid | None = None) -> Response:
        with web.records.read() as work:
            usable = forms.overviews.usable(work, actor)
            policy = forms.policies.get(work, actor)
        return desk.page(
            request,
            actor,
            "batch_new.html",
            422 if error else 200,
            values=values,
            problems=desk.shown_problems(request, error.problems) if error else (),
            upload_limit=limit,
            keep_days=policy.keep_days,
            **plan_options(desk, request, usable),
        )

    @router.get("/forms/new")
    def new(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """The form, with a title that tells batches apart."""
        require(actor, Action.FORM_RUN)
        now = web.clock.now().astimezone(JST)
        _ = web.translate(request)
        title = _("{month}月{day}日 {time}の読み取り", month=now.month, day=now.day, time=f"{now:%H:%M}")
        return page(request, actor, Values(title=title))

    @router.post("/forms/new")
    def create(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(posted)
    ) -> Response:
        """Makes the batch with the files that came along; a script is told where it is."""
        plan = plan_of(form)
        scripted = "application/json" in request.headers.get("accept", "")
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
        try:
            stored = [(each.filename or "", forms.blobs.add(each.file, limit)) for each in files]
            with web.records.write() as work:
                batch = forms.batches.create(work, actor, plan)
                for name, blob in stored:
                    forms.intake.add(work, actor, batch.id, name, blob)
        except Invalid as error:
            if scripted:
                raise
            return page(request, actor, values_of(plan), error)
        address = f"/forms/{batch.id}"
        if scripted:
            return JSONResponse({"address": address}, 201, headers={"Location": address})
        _ = web.translate(request)
        return desk.go(
            address, _("バッチを作りました。読み取りは自動で進みます。この画面を離れても構いません。")
        )
