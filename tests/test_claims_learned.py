"""What labelled amounts teach of scopes: the passages, the fit, and what it may overrule."""

from __future__ import annotations

import json
import random

import pytest

from pipeline.claims import read_text
from pipeline.claims.learned import HARDLY, SURELY, classes_of, likeliest
from pipeline.claims.lexicon import scope_signs, word_classes
from pipeline.claims.words import words_of
from pipeline.facts import Scope
from tests.support import claim_marks, claim_scores, claim_signs
from tests.support.claim_fit import SCOPES


def test_the_written_passages_are_many_and_whole() -> None:
    """Each amount stands where its mark was; kinds, scopes and hedges are those of the other collections."""
    rows = list(claim_scores.marked())
    known = {kind for passage in claim_scores.sentences() for label in passage.labels for kind in label["kind"]}
    labels = [label for row in rows for label in row["claims"]]

    assert len(rows) >= 2000
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["text"][label["start"] : label["end"]] == label["quote"] for row in rows for label in row["claims"])
    assert all("{{" not in row["text"] for row in rows)
    assert {kind for label in labels for kind in label["kind"]} <= known
    assert {scope for label in labels for scope in label["scope"]} <= {*SCOPES, "fleet", "unknown"}


def test_a_mark_says_all_of_an_amount() -> None:
    """Quote, kind, hedge, currency, value or range, what is open; a mark that says less is an error."""
    text, (cost, chips) = claim_marks.unmarked(
        "It took {{some $5|6 million|money|~USD 5e6..6e6|final_run/training_total|GPT-4/-}} and "
        "{{512 chips|gpu_count|512|final_run|-}}."
    )

    assert text == "It took some $5|6 million and 512 chips."
    assert (cost["low"], cost["high"], cost["currency"], cost["hedge"]) == (5e6, 6e6, "USD", "range")
    assert (cost["scope"], cost["model"]) == (["final_run", "training_total"], ["GPT-4", None])
    assert (chips["value"], chips["hedge"], chips["model"]) == (512.0, "exact", [None])
    with pytest.raises(ValueError, match="no value"):
        claim_marks.unmarked("{{a lot|money|much|funding|-}}")


def test_weights_learn_what_examples_say() -> None:
    """Of a word that only one scope has, the weight is that scope's; one seen too seldom has none."""
    shuffled = random.Random(3)
    known = [
        claim_signs.Example(
            str(number), {"word": 1.0, **({"raised": 1.0} if funds else {"chips": 1.0}), f"seldom {number}": 1.0},
            frozenset(["funding" if funds else "hardware_capex"]), "unknown", is_governed=True,
        )
        for number in range(60)
        for funds in (shuffled.random() < 0.5,)
    ]  # fmt: skip
    weights = claim_signs.fitted(known)
    funding, hardware = SCOPES.index("funding"), SCOPES.index("hardware_capex")

    assert weights["raised"][funding] > 0.5 > weights["raised"][hardware]
    assert weights["chips"][hardware] > 0.5 > weights["chips"][funding]
    assert not any(sign.startswith("seldom") for sign in weights)


def shares(**of: float) -> dict[Scope, float]:
    """Shares by scope, the rest of 1 spread over all others."""
    rest = (1 - sum(of.values())) / (len(SCOPES) - len(of))
    return {scope: of.get(scope, rest) for scope in SCOPES}


def test_signs_choose_on_the_side_that_the_rules_chose() -> None:
    """A model's cost stays one, and what is none stays none, unless hardly a doubt is left; a veto is kept."""
    of_run = shares(final_run=0.6, funding=0.3)
    sure = shares(final_run=(1 + SURELY) / 2)
    none = shares(funding=0.999)

    assert likeliest(of_run, "training_total", may_be_of_model=True) == "final_run"
    assert likeliest(of_run, "company_investment", may_be_of_model=True) == "funding"
    assert likeliest(sure, "company_investment", may_be_of_model=True) == "final_run"
    assert likeliest(sure, "company_investment", may_be_of_model=False) != "final_run"
    assert HARDLY > 1 - 0.999
    assert likeliest(none, "final_run", may_be_of_model=True) == "funding"
    assert likeliest(shares(funding=0.3), "unknown", may_be_of_model=True) == "unknown"


def test_every_class_of_words_has_a_weight_and_every_word_is_met() -> None:
    """A class that decides nothing is a list for nobody, nor is a word that the reader cuts otherwise."""
    weighed = {sign[sign.index("<") + 1 : -1] for sign in scope_signs().weights if sign.endswith(">")}

    assert {name for names in word_classes().values() for name in names} <= weighed
    assert [word for word in word_classes() if [one.text for one in words_of(word)] != [word]] == []
    assert [word for word in word_classes() if word[0].isdigit()] == []
    assert classes_of("leased") == word_classes()["leased"]
    assert classes_of("heron") == ()


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (
            "Kestrel AI will pay Oracle $9 billion over five years for data centres.",
            "company_investment",
        ),
        ("Fidelity took the lead with $225 million in a round for the chip maker.", "funding"),
        ("The senate voted €300 million in aid for the country's AI factories.", "national_programme"),
        ("It burned $5 billion of cash in the quarter.", "other_not_cost"),
    ],
)
def test_plain_news_is_read(text: str, scope: str) -> None:
    """Sentences as the news prints them, of no model."""
    assert [claim.scope for claim in read_text(text)] == [scope]


def test_untouched_passages_are_read_as_well_as_by_rules_alone() -> None:
    """On passages that nothing was fitted to, the signs right more than they wrong."""
    examples = [
        one
        for part in ("coverage", "frames")
        for row in map(json.loads, (claim_scores.CLAIMS / part / "untouched.jsonl").read_text("utf-8").splitlines())
        for one in claim_signs.examples(
            row["id"], (row["theme"] == "page", row["text"], row.get("title"), row["claims"])
        )
    ]
    by_rules = sum(one.by_rules in one.right for one in examples)

    assert len(examples) > 150
    assert claim_signs.right_of(examples, scope_signs()) > by_rules
