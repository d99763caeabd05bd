"""Errors as answers: problem+json (RFC 9457) under /api, a page elsewhere, always in the reader's language."""

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from kernel.errors import ChienowaError, Invalid, Problem, Text, Unauthenticated
from kernel.web.addresses import SeeOther
from kernel.web.methods import allowed

log = logging.getLogger("chienowa.web")

MEDIA_TYPE = "application/problem+json"

_TITLES: Mapping[int, Text] = {
    400: Text("送られた内容を読み取れません", "Bad request"),
    401: Text("ログインが必要です", "Not logged in"),
    403: Text("この操作はできません", "Not allowed"),
    404: Text("見つかりません", "Not found"),
    405: Text("この方法では受け付けていません", "Method not allowed"),
    409: Text("いまの状態ではできません", "Conflict"),
    412: Text("ほかの人が先に保存しました", "Changed in between"),
    413: Text("ファイルが大きすぎます", "Too large"),
    415: Text("この形式には対応していません", "Unsupported format"),
    422: Text("入力を確認してください", "Please check the input"),
    428: Text("どの版を直すのかを示してください", "If-Match is needed"),
    429: Text("しばらく待ってください", "Too many attempts"),
    500: Text("サーバーで問題が起きました", "Something went wrong here"),
    503: Text("いまは利用できません", "Not available now"),
}
_DETAILS: Mapping[int, Text] = {
    400: Text(
        "送られた内容の形式が正しくありません。形式を確かめて、もう一度送ってください。",
        "The request is malformed. Check its format and send it again.",
    ),
    404: Text(
        "お探しのページはありません。削除されたか、閲覧できる範囲にありません。アドレスを確かめるか、検索してください。",
        "There is no such page, or it is outside what you may read. Check the address, or search.",
    ),
    405: Text(
        "このアドレスでは、この操作を受け付けていません。画面のボタンから操作してください。",
        "This address does not accept this method.",
    ),
    413: Text(
        "送られた内容が大きすぎます。小さくしてから送ってください。",
        "What was sent is too large. Make it smaller and send it again.",
    ),
    415: Text(
        "この形式では受け付けていません。Content-Type を確かめてください。",
        "This format is not accepted. Check Content-Type.",
    ),
    500: Text(
        "思わぬ問題が起きたため、処理を終えられませんでした。もう一度お試しください。続くときは管理者に連絡してください。",
        "An unexpected problem stopped this. Please try again; if it goes on, tell the administrator.",
    ),
}


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "URN of the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong, where, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "Field name or JSON pointer."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: the problems it may answer with, for the OpenAPI document."""
    return {
        status: {"description": _title(status).en, "content": {MEDIA_TYPE: {"schema": dict(SCHEMA)}}}
        for status in statuses
    }


class House(Protocol):
    """What an error page needs of the web house."""

    def language(self, request: Request) -> str: ...

    def render(
        self, request: Request, template: str, /, status: int = 200, **context: Any
    ) -> HTMLResponse: ...


class Problems:
    """Answers every error of an app."""

    def __init__(self, web: House) -> None:
        self._web = web

    def install(self, app: FastAPI) -> None:
        app.add_exception_handler(ChienowaError, self._known)
        app.add_exception_handler(SeeOther, self._elsewhere)
        app.add_exception_handler(RequestValidationError, self._malformed)
        app.add_exception_handler(HTTPException, self._http)

    def defect(self, request: Request) -> Response:
        """The answer to an error that nobody foresaw; the cause is in the log only."""
        error = _plain(500)
        try:
            return self.answer(request, error)
        except Exception:  # a defect of the layout itself: the person still gets a sentence
            log.exception("the error page itself failed")
            return PlainTextResponse(f"{error.text.ja}\n{error.text.en}\n", 500)

    def _known(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, ChienowaError)
        if error.status >= 500:
            log.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
        return self.answer(request, error)

    def _elsewhere(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, SeeOther)
        return RedirectResponse(error.address, 303)

    def _malformed(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return self.answer(request, _invalid(error))

    def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {"Allow": allowed(request)} if error.status_code == 405 else error.headers
        return self.answer(request, _plain(error.status_code), headers)

    def answer(
        self, request: Request, error: ChienowaError, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The problem document or the page of an error."""
        language = self._web.language(request)
        extra = dict(headers or {})
        if isinstance(error, Unauthenticated):
            extra["WWW-Authenticate"] = "Bearer"
        if request.url.path.startswith("/api/"):
            return JSONResponse(document(error, language), error.status, extra, MEDIA_TYPE)
        response = self._page(request, error, language)
        response.headers.update(extra)
        return response

    def _page(self, request: Request, error: ChienowaError, language: str) -> Response:
        heading = _title(error.status).in_language(language)
        detail = error.text.in_language(language)
        try:
            return self._web.render(
                request,
                "kernel/problem.html",
                error.status,
                heading=heading,
                detail=detail,
                problems=[(problem.where, problem.text.in_language(language)) for problem in error.problems],
                problem_status=error.status,
            )
        except ChienowaError as broken:  # the records cannot be reached, so that nobody can be recognised
            log.error("the error page itself failed: %s", broken)
            return PlainTextResponse(f"{heading}\n{detail}\n", error.status)


def document(error: ChienowaError, language: str) -> dict[str, Any]:
    """The problem document of an error."""
    return {
        "type": f"urn:chienowa:problem:{error.code}",
        "title": _title(error.status).in_language(language),
        "status": error.status,
        "detail": error.text.in_language(language),
        "errors": [
            {"pointer": problem.where, "detail": problem.text.in_language(language)}
            for problem in error.problems
        ],
    }


def _title(status: int) -> Text:
    return _TITLES.get(status, _TITLES[400 if status < 500 else 500])


def _plain(status: int) -> ChienowaError:
    """An error that only has a status, as a sentence."""
    error = ChienowaError(_DETAILS.get(status, _DETAILS[400 if status < 500 else 500]))
    error.status = status
    error.code = f"http-{status}"
    return error


def _invalid(error: RequestValidationError) -> Invalid:
    problems = tuple(
        Problem(
            "/" + "/".join(str(part) for part in item["loc"][1:]) if len(item["loc"]) > 1 else "/",
            Text(f"形式が正しくありません（{item['msg']}）。", f"{item['msg']}."),
        )
        for item in error.errors()[:20]
    )
    return Invalid(
        Text(
            "入力に誤りがあります。示された箇所を直して、もう一度送ってください。",
            "Some of the input is not right. Correct the places shown and send it again.",
        ),
        problems,
    )
