"""/form-policy: how long batches are kept, and the folder for scanners."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import JSONResponse
from pydantic import WithJsonSchema

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import version_of
from kernel.web.problems import problem_responses
from ocr_service.http.desk import Forms
from ocr_service.models.batches import Policy
from ocr_service.schemas.batches import PolicyBody, PolicyOut

_Tag = Annotated[str, WithJsonSchema({"type": "string", "pattern": '^"(0|[1-9][0-9]{0,9})"$'})]
IfMatch = Annotated[
    _Tag | None, Header(alias="If-Match", description="ETag of what is changed. Required.", examples=['"0"'])
]
_UNDECIDED = '"0"'


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/form-policy", tags=["batches"])

    @router.get(
        "",
        summary="How long forms are kept",
        response_model=PolicyOut,
        responses=problem_responses(401, 403),
    )
    def get_form_policy(
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """What your organisation has decided."""
        return _answer(forms.policies.get(work, actor))

    @router.put(
        "",
        summary="Decide how long forms are kept",
        response_model=PolicyOut,
        responses=problem_responses(400, 401, 403, 412, 422, 428),
    )
    def change_form_policy(
        body: PolicyBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """For administrators. Batches that are there already keep the day they were given."""
        based_on = 0 if (if_match or "").strip() == _UNDECIDED else version_of(if_match)
        return _answer(forms.policies.change(work, actor, body.keep_days, body.watched_folder, based_on))

    return router


def _answer(policy: Policy) -> JSONResponse:
    body = PolicyOut.of(policy).model_dump(mode="json")
    return JSONResponse(body, headers={"ETag": f'"{policy.revision}"', "Cache-Control": "no-store"})
