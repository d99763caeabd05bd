"""Versions as entity tags (RFC 9110): a write names the version that it was made from."""

import re

from kernel.errors import Invalid, PreconditionRequired, Problem, Text

_TAG = re.compile(r'"([1-9][0-9]{0,9})"')


def etag(version: int) -> str:
    """The ETag header of a version, for example "3" with its quotes."""
    return f'"{version}"'


def version_of(if_match: str | None) -> int:
    """The version that an If-Match header names. Raises PreconditionRequired without the header and for *,
    which would overwrite whatever is there, and Invalid for what is no version."""
    given = (if_match or "").strip()
    if given in ("", "*"):
        raise PreconditionRequired(
            Text(
                "どの版を変更するのかを If-Match ヘッダーで示してください。取得したときの ETag の値をそのまま送ります。",
                "Say with If-Match which version you change: send the ETag that you got with it.",
            )
        )
    found = _TAG.fullmatch(given)
    if found is None or int(found[1]) >= 2**31:
        text = Text(
            'If-Match の値が正しくありません。取得したときの ETag の値（例: "3"）をそのまま送ってください。',
            'If-Match is not valid. Send the ETag that you got, for example "3".',
        )
        raise Invalid(text, (Problem("If-Match", text),))
    return int(found[1])
