"""What the web writes and labelled texts seldom do: other languages, nouns of amounts, units above a table.

Sentences were worded for these tests. ``claims/web/developed.jsonl`` holds passages in the manner of news sites, blogs,
cards and forums whose faults were read; of ``untouched.jsonl`` no fault was read, and no weight is fitted to it.
"""

from __future__ import annotations

import pytest

from pipeline.claims import read_text
from pipeline.claims.claim import ExtractedClaim
from pipeline.claims.governed import OF_A_MODEL
from tests.support import claim_scores
from tests.support.claim_scores import web

MILLION, BILLION = 1e6, 1e9


def ends(claim: ExtractedClaim) -> tuple[float, float]:
    """The figure's low and high end, whatever its hedge."""
    known = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return known[0], known[-1]


@pytest.mark.parametrize("part", ["developed", "untouched"])
def test_passages_in_the_manner_of_the_web_are_read(part: str) -> None:
    """The bars of the held-out set, with room."""
    scores = claim_scores.score(web(part))

    assert scores.kinds["money"].f1 >= 0.97, scores.faults
    assert scores.money_scope.share >= 0.9, scores.faults
    assert scores.pairs.f1 >= 0.82, scores.faults
    assert scores.all_right.f1 >= 0.85, scores.faults


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Guesses vary from $300,000 to as high as $2.6 million.", 3e5, 2.6 * MILLION),
        ("Training runs anywhere between $5 million and, by some counts, $9 million.", 5 * MILLION, 9 * MILLION),
        ("Das Training kostet 20 Milliarden oder sogar 50 Milliarden Dollar.", 20 * BILLION, 50 * BILLION),
        ("It went from a modest $150m all the way up to half a billion dollars.", 150 * MILLION, 500 * MILLION),
        ("A full fine-tune is $3,000 to well over $7,000.", 3000, 7000),
        ("Pretraining is $10s of millions now.", 10 * MILLION, 100 * MILLION),
        ("Training it took $100s of thousands.", 100e3, 1000e3),
        ("L'entraînement a coûté plusieurs millions d'euros.", 2 * MILLION, 10 * MILLION),
        ("Entrenar el modelo costó decenas de millones de dólares.", 10 * MILLION, 100 * MILLION),
        ("训练一次要花数百万美元。", 1 * MILLION, 10 * MILLION),
    ],
)
def test_the_ends_of_a_range_are_found_whatever_stands_between(text: str, low: float, high: float) -> None:
    """One claim, with both its ends."""
    assert [ends(claim) for claim in read_text(text) if claim.kind == "money"] == [pytest.approx((low, high))]


@pytest.mark.parametrize(
    "text",
    ["They lifted capex from $60 billion to $65 billion.", "He gave $5 to half a million people.",
     "It costs $5 and a million tokens are free."],
)  # fmt: skip
def test_two_amounts_are_no_range(text: str) -> None:
    """From one year's to the next one's, to people, beside other things."""
    assert all(claim.hedge != "range" for claim in read_text(text))


