"""Small sentence encoders for tests: an ONNX model that looks token vectors up, and its tokenizer.

Written field by field (github onnx/onnx, onnx.proto), so that no test needs the onnx package.
"""

import json
from pathlib import Path

import numpy as np

FLOAT, INT64 = 1, 7
WORDS = ("sso", "saml", "login", "map", "offline", "signal", "invoice", "bill")
MEANT = (0, 0, 0, 1, 1, 1, 2, 2)  # which words mean the same


def varint(number: int) -> bytes:
    found = b""
    while True:
        number, low = number >> 7, number & 0x7F
        found += bytes([low | (0x80 if number else 0)])
        if not number:
            return found


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def value_info(name: str, kind: int, dimensions: tuple[str, ...]) -> bytes:
    shape = b"".join(field(1, field(2, dimension)) for dimension in dimensions)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def write_model(
    path: Path, vectors: np.ndarray, is_pooled: bool = False, given: str = "input_ids"
) -> None:
    """A model that gives each token its row; pooled, one vector a text, which is not wanted."""
    table = field(2, FLOAT) + field(8, "vectors") + field(9, vectors.astype("<f4").tobytes())
    table = b"".join(field(1, int(size)) for size in vectors.shape) + table
    made = "rows" if is_pooled else "last_hidden_state"
    nodes = [field(1, "vectors") + field(1, given) + field(2, made) + field(4, "Gather")]
    if is_pooled:
        nodes.append(field(1, "rows") + field(2, "last_hidden_state") + field(4, "ReduceMax"))
    graph = b"".join(field(1, node) for node in nodes) + field(2, "encoder") + field(5, table)
    graph += field(11, value_info(given, INT64, ("batch", "length")))
    graph += field(12, value_info("last_hidden_state", FLOAT, () if is_pooled else tuple("abc")))
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))


def write_encoder(folder: Path, is_pooled: bool = False, given: str = "input_ids") -> Path:
    """An encoder that knows `WORDS`; words that mean the same have nearly the same vector."""
    folder.mkdir(parents=True, exist_ok=True)
    directions = np.eye(len(WORDS) + 1)
    near = np.array([directions[meaning] for meaning in MEANT]) + 0.1 * directions[:-1]
    write_model(
        folder / "model.onnx", np.vstack([np.zeros(len(WORDS) + 1), near]), is_pooled, given
    )
    vocabulary = {"[UNK]": 0} | {word: place for place, word in enumerate(WORDS, 1)}
    tokenizer = {
        "version": "1.0",
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    return folder
