"""The web application over a system: pages, API, health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

import kb_service.http
import kb_service.pages
import ocr_service.http
import ocr_service.pages
import portal.pages
from assembly.embedded import Part, System, build
from assembly.health import check, published
from kernel.settings import Settings
from kernel.web import identity_api, identity_pages

VERSION = "0.1.0"


def build_app(system: System, part: Part = Part.ALL) -> FastAPI:
    """The application; its life starts and stops the system's threads."""

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(system.start, part)
        try:
            yield
        finally:
            await run_in_threadpool(system.stop)

    app = FastAPI(
        title="Chienowa 知恵の輪",
        version=VERSION,
        summary="特別区のナレッジバンク / Knowledge bank of Tokyo's special wards",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    web, bank = system.web, system.bank
    web.install(
        app,
        uploads=(
            *kb_service.http.UPLOADS,
            *kb_service.pages.UPLOADS,
            *ocr_service.http.UPLOADS,
            *ocr_service.pages.UPLOADS,
        ),
    )
    app.include_router(portal.pages.build_router(bank, system.forms, web))
    app.include_router(identity_pages.build_router(web, system.accounts))
    app.include_router(kb_service.pages.build_router(bank, web))
    app.include_router(identity_api.build_router(web, system.accounts))
    app.include_router(kb_service.http.build_router(bank, web))
    app.include_router(ocr_service.pages.build_router(system.forms, web))
    app.include_router(ocr_service.http.build_router(system.forms, web))

    @app.get("/health", include_in_schema=False)
    def health() -> JSONResponse:
        """200 when all parts are well, else 503 and which part is not."""
        state: dict[str, Any] = published(check(system))
        return JSONResponse(state, 200 if state["ok"] else 503, headers={"Cache-Control": "no-store"})

    return app


def build_app_from(settings: Settings) -> FastAPI:
    """For tests and servers that want settings in and an application out."""
    return build_app(build(settings))
