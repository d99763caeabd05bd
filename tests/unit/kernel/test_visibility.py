"""The one predicate: who shares a key may read, nobody else."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.visibility import Audience, AudienceKind, reader_keys, visible

codes = st.sampled_from(["131016", "131024", "131032", "131041", "shared"])
audiences = st.builds(Audience, st.sampled_from(AudienceKind), st.lists(codes, max_size=3).map(tuple))


@given(audiences, codes, codes)
def test_the_owner_always_reads_and_strangers_only_by_the_audience(
    audience: Audience, owner: str, reader: str
) -> None:
    keys = audience.keys(owner)
    assert visible(keys, reader_keys(owner))
    allowed = {
        AudienceKind.OWN: reader == owner,
        AudienceKind.NAMED: reader == owner or reader in audience.organisations,
        AudienceKind.MEMBERS: True,
        AudienceKind.PUBLIC: True,
    }[audience.kind]
    assert visible(keys, reader_keys(reader)) is allowed
    assert visible(keys, reader_keys(None)) is (audience.kind is AudienceKind.PUBLIC)


@given(audiences, audiences, codes)
def test_narrower_means_that_some_reader_loses_sight(new: Audience, old: Audience, owner: str) -> None:
    readers = [
        reader_keys(code) for code in ("131016", "131024", "131032", "131041", "shared", "131059", None)
    ]
    lost = any(visible(old.keys(owner), keys) and not visible(new.keys(owner), keys) for keys in readers)
    assert new.narrower_than(old, owner) is lost
