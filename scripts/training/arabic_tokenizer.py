"""The bilingual tokenizer: the English model's pieces unchanged, Arabic pieces appended.

Everything that Arabic needs is inside ``tokenizer.json`` (folding of spelling variants, splitting of the article and
its compounds), so that every program which reads that file cuts a text into the same pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

MAX_TOKENS = 256
_IGNORED = "[\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
_FOLDS = {
    "[أإآٱ]": "ا", "[ىی]": "ي", "ة": "ه", "ک": "ك", "ؤ": "و", "ئ": "ي",
    "؟": "?", "،": ",", "؛": ";", "٪": "%",
}  # fmt: skip
_ARTICLE = "\\A(?:[وف]?[بك]?ال|[وف]?لل)(?=[\u0621-\u064a]{2,})"
_ARABIC = re.compile("[\u0621-\u064a]+")


def build_tokenizer(english: Path, texts: Iterable[str], pieces: int) -> Tokenizer:
    """Return the English tokenizer with Arabic pieces appended.

    Args:
        english: ``tokenizer.json`` of the English model.
        texts: Arabic texts that the pieces are learned from.
        pieces: Number of Arabic pieces.
    """
    vocabulary: dict[str, int] = json.loads(english.read_text(encoding="utf-8"))["model"]["vocab"]
    # The English model has a few Arabic letters that it never learned: their rows stay, unreachable
    kept = {(f"[arabic{i}]" if _is_arabic(piece) else piece): i for piece, i in vocabulary.items()}
    learned = _learn_pieces(texts, pieces)
    kept.update({piece: len(vocabulary) + place for place, piece in enumerate(learned)})
    tokenizer = Tokenizer(models.WordPiece(kept, unk_token="[UNK]", max_input_chars_per_word=100))
    _add_text_rules(tokenizer)
    first, last = kept["[CLS]"], kept["[SEP]"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", first), ("[SEP]", last)],
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _learn_pieces(texts: Iterable[str], pieces: int) -> list[str]:
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    _add_text_rules(learner)
    trainer = trainers.WordPieceTrainer(
        vocab_size=pieces + 1, min_frequency=2, special_tokens=["[UNK]"], show_progress=False
    )
    learner.train_from_iterator(_arabic_only(texts), trainer)
    by_id = sorted(learner.get_vocab().items(), key=lambda entry: entry[1])
    return [piece for piece, _ in by_id if _is_arabic(piece)]


def _add_text_rules(tokenizer: Tokenizer) -> None:
    digits = [normalizers.Replace(Regex(f"[{chr(0x660 + d)}{chr(0x6F0 + d)}]"), str(d)) for d in range(10)]
    folds = [normalizers.Replace(Regex(variants), letter) for variants, letter in _FOLDS.items()]
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(_IGNORED), ""), *folds, *digits, normalizers.BertNormalizer()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Split(Regex(_ARTICLE), "isolated")]
    )


def _arabic_only(texts: Iterable[str]) -> Iterator[str]:
    rules = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    _add_text_rules(rules)
    for text in texts:
        yield " ".join(_ARABIC.findall(rules.normalizer.normalize_str(text)))


def _is_arabic(piece: str) -> bool:
    return bool(_ARABIC.fullmatch(piece.removeprefix("##")))
