"""Every labelled text that weights may be fitted to, a row each; the ``untouched`` halves of the collections are not.

The project's development passages beside the repository take part, and are needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.claims.governed import OF_A_MODEL
from tests.support import claim_scores

DEVELOPMENT = Path(__file__).parents[3] / "shared" / "claims" / "dev.jsonl"


class Text(NamedTuple):
    """A labelled text."""

    name: str
    is_page: bool
    text: str
    title: str | None
    labels: list[claim_scores.Label]


def reworded() -> Iterator[Text]:
    """Passages reworded from published pages."""
    return _marked("reworded")


def written() -> Iterator[Text]:
    """Passages that were written for this."""
    return _marked("written")


def _marked(part: str) -> Iterator[Text]:
    for row in claim_scores.marked(part):
        yield Text(row["id"], False, row["text"], row["title"], row["claims"])


def older() -> Iterator[Text]:
    """Those that the grammar was grown on."""
    folder = claim_scores.CLAIMS
    files = [claim_scores.SENTENCES, claim_scores.UNSEEN, claim_scores.DECOYS, *sorted(folder.glob("blind/*.jsonl"))]
    files += [folder / "coverage" / name for name in ("developed.jsonl", "second.jsonl")]
    files += [folder / part / "developed.jsonl" for part in ("frames", "web")]
    for file in files:
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            yield Text(row["id"], row["theme"] == "page", row["text"], row.get("title"), row["claims"])
    for page in sorted([*folder.glob("pages/*.html"), *folder.glob("blind/*/*.html")]):
        yield Text(page.stem, True, page.read_text(encoding="utf-8"), None, claim_scores.labels_of(page)[1:])
    for row in map(json.loads, claim_scores.SCOPES.read_text(encoding="utf-8").splitlines()):
        labels = [{"quote": quote, "kind": ["money"], "scope": [row["scope"]]} for quote in row["quotes"]]
        yield Text(row["id"], False, row["text"], None, labels)


def development() -> Iterator[Text]:
    """The passages beside the repository, with the labels that all others follow."""
    for row in map(json.loads, DEVELOPMENT.read_text(encoding="utf-8").splitlines()):
        labels = [_label(claim) for claim in row["claims"] if not claim.get("vague")]
        yield Text(row["id"], False, row["text"], row["title"], labels)


def beside() -> Iterator[Text]:
    """Texts of other amounts beside a cost, or below a title that names a model: neither changes what the other is."""
    rows = [json.loads(line) for line in claim_scores.SCOPES.read_text(encoding="utf-8").splitlines()]
    costs = [row for row in rows if row["scope"] in OF_A_MODEL and row.get("model")]
    others = [text for text in (*written(), *older(), *development()) if not text.is_page and _is_of_no_model(text)]
    for number, text in enumerate(others):
        cost = costs[number % len(costs)]
        title = TITLES[number % len(TITLES)].format(model=cost["model"])
        yield text._replace(name=f"{text.name} below", title=title)
        place = PLACES[number % len(PLACES)]
        labels = [{"quote": quote, "kind": ["money"], "scope": [cost["scope"]]} for quote in cost["quotes"]]
        both = place.format(cost=cost["text"], other=text.text)
        yield text._replace(name=f"{text.name} beside", text=both, labels=[*labels, *text.labels])


TITLES = ("How {model} was trained", "{model}", "What {model} cost", "The making of {model}")
PLACES = ("{cost} {other}", "{other} {cost}", "{cost}\n\n{other}", "{other}\n\n{cost}")


def _is_of_no_model(text: Text) -> bool:
    """Whether a text has amounts, and none is a model's cost."""
    scopes = {scope for label in text.labels if label["kind"] == ["money"] for scope in label["scope"]}
    return bool(scopes) and not scopes & {*OF_A_MODEL}


def _label(claim: claim_scores.Label) -> claim_scores.Label:
    """A claim of the development passages as a label of ours."""
    ends = [claim[name] for name in ("value_low", "value", "value_high") if claim[name] is not None]
    figure = {"low": ends[0], "high": ends[-1]} if claim["hedge"] == "range" else {"value": ends[0]}
    return {**figure, "kind": [claim["kind"]], "currency": claim["currency"], "quote": claim["quote"],
            "scope": [claim["scope"]], "model": [claim["model"]]}  # fmt: skip
