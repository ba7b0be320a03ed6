"""The optional sentence encoder: what it makes of texts, what it changes, how it says no."""

import json
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest

from benchmarks import train_ranker
from benchmarks.request_sets import RequestSet
from common_ground import encoder, meeting
from common_ground.analysis import matching, ranker
from common_ground.analysis.similarity import Texts
from common_ground.encoder import EXTRA, Encoder
from common_ground.errors import EncoderError
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.settings import PROJECT
from common_ground.warehouse.published import open_published
from tests.analysis import overlap_frames as frames
from tests.encoder_models import write_encoder

ITEM_TITLES = {"i1": "Offline map", "i2": "Invoice", "i3": "SAML"}
ITEMS = frames.items(
    *((key, title, None, "idea", None, None, None) for key, title in ITEM_TITLES.items())
)
FEATURES = frames.features()


def asked(**texts):
    return frames.asks(*((key, text, None, None, None, False) for key, text in texts.items()))


@pytest.fixture
def folder(tmp_path):
    return write_encoder(tmp_path / "encoder")


@pytest.fixture
def encode(folder):
    return Encoder(folder)


def test_vectors_have_length_one_and_words_that_mean_the_same_are_near(encode):
    login, sso, bill, nothing = encode(["Login", "SSO", "bill", "zebra"])
    assert np.linalg.norm([login, sso, bill], axis=1) == pytest.approx([1, 1, 1])
    assert login @ sso > 0.95 > 0.1 > login @ bill
    assert not nothing.any()
    assert len(encode([])) == 0


def test_what_else_is_encoded_beside_a_text_changes_nothing(folder):
    texts = ["login", "offline map without signal " * 200, "bill", "", "saml login invoice"]
    alone = np.vstack([Encoder(folder)([text]) for text in texts])
    np.testing.assert_array_equal(Encoder(folder)(texts), alone)
    kept = Encoder(folder)
    kept(texts[:2])
    np.testing.assert_array_equal(kept(texts), alone)


def test_an_ask_without_a_common_word_finds_its_item_only_with_the_encoder(encode):
    asks = asked(a1="login", a2="bill")
    none = frames.verdicts()
    without = matching.suggest_links(asks, ITEMS, FEATURES, none)
    assert without.empty
    found = matching.suggest_links(asks, ITEMS, FEATURES, none, encode=encode)
    best = found.loc[found["rank"] == 1].set_index("from_id")["to_id"]
    assert best.to_dict() == {"a1": "i3", "a2": "i2"}
    assert found["score"].between(0, ranker.HIGHEST).all()


def test_asks_that_mean_the_same_are_found_by_meaning(encode):
    asks = asked(a1="login", a2="sso", a3="bill")
    found = matching.suggest_same_asks(asks, frames.verdicts(), encode=encode)
    assert found.loc[found["from_id"] == "a1", "to_id"].iloc[0] == "a2"


def test_the_weights_with_an_encoder_keep_the_proportions_of_the_measures():
    plain, more = ranker.shipped(), ranker.shipped(has_meaning=True)
    assert len(more.weights) == len(plain.weights) + 1
    assert more.weights[:-1].sum() == pytest.approx(1, abs=0.01)
    rest = more.weights[:-2] / more.weights[:-2].sum()
    assert rest == pytest.approx(plain.weights[:-1] / plain.weights[:-1].sum())
    assert more.weights[-1] == plain.weights[-1]


def test_features_of_pairs_have_one_more_figure(encode):
    targets = Texts(["Offline map", "SAML", "Invoice"], ["", "", ""])
    plain, more = ranker.Index(targets), ranker.Index(targets, encode=encode)
    (_, without), (_, found) = next(plain.features(targets)), next(more.features(targets))
    assert found.shape[-1] == without.shape[-1] + 1 == len(more.usual.weights)
    np.testing.assert_allclose(found[..., :-2], without[..., :-1])


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_model_is_said(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(EncoderError, match=f"holds no {missing}.*unset the variable"):
        Encoder(folder)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_damaged_model_is_said_without_a_traceback(folder, broken):
    (folder / broken).write_bytes(b"not a model")
    with pytest.raises(EncoderError, match="cannot be used: .*Download the model again"):
        Encoder(folder)


def test_a_model_of_another_kind_is_said(tmp_path):
    with pytest.raises(EncoderError, match="not one vector a token"):
        Encoder(write_encoder(tmp_path, is_pooled=True))


def test_a_model_with_other_inputs_is_said(tmp_path):
    write_encoder(tmp_path, given="pixels")
    with pytest.raises(EncoderError, match="cannot be used: .*pixels"):
        Encoder(tmp_path)


def test_a_tokenizer_of_another_model_is_said_when_a_text_shows_it(folder):
    path = folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text("utf-8"))
    tokenizer["model"]["vocab"]["zebra"] = 1_000
    path.write_text(json.dumps(tokenizer), "utf-8")
    encode = Encoder(folder)
    assert encode(["login"]).any()
    with pytest.raises(EncoderError, match="cannot be used: .*name another one"):
        encode(["zebra"])


def test_known_texts_are_not_encoded_again_however_many_they_are(encode, monkeypatch):
    monkeypatch.setattr(encoder, "KEPT", 4)
    texts = ["login", "sso", "bill", "map"]
    first = encode(texts)
    monkeypatch.setattr(encode, "_session", None)
    np.testing.assert_array_equal(encode(texts), first)
    np.testing.assert_array_equal(encode(texts[1:] * 2), np.vstack([first[1:]] * 2))


def test_libraries_that_are_not_installed_are_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=f"pip install {EXTRA}"):
        Encoder(folder)


def test_readme_and_checks_name_the_libraries_that_the_message_names():
    assert f"pip install {EXTRA}\n" in (PROJECT / "README.md").read_text("utf-8")
    checked = (PROJECT / "requirements-dev.txt").read_text("utf-8").splitlines()
    assert set(EXTRA.split()) <= set(checked)


def test_it_is_off_unless_the_environment_names_it_and_then_orders_every_link(
    demo_workspace, folder, monkeypatch
):
    data = open_published(demo_workspace)
    decided = Decided.of(open_ledger(demo_workspace))
    monkeypatch.delenv("COMMON_GROUND_ENCODER", raising=False)
    assert meeting.encoder() is None
    plain = meeting.links(data, decided)
    monkeypatch.setenv("COMMON_GROUND_ENCODER", str(folder))
    found = meeting.links(data, decided)
    settled = ["from_id", "to_id", "how"]
    pd.testing.assert_frame_equal(
        plain.loc[plain["how"] != "suggested", settled].sort_values(settled, ignore_index=True),
        found.loc[found["how"] != "suggested", settled].sort_values(settled, ignore_index=True),
    )
    assert not plain["score"].equals(found["score"])


def test_the_shipped_coefficients_are_what_the_training_script_writes(tmp_path, monkeypatch):
    shipped = train_ranker.SHIPPED.read_text("utf-8")
    sets = [
        RequestSet("", made["name"], made["licence"], [], Texts([], []), {})
        for made in tomllib.loads(shipped)["trained_on"]
    ]
    monkeypatch.setattr(train_ranker, "SHIPPED", tmp_path / "coefficients.toml")
    train_ranker.write(ranker.shipped(), ranker.meaning(), sets)
    assert (tmp_path / "coefficients.toml").read_text("utf-8") == shipped
