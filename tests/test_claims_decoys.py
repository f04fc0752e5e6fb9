"""No amount is filed as a model's cost unless a frame of cost governs it, however prominently a model is named.

Sentences whose amounts are something else are made of frames and amounts, and set around true claims and alone below
titles and openings that name a model. The passages beside are whole texts of the same kinds: ``frames/developed`` was
read while the rule grew; of ``frames/untouched`` no fault was.
"""

from __future__ import annotations

import json
from itertools import cycle

import pytest

from pipeline.claims import ExtractedClaim, read_html, read_text
from pipeline.claims.governed import OF_A_MODEL
from tests.support import claim_scores
from tests.support.claim_scores import MONEY, Passage, frames

AMOUNTS = ("$20", "$3,600", "$250,000", "$1.4 million", "$75 million", "$2.3 billion")
FRAMES = {
    "damages": [
        "A court ordered the firm to pay {} in damages.",
        "The plaintiffs want {} for the pictures on which {model} was trained.",
        "Publishers sued its maker for {} over the training of {model}.",
        "The case of the authors was settled for {}.",
    ],
    "fines": [
        "A regulator fined the company {} because {model} had been trained on private data.",
        "Whoever breaks the rule faces a penalty of {}.",
    ],
    "value": [
        "The company behind {model} is valued at {}.",
        "Its shares lost {} in market value on the day {model} appeared.",
        "The maker of {model} is now worth {}.",
        "The stock closed at {} after the release of {model}.",
    ],
    "takings": [
        "The lab that trained {model} booked revenue of {} last quarter.",
        "{model} brings in {} a year for its owner.",
        "Its annualised run rate has passed {}.",
        "Sales of {} came from subscriptions to {model}.",
    ],
    "pay": [
        "One engineer who had trained {model} was offered {} to change sides.",
        "A researcher on the {model} team earns {}.",
        "Signing bonuses of {} went to people who had built {model}.",
        "The salary for the job of training {model} is {}.",
    ],
    "companies": [
        "The group paid {} for the start-up that trained {model}.",
        "It bought a stake of {} in the developer of {model}.",
        "The takeover of the laboratory behind {model} was worth {}.",
        "The holding in {model}'s maker is carried at {}.",
    ],
    "gifts": [
        "A foundation donated {} to the group that trained {model}.",
        "The authors of {model} won a prize of {}.",
        "A grant of {} went to the university where {model} was trained.",
    ],
    "prices": [
        "Access to {model} is sold for {} a month.",
        "A subscription to {model} costs {}.",
        "Users of {model} pay {} for the top plan.",
        "Tickets for the course on training {model} go for {}.",
    ],
    "savings": [
        "The lab saved {} by training {model} at night.",
        "Better kernels have saved {} in the training of {model}.",
        "A switch to {model} would spare the bank {}.",
    ],
    "jokes": [
        "I would bet {} that {model} was trained on the test set.",
        "{} says that {model} was trained on its rivals' answers.",
        "Here is the {} question: who trained {model}?",
        "I owe my neighbour {} since {model} was released.",
    ],
    "hypotheses": [
        "If somebody handed me {} I would not train another {model}.",
        "Suppose you had {} and no idea of what {model} is.",
    ],
    "laws": [
        "The act applies to models that cost more than {} to train, as {model} may.",
        "The threshold is {} of training cost, and {model} may be above it.",
    ],
    "data": [
        "For {} a year a forum licenses its posts for the training of {model}.",
        "Labelling the answers on which {model} was tuned cost {}.",
        "The firm that annotated the data for {model} received {}.",
        "A publisher sold its archive for {} to those who trained {model}.",
    ],
    "energy and land": [
        "The electricity of the hall in which {model} was trained costs {}.",
        "The lab that trained {model} signed a lease of {} for an office.",
        "A power plant beside the hall where {model} was trained was sold for {}.",
    ],
    "serving": [
        "Serving {model} to its users costs {} a day.",
        "Inference for {model} swallowed {} last year.",
        "We spent {} on evaluating {model}.",
        "Answering one hard question with {model} took {}.",
    ],
    "rent of others": [
        "A hedge fund rents servers for {} and trains nothing.",
        "The landlord of the machines leases them to banks for {}.",
    ],
    "other things": [
        "A film made with {model} had cost {} to make.",
        "I bought a laptop for {} to run {model} at home.",
        "A yacht like the one that the founder of {model}'s maker owns costs {}.",
        "The school on the other side of the street was built for {}.",
    ],
    "tuition, insurance, advertising": [
        "Tuition at the university where {model} was trained is {}.",
        "An insurer covers errors of {model} up to {}.",
        "A commercial for {model} cost {} for thirty seconds.",
        "The campaign for the launch of {model} swallowed {}.",
    ],
    "states": [
        "The state in which {model} was trained has a budget deficit of {}.",
        "The country's economy, at {}, is small.",
    ],
    "orders": [
        "The company behind {model} ordered chips for {}.",
        "Its next data centre, where a later {model} may be trained, is a {} project.",
    ],
    "funding": [
        "The maker of {model} raised {} in its latest round.",
        "A bank lent the lab that trained {model} {}.",
    ],
    "markets": [
        "Analysts put the market that {model} opened at {}.",
        "The industry that {model} started will be worth {} by 2030.",
    ],
}  # fmt: skip
CLAIMS = [
    ("Training {model} cost {}, the lab says.", "training_total"),
    ("{model} was trained for {} in all.", "training_total"),
    ("The final run of {model} cost {}.", "final_run"),
    ("They spent {} on training {model}.", "training_total"),
    ("{model} is out. It cost {} to train.", "training_total"),
    ("Pre-training {model} took {} of GPU time.", "final_run"),
]
MODEL, COST = "Tern-70B", "$4.7 million"
EVERY = [(kind, frame) for kind, frames_of in FRAMES.items() for frame in frames_of]
POSITIONS = ("{claim} {decoy}", "{decoy} {claim}", "{claim}\n\n{decoy}", "{decoy}\n\n{claim}")


