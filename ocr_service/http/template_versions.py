"""/forms/{id}: what is published of a template, yanked and copied."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import version_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import IfMatch
from ocr_service.http.template_answers import CHANGING, READING, TemplateId, VersionText, answer_with, stale
from ocr_service.schemas.templates import CopyBody, PublishBody, TemplateOut, VersionOut, YankBody
from ocr_service.service.templates import StaleTemplate


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/forms", tags=["templates"])

    @router.post(
        "/{template_id}/publication",
        summary="Publish a draft",
        status_code=201,
        response_model=VersionOut,
        responses=CHANGING,
    )
    def publish_draft(
        *,
        request: Request,
        template_id: TemplateId,
        body: PublishBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """As the next version: major when fields are gone or of another type, minor when there are more, else
        patch. It never changes again and is signed by the installation."""
        based_on = version_of(if_match)
        try:
            made = forms.publishing.publish(work, actor, template_id, based_on, body.note)
        except StaleTemplate as error:
            return stale(web, request, error)
        shown = VersionOut.of(made, forms.templates.verdict(work, made)).model_dump(mode="json")
        return JSONResponse(shown, 201, {"Location": f"/api/v1/forms/{template_id}/versions/{made.version}"})

    @router.post(
        "/{template_id}/copies",
        summary="Copy a template",
        status_code=201,
        response_model=TemplateOut,
        responses={201: {"links": links.OF_TEMPLATE}, **problem_responses(400, 401, 403, 404, 409, 422)},
    )
    def copy_template(
        *,
        request: Request,
        template_id: TemplateId,
        body: CopyBody,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """As a draft of your organisation, to change it as you need it."""

        def answer() -> Response:
            made = forms.templates.copy(
                work, actor, template_id, body.name, version=body.version, title=body.title
            )
            return answer_with(made, 201)

        sent = fingerprint("POST", request.url.path, body.model_dump_json())
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get(
        "/{template_id}/versions",
        summary="Versions of a template",
        responses={200: {"links": links.OF_VERSIONS}, **READING},
    )
    def list_versions(
        template_id: TemplateId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[VersionOut]:
        """Published and yanked ones, newest first, each with what its signature is worth."""
        lines = forms.templates.versions(work, actor, template_id)
        return [VersionOut.of(line, forms.templates.verdict(work, line)) for line in lines]

    @router.post(
        "/{template_id}/versions/{version}/yank",
        summary="Yank a version",
        response_model=VersionOut,
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def yank_version(
        template_id: TemplateId,
        version: VersionText,
        body: YankBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> VersionOut:
        """No new batch begins with it; those under way go on, and whoever looks reads the reason."""
        yanked = forms.publishing.yank(work, actor, template_id, version, body.reason)
        return VersionOut.of(yanked, forms.templates.verdict(work, yanked))

    return router
