"""The editor of a draft: its page, what it loads and what it saves."""

import json
from base64 import b64encode
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kernel.errors import ChienowaError, Invalid, Problem, Stale, Text
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.web.etag import etag, version_of
from kernel.web.problems import document as problem_document
from ocr_service.models.fields import Characters, FieldType, Writing
from ocr_service.models.forms import CheckKind, Form
from ocr_service.pages.desk import Desk
from ocr_service.pages.labels import CHARACTERS, CHECKS, TYPES, WRITINGS
from ocr_service.rules.form_document import document
from ocr_service.schemas.forms import read_document


def add_template_editor(router: APIRouter, desk: Desk) -> None:
    """Adds /forms/templates/{id}/edit and /draft."""
    web, forms = desk.web, desk.forms

    @router.get("/forms/templates/{template_id}/edit")
    def edit(request: Request, template_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The editor; without scripts the template can be looked at."""
        require(actor, Action.FORM_TEMPLATE)
        with web.records.read() as work:
            template = forms.templates.get(work, actor, template_id)
            draft = forms.templates.draft(work, actor, template_id)
        language = web.language(request)
        return desk.page(
            request,
            actor,
            "template_edit.html",
            template=template,
            draft=draft,
            types=[(each, TYPES[each].in_language(language)) for each in FieldType],
            writings=[(each, WRITINGS[each].in_language(language)) for each in Writing],
            characters=[(each, CHARACTERS[each].in_language(language)) for each in Characters],
            checks=[(each, CHECKS[each].in_language(language)) for each in CheckKind],
        )

    @router.get("/forms/templates/{template_id}/draft")
    def draft(template_id: str, actor: Actor = Depends(web.page_actor)) -> Response:
        """The content without its pictures; the ETag is the revision to save it with."""
        require(actor, Action.FORM_TEMPLATE)
        with web.records.read() as work:
            template = forms.templates.get(work, actor, template_id)
            found = forms.templates.draft(work, actor, template_id)
        headers = {"ETag": etag(template.revision), "Cache-Control": "no-store"}
        return JSONResponse(_without_pictures(found.form), headers=headers)

    async def sent(request: Request) -> Any:
        try:
            return json.loads(await request.body())
        except ValueError as error:
            raise _no_json() from error

    @router.put("/forms/templates/{template_id}/draft", dependencies=[Depends(web.csrf)])
    def save(
        request: Request,
        template_id: str,
        actor: Actor = Depends(web.page_actor),
        content: Any = Depends(sent),
    ) -> Response:
        """Problems are told with the places that they are at; nothing is stored then."""
        try:
            based_on = version_of(request.headers.get("if-match"))
            with web.records.read() as work:
                stored = forms.templates.draft(work, actor, template_id)
            form = read_document(_with_pictures(content, stored.form), draft=True).form
            with web.records.write() as work:
                saved = forms.templates.save(work, actor, template_id, form, based_on=based_on)
        except (Invalid, Stale) as error:
            return told(desk, request, error)
        return JSONResponse({"revision": saved.revision}, headers={"ETag": etag(saved.revision)})


def _without_pictures(form: Form) -> dict[str, Any]:
    content = document(form)
    for page in content["pages"]:
        del page["image"]
    return content


def _with_pictures(content: Any, stored: Form) -> Any:
    """The pictures of the stored draft by page number; anything that is no document stays as it is, for the
    reader of documents to refuse."""
    pages = content.get("pages") if isinstance(content, dict) else None
    if isinstance(pages, list):
        pictures = {page.number: page.image for page in stored.pages}
        for page in pages:
            if isinstance(page, dict) and page.get("number") in pictures:
                page["image"] = b64encode(pictures[page["number"]]).decode()
    return content


def told(desk: Desk, request: Request, error: ChienowaError) -> Response:
    """An error for a script, as the API tells it."""
    return JSONResponse(
        problem_document(error, desk.web.language(request)),
        error.status,
        {"Cache-Control": "no-store"},
        "application/problem+json",
    )


def _no_json() -> Invalid:
    text = Text("送られた内容を読み取れません。", "What was sent is no JSON.")
    return Invalid(text, (Problem("", text),))
