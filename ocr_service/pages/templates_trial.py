"""Trying a template on filled-in pages before it is used. Nothing of them is kept."""

import tempfile
from base64 import b64encode
from pathlib import Path
from shutil import copyfileobj

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from kernel.errors import ChienowaError, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from ocr_service.models.forms import TemplateVersion
from ocr_service.models.readings import FieldReading, PageReading
from ocr_service.pages.desk import Desk
from ocr_service.pages.templates import version_of
from ocr_service.rules.values import shown as as_shown


def add_template_trials(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/templates/{id}/try."""
    web, forms = desk.web, desk.forms

    def may_try(actor: Actor = Depends(web.page_actor)) -> None:
        require(actor, Action.FORM_TEMPLATE)

    async def posted(request: Request, _allowed: None = Depends(may_try)) -> FormData:
        """The form with its file, for who may send one."""
        return await web.form_with_files(request)

    def version(actor: Actor, template_id: str) -> TemplateVersion:
        """The draft of an own template, the published version of another's."""
        with web.records.read() as work:
            template = forms.templates.get(work, actor, template_id)
            own = template.owner == actor.organisation
            return version_of(desk, work, actor, template, "draft" if own else "")

    def page(
        request: Request,
        actor: Actor,
        shown: TemplateVersion,
        readings: tuple[PageReading, ...] = (),
        error: ChienowaError | None = None,
    ) -> Response:
        problems = (error.problems or (Problem("file", error.text),)) if error else ()
        fields = {each.name: each for each in shown.form.every_field()}

        def value_of(reading: FieldReading) -> str:
            return (
                as_shown(fields[reading.field], reading.value) if reading.field in fields else reading.value
            )

        return desk.page(
            request,
            actor,
            "template_try.html",
            error.status if error else 200,
            shown=shown,
            fields=fields,
            readings=readings,
            value_of=value_of,
            picture_of=lambda data: b64encode(data).decode(),
            points=lambda reading: " ".join(f"{x:.1f},{y:.1f}" for x, y in reading.quad),
            problems=desk.shown_problems(request, problems),
            upload_limit=web.settings.upload_max_mb * 1_000_000,
        )

    @router.get("/forms/templates/{template_id}/try")
    def ask(request: Request, template_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """Asks for a filled-in page."""
        require(actor, Action.FORM_TEMPLATE)
        return page(request, actor, version(actor, template_id))

    @router.post("/forms/templates/{template_id}/try")
    def attempt(
        request: Request,
        template_id: str,
        actor: Actor = Depends(web.page_actor),
        form: FormData = Depends(posted),
    ) -> Response:
        """Reads it as a batch would, and shows the readings on it."""
        shown = version(actor, template_id)
        file = form.get("file")
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                text = Text("ファイルを選んでください。", "Choose a file.")
                raise Invalid(text, (Problem("file", text),))
            with tempfile.TemporaryDirectory(prefix="trial-", dir=web.settings.folder("tmp")) as folder:
                kept = Path(folder) / "sample"
                with kept.open("wb") as stream:
                    copyfileobj(file.file, stream)
                readings = forms.trials.run(shown.form, kept, file.filename)
        except ChienowaError as error:
            return page(request, actor, shown, (), error)
        return page(request, actor, shown, readings)