def filed(claims: list[ExtractedClaim]) -> list[str]:
    """The amounts that are filed as what a model cost."""
    return [claim.printed for claim in claims if claim.kind in MONEY and claim.scope in OF_A_MODEL]


def decoy(frame: str, amount: str, model: str = MODEL) -> str:
    """A sentence whose amount is no cost of a model."""
    return frame.replace("{model}", model).replace("{}", amount)


def test_there_are_frames_of_every_kind() -> None:
    """Twenty kinds of amounts at least, and no frame twice."""
    assert len(FRAMES) >= 20
    assert len({frame for _, frame in EVERY}) == len(EVERY) >= 60
    assert all("{}" in frame for _, frame in EVERY)


@pytest.mark.parametrize("kind", FRAMES)
def test_a_decoy_beside_a_claim_is_not_filed_and_changes_nothing(kind: str) -> None:
    """In the sentence before or behind, or in another paragraph: the cost stays the model's, the decoy is none."""
    amounts = cycle(AMOUNTS)
    faults: list[str] = []
    for frame in FRAMES[kind]:
        for claim, scope in CLAIMS:
            for position in POSITIONS:
                text = position.format(claim=decoy(claim, COST), decoy=decoy(frame, next(amounts)))
                claims = read_text(text)
                own = [(one.scope, one.model) for one in claims if one.printed == COST]
                if own != [(scope, MODEL)]:
                    faults.append(f"{own}: {text}")
                if others := [printed for printed in filed(claims) if printed != COST]:
                    faults.append(f"{others}: {text}")

    assert faults == []


