"""/batches/{id}/files: scans are handed in, and people say what becomes of them."""

import json
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from kernel.errors import Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.arriving import form_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses
from ocr_service.http import links
from ocr_service.http.desk import Forms
from ocr_service.http.parameters import BatchId, FileId
from ocr_service.models.batches import ScanFile
from ocr_service.schemas.batches import FileOut, WordBody

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


def build(forms: Forms, web: Web) -> APIRouter:
    router = APIRouter(prefix="/batches/{batch_id}/files", tags=["batches"])

    @router.get("", summary="Files of a batch", responses=problem_responses(401, 403, 404, 422))
    def list_scans(
        batch_id: BatchId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[FileOut]:
        """In the order in which they were added."""
        return [FileOut.of(each) for each in forms.intake.files(work, actor, batch_id)]

    @router.post(
        "",
        summary="Add scans",
        status_code=202,
        response_model=list[FileOut],
        responses={
            202: {"links": links.OF_SCANS},
            **problem_responses(401, 403, 404, 409, 413, 422, 503),
        },
        openapi_extra=_FORM,
    )
    def add_scans(
        request: Request,
        batch_id: BatchId,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
    ) -> Response:
        """PDF, TIFF, JPEG, PNG, or ZIP of these; one or more stacks, stored as they arrive and read in the
        background. Bytes that your organisation has handed in before wait for a decision (`twice`)."""
        with web.records.read() as work:
            forms.intake.check_add(work, actor, batch_id)
        limit = web.settings.upload_max_mb * 1_000_000
        files = form_of(request, limit).files()
        stored = [(file.name, forms.blobs.add(cast(BinaryIO, file), limit)) for file in files]  # only read()
        if not stored:
            raise _no_file()
        sent = fingerprint(
            "POST", request.url.path, json.dumps([(name, blob.digest) for name, blob in stored])
        )
        with web.records.write() as work:

            def answer() -> Response:
                added = [forms.intake.add(work, actor, batch_id, name, blob) for name, blob in stored]
                return JSONResponse([FileOut.of(one).model_dump(mode="json") for one in added], 202)

            return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.post(
        "/{file_id}/decision",
        summary="Decide about a file",
        responses=problem_responses(400, 401, 403, 404, 409, 422),
    )
    def decide_scan(
        batch_id: BatchId,
        file_id: FileId,
        body: WordBody,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> FileOut:
        """For a file that is there twice or could not be opened: read it all the same, skip it, or move it to
        another batch."""
        return FileOut.of(_decided(forms, work, actor, batch_id, file_id, body))

    return router


def _decided(  # noqa: PLR0917  passed on as it came
    forms: Forms, work: UnitOfWork, actor: Actor, batch_id: str, file_id: str, body: WordBody
) -> ScanFile:
    if body.word == "read":
        return forms.intake.read_anyway(work, actor, batch_id, file_id)
    if body.word == "skip":
        return forms.intake.skip(work, actor, batch_id, file_id)
    if body.batch is None:
        text = Text("移す先のバッチを指定してください。", "Name the batch that the file moves to.")
        raise Invalid(text, (Problem("/batch", text),))
    return forms.intake.move(work, actor, batch_id, file_id, body.batch)


def _no_file() -> Invalid:
    text = Text(
        "ファイルが送られていません。multipart/form-data の file にファイルを入れて送ってください。",
        "No file was sent. Send multipart/form-data with the files as `file`.",
    )
    return Invalid(text, (Problem("file", text),))
