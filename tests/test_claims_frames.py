"""What governs an amount: the frames of cost that let it be a model's, and those of something else beside them."""

from __future__ import annotations

import pytest

from pipeline.claims import covers, governed, read_text
from pipeline.claims.figures import Figure
from pipeline.claims.governed import Frame
from pipeline.claims.scope import Sentence


def frames(text: str, monkeypatch: pytest.MonkeyPatch, title: str = "How Tern-70B was trained") -> list[bool]:
    """For each amount of money whether a frame of cost governs it."""
    found: dict[int, Frame] = {}

    def noting(figure: Figure, sentence: Sentence, *, is_linked: bool) -> Frame:
        found[sentence.start + figure.start] = frame = governed.frame_of(figure, sentence, is_linked=is_linked)
        return frame

    monkeypatch.setattr(covers, "frame_of", noting)
    read_text(text, title=title)
    return [found[at].is_of_cost for at in sorted(found)]


@pytest.mark.parametrize(
    "text",
    [
        "His remark of 2023 that foundation models took well over $100 million is still quoted.",
        "The start-up let it be known that its model took just $6 million.",
        "Tern-70B was said to need only $6 million.",
        "The largest model will take a billion dollars.",
        "Its training cost is given as a mere $50.",
        "For the first Tern-70B the lab had to pay about $43,000.",
        "The lab gave $5.6 million as the training cost of Tern-70B.",
        "The $5.6 million given for Tern-70B covers only the final run.",
        "The lab had been paying about 6.4 million yuan ($880,000) to train on one trillion tokens.",
        "The firm tuned Tern-70B on 2.1 million pairs for $11,200.",
        "Tuning a 7B model costs $900 on rented GPUs.",
        "They trained a text-to-video generator for just $200,000.",
        "Tern-70B followed, finished in just two months with a $6 million budget.",
        "Training occupied 512 H800 units for three weeks at approximately $537,000.",
        "A $10 million model could do 40%, and one of $100 million does 60%.",
        "Testing and developing new models can reach up to $40 million.",
        "Everything included, training stayed under $500,000.",
        "According to the 2024 report the training of Tern-70B cost $19 million.",
        "A state-of-the-art model now often demands more than $100 million.",
        "We gave ourselves $1,000 to fine-tune a model on law.",
        "Two years of building Tern-70B have cost more than $5 million.",
        "The lab expects $8 billion in training costs for 2026.",
    ],
)
def test_it_is_a_cost_that_a_frame_of_cost_governs(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain verbs of needing, answers that are given, budgets, ellipsis, what is said in a clause with "that"."""
    assert frames(text, monkeypatch)[0]


@pytest.mark.parametrize(
    "text",
    [
        "Les modèles de base avaient demandé bien plus de 100 millions de dollars.",
        "L'entraînement de Tern-70B revient à 5 millions de dollars.",
        "El entrenamiento de Tern-70B asciende a 5 millones de dólares.",
        "Altman ya había hablado de más de 100 millones de dólares para entrenar Tern-70B.",
        "Das Training von Tern-70B benötigte rund 5 Millionen Dollar.",
        "Die Trainingskosten von Tern-70B belaufen sich auf 5 Millionen Dollar.",
        "L'addestramento di Tern-70B ha richiesto circa 5 milioni di dollari.",
        "O treinamento de Tern-70B exigiu 5 milhões de dólares.",
        "训练 Tern-70B 的成本约为500万美元。",
    ],
)
def test_so_in_other_languages(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs of costing and needing in French, Spanish, German, Italian, Portuguese and Chinese."""
    assert frames(text, monkeypatch) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "The fund gave $5.6 million to the university.",
        "The court demands $5 million.",
        "The claim that he earned $5 million is false.",
        "Google got $5 million for its land.",
        "Microsoft has $13 billion in OpenAI.",
        "Meta puts $65 billion into data centres.",
        "He bought chips worth about $1 billion.",
        "The project took $5 billion from investors.",
        "It took $600 billion off Nvidia.",
        "Nvidia spoke of a market of $500 billion.",
        "OpenAI announced the $500 billion Stargate.",
        "Google announced $15 billion for Visakhapatnam.",
        "$4 billion came in from Google.",
        "$1.5 billion went to Microsoft.",
        "OpenAI expects $13 billion this year.",
        "The state will invest $3 billion in the AI infrastructure.",
        "OpenAI hat bisher 14,8 Milliarden Dollar eingenommen.",
        "公司全年营收约为5亿美元。",
        "公司身價已達38億美元。",
        "투자는 최대 14조원으로 추산된다.",
    ],
)
def test_what_is_somebody_else_s_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Money that firms have, get, put in or announce, that flows to them or is worth of something."""
    assert not any(frames(text, monkeypatch, "News of the week"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Microsoft raised 100 billion yuan (approximately $14 billion) last year.", [False, False]),
        ("Training Tern-70B cost 100 million yuan (approximately $14 million).", [True, True]),
        ("Google raised $15 billion in 2025 and $20 billion in 2026.", [False, False]),
        ("Training it took $15 million in 2025 and $20 million in 2026.", [True, True]),
        ("The lab raised $15 million, and training Tern-70B cost $2 million.", [False, True]),
    ],
)
def test_brackets_and_lists_are_of_one_sort(
    text: str, wanted: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """The same in another currency, and what follows in a list of years; not what has a verb of its own."""
    assert frames(text, monkeypatch) == wanted


def test_tokens_are_sold_or_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what counts them."""
    assert frames("Tern-70B took $2 million for 2 trillion tokens.", monkeypatch) == [True]
    assert frames("They paid $50 for its output tokens.", monkeypatch) == [False]
