"""Links of the OpenAPI document: which operation follows on which answer."""

from typing import Any


def _leading(operations: tuple[str, ...], **parameters: str) -> dict[str, Any]:
    return {
        operation: {
            "operationId": operation,
            "parameters": {name: f"$response.body#{pointer}" for name, pointer in parameters.items()},
        }
        for operation in operations
    }


_BATCH = (
    "getBatch",
    "changeBatch",
    "addScans",
    "listScans",
    "listPages",
    "pauseBatch",
    "resumeBatch",
    "cancelBatch",
    "reopenBatch",
    "closeBatch",
    "retryBatch",
    "deleteBatch",
)
OF_BATCH = _leading(_BATCH, batch_id="/id")
OF_FIRST_BATCH = _leading(_BATCH, batch_id="/items/0/id")
OF_SCANS = _leading(("decideScan",), batch_id="/0/batch_id", file_id="/0/id")
OF_FIRST_PAGE = _leading(
    ("getPage", "previewPage", "assignTemplate", "dropPage", "restorePage", "readPageAgain"),
    batch_id="/items/0/batch_id",
    page_id="/items/0/id",
)
OF_FIRST_FIELD = _leading(
    ("getField", "takeField", "checkText", "decideField", "readHistory"),
    batch_id="/items/0/batch_id",
    field_id="/items/0/id",
)
_TEMPLATE = (
    "getTemplate",
    "getDraft",
    "saveDraft",
    "publishDraft",
    "listVersions",
    "shareTemplate",
    "archiveTemplate",
    "restoreTemplate",
    "copyTemplate",
    "tryTemplate",
)
OF_TEMPLATE = _leading(_TEMPLATE, template_id="/id")
OF_FIRST_TEMPLATE = _leading(_TEMPLATE, template_id="/items/0/id")
OF_IMPORTED = _leading(_TEMPLATE, template_id="/template/id")
OF_VERSIONS = _leading(
    ("exportVersion", "getBlankPage", "yankVersion"), template_id="/0/template_id", version="/0/version"
)
