"""The switch between Japanese and English."""

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from kernel.identity.service import Accounts
from kernel.web.addresses import local_path
from kernel.web.rendering import LANGUAGES
from kernel.web.web import Web


def build_router(web: Web, accounts: Accounts) -> APIRouter:
    router = APIRouter()

    @router.post("/language")
    def switch(request: Request, form: FormData = Depends(web.form)) -> Response:
        """Remembered by the browser, and for the person when somebody is logged in."""
        language = str(form.get("language", ""))
        if language not in LANGUAGES:
            language = "ja"
        actor = web.visitors.of(request).actor
        if actor is not None:
            with web.records.write() as work:
                accounts.set_language(work, actor, language)
        response = web.redirect(local_path(str(form.get("next", "/"))))
        web.visitors.set_language(response, language)
        return response

    return router
