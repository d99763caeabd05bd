"""Attachments: upload, download, text, state."""

import json
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from kb_service.http import links
from kb_service.http.bank import Bank
from kb_service.http.downloads import download
from kb_service.http.parameters import AttachmentId, EntryId
from kb_service.http.progress import events
from kb_service.models.attachments import Attachment
from kb_service.schemas.attachments import AttachmentOut, TextPartOut
from kernel.errors import Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.records import UnitOfWork
from kernel.web import Web
from kernel.web.arriving import form_of
from kernel.web.idempotency import IdempotencyKey, fingerprint, once
from kernel.web.problems import problem_responses

_READING = problem_responses(401, 403, 404, 422)
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

_EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["state", "gone"]},
        "data": {"type": "string", "description": "The attachment as JSON; {} when it is gone."},
    },
}


def build(bank: Bank, web: Web) -> APIRouter:
    router = APIRouter(tags=["attachments"])

    @router.get("/entries/{entry_id}/attachments", summary="List attachments", responses=_READING)
    def list_attachments(
        entry_id: EntryId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[AttachmentOut]:
        """In the order of upload, each with where its reading stands."""
        return [AttachmentOut.of(one) for one in bank.attachments.list(work, actor, entry_id)]

    @router.post(
        "/entries/{entry_id}/attachments",
        summary="Attach files",
        status_code=202,
        response_model=list[AttachmentOut],
        responses={
            202: {"links": links.OF_ATTACHMENTS},
            **problem_responses(401, 403, 404, 409, 413, 422, 503),
        },
        openapi_extra=_FORM,
    )
    def add_attachments(
        request: Request,
        entry_id: EntryId,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
    ) -> Response:
        """One or more files, stored as they arrive. Their text is read in the background: follow
        /attachments/{id}/events. The same file under the same name is not added twice."""
        with web.records.read() as work:
            bank.attachments.check_add(work, actor, entry_id)
        limit = web.settings.upload_max_mb * 1_000_000
        files = form_of(request, limit).files()
        stored = [(file.name, bank.blobs.add(cast(BinaryIO, file), limit)) for file in files]  # only read()
        if not stored:
            raise _no_file()
        sent = fingerprint(
            "POST", request.url.path, json.dumps([(name, blob.digest) for name, blob in stored])
        )
        with web.records.write() as work:

            def answer() -> Response:
                added = [bank.attachments.add(work, actor, entry_id, name, blob) for name, blob in stored]
                return JSONResponse([AttachmentOut.of(one).model_dump(mode="json") for one in added], 202)

            return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get("/attachments/{attachment_id}", summary="State of an attachment", responses=_READING)
    def get_attachment(
        attachment_id: AttachmentId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> AttachmentOut:
        """Waiting, reading page n of m, done, or why it could not be read."""
        return AttachmentOut.of(bank.attachments.get(work, actor, attachment_id))

    @router.delete(
        "/attachments/{attachment_id}", summary="Remove an attachment", status_code=204, responses=_READING
    )
    def remove_attachment(
        attachment_id: AttachmentId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """With the text that was read from it; nothing is found by that text any more."""
        bank.attachments.remove(work, actor, attachment_id)
        return Response(status_code=204)

    @router.post(
        "/attachments/{attachment_id}/reading",
        summary="Read an attachment again",
        status_code=202,
        response_model=AttachmentOut,
        responses=problem_responses(401, 403, 404, 409, 422),
    )
    def read_attachment_again(
        request: Request,
        attachment_id: AttachmentId,
        key: IdempotencyKey = None,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.writing, scope="function"),
    ) -> Response:
        """For example after it could not be read. What was read stays until then."""

        def answer() -> Response:
            found = AttachmentOut.of(bank.attachments.read_again(work, actor, attachment_id))
            return JSONResponse(found.model_dump(mode="json"), 202)

        sent = fingerprint("POST", request.url.path)
        return once(work, web.clock, actor, key=key, request=sent, answer=answer)

    @router.get(
        "/attachments/{attachment_id}/file",
        summary="Download an attachment",
        response_class=Response,
        responses={
            200: {
                "description": "The bytes, always as a download.",
                "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
            },
            **_READING,
        },
    )
    def download_attachment(attachment_id: AttachmentId, actor: Actor = Depends(web.api_actor)) -> Response:
        """The bytes as they were uploaded."""
        with web.records.read() as work:
            found = bank.attachments.get(work, actor, attachment_id)
        return download(found, bank.attachments.file(found))

    @router.get("/attachments/{attachment_id}/text", summary="Text of an attachment", responses=_READING)
    def get_attachment_text(
        attachment_id: AttachmentId,
        actor: Actor = Depends(web.api_actor),
        work: UnitOfWork = Depends(web.reading, scope="function"),
    ) -> list[TextPartOut]:
        """What was read, page by page; empty while nothing was."""
        return [TextPartOut.of(part) for part in bank.attachments.text(work, actor, attachment_id)]

    @router.get(
        "/attachments/{attachment_id}/events",
        summary="Follow the reading of an attachment",
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "Server-sent events: `state` with the attachment, `gone`.",
                "content": {"text/event-stream": {"schema": _EVENT}},
            },
            **_READING,
        },
    )
    def follow_attachment(
        attachment_id: AttachmentId, actor: Actor = Depends(web.api_actor)
    ) -> StreamingResponse:
        """Ends when the reading has ended."""

        def look() -> Attachment:
            with web.records.read() as work:
                return bank.attachments.get(work, actor, attachment_id)

        look()  # a problem document rather than a stream when it may not be seen
        return StreamingResponse(
            events(look), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return router


def _no_file() -> Invalid:
    text = Text(
        "ファイルが送られていません。multipart/form-data の file にファイルを入れて送ってください。",
        "No file was sent. Send multipart/form-data with the files as `file`.",
    )
    return Invalid(text, (Problem("file", text),))
