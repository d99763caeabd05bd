"""What endpoints of templates share: identifiers, answers with the ETag, 412 with the template as it is."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import JSONResponse

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import etag
from kernel.web.problems import MEDIA_TYPE, document, problem_responses
from ocr_service.http.parameters import EXAMPLE, IDENTIFIER
from ocr_service.models.forms import Template
from ocr_service.schemas.templates import TemplateOut
from ocr_service.service.templates import StaleTemplate

TemplateId = Annotated[
    str, Path(pattern=IDENTIFIER, description="Identifier of a template.", examples=[EXAMPLE])
]
VersionText = Annotated[
    str,
    Path(
        pattern=r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$",
        description="Semantic version.",
        examples=["1.0.0"],
    ),
]
READING = problem_responses(401, 403, 404, 422)
CHANGING = problem_responses(400, 401, 403, 404, 409, 412, 422, 428)
Step = Callable[[UnitOfWork, Actor, int], Template]


def answer_with(template: Template, status: int = 200) -> JSONResponse:
    return JSONResponse(TemplateOut.of(template).model_dump(mode="json"), status, headers_of(template))


def headers_of(template: Template) -> dict[str, str]:
    return {"ETag": etag(template.revision), "Cache-Control": "no-store"}


def after(  # noqa: PLR0917  what every change has
    web: Web, request: Request, step: Step, work: UnitOfWork, actor: Actor, based_on: int
) -> JSONResponse:
    """The template after a change, or 412."""
    try:
        return answer_with(step(work, actor, based_on))
    except StaleTemplate as error:
        return stale(web, request, error)


def stale(web: Web, request: Request, error: StaleTemplate) -> JSONResponse:
    """412 with the template as it is."""
    if error.current is None:
        raise error
    current = TemplateOut.of(error.current).model_dump(mode="json")
    body = document(error, web.language(request)) | {"current": current}
    return JSONResponse(body, error.status, {"ETag": etag(error.current.revision)}, MEDIA_TYPE)
