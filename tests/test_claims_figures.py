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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The power bill is $500K/year, and $2M/yr by then.", [("money", 500e3), ("money", 2 * MILLION)]),
        ("The hardware alone is a $3+ billion outlay.", [("money", 3 * BILLION)]),
        ("Was it 200,000 or 555,000 GPUs?", [("gpu_count", 200_000), ("gpu_count", 555_000)]),
        ("Fine-tuned in 90 minutes for $20.", [("duration", 0.0625), ("money", 20)]),
        ("The baseline ran for 198 hours and R1 for another 80 hours.", [("duration", 8.25), ("duration", 80 / 24)]),
        ("We rebuilt Tern-9B for under $50k, in 7.45 days.", [("money", 50e3), ("duration", 7.45)]),
        ("At 110,000 RMB a server that is a lot.", [("price_other", 110e3)]),
        ("O treino tomou 246 milhões de horas de computação em GPUs.", [("gpu_hours", 246 * MILLION)]),
        ("Dabei kamen 512 speziell für China entwickelte H800-Chips zum Einsatz.", [("gpu_count", 512)]),
        (
            "GPT-3 kam auf 4,3 Millionen Dollar, GPT-4 auf 78,3 Millionen.",
            [("money", 4.3 * MILLION), ("money", 78.3 * MILLION)],
        ),
        ("It raised $5 million, and by now has 12 million users.", [("money", 5 * MILLION)]),
        ("输入价格为0.1元/百万tokens。", [("price_other", 0.1)]),
        ("The run consumed 1.2 × 10^6 H100 hours.", [("gpu_hours", 1.2 * MILLION)]),  # noqa: RUF001
        ("Tern-9B ran on 64 H100s for 36h.", [("gpu_count", 64), ("duration", 1.5)]),
        ("GPU-Stunden: 2,8 Mio.; Dauer: zwei Monate.", [("gpu_hours", 2.8 * MILLION), ("duration", 60)]),
        ("A100をクラウドで借りると1時間約300円かかる。", [("price_per_gpu_hour", 300)]),
    ],
)
def test_figures_of_the_web_are_read(text: str, found: list[tuple[str, float]]) -> None:
    """As news sites, cards and forums print them."""
    assert [(claim.kind, pytest.approx(ends(claim)[-1])) for claim in read_text(text)] == found


@pytest.mark.parametrize(
    ("text", "hedges"),
    [
        ("It cost £225 million (approximately $273 million).", ["exact", "approx"]),
        ("O treino custou quase US$ 500 milhões.", ["approx"]),
    ],
)
def test_a_word_in_brackets_bounds_what_it_opens(text: str, hedges: list[str]) -> None:
    """And not the amount before the bracket."""
    assert [claim.hedge for claim in read_text(text)] == hedges


def test_a_caption_says_that_prices_are_by_the_hour() -> None:
    """Of the chips of a table; in another table the same numbers are what chips are bought for, or nothing known."""
    table = "| GPU | Cloud | Broker |\n|---|---|---|\n| A100 | $1.50-$3.00 | $1.10 |\n| H100 SXM5 | $3.50 | $2.50 |\n"
    hourly = read_text("On demand, dollars per hour:\n\n" + table)

    assert [(claim.kind, claim.scope) for claim in hourly] == [("price_per_gpu_hour", "other_not_cost")] * 4
    assert "price_per_gpu_hour" not in [claim.kind for claim in read_text(table)]


def test_a_page_s_address_or_card_names_its_model() -> None:
    """Where the title does not."""
    by_address = read_text("Training took 95 days.", url="https://news.example/2024/05/what-gpt-4-cost")
    by_card = read_text("Training took 117 days.", title="bigscience/bloom · Hugging Face")

    assert [claim.model for claim in (*by_address, *by_card)] == ["GPT-4", "BLOOM"]


def test_a_header_may_name_the_chips() -> None:
    """It is a header all the same, and its columns say what they hold; a sign before a number bounds it."""
    head = "| Tier | Model | Training time | Cost (8XH100) |\n|---|---|---|---|\n"
    table = head + "| Entry | Tern-9B | ~4 hours | ~$100 |\n"
    found = [(claim.kind, claim.hedge, claim.model) for claim in read_text(table)]

    assert found == [("duration", "approx", "Tern-9B"), ("money", "approx", "Tern-9B")]


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("Crusoe is to get $500 million in a round led by Founders Fund.", "Crusoe"),
        ("Core42 raised $550 million in debt from HSBC.", "Core42"),
        ("Runpod has the H100 for $2.69/hr.", "RunPod"),
        ("La start-up exploite 50 000 GPU Nvidia, dit DeepSeek.", "DeepSeek"),
    ],
)
def test_the_subject_goes_before_who_stands_beside_it(text: str, organisation: str) -> None:
    """Who leads a round, lends, or made the chips is not whose amount it is."""
    assert [claim.organisation for claim in read_text(text)] == [organisation]
