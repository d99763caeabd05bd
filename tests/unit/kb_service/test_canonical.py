"""A content survives being stored, sent as JSON, and stored by an older version."""

import json

from hypothesis import given
from pydantic import TypeAdapter

from kb_service.models.entries import Content
from kb_service.rules.canonical import digest, from_json, to_json
from kb_service.rules.content import checked
from kb_service.schemas.contents import ContentBody, body_of, content_of
from tests.fakes.bank import case
from tests.fakes.contents import contents

BODY: TypeAdapter[ContentBody] = TypeAdapter(ContentBody)


@given(contents())
def test_stored_and_read_is_the_same(content: Content) -> None:
    assert from_json(to_json(content)) == content
    assert to_json(from_json(to_json(content))) == to_json(content)


@given(contents())
def test_sent_and_received_is_the_same(content: Content) -> None:
    sent = BODY.dump_json(body_of(content))
    assert content_of(BODY.validate_json(sent)) == content


@given(contents())
def test_what_the_strategy_makes_is_accepted(content: Content) -> None:
    assert checked(content, lambda code: True) == content


def test_a_revision_from_before_a_field_was_added_can_still_be_read() -> None:
    values = json.loads(to_json(case()))
    for later in ("source", "sample", "summary"):
        del values[later]
    del values["fields"]["lessons"]
    assert from_json(json.dumps(values)) == case()


def test_the_digest_tells_contents_apart() -> None:
    assert digest(case("あ")) == digest(case("あ"))
    assert digest(case("あ")) != digest(case("い"))
