"""A neural model plugged in by name or folder. Importing this loads torch: only when one is asked for."""

import hashlib
import threading
from collections.abc import Sequence

import numpy as np
from sentence_transformers import SentenceTransformer

from kb_service.ports.vectors import Vectors
from kernel.errors import Text, Unavailable

_BATCH = 32


class SentenceTransformersEmbedder:
    """Implements ports.vectors.Embedder with any sentence-transformers model. Raises Unavailable when it cannot be
    loaded. Its prompts named "query" and "passage" or "document" are used where it has them."""

    def __init__(self, name: str) -> None:
        try:
            self._model = SentenceTransformer(name, device="cpu")
            dimensions = self._model.get_embedding_dimension()
            vector = self._model.encode(["版"], normalize_embeddings=True)
        except Exception as error:  # whatever a model's own code or the hub client raises
            raise Unavailable(
                Text(
                    f"設定 CHIENOWA_EMBEDDING_MODEL のモデル「{name}」を読み込めません（{type(error).__name__}）。"
                    "名前またはフォルダーを確かめてください。標準のモデルで検索を続けます。",
                    f"The model {name!r} of the setting CHIENOWA_EMBEDDING_MODEL cannot be loaded "
                    f"({type(error).__name__}). Check its name or folder. The static model goes on serving.",
                )
            ) from error
        self._dimensions = int(dimensions or vector.shape[1])
        # What it makes of one text tells its weights apart from those of another model of the same name.
        trace = hashlib.sha256(np.round(vector, 4).astype("<f4").tobytes()).hexdigest()[:8]
        self._version = f"st-{hashlib.sha256(name.encode()).hexdigest()[:8]}-{trace}"
        self._lock = threading.Lock()

    @property
    def dimensions(self) -> int:
        return self._dimensions

    @property
    def version(self) -> str:
        return self._version

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, ("query",))

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, ("passage", "document"))

    def _encode(self, texts: Sequence[str], prompts: Sequence[str]) -> Vectors:
        prompt = next((name for name in prompts if self._model.prompts.get(name)), None)
        if not texts:
            return np.zeros((0, self._dimensions), np.float32)
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                batch_size=_BATCH,
                prompt_name=prompt,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, np.float32)
