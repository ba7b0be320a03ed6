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
from threading import Lock
from typing import Any, Final

import numpy as np

from common_ground.analysis.text_measures import Numbers
from common_ground.errors import EncoderError

EXTRA: Final = "onnxruntime==1.32.0 tokenizers==0.23.3"
MODELS: Final = ("model.onnx", "onnx/model.onnx")
TOKENIZER: Final = "tokenizer.json"
TOKENS: Final = 256  # of a text; what comes after is not read
KEPT: Final = 50_000  # vectors kept by text, 150 MB of them with 384 numbers each


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
        self._one_at_a_time = Lock()
        self._encoded("two words")

    def __call__(self, texts: Sequence[str]) -> Numbers:
        """One row a text, of length 1; rows of 0 for texts without a token.

        Raises:
            EncoderError: the model cannot read a token that its tokenizer makes.
        """
        marks = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        if not marks:
            return np.zeros((0, 1))
        with self._one_at_a_time:
            if len(self._kept.keys() | set(marks)) > KEPT:
                self._kept.clear()
            # A quantised model scales its numbers by all that is in a batch: one text at a time.
            for mark, text in zip(marks, texts, strict=True):
                if mark not in self._kept:
                    self._kept[mark] = self._encoded(text)
            return np.stack([self._kept[mark] for mark in marks])

    def _encoded(self, text: str) -> Numbers:
        read = self._tokenizer.encode(text)
        ids = np.array([read.ids or [0]], dtype=np.int64)
        mask = np.array([read.attention_mask or [0]], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = [one.name for one in self._session.get_inputs()]
        if unknown := sorted(set(wanted) - given.keys()):
            raise EncoderError(_unusable(self._folder, f"it also wants {', '.join(unknown)}"))
        try:
            vectors = self._session.run(None, {name: given[name] for name in wanted})[0]
        except Exception as error:  # the library raises classes of its own
            raise EncoderError(_unusable(self._folder, error)) from error
        if vectors.ndim != 3 or vectors.shape[:2] != mask.shape:
            raise EncoderError(
                f"The model in {self._folder} gives numbers of shape {vectors.shape}, not one "
                "vector a token. Name a sentence encoder such as all-MiniLM-L6-v2 in ONNX form."
            )
        summed = (vectors[0] * mask[0][:, None]).sum(axis=0, dtype=np.float64)
        size = float(np.linalg.norm(summed))
        return np.asarray(np.round(summed / (size or 1.0), 6), dtype=np.float64)


@lru_cache(maxsize=2)
def open_encoder(folder: Path) -> Encoder:
    """The encoder of a folder, opened once.

    Raises:
        EncoderError: the extra is not installed, or the folder holds no such model.
    """
    return Encoder(folder)


def _unusable(folder: Path, error: Exception | str) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    return (
        f"The encoder in {folder} cannot be used: {reason}. Download the model again or name "
        "another one, or unset COMMON_GROUND_ENCODER."
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
