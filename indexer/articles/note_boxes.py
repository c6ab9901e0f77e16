"""The kinds of note boxes, and the words that writers of this and other tools open one with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kb.model import Language


@dataclass(frozen=True, slots=True)
class NoteWord:
    """A word that opens a note box.

    Attributes:
        kind: How the box looks.
        titles: What stands above it where the writer gave no title.
    """

    kind: str
    titles: dict[Language, str]


def _word(kind: str, english: str, arabic: str) -> NoteWord:
    return NoteWord(kind, {Language.EN: english, Language.AR: arabic})


# `!!! note` of this product, `> [!CAUTION]` of GitHub, `:::info` of Docusaurus and VitePress, `> [!hint]` of Obsidian.
NOTE_WORDS: Final = {
    "note": _word("note", "Note", "ملاحظة"),
    "info": _word("note", "Info", "معلومة"),
    "tip": _word("tip", "Tip", "نصيحة"),
    "hint": _word("tip", "Hint", "تلميح"),
    "success": _word("tip", "Good to know", "جيد أن تعرف"),
    "important": _word("important", "Important", "مهم"),
    "warning": _word("warning", "Warning", "تنبيه"),
    "attention": _word("warning", "Attention", "انتبه"),
    "caution": _word("danger", "Caution", "احذر"),
    "danger": _word("danger", "Danger", "تحذير"),
    "error": _word("danger", "Error", "خطأ"),
    "example": _word("example", "Example", "مثال"),
}
NOTE_KINDS: Final = tuple(dict.fromkeys(word.kind for word in NOTE_WORDS.values()))
