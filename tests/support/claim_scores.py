"""Scores of the reader of claims against our own labelled sentences and pages.

``python -m tests.support.claim_scores`` prints the scores and every fault, one a line, for a person who grows the
grammar; ``tests/test_claims_reading.py`` holds the bars. A figure matches a label of the same kind (money kinds count
as one for finding an amount), the same currency, and values within one percent. Scope, model and kind of a label are
lists: every answer in them is right; so may the organisation be, and ``hedges`` where words allow more than one.
``hard`` labels count like all others in the totals of the pages, and not in the bars of the sentences; ``optional``
ones are neither asked for nor punished. ``unseen.jsonl`` and ``blind`` were written before anybody looked at the
lexicons; in a later round their faults were read, too, so they say no more what unknown text is worth. ``coverage`` is
in the manner of what is published (wire stories, blogs, papers, cards, calls, forums, reports): of ``developed`` and
``second`` the faults were read, of ``untouched`` nobody read any, and no weight is fitted to it. ``frames`` holds
passages and pages of amounts that are no model's cost, in the same two halves, and ``web`` passages in the manner of
news sites, blogs, cards and forums. ``written`` are some thousands of passages, written for the weights of words to
be fitted to (`tests.support.claim_signs`): most names in them are real, and most figures are made up.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.claims import ExtractedClaim, read_html, read_text
from tests.support import claim_marks

CLAIMS = Path(__file__).parents[1] / "claims"
SENTENCES, UNSEEN, PAGES = CLAIMS / "sentences.jsonl", CLAIMS / "unseen.jsonl", CLAIMS / "pages"
BLIND, DECOYS, SCOPES = CLAIMS / "blind", CLAIMS / "decoys.jsonl", CLAIMS / "scopes.jsonl"
MONEY = {"money", "price_per_gpu_hour", "price_per_node_hour", "price_per_gpu", "price_other"}
TOLERANCE = 0.01

Label = dict[str, Any]


@dataclass(frozen=True)
class Passage:
    """A text or page, its labels, and what the reader made of it."""

    name: str
    theme: str
    text: str
    labels: tuple[Label, ...]
    claims: tuple[ExtractedClaim, ...]
    is_page: bool = False


@dataclass
class Tally:
    """Right, found and wanted."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing was wanted and nothing found."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0

    @property
    def share(self) -> float:
        """Right of those wanted."""
        return self.right / self.wanted if self.wanted else 1.0

    def __str__(self) -> str:
        return f"{self.f1:.3f} (right {self.right}, found {self.found}, wanted {self.wanted})"


@dataclass
class Scores:
    """What is held against the bars."""

    kinds: dict[str, Tally] = field(default_factory=dict[str, Tally])
    """Values found, by group of kinds: money, gpu_count, gpu_hours, duration, tokens."""
    scope: Tally = field(default_factory=Tally)
    money_scope: Tally = field(default_factory=Tally)
    hedge: Tally = field(default_factory=Tally)
    pairs: Tally = field(default_factory=Tally)
    """(claim, model) pairs where a model is named."""
    organisation: Tally = field(default_factory=Tally)
    hardware: Tally = field(default_factory=Tally)
    all_right: Tally = field(default_factory=Tally)
    """Value, scope and model together."""
    exact_kind: Tally = field(default_factory=Tally)
    """Kinds of money told apart, on matched amounts."""
    faults: list[str] = field(default_factory=list[str])


def score(passages: Iterable[Passage], *, with_hard: bool = False) -> Scores:
    """Score what was read against the labels."""
    scores = Scores()
    for passage in passages:
        _score_passage(passage, scores, with_hard=with_hard)
    return scores


def _score_passage(passage: Passage, scores: Scores, *, with_hard: bool) -> None:
    left = list(passage.claims)
    for label in sorted(passage.labels, key=lambda label: bool(label.get("optional"))):
        claim = next((claim for claim in left if is_of(claim, label)), None)
        if claim is not None:
            left.remove(claim)
        if label.get("optional") or (label.get("hard") and not with_hard):
            continue
        _count_label(passage, label, claim, scores)
    for claim in left:
        group = group_of(claim.kind)
        _tally(scores, group).found += 1
        scores.pairs.found += claim.model is not None
        scores.all_right.found += 1
        scores.faults.append(f"{passage.name}: nothing expected, got {_said(claim)}")