@pytest.mark.parametrize(
    ("text", "count", "hardware"),
    [
        ("The lab has access to 30,000 Hopper Series GPUs.", 30_000, "Hopper"),
        ("They run 90,000 of Nvidia's Hopper-generation GPUs.", 90_000, "Hopper"),
        ("It owns 4,000 Hopper H100 GPUs.", 4_000, "H100"),
        ("It owns 20,000 A100-class GPUs.", 20_000, "A100"),
        ("训练用了 1024 块 Nvidia A800 GPU。", 1024, "A800"),
        ("Die Anlage betreibt 40.000 KI-Beschleuniger.", 40_000, None),
    ],
)
def test_chips_are_counted_behind_their_generation(text: str, count: float, hardware: str | None) -> None:
    """The generation is their name where no chip is named."""
    (claim,) = [claim for claim in read_text(text) if claim.kind == "gpu_count"]

    assert (claim.value, claim.hardware) == (count, hardware)


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("Its capex adds up to some $1.6 billion.", "approx"),
        ("It comes on top of nearly $4 billion.", "approx"),
        ("Das Land gibt bis zu knapp 20 Millionen Euro.", "at_most"),
        ("合計で最大300億円を補助する。", "at_most"),
        ("The bill passes $1 million.", "at_least"),
    ],
)
def test_words_that_bound_elsewhere_do_not_bound_here(text: str, hedge: str) -> None:
    """As "up to" in "adds up to", "top" in "on top of"."""
    (claim,) = read_text(text)

    assert claim.hedge == hedge


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (
            "Kestrel Robotics is close to raising $90 million at a $1.2 billion valuation.",
            ["funding", "other_not_cost"],
        ),
        ("The group plans a $12 billion debt push to expand its AI infrastructure.", ["funding"]),
        ("The start-up has $70 million raised so far.", ["funding"]),
        ("A fine of $4 million was set beside the $9 billion it raised.", ["other_not_cost", "funding"]),
        ("At its heart is a $30 million gift.", ["funding"]),
        ("The college pays $8 million to build an AI supercomputing centre on campus.", ["hardware_capex"]),
        ("The college houses Heron, a $40 million supercomputer.", ["hardware_capex"]),
    ],
)
def test_the_noun_of_an_amount_says_what_it_is(text: str, scope: list[str]) -> None:
    """Whatever stands around it."""
    assert [claim.scope for claim in read_text(text)] == scope


def test_a_state_spoken_of_before_acts_where_nobody_else_does() -> None:
    """The title names it, the sentence only its plan; and a model in the sentence makes it the model's."""
    title = "Canada's plan for AI"
    plan = read_text("The plan has C$500 million for small firms.", title=title)
    model = read_text("Training Tern-70B cost C$5 million.", title=title)

    assert [claim.scope for claim in plan] == ["national_programme"]
    assert [claim.scope for claim in model] == ["training_total"]


def test_dollars_are_the_country_s_own_where_no_others_are_spoken_of() -> None:
    """A bare sign, below a title on Canada; American dollars where America comes in."""
    own = read_text("The strategy has $890 million over seven years.", title="Canada's compute strategy")
    american = read_text("The strategy has $890 million, OpenAI far more.", title="Canada's compute strategy")

    assert [claim.currency for claim in own] == ["CAD"]
    assert [claim.currency for claim in american] == ["USD"]


TABLE = "| Model | Year | Low | High |\n|---|---|---|---|\n| GPT-3 | 2020 | 2 | 4 |\n| PaLM 540B | 2022 | 3 | 12 |\n"


def test_a_unit_above_a_table_holds_for_its_columns() -> None:
    """The line right above it, whether or not it is called a table; years are no amounts."""
    found = read_text("Estimated training cost, millions of US dollars\n\n" + TABLE)

    assert [(claim.model, ends(claim)[0]) for claim in found] == [
        ("GPT-3", 2 * MILLION), ("GPT-3", 4 * MILLION), ("PaLM 540B", 3 * MILLION), ("PaLM 540B", 12 * MILLION),
    ]  # fmt: skip


def test_years_are_headers() -> None:
    """Of columns whose amounts the caption gives the unit of."""
    table = "| Company | 2023 | 2024 |\n|---|---|---|\n| Microsoft | 35.2 | 55.7 |\n"
    found = read_text("Capital expenditure ($bn)\n\n" + table)

    assert [(claim.organisation, ends(claim)[0], claim.scope) for claim in found] == [
        ("Microsoft", 35.2 * BILLION, "company_investment"), ("Microsoft", 55.7 * BILLION, "company_investment"),
    ]  # fmt: skip


def test_a_sentence_above_a_table_is_no_unit_of_it() -> None:
    """Nor do columns of something else become amounts by a caption."""
    scores = "| Model | Context | MMLU |\n|---|---|---|\n| Tern-70B | 128K | 79.1 |\n"

    assert len(read_text("About €3.5 million was paid for the training of BLOOM.\n\n" + scores)) == 1
    assert read_text("Training cost in $ millions, and what it bought\n\n" + scores) == []


