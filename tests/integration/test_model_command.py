"""`kb model`, and what an operator reads when a model is not as it should be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli.model import model
from kb.embedding.calibration import FILE_NAME, read_calibration
from kb.embedding.onnx import load_encoder
from kb.embedding.opening import BUNDLE, BUNDLED_FOLDERS, open_embedder
from kb.errors import OperatorError


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("KB_VAR_DIR", str(tmp_path / "var"))
    return CliRunner()


@pytest.fixture(params=BUNDLED_FOLDERS, ids=lambda folder: folder.name)
def bundle(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return shutil.copytree(request.param, tmp_path / "bundle")


def test_info_names_the_model_and_its_calibration(run: CliRunner) -> None:
    said = run.invoke(model, ["info"], catch_exceptions=False).output
    assert "Model:       bundled" in said
    assert "Dimension:   512" in said
    assert "bundled/weights.safetensors" in said
    assert "general/weights.safetensors" in said


def test_the_bundled_files_are_whole_and_small(run: CliRunner) -> None:
    said = run.invoke(model, ["verify"], catch_exceptions=False)
    assert said.exit_code == 0
    assert said.output.count("as published") == 8
    assert sum(path.stat().st_size for folder in BUNDLED_FOLDERS for path in folder.iterdir()) <= 75e6


def test_the_shipped_calibration_belongs_to_the_shipped_weights() -> None:
    embedder = open_embedder("bundled")
    assert read_calibration(BUNDLE / FILE_NAME, embedder.fingerprint) == embedder.calibration


def test_export_refuses_a_folder_that_holds_something(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = run.invoke(model, ["export", str(tmp_path)])
    assert isinstance(result.exception, OperatorError)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def write_collection(folder: Path, articles: dict[str, str], questions: dict[str, str]) -> None:
    folder.mkdir()
    corpus = [{"id": key, "lang": "en", "title": "", "body": body} for key, body in articles.items()]
    queries = [{"id": f"q-{key}", "lang": "en", "text": text} for key, text in questions.items()]
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    (folder / "qrels.tsv").write_text("".join(f"q-{key}\t{key}\t1\n" for key in questions))


def test_calibrating_tells_answered_from_unanswered_questions(run: CliRunner, tmp_path: Path) -> None:
    colours = ("red", "green", "blue", "white", "black", "brown", "grey", "pink", "orange", "purple")
    write_collection(
        tmp_path / "cards",
        {f"card-{c}": f"How to order a {c} bank card and pay its fee." for c in colours},
        {f"card-{c}": f"Where can I order a {c} bank card?" for c in colours},
    )
    write_collection(
        tmp_path / "plants",
        {f"plant-{c}": f"A {c} flower needs water and sunlight in the garden." for c in colours},
        {f"plant-{c}": f"How much sunlight does a {c} flower need?" for c in colours},
    )
    kept = tmp_path / "calibration.json"
    args = ["calibrate", str(tmp_path / "cards"), str(tmp_path / "plants"), "--output", str(kept)]
    said = run.invoke(model, args, catch_exceptions=False).output
    assert "area under the curve 1.000 (20 questions with an answer, 20 without)" in said
    assert read_calibration(kept, open_embedder("bundled").fingerprint) is not None


def test_a_damaged_bundle_is_refused_by_name(bundle: Path) -> None:
    with (bundle / "weights.safetensors").open("r+b") as weights:
        weights.seek(1_000_000)
        weights.write(b"\xff\x00\xff")
    with pytest.raises(OperatorError, match=r"weights\.safetensors differs") as raised:
        load_encoder(bundle, threads=1)
    assert "KB_EMBEDDING_MODEL" in raised.value.remedy


def test_a_missing_file_is_refused_by_name(bundle: Path) -> None:
    (bundle / "tokenizer.json").unlink()
    with pytest.raises(OperatorError, match=r"tokenizer\.json is missing"):
        load_encoder(bundle, threads=1)


@pytest.mark.parametrize("name", ["/nowhere/at/all", "./absent", "~/absent"])
def test_a_folder_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(OperatorError, match=r"KB_EMBEDDING_MODEL names the folder .*, which does not exist"):
        open_embedder(name)


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(OperatorError, match="cannot be loaded") as raised:
        open_embedder(str(tmp_path))
    assert str(tmp_path) in raised.value.message
    assert "KB_EMBEDDING_MODEL" in raised.value.remedy


def test_an_unknown_name_without_a_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(OperatorError, match="nobody/has-this-model cannot be obtained"):
        open_embedder("nobody/has-this-model")


def test_an_exported_folder_with_other_weights_than_its_description_is_refused(run: CliRunner, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    run.invoke(model, ["export", str(folder)], catch_exceptions=False)
    described = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(described | {"hidden_size": 768}))
    with pytest.raises(OperatorError, match="cannot be loaded"):
        open_embedder(str(folder))
