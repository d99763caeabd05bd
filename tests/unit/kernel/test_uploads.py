"""Forms of files, cut into pieces anywhere, and forms that are none."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import Invalid
from kernel.uploads import UploadForm

BOUNDARY = "----知恵の輪".encode().hex()
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, data: bytes, filename: str | bytes | None = None) -> bytes:
    raw = filename if isinstance(filename, bytes) else (filename or "").encode()
    file = b'; filename="' + raw + b'"' if filename is not None else b""
    head = (
        b"--"
        + BOUNDARY.encode()
        + b'\r\nContent-Disposition: form-data; name="'
        + name.encode()
        + b'"'
        + file
    )
    return head + b"\r\nContent-Type: application/x\r\n\r\n" + data + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY.encode() + b"--\r\n"


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    stream = io.BytesIO(body)
    return iter(lambda: stream.read(size), b"")


@given(
    st.lists(st.binary(max_size=300) | st.just(b"\r\n--" + BOUNDARY.encode()[:9]), max_size=4),
    st.integers(1, 64),
    st.integers(1, 100),
)
def test_files_arrive_whole_however_the_body_is_cut(files: list[bytes], cut: int, size: int) -> None:
    parts = [part("file", data, f"報告書{n}.pdf") for n, data in enumerate(files)]
    found = []
    for file in UploadForm(TYPE, pieces(form(part("note", b"x"), *parts), cut)).files():
        found.append((file.name, b"".join(iter(lambda one=file: one.read(size), b""))))  # type: ignore[misc]
    assert found == [(f"報告書{n}.pdf", data) for n, data in enumerate(files)]


def test_what_is_not_read_is_skipped() -> None:
    body = form(part("file", b"a" * 10_000, "a"), part("file", b"b", "b"))
    assert [(file.name, file.read(1)) for file in UploadForm(TYPE, pieces(body, 100)).files()] == [
        ("a", b"a"),
        ("b", b"b"),
    ]


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("令和6年度 報告.xlsx".encode(), "令和6年度 報告.xlsx"),
        ("報告.xlsx".encode("cp932"), "報告.xlsx"),
        (b"a%22b.txt", 'a"b.txt'),
        (b"100%25.txt", "100%25.txt"),
    ],
)
def test_names(sent: bytes, name: str) -> None:
    files = UploadForm(TYPE, pieces(form(part("file", b"", sent)), 7)).files()
    assert [file.name for file in files] == [name]


@given(
    st.binary(max_size=400),
    st.sampled_from([TYPE, "multipart/form-data", "application/json", "", "a; boundary=x"]),
)
def test_no_form_is_an_error_with_a_sentence(body: bytes, content_type: str) -> None:
    with pytest.raises(Invalid):
        for file in UploadForm(content_type, pieces(body, 50)).files():
            file.read()


@given(st.integers(1, 200))
def test_a_cut_off_form_is_an_error(missing: int) -> None:
    body = form(part("file", b"z" * 500, "z.bin"))
    with pytest.raises(Invalid):
        for file in UploadForm(TYPE, pieces(body[: -missing - 2], 64)).files():
            file.read()


def test_endless_parts_and_fields_are_refused() -> None:
    for body in (form(*[part("file", b"", "a")] * 101), form(part("note", b"x" * 70_000))):
        with pytest.raises(Invalid):
            list(UploadForm(TYPE, pieces(body, 4096)).files())