def test_cells_that_lost_what_parted_them_are_amounts() -> None:
    """As text taken from a page has them."""
    found = read_text("MistralSeries B$600M$6B\nElevenLabsSeries C$180M$3.3B")

    assert [(claim.currency, ends(claim)[0]) for claim in found] == [
        ("USD", 600 * MILLION), ("USD", 6 * BILLION), ("USD", 180 * MILLION), ("USD", 3.3 * BILLION),
    ]  # fmt: skip


def test_shares_are_no_chips_and_a_gloss_is_a_price_too() -> None:
    """The word apiece prices whatever is spoken of; brackets repeat the price of a chip."""
    (shares,) = read_text("The firm listed its shares at HK$165 apiece.")
    chips = read_text("An H100 goes for $31,000 (roughly 4.6 million yen) a unit.")

    assert shares.kind == "money"
    assert [claim.kind for claim in chips] == ["price_per_gpu", "price_per_gpu"]


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("GPT-3 needed 34 days, and a 1-trillion-parameter model would need about 84 days of training.", None),
        ("A customer can train a 30B-parameter model to GPT-3 quality for under $500,000.", None),
        ("Jais, a 13-billion-parameter model, took 21 days of training on the machine.", "Jais"),
        ("Falcon 180B is larger than the old leader, Llama 2 70B, and cost $30 million to train.", "Falcon-180B"),
    ],
)
def test_a_model_without_a_name_is_a_rival_of_those_with_one(text: str, model: str | None) -> None:
    """Of the last figure; unless it only says what the named one is."""
    assert read_text(text)[-1].model == model


def test_what_a_machine_holds_is_a_fleet_whatever_was_trained_on_it() -> None:
    """The cluster that a run has is the run's."""
    machine = read_text("Grok 3 was trained on Colossus, a supercomputer with 100,000 H100 GPUs.")
    run = read_text("Llama 4 is trained on a cluster of more than 100,000 H100 chips.")

    assert [(claim.scope, claim.model) for claim in machine] == [("fleet", None)]
    assert [(claim.scope, claim.model) for claim in run] == [("final_run", "Llama 4")]


def test_it_goes_on_with_what_was_said_before() -> None:
    """In the sentence behind, and beyond a name's veto in its own."""
    first = read_text("Training a model costs about $80 million. For the one after that it would go up to $2 billion.")

    assert [claim.scope for claim in first] == ["training_total", "training_total"]


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("Heron raised $90 million in a Series B at $2.4 billion.", ["funding", "other_not_cost"]),
        ("Kestrel is valued at $80 billion, and Heron, after a share sale, at $300 billion.",
         ["other_not_cost", "other_not_cost"]),
        ("A day of running ChatGPT is put at $600,000, $540,000 of it for hardware.", ["inference", "inference"]),
        ("OpenAI expects $8 billion in training costs alone for 2026.", ["rnd_total/training_total"]),
        ("The firm had $2 billion in cash left before the round.", ["other_not_cost"]),
        (
            "Of what it spent last year, $3 billion went on training models and $900 million on salaries.",
            ["rnd_total/training_total", "other_not_cost"],
        ),
        ("The carmaker will spend $300 million on one of its supercomputers.", ["hardware_capex"]),
        ("By 2028, says the lab's chief, training an AI model will cost up to $40 billion.", ["training_total"]),
        ("Each training cycle of Orion costs some $400 million.", ["final_run"]),
        ("KI soll 12 Billionen Dollar zur Weltwirtschaft beitragen.", ["other_not_cost"]),
    ],
)  # fmt: skip
def test_what_an_amount_covers_by_what_stands_beside_it(text: str, scopes: list[str]) -> None:
    """Worth, parts, costs of a kind, machines, asides of those who say it; a year of training may be either."""
    found = [claim.scope for claim in read_text(text) if claim.kind == "money"]

    assert len(found) == len(scopes)
    assert all(scope in wanted.split("/") for scope, wanted in zip(found, scopes, strict=True)), found


