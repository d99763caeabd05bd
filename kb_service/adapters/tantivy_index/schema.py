"""The two Tantivy indexes: entries, which are matched, ranked and counted, and their passages, which are shown.

They are apart because BM25 takes the number of documents and their mean length from the whole index."""

from pathlib import Path

import tantivy

WORDS = "ws"  # tokenizer: our own words, parted by blanks
FACETS = (
    "provider", "kind", "outcome", "technology", "business", "status", "tag", "has_attachment", "year",
)  # fmt: skip
SLICES = 32
NO_DAY = 0
LAST_DAY = 4_000_000  # ordinals of dates end at 3,652,059


def facet_field(name: str) -> str:
    """The field of a facet."""
    return f"facet_{name}"


def entries_schema() -> tantivy.Schema:
    """Entries. Words stand in three fields (title, own text, attachments), sounds and pairs of characters in one."""
    build = tantivy.SchemaBuilder()
    build.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("keys", tokenizer_name="raw", index_option="basic")
    build.add_text_field("title", tokenizer_name=WORDS, index_option="freq")
    build.add_text_field("own", tokenizer_name=WORDS, index_option="freq")
    build.add_text_field("attached", tokenizer_name=WORDS, index_option="freq")
    build.add_text_field("sounds", tokenizer_name=WORDS, index_option="position")
    build.add_text_field("pairs", tokenizer_name=WORDS, index_option="position")
    build.add_text_field(
        "labels", tokenizer_name=WORDS, index_option="position"
    )  # title and tags, for suggestions
    build.add_bytes_field("shown", stored=True)  # title and tags as written, JSON
    for name in FACETS:
        build.add_text_field(facet_field(name), tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("version", "updated", "effect", "from", "to"):
        build.add_unsigned_field(name, indexed=name in ("from", "to"), fast=True)
    build.add_text_field("slice", tokenizer_name="raw", index_option="basic")  # one in SLICES, by the id
    build.add_text_field("checkpoint", tokenizer_name="raw", index_option="basic")
    build.add_unsigned_field("sequence", fast=True)
    return build.build()


def passages_schema() -> tantivy.Schema:
    """Passages, with what is needed to find the best of an entry, and to guess what a slip meant."""
    build = tantivy.SchemaBuilder()
    build.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("keys", tokenizer_name="raw", index_option="basic")
    build.add_unsigned_field("number", indexed=True, fast=True)
    build.add_unsigned_field("lot", fast=True)  # draws passages, whatever else the index holds
    build.add_text_field("words", tokenizer_name=WORDS, index_option="freq")
    build.add_text_field("sounds", tokenizer_name=WORDS, index_option="basic")
    build.add_text_field("pairs", tokenizer_name=WORDS, index_option="basic")
    build.add_text_field("compounds", tokenizer_name=WORDS, index_option="basic")
    build.add_bytes_field("shown", stored=True)  # the passage, JSON
    build.add_bytes_field("places", stored=True)  # of its words: what marks them
    return build.build()


def open_index(folder: Path, schema: tantivy.Schema) -> tantivy.Index:
    """Opens or makes an index in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer(WORDS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index
