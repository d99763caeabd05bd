"""Attachments through the API: what is kept of an upload, and what is not."""

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.api.calls import attach, created, eventually_found, problem
from tests.e2e.served import Served


def test_attachments(me: httpx.Client, other: httpx.Client) -> None:
    entry = created(me, title="添付のある事例")["id"]
    sent = attach(
        me, entry, ("令和6年度 報告書.html", b"<script>alert(1)</script>"), ("メモ.txt", "覚え書き".encode())
    )
    assert sent.status_code == 202, sent.text
    page, memo = sent.json()
    assert page["name"] == "令和6年度 報告書.html" and memo["state"] in ("waiting", "reading", "done")
    assert [one["id"] for one in other.get(f"/entries/{entry}/attachments").json()] == [
        page["id"],
        memo["id"],
    ]
    file = other.get(f"/attachments/{page['id']}/file")
    assert file.content == b"<script>alert(1)</script>"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E4%BB%A4%E5%92%8C6" in file.headers["content-disposition"]
    problem(attach(other, entry, ("a.txt", b"a")), 403)
    problem(other.delete(f"/attachments/{memo['id']}"), 403)
    assert me.delete(f"/attachments/{memo['id']}").status_code == 204
    problem(me.get(f"/attachments/{memo['id']}"), 404)


def test_the_reading_of_an_attachment_can_be_followed_and_its_text_found(me: httpx.Client) -> None:
    entry = created(me, title="読み取りの事例")["id"]
    (one,) = attach(me, entry, ("議事録.txt", "螺鈿細工の窓口では待ち時間が減った。".encode())).json()
    states = []
    with me.stream("GET", f"/attachments/{one['id']}/events", timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("data: "):
                states.append(json.loads(line.removeprefix("data: "))["state"])
    assert states[-1] == "done"
    assert "螺鈿細工" in me.get(f"/attachments/{one['id']}/text").json()[0]["text"]
    jobs = me.get("/jobs", params={"state": "done"}).json()
    assert any(job["name"] == "kb.read_attachment" for job in jobs)
    assert me.get(f"/jobs/{jobs[0]['id']}").json()["state"] == "done"
    extracts = eventually_found(me, "螺鈿細工")["hits"][0]["extracts"]
    assert [
        one["text"][slice(*one["marks"][0])] for one in extracts if one["attachment_name"] == "議事録.txt"
    ] == ["螺鈿細工"], extracts
    assert me.post(f"/attachments/{one['id']}/reading").status_code == 202


def test_an_upload_over_the_limit_leaves_nothing(server: Served, me: httpx.Client) -> None:
    entry = created(me)["id"]
    before = set(server.system.bank.blobs.digests())
    problem(attach(me, entry, ("大.bin", b"x" * 2_500_000)), 413)

    def endless() -> Iterator[bytes]:  # without a Content-Length, so that only counting can tell
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield b"y" * 100_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    problem(me.post(f"/entries/{entry}/attachments", content=endless(), headers=headers), 413)
    assert set(server.system.bank.blobs.digests()) == before
    incoming = server.system.settings.home / "blobs" / "incoming"
    assert list(incoming.iterdir()) == []
    assert me.get(f"/entries/{entry}/attachments").json() == []


def test_many_files_that_are_too_much_together_are_refused(me: httpx.Client) -> None:
    entry = created(me)["id"]

    def parts() -> Iterator[bytes]:
        for number in range(100):
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="%d"\r\n\r\n' % number
            yield b"y" * 900_000 + b"\r\n"
        yield b"--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    refused = problem(me.post(f"/entries/{entry}/attachments", content=parts(), headers=headers), 413)
    assert refused["type"].endswith(("too-large", "http-413"))
    assert me.get(f"/entries/{entry}/attachments").json() == []


def test_a_connection_that_breaks_during_an_upload_leaves_nothing(server: Served, me: httpx.Client) -> None:
    entry = created(me)["id"]
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"POST /api/v1/entries/{entry}/attachments HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: {me.headers['Authorization']}\r\nContent-Length: 900000\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'.encode()
        )
        time.sleep(0.3)
    incoming = server.system.settings.home / "blobs" / "incoming"
    deadline = time.monotonic() + 5
    while list(incoming.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert me.get(f"/entries/{entry}/attachments").json() == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=b", b"rubbish"),
    ],
)
def test_uploads_without_a_file(me: httpx.Client, content_type: str, body: bytes) -> None:
    entry = created(me)["id"]
    headers = {"Content-Type": content_type}
    problem(me.post(f"/entries/{entry}/attachments", content=body, headers=headers), 422)
