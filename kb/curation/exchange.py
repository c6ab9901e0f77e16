"""The rules of editors as one YAML text, for review, version control and moving between sites."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.curation.model import (
    Decision,
    Match,
    Redirect,
    ResultAction,
    ResultRule,
    RuleId,
    Rules,
    SynonymKind,
    SynonymRule,
)
from kb.curation.store import LONGEST_TERM, MOST_TERMS
from kb.errors import UserError
from kb.model import ArticleId, Language

FORMAT = 1
_NO_ID = RuleId("")

_Term = Annotated[str, Field(min_length=1, max_length=LONGEST_TERM, pattern=r"^[^\n]+$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(max_length=200)
    at: datetime
    why: str = ""

    def decision(self) -> Decision:
        """Return who decided, when and why."""
        return Decision(self.by, self.at, self.why)


class _Synonyms(_Entry):
    kind: SynonymKind
    terms: list[_Term] = Field(min_length=1, max_length=MOST_TERMS)
    replacements: list[_Term] = Field(default=[], max_length=MOST_TERMS)
    lang: Language | None = None


class _Result(_Entry):
    action: ResultAction
    pattern: _Term
    match: Match
    article: str = Field(min_length=1, max_length=200)
    position: int = Field(default=0, ge=0)
    lang: Language | None = None


class _Redirect(_Entry):
    lang: Language
    slug: str = Field(min_length=1, max_length=300, pattern=r"^[^/\n]+$")
    article: str = Field(min_length=1, max_length=200)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    synonyms: list[_Synonyms] = []
    results: list[_Result] = []
    redirects: list[_Redirect] = []


def to_yaml(rules: Rules) -> str:
    """Return the rules as YAML, in a stable order, Arabic readable."""
    content = {
        "format": FORMAT,
        "synonyms": [_entry(rule.decision, kind=rule.kind, terms=list(rule.terms), replacements=list(rule.replacements),
                            lang=rule.lang) for rule in rules.synonyms],
        "results": [_entry(rule.decision, action=rule.action, pattern=rule.pattern, match=rule.match,
                           article=rule.article, position=rule.position, lang=rule.lang) for rule in rules.results],
        "redirects": [_entry(rule.decision, lang=rule.lang, slug=rule.slug, article=rule.article)
                      for rule in rules.redirects],
    }  # fmt: skip
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def from_yaml(text: str) -> Rules:
    """Read rules that `to_yaml` wrote or a person edited.

    Raises:
        UserError: Names every fault at once.
    """
    try:
        read = _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise UserError(f"This is not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors())
        raise UserError("The rules have faults: " + "; ".join(faults)) from error
    return Rules(
        0,
        tuple(
            SynonymRule(_NO_ID, item.kind, tuple(item.terms), tuple(item.replacements), item.lang, item.decision())
            for item in read.synonyms
        ),
        tuple(
            ResultRule(
                _NO_ID,
                item.action,
                item.pattern,
                item.match,
                item.lang,
                ArticleId(item.article),
                item.position,
                item.decision(),
            )
            for item in read.results
        ),
        tuple(
            Redirect(_NO_ID, item.lang, item.slug, ArticleId(item.article), item.decision()) for item in read.redirects
        ),
    )


def _entry(decision: Decision, **values: Any) -> dict[str, Any]:
    plain = {
        name: str(value) if isinstance(value, str) else value for name, value in values.items() if value is not None
    }
    return {**plain, "by": decision.by, "at": decision.at.isoformat(), "why": decision.why}
