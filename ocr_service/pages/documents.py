"""Documents without a template: handed in, read, downloaded."""

from typing import Literal

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kernel.errors import ChienowaError, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.pages.desk import Desk

_TYPES = {
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
    "tables": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add_document_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/read."""
    web, forms = desk.web, desk.forms
    limit = web.settings.upload_max_mb * 1_000_000

    def may_run(actor: Actor = Depends(web.page_actor)) -> None:
        require(actor, Action.FORM_RUN)

    async def posted(request: Request, _allowed: None = Depends(may_run)) -> FormData:
        """The form with its files, for who may send them."""
        return await web.form_with_files(request)

    def page(request: Request, actor: Actor, error: ChienowaError | None = None) -> Response:
        with web.records.read() as work:
            mine = forms.document_desk.mine(work, actor)
        return desk.page(
            request,
            actor,
            "documents.html",
            error.status if error else 200,
            mine=mine,
            going=any(each.state.value == "waiting" for each, _, _ in mine),
            limit=limit,
            english=web.language(request) == "en",
            problems=desk.shown_problems(request, error.problems) if error else (),
        )

    @router.get("/forms/read")
    def documents(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """Those of this person."""
        return page(request, actor)

    @router.post("/forms/read")
    def add(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(posted)
    ) -> Response:
        """Keeps the files; they are read in the background."""
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
        try:
            if not files:
                problem = Text(
                    "ファイルを選んでから、「読み取りを始める」を押してください。", "Choose a file first."
                )
                raise Invalid(problem, (Problem("files", problem),))
            stored = [(each.filename or "", forms.blobs.add(each.file, limit)) for each in files]
            with web.records.write() as work:
                for name, blob in stored:
                    forms.document_desk.add(work, actor, name, blob)
        except Invalid as error:
            return page(request, actor, error)
        _ = web.translate(request)
        return desk.go(
            "/forms/read#mine", _("{n}個の文書を受け取りました。読み取りは自動で進みます。", n=len(stored))
        )

    @router.get("/forms/read/{document_id}/{kind}")
    def download(
        document_id: str, kind: Literal["pdf", "text", "tables"], actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """What came out."""
        with web.records.read() as work:
            name, path = forms.document_desk.file(work, actor, document_id, kind)
        return FileResponse(
            path, media_type=_TYPES[kind], filename=name, headers={"Cache-Control": "private, no-store"}
        )

    @router.post("/forms/read/{document_id}/remove")
    def remove(
        request: Request,
        document_id: str,
        actor: Actor = Depends(web.page_actor),
        _form: FormData = Depends(web.form),
    ) -> Response:
        """At once, with everything that came out."""
        forms.document_desk.remove(actor, document_id)
        _ = web.translate(request)
        return desk.go("/forms/read", _("文書と読み取った結果を消去しました。"))
