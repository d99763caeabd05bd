"""ETags, cursors and Link: round trips, and headers that make no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from kernel.errors import ChienowaError, Invalid, PreconditionRequired
from kernel.web.etag import etag, version_of
from kernel.web.paging import cursor_in, cursor_out, link_next


@given(st.integers(1, 2**31 - 1))
def test_a_version_comes_back(version: int) -> None:
    assert version_of(etag(version)) == version


@pytest.mark.parametrize("given_tag", [None, "", " ", "*"])
def test_a_write_names_its_version(given_tag: str | None) -> None:
    with pytest.raises(PreconditionRequired):
        version_of(given_tag)


@pytest.mark.parametrize(
    "given_tag", ["3", 'W/"3"', '"0"', '"03"', '"3", "4"', '"９"', '"9999999999"', '"-1"']
)
def test_what_is_no_version(given_tag: str) -> None:
    with pytest.raises(Invalid):
        version_of(given_tag)


@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=80))
def test_a_cursor_comes_back(cursor: str) -> None:
    sent = cursor_out(cursor)
    assert sent is not None and sent.isascii() and not set(sent) & set("+/=&?")
    assert cursor_in(sent) == cursor


@given(st.text(max_size=80))
def test_any_other_cursor_is_an_error_for_a_person(given_cursor: str) -> None:
    try:
        assert cursor_in(given_cursor) is None or given_cursor
    except ChienowaError as error:
        assert error.status == 422


def test_link_keeps_the_question() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v1/entries",
        "query_string": b"tag=%E7%A8%8E&tag=b&cursor=old&limit=2",
        "headers": [(b"host", b"evil.example")],
        "server": ("testserver", 80),
        "scheme": "http",
    }
    header = link_next(Request(scope), "bmV3")["Link"]
    assert header.startswith("</api/v1/entries?") and header.endswith('>; rel="next"')
    assert "evil" not in header and "cursor=bmV3" in header and "old" not in header
    assert header.count("tag=") == 2 and "limit=2" in header
    assert link_next(Request(scope), None) == {}