def _count_label(passage: Passage, label: Label, claim: ExtractedClaim | None, scores: Scores) -> None:
    tally = _tally(scores, group_of(label["kind"][0]))
    tally.wanted += 1
    named = label["model"][0] is not None and not (claim and claim.model is None and None in label["model"])
    scores.pairs.wanted += named
    scores.all_right.wanted += 1
    if claim is None:
        scores.faults.append(f"{passage.name}: expected {_wanted(label)}, got nothing")
        return
    tally.right, tally.found = tally.right + 1, tally.found + 1
    is_model = any(_same_name(claim.model, name) for name in label["model"])
    is_scope, is_hedge = claim.scope in label["scope"], claim.hedge in label.get("hedges", [label["hedge"]])
    scores.pairs.found += claim.model is not None and (named or not is_model)
    scores.pairs.right += named and is_model and claim.model is not None
    scores.all_right.found += 1
    scores.all_right.right += is_scope and is_model
    judged = [(scores.scope, is_scope), (scores.hedge, is_hedge)]
    if claim.kind in MONEY:
        judged += [(scores.money_scope, is_scope), (scores.exact_kind, claim.kind in label["kind"])]
    if label.get("organisation"):
        allowed: str | list[str] = label["organisation"]
        named_orgs = [allowed] if isinstance(allowed, str) else allowed
        judged.append((scores.organisation, any(_same_name(claim.organisation, name) for name in named_orgs)))
    if label.get("hardware"):
        judged.append((scores.hardware, _same_name(claim.hardware, label["hardware"])))
    for count, is_right in judged:
        count.wanted, count.found, count.right = count.wanted + 1, count.found + 1, count.right + is_right
    if not (is_model and is_scope and is_hedge and (claim.kind in label["kind"] or claim.kind not in MONEY)):
        scores.faults.append(f"{passage.name}: expected {_wanted(label)}, got {_said(claim)}")


def is_of(claim: ExtractedClaim, label: Label) -> bool:
    """Whether a claim is the figure that a label means: its kind, currency and value, or for vague ones its place."""
    if label.get("optional"):
        return label["quote"] in claim.printed or claim.printed in label["quote"]
    if group_of(claim.kind) != group_of(label["kind"][0]) or claim.currency != label.get("currency"):
        return False
    wanted = (label["low"], label["high"]) if "low" in label else (label["value"], label["value"])
    ends = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return bool(ends) and all(
        abs(got - want) <= TOLERANCE * abs(want) for got, want in zip((ends[0], ends[-1]), wanted, strict=True)
    )


def group_of(kind: str) -> str:
    """Kinds that count as one when a figure is looked for."""
    return "money" if kind in MONEY else kind


def _tally(scores: Scores, group: str) -> Tally:
    return scores.kinds.setdefault(group, Tally())


def _same_name(one: str | None, other: str | None) -> bool:
    def folded(name: str | None) -> str:
        return "".join(c for c in (name or "").lower() if c.isalnum())

    return folded(one) == folded(other)


def _wanted(label: Label) -> str:
    figure = f"{label['low']:g}-{label['high']:g}" if "low" in label else f"{label['value']:g}"
    names = "/".join(name or "no model" for name in label["model"])
    return f"{'/'.join(label['kind'])} {figure} {label['hedge']} {'/'.join(label['scope'])} {names} [{label['quote']}]"


