"""Writes our own encoder as a folder that ``SentenceTransformer(folder)`` loads, for other programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from kb.embedding.bundle import TOKENIZER, WEIGHTS, BundleConfig, read_config, restored_weights
from kb.errors import OperatorError

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]
_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
_README = """# Dalil's bilingual sentence embeddings

Arabic and English, 384 dimensions, cosine. Load with `SentenceTransformer("this folder")`; no prompts are needed.
The weights are the bundled 8-bit weights, restored to 32 bits. Made from all-MiniLM-L6-v2 (Apache-2.0).
"""


def export_model(bundle: Path, folder: Path) -> None:
    """Write the folder.

    Args:
        bundle: A model of the bundled form.
        folder: Must not exist or be empty.

    Raises:
        OperatorError: The folder holds something already.
    """
    from safetensors.numpy import load_file, save_file

    if folder.exists() and any(folder.iterdir()):
        raise OperatorError(f"{folder} is not empty.", "name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    config = read_config(bundle)
    weights = restored_weights(load_file(str(bundle / WEIGHTS)), config)
    # Means are taken over the pieces; transformers still asks for the first piece's own layer and warns without it
    weights["pooler.dense.weight"] = np.zeros((config.dimension, config.dimension), dtype=np.float32)
    weights["pooler.dense.bias"] = np.zeros(config.dimension, dtype=np.float32)
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    shutil.copyfile(bundle / TOKENIZER, folder / "tokenizer.json")
    (folder / "README.md").write_text(_README, encoding="utf-8")
    for name, content in _descriptions(config).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _descriptions(config: BundleConfig) -> dict[str, object]:
    """Return the small files that describe the network to transformers and sentence-transformers."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": config.pieces,
            "hidden_size": config.dimension,
            "num_hidden_layers": config.layers,
            "num_attention_heads": config.heads,
            "intermediate_size": config.inner,
            "max_position_embeddings": config.positions,
            "layer_norm_eps": config.norm_epsilon,
            "type_vocab_size": 2,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "attention_probs_dropout_prob": 0.1,
            "pad_token_id": 0,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": config.positions,
            **_SPECIAL,
        },
        "special_tokens_map.json": _SPECIAL,
        "modules.json": _MODULES,
        "1_Pooling/config.json": {"word_embedding_dimension": config.dimension, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": config.max_tokens, "do_lower_case": False},
    }
