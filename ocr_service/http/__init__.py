"""The API of the reading service, /api/v1."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from kernel.web import Web
from ocr_service.http import (
    batches,
    exports,
    fields,
    files,
    policy,
    sheets,
    template_files,
    template_versions,
    templates,
    verification,
)
from ocr_service.http.desk import Forms

__all__ = ["UPLOADS", "Forms", "build_router"]

# Paths that take files, or templates with the pictures of their pages.
UPLOADS = (
    r"/api/v1/batches/[^/]+/files",
    r"/api/v1/forms",
    r"/api/v1/form-imports",
    r"/api/v1/forms/[^/]+/(draft|trial)",
)


def build_router(forms: Forms, web: Web) -> APIRouter:
    """All endpoints; mounted on the app as it is."""
    router = APIRouter(prefix="/api/v1")
    for module in (
        batches,
        files,
        sheets,
        fields,
        verification,
        exports,
        policy,
        template_files,
        templates,
        template_versions,
    ):
        router.include_router(module.build(forms, web), generate_unique_id_function=_operation)
    return router


def _operation(route: APIRoute) -> str:
    """The operationId: list_batches becomes listBatches."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)
