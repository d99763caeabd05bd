"""A new template: from a blank or filled form, from a shipped sample, or from a file of another installation."""

import json
import tempfile
from functools import cache
from pathlib import Path
from shutil import copyfileobj

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from kernel.clock import JST
from kernel.errors import ChienowaError, Conflict, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.models.forms import Form, FormPage
from ocr_service.pages.desk import Desk
from ocr_service.pages.templates_proposals import keep_proposals
from ocr_service.ports.form_reading import BlankPage, UnreadableScan
from ocr_service.schemas.forms import LARGEST_FILE, read_file

SAMPLES = Path(__file__).parents[1] / "samples" / "forms"


def add_new_template_pages(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/templates/new and /forms/templates/import."""
    web, forms = desk.web, desk.forms

    def may_make(actor: Actor = Depends(web.page_actor)) -> None:
        require(actor, Action.FORM_TEMPLATE)

    async def posted(request: Request, _allowed: None = Depends(may_make)) -> FormData:
        """The form with its file, for who may send one."""
        return await web.form_with_files(request)

    def page(
        request: Request, actor: Actor, values: dict[str, str], error: ChienowaError | None = None
    ) -> Response:
        problems = (error.problems or (Problem("", error.text),)) if error else ()
        return desk.page(
            request,
            actor,
            "template_new.html",
            error.status if error else 200,
            values=values,
            problems=desk.shown_problems(request, problems),
            samples=samples(),
            upload_limit=web.settings.upload_max_mb * 1_000_000,
        )

    def fresh(title: str = "") -> dict[str, str]:
        name = f"form_{web.clock.now().astimezone(JST):%Y%m%d_%H%M%S}"
        return {"title": title, "name": name, "import_name": ""}

    @router.get("/forms/templates/new")
    def new(request: Request, actor: Actor = Depends(web.page_actor)) -> Response:
        """Asks what it is made from."""
        require(actor, Action.FORM_TEMPLATE)
        return page(request, actor, fresh())

    @router.post("/forms/templates/new")
    def create(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(posted)
    ) -> Response:
        """Makes the pages ready, which takes some seconds, and opens the editor."""
        values = fresh() | {
            name: str(form.get(name, "")).strip() for name in ("title", "name") if form.get(name)
        }
        file = form.get("file")
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise _no_file()
            pages = _blank_pages(desk, file)
            content = Form(
                values["name"], values["title"] or Path(file.filename).stem, "", tuple(map(_page, pages))
            )
            with web.records.write() as work:
                template = forms.templates.create(work, actor, content)
        except (Invalid, Conflict, UnreadableScan) as error:
            return page(request, actor, values, error)
        kept = keep_proposals(desk, template.id, {page.number: page.proposals for page in pages})
        return web.redirect(f"/forms/templates/{template.id}/edit?proposals={kept}")

    @router.post("/forms/templates/import")
    def take_in(
        request: Request, actor: Actor = Depends(web.page_actor), form: FormData = Depends(posted)
    ) -> Response:
        """A file of another installation, or one of the shipped samples."""
        _ = web.translate(request)
        file, sample = form.get("file"), str(form.get("sample", ""))
        name = str(form.get("import_name", "")).strip()
        try:
            if sample in dict(samples()):
                data = (SAMPLES / f"{sample}.json").read_bytes()
            elif isinstance(file, UploadFile) and file.filename:
                data = file.file.read(LARGEST_FILE + 1)
            else:
                raise _no_file()
            given = read_file(data)
            with web.records.write() as work:
                imported = forms.templates.take_in(work, actor, given.form, given.envelope, name)
        except (Invalid, Conflict) as error:
            return page(request, actor, fresh() | {"import_name": name}, error)
        address = f"/forms/templates/{imported.template.id}"
        sentence = _("「{title}」を下書きとして取り込みました。", title=given.form.title)
        return desk.go(address, sentence, "success" if imported.verdict.sound or sample else "info")


def _blank_pages(desk: Desk, file: UploadFile) -> tuple[BlankPage, ...]:
    with tempfile.TemporaryDirectory(prefix="blank-", dir=desk.web.settings.folder("tmp")) as folder:
        kept = Path(folder) / "blank"
        with kept.open("wb") as stream:
            copyfileobj(file.file, stream)
        return desk.forms.blanks.pages(kept, file.filename or "")


@cache
def samples() -> tuple[tuple[str, str], ...]:
    """Names and titles of the shipped templates."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("*.json"))]
    return tuple((each["name"], each["title"]) for each in found)


def _page(page: BlankPage) -> FormPage:
    return FormPage(page.number, page.width, page.height, page.dpi, page.image)


def _no_file() -> Invalid:
    text = Text("ファイルを選んでください。", "Choose a file.")
    return Invalid(text, (Problem("file", text),))
