"""Files of a batch: added, and decided about."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kernel.errors import Invalid, NotFound, Problem, Text, not_found
from kernel.identity.models import Actor
from ocr_service.models.batches import Plan
from ocr_service.pages.desk import Desk
from ocr_service.rules.batches import TITLE_MAX


def add_file_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/{id}/files and what people decide about one."""
    web, forms = desk.web, desk.forms
    limit = web.settings.upload_max_mb * 1_000_000

    def may_add(batch_id: str, actor: Actor = Depends(web.page_actor)) -> None:
        """Refuses whoever may not add files, before a byte of them is accepted."""
        with web.records.read() as work:
            forms.intake.check_add(work, actor, batch_id)

    async def posted(request: Request, _allowed: None = Depends(may_add)) -> FormData:
        return await web.form_with_files(request)

    @router.post("/forms/{batch_id}/files")
    def add(
        request: Request,
        batch_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(posted),
    ) -> Response:
        """Keeps the files; they are opened and read in the background."""
        files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
        if not files:
            problem = Text("ファイルを選んでから、追加するを押してください。", "Choose a file first.")
            raise Invalid(problem, (Problem("files", problem),))
        stored = [(each.filename or "", forms.blobs.add(each.file, limit)) for each in files]
        with web.records.write() as work:
            for name, blob in stored:
                forms.intake.add(work, actor, batch_id, name, blob)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"files": len(stored)}, 201)
        _ = web.translate(request)
        sentence = _("{n}個のファイルを受け取りました。読み取りは自動で進みます。", n=len(stored))
        return desk.go(f"/forms/{batch_id}#files", sentence)

    @router.post("/forms/{batch_id}/files/{file_id}/{action}", dependencies=[Depends(web.form)])
    def decide(
        request: Request, batch_id: str, file_id: str, action: str, actor: Actor = Depends(web.page_actor)
    ) -> Response:
        """read: read it all the same; skip: leave it out; move: to a batch of its own."""
        _ = web.translate(request)
        address = f"/forms/{batch_id}#files"
        with web.records.write() as work:
            if action == "read":
                file = forms.intake.read_anyway(work, actor, batch_id, file_id)
                sentence = _("「{name}」を読み取ります。", name=file.name)
            elif action == "skip":
                file = forms.intake.skip(work, actor, batch_id, file_id)
                sentence = _("「{name}」は読み取りません。あとから読み取ることもできます。", name=file.name)
            elif action == "move":
                old = forms.batches.get(work, actor, batch_id)
                ending = _("（続き）")
                plan = Plan(
                    old.title[: TITLE_MAX - len(ending)] + ending,
                    old.templates,
                    old.entry,
                    old.coverage,
                    old.threshold,
                    old.priority,
                    old.note,
                )
                new = forms.batches.create(work, actor, plan)
                file = forms.intake.move(work, actor, batch_id, file_id, new.id)
                sentence = _("「{name}」を新しいバッチに移しました。", name=file.name)
                address = f"/forms/{new.id}"
            else:
                raise _no_such_page()
        return desk.go(address, sentence)


def _no_such_page() -> NotFound:
    return not_found("ページ", "The page")
