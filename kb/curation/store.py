"""Keeps the rules of editors in the database and notices changes of other processes by a version number."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, Table, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from kb.clock import Clock
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
from kb.curation.tables import curation_version, redirects, result_rules, synonym_rules
from kb.errors import UserError
from kb.model import ArticleId, Language
from kb.storage.database import reading, writing
from kb.storage.engines import is_outage
from kb.storage.event_rows import instant_from_microseconds, instant_to_microseconds

LONGEST_TERM = 100
MOST_TERMS = 20
_TABLES = (synonym_rules, result_rules, redirects)
_log = logging.getLogger(__name__)


class CurationStore:
    """Reads and changes the rules; thread-safe.

    Args:
        engine: The database.
        clock: Dates the decisions.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._rules = Rules(version=-1)

    def rules(self) -> Rules:
        """Return the rules in force; reads them only when somebody changed them, in any process.

        While the database fails, these are the last that were read, and say that they are stale: searches go on.
        """
        try:
            with reading(self._engine) as connection:
                version = _version(connection)
                with self._lock:
                    if self._rules.version != version or self._rules.stale:
                        self._rules = _read(connection, version)
                    return self._rules
        except SQLAlchemyError as error:
            if not is_outage(error):
                raise
            with self._lock:
                if not self._rules.stale:
                    _log.warning("The rules of editors cannot be asked for; the last known ones apply: %s", error)
                    self._rules = replace(self._rules, stale=True)
                return self._rules

    def add_synonyms(
        self,
        terms: Collection[str],
        replacements: Collection[str] = (),
        *,
        lang: Language | None,
        by: str,
        why: str = "",
    ) -> SynonymRule:
        """Add a rule: two-way between the terms, or one-way from the terms where there are replacements.

        Raises:
            UserError: Too few, too many or too long terms.
        """
        cleaned, targets = _clean(terms), _clean(replacements)
        if len(cleaned) < (1 if targets else 2):
            raise UserError("Synonyms need at least two terms.")
        kind = SynonymKind.ONE_WAY if targets else SynonymKind.TWO_WAY
        rule = SynonymRule(_new_id(), kind, cleaned, targets, lang, self._decision(by, why))
        with writing(self._engine) as connection:
            _insert_synonyms(connection, rule)
            _grow(connection)
        return rule

    def add_result(
        self,
        action: ResultAction,
        pattern: str,
        article: ArticleId,
        *,
        match: Match,
        lang: Language | None,
        by: str,
        why: str = "",
    ) -> ResultRule:
        """Pin or hide an article for a pattern; a rule for the same article and pattern gives way, pins queue up.

        Raises:
            UserError: The pattern is empty or too long.
        """
        (cleaned,) = _clean([pattern]) or ("",)
        if not cleaned:
            raise UserError("Write the words of the query that the rule is for.")
        with writing(self._engine) as connection:
            same = (result_rules.c.pattern == cleaned) & (result_rules.c.action == action)
            connection.execute(
                delete(result_rules).where((result_rules.c.pattern == cleaned) & (result_rules.c.article == article))
            )
            behind = connection.execute(select(func.max(result_rules.c.position)).where(same)).scalar()
            position = 0 if behind is None or action is ResultAction.HIDE else behind + 1
            rule = ResultRule(_new_id(), action, cleaned, match, lang, article, position, self._decision(by, why))
            _insert_result(connection, rule)
            _grow(connection)
        return rule

    def add_redirect(self, lang: Language, slug: str, article: ArticleId, *, by: str, why: str = "") -> Redirect:
        """Lead an old address to an article; an earlier redirect of that address gives way.

        Raises:
            UserError: The slug is empty or holds a slash.
        """
        slug = slug.strip()
        if not slug or "/" in slug or len(slug) > LONGEST_TERM * 3:
            raise UserError("Write the last part of the old address, without slashes.")
        rule = Redirect(_new_id(), lang, slug, article, self._decision(by, why))
        with writing(self._engine) as connection:
            connection.execute(delete(redirects).where((redirects.c.lang == lang) & (redirects.c.slug == slug)))
            _insert_redirect(connection, rule)
            _grow(connection)
        return rule

    def remove(self, rule: RuleId) -> bool:
        """Delete a rule of any kind; returns whether there was one."""
        with writing(self._engine) as connection:
            removed = sum(connection.execute(delete(table).where(table.c.id == rule)).rowcount for table in _TABLES)
            if removed:
                _grow(connection)
        return bool(removed)

    def replace_all(self, rules: Rules) -> None:
        """Put other rules in place of all present ones, as an import does."""
        with writing(self._engine) as connection:
            for table in _TABLES:
                connection.execute(delete(table))
            for synonyms in rules.synonyms:
                _insert_synonyms(connection, replace(synonyms, id=_new_id()))
            for result in rules.results:
                _insert_result(connection, replace(result, id=_new_id()))
            for redirect in rules.redirects:
                _insert_redirect(connection, replace(redirect, id=_new_id()))
            _grow(connection)

    def _decision(self, by: str, why: str) -> Decision:
        return Decision(by, self._clock.now(), why.strip())


