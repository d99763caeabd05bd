"""The API guide names only operations and parameters that exist."""

import re
from pathlib import Path
from typing import Any

import pytest

from assembly.application import build_app_from
from kernel.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "api.md"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    app = build_app_from(Settings(home=tmp_path_factory.mktemp("guide")))
    found: dict[str, Any] = app.openapi()["paths"]
    return found


def test_named_operations_exist(paths: dict[str, Any]) -> None:
    named = re.findall(r"`(GET|POST|PUT|DELETE) (/[^` ]+)`", GUIDE.read_text("utf-8"))
    assert len(named) > 8
    for method, path in named:
        assert method.lower() in paths[f"/api/v1{path}"], (method, path)


def test_commands_ask_existing_addresses(paths: dict[str, Any]) -> None:
    asked = re.findall(r'"\$A(/[^"]+)"', GUIDE.read_text("utf-8"))
    assert len(asked) >= 5
    for path in asked:
        known = path.replace("$ID", "{entry_id}").replace("$ATTACHMENT", "{attachment_id}")
        assert f"/api/v1{known}" in paths, path


def test_the_search_example_uses_existing_parameters(paths: dict[str, Any]) -> None:
    parameters = {one["name"] for one in paths["/api/v1/search"]["get"]["parameters"]}
    used = re.findall(r"-d (\w+)=", GUIDE.read_text("utf-8"))
    assert used and set(used) <= parameters
