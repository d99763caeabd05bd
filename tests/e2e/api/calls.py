"""What the tests of the API share: one server on each database, two people, and calls that check what every
answer must be."""

import time
from typing import Any

import httpx

WRITER, REVIEWER = "chiyoda-tanto", "chiyoda-kakunin"
OTHER, OPERATOR = "shinjuku-kakunin", "kyodo-unyo"
CASE: dict[str, Any] = {
    "kind": "case",
    "title": "住民税の申告書をAI-OCRで読み取る",
    "fields": {"outcome": "success", "technology": "AI-OCR", "effect_hours": 320.5},
    "body": "# 経緯\n\n申告書を一枚ずつ手で入力していた。",
    "tags": ["税", "AI-OCR"],
    "audience": {"kind": "members"},
    "status": "published",
}


def content(**values: Any) -> dict[str, Any]:
    return {"content": {**CASE, **values}}


def created(client: httpx.Client, **values: Any) -> dict[str, Any]:
    response = client.post("/entries", json=content(**values))
    assert response.status_code == 201, response.text
    entry: dict[str, Any] = response.json()
    assert response.headers["etag"] == '"1"'
    assert response.headers["location"] == f"/api/v1/entries/{entry['id']}"
    return entry


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == status and document["detail"] and document["type"].startswith("urn:")
    return document


def eventually_found(client: httpx.Client, words: str, seconds: float = 1) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while True:
        results: dict[str, Any] = client.get("/search", params={"q": words}).json()
        if results["total"]:
            return results
        assert time.monotonic() < deadline, f"not found within {seconds} s"
        time.sleep(0.05)


def attach(client: httpx.Client, entry: str, *files: tuple[str, bytes]) -> httpx.Response:
    return client.post(f"/entries/{entry}/attachments", files=[("file", file) for file in files])