def _new_id() -> RuleId:
    return RuleId(uuid4().hex)


def _clean(terms: Collection[str]) -> tuple[str, ...]:
    cleaned = tuple(dict.fromkeys(" ".join(term.split()) for term in terms if term.strip()))
    if len(cleaned) > MOST_TERMS or any(len(term) > LONGEST_TERM for term in cleaned):
        raise UserError(f"A rule holds at most {MOST_TERMS} terms of at most {LONGEST_TERM} characters.")
    return cleaned


def _version(connection: Connection) -> int:
    return connection.execute(select(curation_version.c.version)).scalar() or 0


def _grow(connection: Connection) -> None:
    grown = update(curation_version).values(version=curation_version.c.version + 1)
    if connection.execute(grown).rowcount == 0:
        connection.execute(insert(curation_version).values(id=1, version=1))


def _read(connection: Connection, version: int) -> Rules:
    def rows(table: Table, *order: str) -> list[Row[tuple[object, ...]]]:
        return list(connection.execute(select(table).order_by(*(table.c[name] for name in (*order, "id")))))

    return Rules(
        version,
        tuple(
            SynonymRule(
                RuleId(row.id),
                SynonymKind(row.kind),
                tuple(row.terms.split("\n")),
                tuple(filter(None, row.replacements.split("\n"))),
                _lang(row.lang),
                _made(row),
            )
            for row in rows(synonym_rules, "at", "terms")
        ),
        tuple(
            ResultRule(
                RuleId(row.id),
                ResultAction(row.action),
                row.pattern,
                Match(row.match),
                _lang(row.lang),
                ArticleId(row.article),
                row.position,
                _made(row),
            )
            for row in rows(result_rules, "pattern", "position", "article")
        ),
        tuple(
            Redirect(RuleId(row.id), Language(row.lang), row.slug, ArticleId(row.article), _made(row))
            for row in rows(redirects, "lang", "slug")
        ),
    )


def _lang(stored: str | None) -> Language | None:
    return Language(stored) if stored else None


def _made(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(row.by, instant_from_microseconds(row.at), row.why)


def _decided(decision: Decision) -> dict[str, object]:
    return {"by": decision.by, "at": instant_to_microseconds(decision.at), "why": decision.why}


def _insert_synonyms(connection: Connection, rule: SynonymRule) -> None:
    connection.execute(
        insert(synonym_rules).values(
            id=rule.id,
            kind=rule.kind,
            terms="\n".join(rule.terms),
            replacements="\n".join(rule.replacements),
            lang=rule.lang,
            **_decided(rule.decision),
        )
    )


def _insert_result(connection: Connection, rule: ResultRule) -> None:
    connection.execute(
        insert(result_rules).values(
            id=rule.id,
            action=rule.action,
            pattern=rule.pattern,
            match=rule.match,
            lang=rule.lang,
            article=rule.article,
            position=rule.position,
            **_decided(rule.decision),
        )
    )


def _insert_redirect(connection: Connection, rule: Redirect) -> None:
    connection.execute(
        insert(redirects).values(
            id=rule.id, lang=rule.lang, slug=rule.slug, article=rule.article, **_decided(rule.decision)
        )
    )
