"""Static files under /static/<package>/<version>/…, the version being a digest of the package's files, so
that a browser keeps them for ever and a new release is fetched at once. Modules import each other relatively."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOR_EVER = "public, max-age=31536000, immutable"


class _Immutable(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOR_EVER
        return response


class Statics:
    """Knows the versioned address of every static file."""

    def __init__(self, packages: Mapping[str, Path]) -> None:
        self._folders = {
            name: folder / "static" for name, folder in packages.items() if (folder / "static").is_dir()
        }
        self._versions = {name: _version(folder) for name, folder in self._folders.items()}

    def url(self, path: str) -> str:
        """ "kernel/chienowa.css" → "/static/kernel/3f2a…/chienowa.css". KeyError for an unknown package."""
        package, _, rest = path.partition("/")
        return f"/static/{package}/{self._versions[package]}/{rest}"

    def mount(self, app: FastAPI) -> None:
        for name, folder in self._folders.items():
            app.mount(f"/static/{name}/{self._versions[name]}", _Immutable(directory=folder))


def _version(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            total.update(file.relative_to(folder).as_posix().encode())
            total.update(file.read_bytes())
    return total.hexdigest()[:12]
