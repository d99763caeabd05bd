"""OpenAPI links: where the identifiers of an answer lead, for clients and test tools that follow them."""

from typing import Any

_ENTRY = (
    "getEntry",
    "listRevisions",
    "getRevision",
    "compareRevisions",
    "listLinks",
    "listRelated",
    "listAttachments",
    "addAttachments",
    "saveEntry",
    "restoreRevision",
    "deleteEntry",
    "undeleteEntry",
)
_ATTACHMENT = (
    "getAttachment",
    "downloadAttachment",
    "getAttachmentText",
    "followAttachment",
    "readAttachmentAgain",
    "removeAttachment",
)


def _leading(operations: tuple[str, ...], parameter: str, pointer: str) -> dict[str, Any]:
    return {
        operation: {"operationId": operation, "parameters": {parameter: f"$response.body#{pointer}"}}
        for operation in operations
    }


OF_ENTRY = _leading(_ENTRY, "entry_id", "/id")
OF_FIRST_ENTRY = _leading(_ENTRY, "entry_id", "/items/0/id")
OF_ATTACHMENTS = _leading(_ATTACHMENT, "attachment_id", "/0/id")
OF_JOBS = _leading(("getJob",), "job_id", "/0/id")
