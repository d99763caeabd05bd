"""/export-profiles, /batches/{id}/exports, /exports/{id}: results as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel

from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.etag import version_of
from kernel.web.problems import problem_responses
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import BatchId, ExportId, ProfileId
from ocr_service.http.policy import IfMatch
from ocr_service.models.exports import MEDIA_TYPES, ExportProfile, ExportSettings
from ocr_service.schemas.exports import ExportBody, ExportOut, ProfileBody, ProfileOut, UnencodableOut

_READING = problem_responses(401, 403, 404, 422)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in sorted(MEDIA_TYPES.values())
        },
    }
}
Template = Annotated[str, Query(alias="template_id", max_length=32)]


class PreviewOut(BaseModel):
    """What a file would hold: headings and its first rows, the number of forms, what its encoding does not have,
    and how many fields were not verified yet."""

    headings: list[str]
    rows: list[list[str]]
    forms: int
    open_fields: int
    unencodable: list[UnencodableOut]


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(tags=["exports"])

    @router.get(
        "/export-profiles", summary="Saved ways of exporting", responses=problem_responses(401, 403, 422)
    )
    def list_export_profiles(
        template_id: Template = "",
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[ProfileOut]:
        """Those of your organisation, by name; of one template when it is given."""
        return [ProfileOut.of(each) for each in forms.export_profiles.profiles(work, actor, template_id)]

    @router.post(
        "/export-profiles",
        status_code=201,
        summary="Save a way of exporting",
        response_model=ProfileOut,
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def create_export_profile(
        body: ProfileBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """Columns name fields of the template."""
        saved = forms.export_profiles.save_profile(
            work, actor, body.template_id, body.name, body.settings.settings()
        )
        return _profile(saved, 201)

    @router.put(
        "/export-profiles/{profile_id}",
        summary="Change a way of exporting",
        response_model=ProfileOut,
        responses=problem_responses(400, 401, 403, 404, 409, 412, 422, 428),
    )
    def change_export_profile(
        profile_id: ProfileId,
        body: ProfileBody,
        if_match: IfMatch = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """With If-Match."""
        revision = version_of(if_match)
        saved = forms.export_profiles.save_profile(
            work, actor, body.template_id, body.name, body.settings.settings(), profile_id, revision
        )
        return _profile(saved)

    @router.delete(
        "/export-profiles/{profile_id}",
        status_code=204,
        summary="Remove a way of exporting",
        responses=_READING,
    )
    def remove_export_profile(
        profile_id: ProfileId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> None:
        """Files that were made with it stay."""
        forms.export_profiles.remove_profile(work, actor, profile_id)

    @router.get("/batches/{batch_id}/exports", summary="Files made of a batch", responses=_READING)
    def list_exports(
        *,
        request: Request,
        batch_id: BatchId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[ExportOut]:
        """Newest first, until retention erases them."""
        language = web.language(request)
        return [ExportOut.of(each, language) for each in forms.exporting.exports(work, actor, batch_id)]

    @router.post(
        "/batches/{batch_id}/exports/preview",
        summary="What a file would hold",
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def preview_export(
        batch_id: BatchId,
        body: ExportBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> PreviewOut:
        """Its first ten rows, and every cell that the encoding cannot write. Nothing is made."""
        settings = _settings(forms, work, actor, body)
        found = forms.exporting.preview(work, actor, batch_id, body.template_id, settings)
        return PreviewOut(
            headings=list(found.headings),
            rows=[list(row) for row in found.rows],
            forms=found.forms,
            open_fields=found.open_fields,
            unencodable=[UnencodableOut.of(each) for each in found.unencodable],
        )

    @router.post(
        "/batches/{batch_id}/exports",
        status_code=201,
        summary="Make a file",
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def create_export(
        *, request: Request, batch_id: BatchId, body: ExportBody, actor: Actor = Depends(web.api_actor)
    ) -> ExportOut:
        """Of all forms of one template in the batch."""
        with web.records.read() as work:
            settings = _settings(forms, work, actor, body)
        export = forms.exporting.make(actor, batch_id, body.template_id, settings)
        return ExportOut.of(export, web.language(request))

    @router.get(
        "/exports/{export_id}/file",
        summary="Download a file",
        response_class=FileResponse,
        responses={**_FILE, **_READING},
    )
    def download_export(
        export_id: ExportId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> FileResponse:
        """As it was made."""
        export, path = forms.exporting.file(work, actor, export_id)
        return FileResponse(
            path,
            media_type=MEDIA_TYPES[export.format],
            filename=export.name,
            headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
        )

    return router


def _settings(forms: Forms, work: UnitOfWork, actor: Actor, body: ExportBody) -> ExportSettings:
    if not body.profile_id:
        return body.settings.settings()
    return forms.export_profiles.profile(work, actor, body.profile_id).settings


def _profile(profile: ExportProfile, status: int = 200) -> JSONResponse:
    return JSONResponse(
        ProfileOut.of(profile).model_dump(mode="json"), status, headers={"ETag": f'"{profile.revision}"'}
    )