def test_a_size_in_brackets_is_part_of_the_name() -> None:
    """And the models of a firm are no model of the title."""
    (small,) = [claim for claim in read_text("We train GPT-2 (350M) on 10B tokens of text.") if claim.kind == "tokens"]
    firm = read_text("Training its models takes about $7 billion a year.", title="The maker of ChatGPT")

    assert small.model == "GPT-2 350M"
    assert [claim.model for claim in firm] == [None]


def test_a_day_of_the_month_is_no_duration() -> None:
    """Days of training are."""
    assert [claim.kind for claim in read_text("11月6日训练GPT-4的成本为1亿美元。")] == ["money"]
    assert [claim.value for claim in read_text("训练GPT-4用了90天。") if claim.kind == "duration"] == [90]


def test_a_base_is_what_a_passage_speaks_of_where_nothing_else_is_named() -> None:
    """A tutorial names what it fine-tunes and no other; where the made model is named, that one counts."""
    tutorial = read_text("I fine-tuned Mistral 7B on 20k chats. It took six hours of training at $1.10/hr, so $6.60.")
    named = read_text("Sky-T1-32B-Preview was fine-tuned from Qwen2.5-32B. The training took 19 hours.")

    assert {claim.model for claim in tutorial if claim.kind == "money"} == {"Mistral 7B"}
    assert [claim.model for claim in named] == ["Sky-T1-32B-Preview"]


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("Getting Llama 3 out of the door took Meta roughly $60 million of GPU time.", "Llama 3"),
        ("Databricks shelled out about $10 million for DBRX.", "DBRX"),
        ("DeepSeek-V3 supposedly came in at under $6 million.", "DeepSeek-V3"),
        ("It is thought that Google sank around $190 million into Gemini Ultra.", "Gemini 1.0 Ultra"),
        ("Inflection-2 soaked up $12 million worth of H100 time.", "Inflection-2"),
        ("Microsoft estimates phi-1.5 at $3,000 of A100 time.", "phi-1.5"),
        ("Train it yourself: nanochat is yours for $100.", "nanochat"),
        ("Spending on GPT-4.5's training may have topped $500 million.", "GPT-4.5"),
        ("Kite-9B ended up costing its two authors $2,900.", "Kite-9B"),
    ],
)
def test_a_cost_is_a_model_s_however_it_is_put(text: str, model: str) -> None:
    """Odd verbs govern it, an adverb stands between, time on chips is no chip."""
    (claim,) = [claim for claim in read_text(text) if claim.kind == "money"]

    assert (claim.scope in OF_A_MODEL, claim.model) == (True, model)


@pytest.mark.parametrize(
    "text",
    [
        "The team behind Llama 3 was offered $100 million each.",
        "A judge let go ahead a $1.5 billion claim over the books that Claude was trained on.",
        "Musk offered $97.4 billion for the non-profit that controls GPT-4's maker.",
        "Scale AI, which labels data for GPT-4, was valued at $29 billion.",
        "The Gemini app's Super Bowl spot cost $8 million.",
        "Microsoft pays $250 million a year for the reactor that will feed GPT-6's halls.",
        "Apple may pay Google $1 billion a year for Gemini.",
        "A benchmark run of o3 was $346,000.",
    ],
)
def test_an_amount_beside_a_model_is_none_of_its_costs(text: str) -> None:
    """Pay, claims, bids, worth, advertising, power, licences, tests."""
    assert all(claim.scope not in OF_A_MODEL for claim in read_text(text) if claim.kind == "money")


def test_chips_that_somebody_uses_are_a_fleet_where_nothing_is_trained() -> None:
    """Nor is a model in sight; days or training beside them make them a run's."""
    (used,) = read_text("The lab is said to have used 10,000 A100 chips.")
    (trained,) = read_text("To train its models the lab used 10,000 A100 chips.")

    assert (used.scope, trained.scope) == ("fleet", "final_run")


def test_cumulative_hours_are_those_of_the_family() -> None:
    """Below a title that names one of its sizes."""
    found = read_text("Pretraining took a cumulative 3.3M GPU hours on A100-80GB.", title="Llama 2 70B")

    assert [(claim.model, claim.scope) for claim in found] == [("Llama 2", "training_total")]