def _said(claim: ExtractedClaim) -> str:
    ends = [f"{end:g}" for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return f"{claim.kind} {'-'.join(ends)} {claim.hedge} {claim.scope} {claim.model or 'no model'} [{claim.printed}]"


# --- the collection -------------------------------------------------------------------------------


@cache
def sentences() -> tuple[Passage, ...]:
    """Every labelled sentence, read."""
    return _passages(SENTENCES)


@cache
def unseen() -> tuple[Passage, ...]:
    """The passages that the grammar was not grown on, read."""
    return _passages(UNSEEN)


def _passages(path: Path) -> tuple[Passage, ...]:
    return tuple(_sentence(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def _sentence(row: Label) -> Passage:
    is_page = row["theme"] == "page"
    claims = read_html(row["text"]).claims if is_page else read_text(row["text"], title=row.get("title"))
    return Passage(row["id"], row["theme"], row["text"], tuple(row["claims"]), tuple(claims), is_page)


@cache
def pages() -> tuple[Passage, ...]:
    """Every labelled page, read."""
    return _pages(PAGES)


@cache
def blind(half: str) -> tuple[Passage, ...]:
    """The blind passages and pages of a half: ``tuned`` or ``untouched``."""
    return (*_passages(BLIND / f"{half}.jsonl"), *_pages(BLIND / half))


@cache
def coverage(part: str) -> tuple[Passage, ...]:
    """Passages and pages in the manner of what is published: ``developed``, ``second`` or ``untouched``."""
    return _passages(CLAIMS / "coverage" / f"{part}.jsonl")


@cache
def frames(part: str) -> tuple[Passage, ...]:
    """Passages of amounts that are no model's cost, a kind each: ``developed`` or ``untouched``."""
    return _passages(CLAIMS / "frames" / f"{part}.jsonl")


@cache
def web(part: str) -> tuple[Passage, ...]:
    """Passages in the manner of news sites, blogs and forums: ``developed`` or ``untouched``."""
    return _passages(CLAIMS / "web" / f"{part}.jsonl")


def marked(part: str) -> Iterator[Label]:
    """The rows of the passages with marks: ``written`` for the fit, or ``reworded`` from published pages."""
    for file in sorted((CLAIMS / part).glob("*.jsonl")):
        yield from claim_marks.rows(file)


@cache
def untouched() -> tuple[Passage, ...]:
    """Passages reworded from published pages whose faults nobody read, and to which nothing is fitted."""
    return tuple(
        _sentence({**row, "theme": "web"}) for row in claim_marks.rows(CLAIMS / "untouched.jsonl")
    )  # fmt: skip


@cache
def decoys() -> tuple[Passage, ...]:
    """Passages and small pages in which costs of models stand among amounts that are none."""
    return _passages(DECOYS)


def beside_training() -> list[str]:
    """Sentences of a training whose amounts are no cost of it, one a line."""
    return (CLAIMS / "decoys_beside_training.txt").read_text(encoding="utf-8").splitlines()


def _pages(folder: Path) -> tuple[Passage, ...]:
    return tuple(_page(path) for path in sorted(folder.glob("*.html")))


def _page(path: Path) -> Passage:
    markup = path.read_text(encoding="utf-8")
    _, *labels = labels_of(path)
    return Passage(path.stem, "page", markup, tuple(labels), read_html(markup).claims, is_page=True)


def labels_of(path: Path) -> list[Label]:
    """What stands beside a page: a head, then one label a line."""
    text = path.with_suffix(".claims.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _report(name: str, passages: Sequence[Passage], *, with_faults: bool = True) -> Iterator[str]:
    scores = score(passages)
    yield f"== {name}: {len(passages)}"
    yield from (f"  {kind:<12} {tally}" for kind, tally in sorted(scores.kinds.items()))
    for label in ("scope", "money_scope", "hedge", "exact_kind", "organisation", "hardware"):
        tally: Tally = getattr(scores, label)
        yield f"  {label:<12} {tally.share:.3f} of {tally.wanted}"
    yield f"  {'pairs':<12} {scores.pairs}"
    yield f"  {'all right':<12} {scores.all_right}"
    yield from scores.faults if with_faults else ()


if __name__ == "__main__":
    apart = [
        *_report("coverage untouched", coverage("untouched"), with_faults=False),
        *_report("web untouched", web("untouched"), with_faults=False),
        *_report("reworded untouched", untouched(), with_faults=False),
    ]
    ours = [*_report("sentences", sentences()), *_report("pages", pages()), *_report("unseen", unseen())]
    for half in ("tuned", "untouched"):
        ours += _report(f"blind {half}", blind(half))
    for part in ("developed", "second"):
        ours += _report(f"coverage {part}", coverage(part))
    ours += [*_report("web", web("developed")), *_report("decoys", decoys())]
    for line in (*apart, *ours):
        sys.stdout.write(f"{line}\n")
