"""An optional sentence encoder that runs on this machine, from a folder the user names.

The folder holds a model in the form sentence encoders are published in: `model.onnx` (or
`onnx/model.onnx`) that turns token ids into one vector a token, and `tokenizer.json`. Vectors of a
text are averaged over its tokens and brought to length 1, as all-MiniLM-L6-v2 and its kin expect.
Nothing is downloaded. The libraries are an extra, see `EXTRA`.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from common_ground.analysis.text_measures import Numbers
from common_ground.errors import EncoderError

EXTRA: Final = "onnxruntime==1.32.0 tokenizers==0.23.3"
MODELS: Final = ("model.onnx", "onnx/model.onnx")
TOKENIZER: Final = "tokenizer.json"
TOKENS: Final = 256  # of a text; what comes after is not read
BATCH: Final = 64  # texts encoded at once
KEPT: Final = 50_000  # vectors kept by text, 80 MB of them with 384 numbers each


class Encoder:
    """Turns texts into unit vectors; the same text always into the same one."""

    def __init__(self, folder: Path) -> None:
        """Open a model and try it, so that what is wrong with it is said at once.

        Raises:
            EncoderError: the extra is not installed, or the folder holds no such model.
        """
        self._folder = folder
        self._session, self._tokenizer = _opened(folder)
        self._kept: dict[bytes, Numbers] = {}
        try:
            self._encoded(["one", "two words"])
        except EncoderError:
            raise
        except Exception as error:  # the library raises classes of its own
            raise EncoderError(_unusable(folder, error)) from error

    def __call__(self, texts: Sequence[str]) -> Numbers:
        """One row a text, of length 1; rows of 0 for texts without a token."""
        marks = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        new = {
            mark: text for mark, text in zip(marks, texts, strict=True) if mark not in self._kept
        }
        if len(self._kept) + len(new) > KEPT:
            self._kept.clear()
            new = dict(zip(marks, texts, strict=True))
        # Texts of like length together, so that little is padded; the order changes no vector.
        order = sorted(new, key=lambda mark: (len(new[mark]), mark))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            rows = self._encoded([new[mark] for mark in batch])
            self._kept.update(zip(batch, rows, strict=True))
        if not marks:
            return np.zeros((0, 1))
        return np.stack([self._kept[mark] for mark in marks])

    def _encoded(self, texts: list[str]) -> Numbers:
        read = self._tokenizer.encode_batch(texts)
        length = max(1, *(len(one.ids) for one in read))
        mask = np.array([one.attention_mask + [0] * (length - len(one.ids)) for one in read])
        ids = np.array([one.ids + [0] * (length - len(one.ids)) for one in read])
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {one.name for one in self._session.get_inputs()}
        vectors = self._session.run(
            None, {name: value.astype(np.int64) for name, value in given.items() if name in wanted}
        )[0]
        if vectors.ndim != 3 or vectors.shape[:2] != mask.shape:
            raise EncoderError(
                f"The model in {self._folder} gives numbers of shape {vectors.shape}, not one "
                "vector a token. Name a sentence encoder such as all-MiniLM-L6-v2 in ONNX form."
            )
        shown = mask[:, :, None].astype(np.float64)
        mean = (vectors * shown).sum(axis=1) / np.maximum(shown.sum(axis=1), 1.0)
        size = np.linalg.norm(mean, axis=1, keepdims=True)
        # Rounded, so that how texts were batched changes no score.
        return np.asarray(np.round(mean / np.where(size > 0, size, 1.0), 6), dtype=np.float64)


@lru_cache(maxsize=2)
def open_encoder(folder: Path) -> Encoder:
    """The encoder of a folder, opened once.

    Raises:
        EncoderError: the extra is not installed, or the folder holds no such model.
    """
    return Encoder(folder)


def _unusable(folder: Path, error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    return (
        f"The encoder in {folder} cannot be used: {reason}. Download the model again, or unset "
        "COMMON_GROUND_ENCODER."
    )


def _opened(folder: Path) -> tuple[Any, Any]:
    try:
        import onnxruntime
        import tokenizers
    except ImportError as error:
        raise EncoderError(
            f"COMMON_GROUND_ENCODER names {folder}, but the encoder's libraries are not installed. "
            f"Run: python -m pip install {EXTRA}, or unset the variable."
        ) from error
    model = next((folder / name for name in MODELS if (folder / name).is_file()), None)
    if model is None or not (folder / TOKENIZER).is_file():
        missing = "model.onnx" if model is None else TOKENIZER
        raise EncoderError(
            f"COMMON_GROUND_ENCODER names {folder}, which holds no {missing}. Name the folder of a "
            "sentence encoder such as all-MiniLM-L6-v2 in ONNX form, or unset the variable."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER))
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # both libraries raise classes of their own
        raise EncoderError(_unusable(folder, error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return session, tokenizer
