"""/forms: templates, their drafts and versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import WithJsonSchema

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.arriving import body_of
from kernel.web.etag import version_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.paging import cursor_in, cursor_out, link_next
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import Cursor, IfMatch, Limit
from ocr_service.http.template_answers import CHANGING, READING, TemplateId, after, answer_with, headers_of
from ocr_service.models.forms import Template
from ocr_service.rules.form_document import document as form_document
from ocr_service.schemas.form_schema import SCHEMA, inlined
from ocr_service.schemas.forms import LARGEST_FILE, FormFile, read_file
from ocr_service.schemas.templates import (
    AudienceBody,
    TemplateOut,
    TemplatePage,
)

Owners = Annotated[
    list[Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-z]{1,16}$"})]],
    Query(max_length=30, description="Organisation codes."),
]
_DOCUMENT: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": inlined()}}}
}


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/forms", tags=["templates"])

    @router.get(
        "",
        summary="List templates",
        responses={200: {"links": links.OF_FIRST_TEMPLATE}, **problem_responses(401, 403, 422)},
    )
    def list_templates(
        *,
        request: Request,
        response: Response,
        owner: Owners = [],  # noqa: B006  FastAPI copies defaults
        archived: bool = False,
        cursor: Cursor = None,
        limit: Limit = 20,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> TemplatePage:
        """All that you may use and the drafts of your organisation, newest change first."""
        listed = forms.templates.page(
            work, actor, owners=owner, archived=archived, cursor=cursor_in(cursor), limit=limit
        )
        following = cursor_out(listed.next)
        response.headers.update(link_next(request, following))
        return TemplatePage.of(listed, following)

    @router.get("/schema", summary="JSON Schema of template files", responses=problem_responses(401))
    def get_form_schema(_actor: Actor = Depends(web.api_actor)) -> dict[str, Any]:
        """For writing templates by hand or by programs."""
        return SCHEMA

    @router.post(
        "",
        summary="Make a template",
        status_code=201,
        response_model=TemplateOut,
        responses={201: {"links": links.OF_TEMPLATE}, **problem_responses(400, 401, 403, 409, 413, 422)},
        openapi_extra=_DOCUMENT,
    )
    def create_template(
        request: Request, key: IdempotencyKey = None, actor: Actor = Depends(web.api_actor)
    ) -> Response:
        """A draft of your organisation. The body is a template file without its envelope; every mistake in it
        is told with its JSON pointer."""
        sent, file = _sent(request)
        with web.records.write() as work:

            def answer() -> Response:
                made = forms.templates.create(work, actor, file.form)
                response = answer_with(made, 201)
                response.headers["Location"] = f"{request.url.path}/{made.id}"
                return response

            return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get("/{template_id}", summary="Read a template", response_model=TemplateOut, responses=READING)
    def get_template(
        template_id: TemplateId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """Its revision is the ETag to change it with."""
        return answer_with(forms.templates.get(work, actor, template_id))

    @router.get("/{template_id}/draft", summary="Read a draft", responses=READING)
    def get_draft(
        template_id: TemplateId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """The content as a template file, for members of its organisation."""
        template = forms.templates.get(work, actor, template_id)
        draft = forms.templates.draft(work, actor, template_id)
        return JSONResponse(form_document(draft.form), headers=headers_of(template))

    @router.put(
        "/{template_id}/draft",
        summary="Save a draft",
        response_model=TemplateOut,
        responses={**CHANGING, **problem_responses(413)},
        openapi_extra=_DOCUMENT,
    )
    def save_draft(
        request: Request,
        template_id: TemplateId,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
    ) -> Response:
        """The whole content anew. When somebody saved in between, 412 carries the template as it is."""
        based_on = version_of(if_match)
        _sent_as, file = _sent(request)

        def step(work: UnitOfWork, actor: Actor, based_on: int) -> Template:
            return forms.templates.save(work, actor, template_id, file.form, based_on=based_on)

        with web.records.write() as work:
            return after(web, request, step, work, actor, based_on)

    @router.put(
        "/{template_id}/audience", summary="Share a template", response_model=TemplateOut, responses=CHANGING
    )
    def share_template(
        *,
        request: Request,
        template_id: TemplateId,
        body: AudienceBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Who may use what is published. Batches under way go on."""

        def step(work: UnitOfWork, actor: Actor, based_on: int) -> Template:
            return forms.templates.share(work, actor, template_id, body.audience(), based_on)

        return after(web, request, step, work, actor, version_of(if_match))

    def add_archiving(path: str, name: str, summary: str, description: str, archived: bool) -> None:
        def act(
            request: Request,
            template_id: TemplateId,
            if_match: IfMatch = None,
            actor: Actor = Depends(web.api_actor),
            work: UnitOfWork = Depends(web.writing, scope="function"),
        ) -> Response:
            def step(work: UnitOfWork, actor: Actor, based_on: int) -> Template:
                return forms.templates.archive(work, actor, template_id, based_on, archived)

            return after(web, request, step, work, actor, version_of(if_match))

        router.add_api_route(
            f"/{{template_id}}/{path}",
            act,
            methods=["POST"],
            name=name,
            summary=summary,
            description=description,
            response_model=TemplateOut,
            responses=CHANGING,
        )

    add_archiving(
        "archive", "archive_template", "Archive a template", "Out of lists and new batches.", archived=True
    )
    add_archiving("restore", "restore_template", "Restore a template", "Undoes archive.", archived=False)

    return router


def _sent(request: Request) -> tuple[str, FormFile]:
    """The body as a template, and its fingerprint."""
    body = body_of(request, LARGEST_FILE)
    return fingerprint(request.method, request.url.path, body.decode(errors="replace")), read_file(body)
