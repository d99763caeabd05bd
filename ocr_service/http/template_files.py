"""/form-imports and /forms: templates as files, their blank pages as pictures, and trials on sample pages."""

import json
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from kernel.errors import Invalid, Problem, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action, require
from kernel.records import UnitOfWork
from kernel.uploads import UploadedFile
from kernel.web import Web
from kernel.web.arriving import form_of
from kernel.web.bodies import too_large
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.template_answers import READING, TemplateId, VersionText
from ocr_service.models.forms import TemplateVersion
from ocr_service.rules.form_rules import MOST_PAGES
from ocr_service.schemas.forms import LARGEST_FILE, read_file, write_file
from ocr_service.schemas.templates import ImportedOut, TrialPageOut

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture.",
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_PIECE = 1 << 20
PageNumber = Annotated[int, Path(ge=1, le=MOST_PAGES, description="Page of the form, from 1.")]


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(tags=["templates"])

    @router.post(
        "/form-imports",
        summary="Take a template file in",
        status_code=201,
        response_model=ImportedOut,
        responses={
            201: {"links": links.OF_IMPORTED},
            **problem_responses(400, 401, 403, 409, 413, 422),
        },
        openapi_extra=_FORM,
    )
    def import_template(
        request: Request,
        name: Annotated[
            str, Query(pattern="^([a-z][a-z0-9_]{0,63})?$", description="Another name than the file's.")
        ] = "",
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
    ) -> Response:
        """As a draft of your organisation. A signature that does not fit the content is refused; what it is
        worth otherwise is told: a file may be unsigned, or signed with a key that is not known here."""
        require(actor, Action.FORM_TEMPLATE)
        data = _whole(_file_of(request, LARGEST_FILE), LARGEST_FILE)
        file = read_file(data)
        sent = fingerprint("POST", request.url.path, name, data.decode(errors="replace"))
        with web.records.write() as work:

            def answer() -> Response:
                imported = forms.templates.take_in(work, actor, file.form, file.envelope, name)
                return JSONResponse(ImportedOut.of(imported).model_dump(mode="json"), 201)

            return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get(
        "/forms/{template_id}/versions/{version}/file",
        summary="Download a version",
        response_class=Response,
        responses={
            200: {
                "description": "The template file.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **READING,
        },
    )
    def export_version(
        template_id: TemplateId,
        version: VersionText,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """One file with content and signature, for another installation."""
        return _file(forms.templates.version(work, actor, template_id, version))

    @router.get(
        "/forms/{template_id}/versions/{version}/pages/{number}/image",
        summary="Blank page of a version",
        response_class=Response,
        responses={**_PICTURE, **READING},
    )
    def get_blank_page(
        template_id: TemplateId,
        version: VersionText,
        number: PageNumber,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """PNG."""
        return _image(forms.templates.version(work, actor, template_id, version), number)

    @router.get(
        "/forms/{template_id}/draft/pages/{number}/image",
        summary="Blank page of a draft",
        response_class=Response,
        responses={**_PICTURE, **READING},
    )
    def get_blank_draft_page(
        template_id: TemplateId,
        number: PageNumber,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> Response:
        """PNG."""
        return _image(forms.templates.draft(work, actor, template_id), number)

    @router.post(
        "/forms/{template_id}/trial",
        summary="Try a template on sample pages",
        response_model=list[TrialPageOut],
        responses=problem_responses(400, 401, 403, 404, 413, 422, 503),
        openapi_extra=_FORM,
    )
    def try_template(
        request: Request,
        template_id: TemplateId,
        version: Annotated[str, Query(max_length=32, description="Empty: the draft.")] = "",
        actor: Actor = Depends(web.api_actor),
    ) -> list[TrialPageOut]:
        """At most 20 pages, read as a batch would read them; takes about a second each. Nothing is stored."""
        require(actor, Action.FORM_TEMPLATE)
        with web.records.read() as work:
            found = (
                forms.templates.version(work, actor, template_id, version)
                if version
                else forms.templates.draft(work, actor, template_id)
            )
        limit = web.settings.upload_max_mb * 1_000_000
        with tempfile.TemporaryDirectory(prefix="trial-", dir=web.settings.folder("tmp")) as folder:
            file = _file_of(request, limit)
            kept = FilePath(folder) / "sample"
            _spool(file, kept, limit)
            readings = forms.trials.run(found.form, kept, file.name)
        language = web.language(request)
        return [TrialPageOut.of(each, language) for each in readings]

    return router


def _file(version: TemplateVersion) -> Response:
    name = f"{version.form.name}-{version.version}.json"  # both are plain ASCII
    disposition = f'attachment; filename="{name}"'
    return Response(
        write_file(version.form, version.envelope),
        media_type="application/json",
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-cache", **_SAFE},
    )


def _image(version: TemplateVersion, number: int) -> Response:
    page = next((each for each in version.form.pages if each.number == number), None)
    if page is None:
        raise not_found("ページ", "The page")
    headers = {
        "ETag": json.dumps(f"{version.digest[:32]}-{number}"),
        "Cache-Control": "private, no-cache",
        **_SAFE,
    }
    return Response(page.image, media_type="image/png", headers=headers)


def _file_of(request: Request, limit: int) -> UploadedFile:
    """The first file of the request's form."""
    file = next(form_of(request, limit).files(), None)
    if file is None:
        text = Text(
            "ファイルが送られていません。multipart/form-data の file にファイルを入れて送ってください。",
            "No file was sent. Send multipart/form-data with the file as `file`.",
        )
        raise Invalid(text, (Problem("file", text),))
    return file


def _whole(file: UploadedFile, limit: int) -> bytes:
    data = file.read(limit + 1)
    if len(data) > limit:
        raise too_large(limit)
    return data


def _spool(file: UploadedFile, target: FilePath, limit: int) -> None:
    size = 0
    with target.open("wb") as stream:
        while chunk := file.read(_PIECE):
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            stream.write(chunk)
