"""Whose figure it is, in sentences that name more models than one, or the wrong one, or none at all.

``claims/links.jsonl`` holds sentences worded for this test. Each figure has the models that are right; null is none.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.claims import read_html, read_text

LINKS = Path(__file__).parent / "claims" / "links.jsonl"


@cache
def rows() -> list[dict[str, Any]]:
    """Each sentence with its title and its links."""
    return [json.loads(line) for line in LINKS.read_text(encoding="utf-8").splitlines()]


def faults(row: dict[str, Any]) -> list[str]:
    """Figures that were not read, or were given to another model."""
    claims = read_text(row["text"], title=row["title"])
    found = list[str]()
    for link in row["links"]:
        claim = next((claim for claim in claims if link["quote"] in claim.quote), None)
        if claim is None or claim.model not in link["model"]:
            found.append(f"{row['text']} {link['quote']}: {claim and claim.model}, not {link['model']}")
    return found


def test_figures_are_given_to_the_models_that_they_are_of() -> None:
    """All but a few of the collection."""
    wrong = [fault for row in rows() for fault in faults(row)]
    wanted = sum(len(row["links"]) for row in rows())
    assert wanted >= 90
    assert len(wrong) <= 0.06 * wanted, wrong


@pytest.mark.parametrize(
    "words",
    [
        "The model cost {} to train, far less than {}.", "The start-up says that its model, unlike {1}, cost only {0}.",
        "A model as good as {1} can now be trained for {0}.", "The lab matched {1} for {0}, it says.",
        "The newcomer, which rivals {1}, was built for {0}.", "Training {1}'s successor could cost {0}.",
        "{1} is old news; its successor cost {0} to train.", "After {1}, the lab spent {0} on its next model.",
        "It challenges {1} and costs {0} to train.", "Its price of {0} is a sliver next to rivals such as {1}.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("model", ["GPT-4", "Claude 3 Opus", "Llama 3.1 405B", "Gemini 1.5 Pro"])
@pytest.mark.parametrize("amount", ["$6 million", "€2.5m", "$534,700"])
def test_what_a_model_is_compared_with_is_not_given_its_cost(words: str, model: str, amount: str) -> None:
    """No sentence files the cost of the one as the cost of the other."""
    claims = read_text(words.format(amount, model))

    assert amount in [claim.quote for claim in claims]
    assert all(claim.model is None for claim in claims)


@pytest.mark.parametrize("said", ["a GPT-2 level model", "a GPT-2 class LLM", "an LLM of GPT-2's quality"])
def test_a_title_s_model_is_not_the_one_whose_class_it_has(said: str) -> None:
    """Beside another; where no other is named, the page is about a run of that class."""
    text = "The run took three hours and cost about $73."

    (cost,) = [claim for claim in read_text(text, title=f"nanochat trains {said} for $73") if claim.kind == "money"]
    (alone,) = [claim for claim in read_text(text, title=f"Training {said} for $73") if claim.kind == "money"]

    assert (cost.model, alone.model) == ("nanochat", "GPT-2")


def test_what_reaches_a_model_s_level_is_another() -> None:
    """Its cost is not that model's, named or not."""
    (named,) = read_text("nanochat reaches GPT-2's level for $73.")
    (nameless,) = read_text("GPT-2's level was reached for $73.")

    assert (named.model, nameless.model) == ("nanochat", None)


def test_a_family_is_no_comparison_but_what_is_compared_with_it_is() -> None:
    """In German both are one word with the name, or stand behind "vergleichbar mit"."""
    (own,) = read_text("Das Training der Llama-3-Familie kostete 60 Millionen Dollar.")
    compared = read_text(
        "Tern 70B wurde trainiert. Das ist vergleichbar mit der Llama-3-Familie. Das Training lief drei Monate lang."
    )

    assert own.model == "Llama 3"
    assert [claim.model for claim in compared] == ["Tern 70B"]


def test_a_title_that_names_models_as_examples_links_none() -> None:
    """It speaks of models in general; one that names a single model lends it to the text below."""
    text = "The bill may reach $1 billion in training costs."
    (general,) = read_text(text, title="What training models like ChatGPT and Gemini costs")
    (single,) = read_text(text, title="What training GPT-4 costs")

    assert general.model is None
    assert single.model == "GPT-4"


SIZES = (
    "<main><h1>Tern</h1><table><tr><th></th><th></th><th>GPU hours</th></tr>"
    '<tr><td rowspan="2">Llama 2</td><td>7B</td><td>184320</td></tr>'
    "<tr><td>70B</td><td>1720320</td></tr></table></main>"
)


def test_a_family_that_spans_rows_has_a_member_in_each() -> None:
    """The cell beside it gives the size."""
    claims = read_html(SIZES).claims

    assert [(claim.model, claim.value) for claim in claims] == [("Llama 2 7B", 184320), ("Llama 2 70B", 1720320)]


PRICES = (
    "<html><head><title>Training economics</title></head><body><main><h1>Training economics</h1>"
    "<p>GPT-4 cost about $100M to train.</p><table><tr><th>GPU</th><th>{}</th><th>Notes</th></tr>"
    "<tr><td>H100 SXM</td><td>$25-31K</td><td>what training ran on in 2024</td></tr>"
    "<tr><td>B200</td><td>$30-35K</td><td>twice as fast</td></tr>"
    "<tr><td>GB200 NVL72</td><td>$3M</td><td>a rack of 72</td></tr></table></main></body></html>"
)


@pytest.mark.parametrize("header", ["Price", "Unit price (USD)", "MSRP", "Cost"])
def test_a_price_list_of_accelerators_is_no_model_s_cost(header: str) -> None:
    """Whatever model the paragraph above it spoke of."""
    (training, *prices) = read_html(PRICES.format(header)).claims

    assert (training.scope, training.model) == ("training_total", "GPT-4")
    assert [(claim.kind, claim.scope, claim.model) for claim in prices] == [
        ("price_per_gpu", "hardware_capex", None)
    ] * 3


@pytest.mark.parametrize("heading", ["What nanochat costs", "Costs of nanochat, told by its maker"])
def test_a_page_s_own_heading_is_its_title(heading: str) -> None:
    """It links as a title does, whether it repeats the page's title or says it in other words."""
    body = "<p>The run needs about 3 hours on one 8xH100 node; at $24 per hour this is a bill of some $72.</p>"
    page = f"<html><head><title>What nanochat costs</title></head><body><article><h1>{heading}</h1>{body}</article>"
    as_text = read_text("The run needs about 3 hours on one 8xH100 node; at $24 per hour this is a bill of some $72.",
                        title="What nanochat costs")  # fmt: skip
    claims = read_html(page).claims

    assert [(claim.kind, claim.model_from) for claim in claims] == [(claim.kind, claim.model_from) for claim in as_text]
    assert {claim.model for claim in claims} == {"nanochat"}


def test_only_the_first_heading_of_the_highest_level_is_the_title() -> None:
    """A page that sets each section below one of its own goes on from model to model."""
    page = (
        "<html><head><title>What runs took</title></head><body><article><h1>What runs took</h1>"
        "<h1>GPT-3</h1><p>The training cost was $4.6 million in all.</p>"
        "<h1>Gopher</h1><p>The training cost was $3.8 million in all.</p></article></body></html>"
    )
    assert [(claim.model, claim.value) for claim in read_html(page).claims] == [("GPT-3", 4.6e6), ("Gopher", 3.8e6)]