@pytest.mark.parametrize("kind", FRAMES)
def test_a_decoy_below_a_title_that_names_a_model_is_not_filed(kind: str) -> None:
    """Every amount in every frame, alone, below a title, and behind an opening on the training of the model."""
    opening = f"{MODEL} was trained on 512 A100s in three weeks."
    faults = [
        text
        for frame in FRAMES[kind]
        for amount in AMOUNTS
        for model in (MODEL, "GPT-4")
        for text in (decoy(frame, amount, model), f"{opening} {decoy(frame, amount, model)}")
        if filed(read_text(text, title=f"How {model} was trained"))
    ]

    assert faults == []


def test_of_eighty_odd_neighbours_few_are_filed() -> None:
    """Hats, cars, parties, ransoms and villas beside a cost, or alone: what nobody lists is judged by its place."""
    rows = list(map(json.loads, (claim_scores.CLAIMS / "frames" / "beside.jsonl").read_text("utf-8").splitlines()))
    astray: list[str] = []
    lost: list[str] = []
    for row in rows:
        found = {claim.printed: claim.scope in OF_A_MODEL for claim in read_text(row["text"]) if claim.kind in MONEY}
        astray += [
            f"{row['id']}: {printed}" for printed, is_cost in found.items() if is_cost and printed not in row["costs"]
        ]
        lost += [f"{row['id']}: {printed}" for printed in row["costs"] if not found.get(printed)]

    assert len(rows) >= 80
    assert len(astray) <= 13, astray
    assert len(lost) <= 3, lost


# --- whole passages -------------------------------------------------------------------------------


def filed_of(passage: Passage) -> list[str]:
    """The amounts of a passage that are filed as a model's cost and are labelled as none, or as nothing."""
    costs = [label for label in passage.labels if set(label["scope"]) & set(OF_A_MODEL)]
    return [
        f"{passage.name}: {claim.printed} {claim.scope} {claim.model}"
        for claim in passage.claims
        if claim.kind in MONEY and claim.scope in OF_A_MODEL
        and not any(claim_scores.is_of(claim, label) for label in costs)
    ]  # fmt: skip


def missed_of(passage: Passage) -> list[str]:
    """The costs of models that are not filed as such."""
    return [
        f"{passage.name}: {label['quote']}"
        for label in passage.labels
        if set(label["scope"]) <= set(OF_A_MODEL)
        and not any(claim_scores.is_of(claim, label) and claim.scope in OF_A_MODEL for claim in passage.claims)
    ]


def test_decoys_of_whole_passages_are_not_filed() -> None:
    """Forty passages of forty kinds, and the costs that stand among them are found."""
    passages = frames("developed")

    assert len(passages) >= 40
    assert [one for passage in passages for one in filed_of(passage)] == []
    assert len([one for passage in passages for one in missed_of(passage)]) <= 1


@pytest.mark.parametrize("text", claim_scores.beside_training())
def test_what_is_no_cost_is_none_beside_a_training_in_any_language(text: str) -> None:
    """Valuations, losses in value, pay, takings, fines, savings and prices, in sentences that speak of a training."""
    amounts = [claim for claim in read_text(text) if claim.kind in MONEY]

    assert amounts
    assert [claim.printed for claim in amounts if claim.scope in OF_A_MODEL] == []


def test_linked_headings_below_a_side_heading_are_teasers_whatever_their_level() -> None:
    """Only a heading that is no link begins the article again."""
    teaser = '<div class="box"><h3><a href="/tern">Tern-70B was trained for $9 million</a></h3></div>'
    body = "<p>Kite-9B was trained for $5 million, says its maker, and nobody has doubted it since.</p>"
    page = f"<html><body><div><h1>Kite-9B</h1>{body}<h4>Trending</h4>{teaser}{{}}</div></body></html>"
    again = "<h3>What followed</h3><p>The next run of Kite-9B cost $7 million.</p>"

    assert [claim.printed for claim in read_html(page.format("")).claims] == ["$5 million"]
    assert [claim.printed for claim in read_html(page.format(again)).claims] == ["$5 million", "$7 million"]
