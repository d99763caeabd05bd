"""The folder of a static model, readable by sentence-transformers and by NumPy alone.

    modules.json, tokenizer.json, model.safetensors, 1_Normalize/   what SentenceTransformer(folder) reads
    words.u64, tokens.i32     hash of each word, ascending, and its number in the tokenizer: what `model` reads
    about.json                version, dimensions and where the weights come from

The tensors of model.safetensors are those of a vocabulary-quantised StaticEmbedding: `embeddings` [rows,
dimensions], and for each word its row (`mapping`) and its weight (`weights`). Word 0 is the unknown word and
weighs nothing. A text is its analysed words joined by spaces."""

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

UNKNOWN = "[UNK]"
_LONGEST_HEADER = 1_000_000  # bytes; a broken file must not make us read all of it
_TYPES: Mapping[str, str] = {"F32": "<f4", "I32": "<i4"}
_NAMES: Mapping[str, str] = {"<f4": "F32", "<i4": "I32"}


@dataclass(frozen=True, slots=True)
class WordVectors:
    """A model in memory. words[i] has row mapping[i] of embeddings and weights[i]; words[0] is UNKNOWN."""

    words: Sequence[str]
    embeddings: npt.NDArray[np.float32]  # [rows, dimensions]
    mapping: npt.NDArray[np.int32]  # [words]
    weights: npt.NDArray[np.float32]  # [words]


def hashes(words: Iterable[str]) -> npt.NDArray[np.uint64]:
    """64 bits for each word (BLAKE2b)."""
    encoded = [
        hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words
    ]
    return np.frombuffer(b"".join(encoded), "<u8").astype(np.uint64)


def write(folder: Path, vectors: WordVectors, about: Mapping[str, Any]) -> str:
    """Writes a model into a new or empty folder; returns its version, which names the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    tensors = {
        "embeddings": np.ascontiguousarray(vectors.embeddings, "<f4"),
        "mapping": np.ascontiguousarray(vectors.mapping, "<i4"),
        "weights": np.ascontiguousarray(vectors.weights, "<f4"),
    }
    digest = _write_safetensors(folder / "model.safetensors", tensors)
    keys = hashes(vectors.words)
    order = np.argsort(keys)
    digest.update(keys.tobytes())
    keys[order].astype("<u8").tofile(folder / "words.u64")
    order.astype("<i4").tofile(folder / "tokens.i32")
    _write_json(folder / "tokenizer.json", _tokenizer(vectors.words))
    package = "sentence_transformers.models"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": f"{package}.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.Normalize"},
    ]
    _write_json(folder / "modules.json", modules)
    version = str(digest.hexdigest())[:16]
    shape = {"version": version, "dimensions": vectors.embeddings.shape[1], "words": len(vectors.words)}
    _write_json(folder / "about.json", {**shape, **about})
    return version


def read_about(folder: Path) -> dict[str, Any]:
    """Raises OSError or ValueError when the folder holds no model."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    if not isinstance(about, dict) or not {"version", "dimensions"} <= about.keys():
        raise ValueError(f"{folder / 'about.json'} does not describe a static model")
    return about


def map_tensors(file: Path) -> dict[str, npt.NDArray[Any]]:
    """The tensors of a safetensors file as read-only memory maps (format: huggingface/safetensors README)."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        header = json.loads(opened.read(min(length, _LONGEST_HEADER)))
    return {
        name: np.memmap(
            file, _TYPES[entry["dtype"]], "r", 8 + length + entry["data_offsets"][0], tuple(entry["shape"])
        )
        for name, entry in header.items()
        if name != "__metadata__"
    }


def read_words(folder: Path) -> list[str]:
    """The words in the order of their numbers; slow, for training only."""
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return sorted(vocabulary, key=vocabulary.__getitem__)


def _write_safetensors(file: Path, tensors: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Writes and returns the SHA-256 of the file so far."""
    header: dict[str, Any] = {}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {
            "dtype": _NAMES[tensor.dtype.str],
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    digest = hashlib.sha256()
    with file.open("wb") as opened:
        for part in (
            struct.pack("<Q", len(encoded)),
            encoded,
            *(tensor.tobytes() for tensor in tensors.values()),
        ):
            opened.write(part)
            digest.update(part)
    return digest


def _tokenizer(words: Sequence[str]) -> dict[str, Any]:
    """A Hugging Face tokenizer that splits at white space and looks words up."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: number for number, word in enumerate(words)},
            "unk_token": UNKNOWN,
        },
    }


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
