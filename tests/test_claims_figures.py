"""Figures in other languages, in words, and behind words that bound them; the sentences were worded for this test."""

from __future__ import annotations

import re
import sys

import pytest

from pipeline.claims import read_text
from pipeline.claims.claim import ExtractedClaim
from pipeline.claims.plain import SAME_WITHOUT_CASE

MILLION, BILLION = 1e6, 1e9


def ends(claim: ExtractedClaim) -> tuple[float, float]:
    """The figure's low and high end, whatever its hedge."""
    known = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return known[0], known[-1]


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("Einige Modelle könnten bis zu eine Milliarde Dollar kosten.", "money", BILLION, BILLION),
        ("Das Training verschlang hundert Millionen Euro.", "money", 100 * MILLION, 100 * MILLION),
        ("Die Kosten liegen zwischen zehn und hundert Milliarden Dollar.", "money", 10 * BILLION, 100 * BILLION),
        ("Das Training dauerte drei Monate auf 512 Grafikkarten.", "duration", 90, 90),
        ("L'entraînement a coûté un milliard de dollars.", "money", BILLION, BILLION),
        ("L'entraînement a coûté cent millions d'euros.", "money", 100 * MILLION, 100 * MILLION),
        ("Entrenar GPT-4 costó más de cien millones de dólares.", "money", 100 * MILLION, 100 * MILLION),
        ("El modelo costó entre diez y veinte millones de dólares.", "money", 10 * MILLION, 20 * MILLION),
        ("Entrenar el modelo llevó 90 días.", "duration", 90, 90),
        ("L'addestramento è costato un miliardo di euro.", "money", BILLION, BILLION),
        ("O treino custou um bilhão de dólares.", "money", BILLION, BILLION),
        ("De training kostte een miljard euro.", "money", BILLION, BILLION),
        ("De training duurde 3 weken op 64 H100's.", "duration", 21, 21),
        ("Обучение обошлось в 294 тысячи долларов.", "money", 294e3, 294e3),
        ("Модель обучали на 512 графических процессорах, то есть на 512 видеокартах H800.", "gpu_count", 512, 512),
        ("Для обучения взяли кластер из 512 графических процессоров Nvidia H800.", "gpu_count", 512, 512),
        ("Обучение заняло около 80 часов.", "duration", 80 / 24, 80 / 24),
        ("Обучение заняло 2 недели.", "duration", 14, 14),
        ("学習にはH800を2,048基使用した。", "gpu_count", 2048, 2048),
        ("学習にはH100を1万枚使った。", "gpu_count", 10_000, 10_000),
        ("학습에는 H800 GPU 2,048개를 사용했다.", "gpu_count", 2048, 2048),
        ("训练使用了2048块H800。", "gpu_count", 2048, 2048),
    ],
)
def test_a_figure_in_another_language_is_read(text: str, kind: str, low: float, high: float) -> None:
    """With both its ends."""
    found = [ends(claim) for claim in read_text(text) if claim.kind == kind]

    assert any(pair == pytest.approx((low, high), rel=1e-4) for pair in found), found


@pytest.mark.parametrize(
    "text",
    [
        "Utilisation rose by 20 per cent GPUs or no GPUs.", "The bill is due days before training ends.",
        "Il a vu un million de personnes.", "Ein Modell, eine Firma, ein Chip.", "Un modelo, una empresa y dos chips.",
        "The final score GPUs get is low.",
    ],
)  # fmt: skip
def test_small_words_of_other_languages_are_no_numbers(text: str) -> None:
    """Where no magnitude and no currency follows them."""
    assert [claim.quote for claim in read_text(text) if claim.kind in ("money", "duration")] == []
    assert all(claim.quote[:1] != "c" for claim in read_text(text))


@pytest.mark.parametrize("unit", ["days", "dayſ", "DAYS", "mınutes", "Mİnutes", "tage", "дней", "日間"])  # noqa: RUF001
def test_a_unit_of_time_is_read_in_any_case(unit: str) -> None:
    """Also in letters that count as the same without regard to case, and have no such small form."""
    assert all(claim.value_low or claim.value for claim in read_text(f"Training took 40 {unit} on 64 GPUs."))


@pytest.mark.parametrize(
    "text", ["It cost 5 m\u0131llion dollars.", "It cost 5 thou\u017fand dollar\u017f.", "It cost $5 m\u0130llion."]
)
def test_an_amount_is_read_in_letters_that_are_the_same_without_case(text: str) -> None:
    """And none of them raises."""
    assert [claim.kind for claim in read_text(text)] == ["money"]


def test_every_letter_that_patterns_take_for_another_is_folded() -> None:
    """Those that ``re.IGNORECASE`` takes for a letter of the word lists and ``lower`` does not turn into one."""
    every = "".join(map(chr, range(sys.maxunicode)))
    letters = "abcdefghijklmnopqrstuvwxyzßàáâãäåçèéêíñóôõöùúüабвгдежзийклмнопрстуфхцчшщъыьэюяё"  # noqa: RUF001
    found = {
        same for letter in letters for same in re.findall(f"[{letter}]", every, re.IGNORECASE) if same.lower() != letter
    }
    assert found <= set(SAME_WITHOUT_CASE), found - set(SAME_WITHOUT_CASE)


@pytest.mark.parametrize(
    ("text", "hedge", "low", "high"),
    [
        ("The bill came close to a staggering US$5 billion.", "approx", 5 * BILLION, 5 * BILLION),
        ("The training bill is approaching $100 million.", "approx", 100 * MILLION, 100 * MILLION),
        ("Not even $6 million was spent on training it.", "at_most", 6 * MILLION, 6 * MILLION),
        ("Training cost $6 million, if that.", "at_most", 6 * MILLION, 6 * MILLION),
        ("Training costs $6m upward.", "at_least", 6 * MILLION, 6 * MILLION),
        ("It took high single-digit millions of dollars to train.", "range", 7 * MILLION, 10 * MILLION),
        ("Double-digit millions of euros were spent on training it.", "range", 10 * MILLION, 100 * MILLION),
        ("Training cost a low six-figure sum of dollars.", "range", 100_000, 300_000),
    ],
)
def test_a_bound_in_words_is_read(text: str, hedge: str, low: float, high: float) -> None:
    """The hedge, and the ends that the words leave open or give."""
    (claim,) = read_text(text)

    assert claim.hedge == hedge
    assert ends(claim) == pytest.approx((low, high))


def test_a_price_per_million_of_tokens_is_one_where_the_noun_stands_before() -> None:
    """Neither amount is money spent."""
    claims = read_text("Input tokens are priced at $2.50 per million, while output tokens cost $10 per million.")

    assert [(claim.kind, claim.value) for claim in claims] == [("price_other", 2.5), ("price_other", 10.0)]
