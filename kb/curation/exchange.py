"""The rules of editors as one YAML text, for review, version control and moving between sites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

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
from kb.yaml_text import plain_value, read_yaml

FORMAT = 1
MOST_FAULTS_NAMED: Final = 20
_NO_ID = RuleId("")
_LAST_POSITION: Final = 1_000
_LONGEST_REASON: Final = 2_000


def _whole_number(value: object) -> object:
    """Return the number that a text is, since YAML's values are read as they are written."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else value


def _instant(value: object) -> datetime:
    """Return the aware instant that a text names, in UTC unless it says otherwise."""
    try:
        instant = datetime.fromisoformat(str(value))
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"«{value}» is not a time that exists; write it as 2026-11-20T09:30:00+03:00") from error


_Number = BeforeValidator(_whole_number)
_Term = Annotated[str, Field(min_length=1, max_length=LONGEST_TERM, pattern=r"^[^\n]+$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(max_length=200)
    at: Annotated[datetime, BeforeValidator(_instant)]
    why: str = Field(default="", max_length=_LONGEST_REASON)

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
    position: Annotated[int, _Number] = Field(default=0, ge=0, le=_LAST_POSITION)
    lang: Language | None = None


class _Redirect(_Entry):
    lang: Language
    slug: str = Field(min_length=1, max_length=300, pattern=r"^[^/\n]+$")
    article: str = Field(min_length=1, max_length=200)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[Literal[1], _Number]
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
    source = read_yaml(text)
    faults = list(source.faults)
    values = plain_value(source.node, faults)
    if faults:
        raise _refused("This YAML has faults", [f"line {fault.line}: {fault.message}" for fault in sorted(faults)])
    try:
        read = _File.model_validate(values)
    except ValidationError as error:
        found = [_located(source.node, item["loc"], item["msg"]) for item in error.errors()]
        raise _refused("The rules have faults", found) from error
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


def _refused(what: str, faults: Sequence[str]) -> UserError:
    more = len(faults) - MOST_FAULTS_NAMED
    named = "; ".join(faults[:MOST_FAULTS_NAMED])
    return UserError(f"{what}: {named}" + (f"; and {more} more" if more > 0 else ""))


def _located(root: yaml.Node | None, place: Sequence[str | int], message: str) -> str:
    """Return what is wrong, and on which line of the text."""
    node = root
    line = 1
    for step in place:
        match node, step:
            case yaml.MappingNode(), str():
                node = next((value for key, value in node.value if key.value == step), None)
            case yaml.SequenceNode(), int():
                node = node.value[step]
            case _:
                node = None
        if node is None:
            break
        line = node.start_mark.line + 1
    where = ".".join(map(str, place)) or "file"
    return f"line {line}, {where}: {message.removeprefix('Value error, ')}"


def _entry(decision: Decision, **values: Any) -> dict[str, Any]:
    plain = {
        name: str(value) if isinstance(value, str) else value for name, value in values.items() if value is not None
    }
    return {**plain, "by": decision.by, "at": decision.at.isoformat(), "why": decision.why}
