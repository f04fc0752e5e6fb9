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


def _read(text: str, kind: str) -> list[tuple[float, float]]:
    return [ends(claim) for claim in read_text(text) if claim.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("The small model was trained in two days on a single A100.", "gpu_count", 1),
        ("Half an hour of a single Cloud TPU suffices for the tuning.", "gpu_count", 1),
        ("The LoRA took nine hours on one RTX 4090.", "gpu_count", 1),
        ("It was made to be served from 1x NVIDIA A100-80GB.", "gpu_count", 1),
        ("The lab owns 4,480 H100s. Its model was trained on 512 of them.", "gpu_count", 512),
        ("In the hall stand 3,000 specialist chips, and 18,000 of Nvidia\u2019s next-gen GB300 GPUs will follow.",
         "gpu_count", 18_000),
        ("In der Halle rechnen 10.000 Spezialprozessoren.", "gpu_count", 10_000),
        ("챗봇 하나를 학습하는 데 1만6000개 이상의 칩을 썼다.", "gpu_count", 16_000),
        ("We applied reinforcement learning for nine days on 64 H100 GPUs.", "duration", 9),
        ("They reproduced the model in 22 hours on 8 H100s for $612.", "duration", 22 / 24),
        ("The whole run was done after 36 hours on 16 A800s.", "duration", 1.5),
        ("The three longest training runs took 1.5, 2.8, and 2 days.", "duration", 2.8),
        ("The firm used 1,536 chips from four makers for 46 days.", "duration", 46),
        ("For its pretraining a single GPU is busy less than 20 hours.", "gpu_count", 1),
        ("R1 được luyện trên 512 chip Nvidia H800 trong 80 giờ.", "duration", 80 / 24),
        ("The agency gave the firms 8 million computational hours on its machine.", "gpu_hours", 8e6),
        ("More than 100,000 combined hours of A100 time went into it.", "gpu_hours", 1e5),
        ("The GPU hours spent on the family pile up to 39.3 million.", "gpu_hours", 39.3e6),
        ("这个模型加起来gpu时为31360，折算下来不便宜。", "gpu_hours", 31_360),  # noqa: RUF001
        ("再训一个这样的模型大概要2W刀，也有人说要9w刀。", "money", 90_000),  # noqa: RUF001
        ("去年花了1200亿元,平均下来一天要用去3个亿。", "money", 3e8),
        ("딥시크-V3에 들어간 돈은 557만6000달러뿐이다.", "money", 5_576_000),
        ("Całość kosztowała 5,576 mln dolarów.", "money", 5.576e6),
        ("Verloren ging rund eine Billion Dollar an Kurswert.", "money", 1e12),
        ("Somebody asked what a team with a ten-million-dollar budget could do.", "money", 1e7),
        ("$600 billion of its worth was gone. Within hours. Six hundred billion. It never came back.", "money", 6e11),
        ("The training took a thousand dollars. One thousand. Others burn more in an afternoon.", "money", 1000),
        ("In all 40 milliards de dollars arrivent. Ces 40 milliards ne tombent pas d'un coup.", "money", 40e9),
        ("An H200 carries 141 GB and sells for around $32,000.", "price_per_gpu", 32_000),
        ("They waited for H100s that cost $36,000.", "price_per_gpu", 36_000),
        ("The V100s were bought at $10k/unit.", "price_per_gpu", 10_000),
        ("On the market one gets 4xA100 for around $8 per hour.", "price_per_node_hour", 8),
        ("The model sells at $0.27 in and $0.28 out.", "price_other", 0.28),
        ("It comes to about $1.30 for each 10-second clip.", "price_other", 1.3),
    ],
)  # fmt: skip
def test_figures_said_in_other_ways(text: str, kind: str, value: float) -> None:
    """One accelerator, what "them" are, spans of runs, hours of all machines, sums of chats and said again, prices."""
    assert any(low == high == pytest.approx(value) for low, high in _read(text, kind))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A single A100 (80GB) is $1.90/hour at the cloud.", "gpu_count"),
        ("The machine got its place without a single GPU.", "gpu_count"),
        ("The speech needs one GPU node of the cloud.", "gpu_count"),
        ("A box of H100s is dear; nine of them are dearer.", "gpu_count"),
        ("The lab owns H100s and employs researchers, 512 of them in Paris.", "gpu_count"),
        ("In 122 days the firm put up the biggest cluster for training.", "duration"),
        ("An H100, one hour: $2. Training is reckoned from that.", "duration"),
        ("Spending on R&D for training came to $157 million in nine months.", "duration"),
        ("Start-ups that train models were waiting nine months for their H100s.", "duration"),
        ("The model was trained on 4, 8, and 16 GPUs in Paris.", "duration"),
        ("Seven days back hardly anybody knew the model that was trained in China.", "duration"),
        ("A tool based on GPT models saved 280,000 hours, at $90 an hour.", "gpu_hours"),
        ("这块卡的功耗是700W功率，价格2万元。", "gpu_count"),  # noqa: RUF001
        ("About $10^{15}$ operations are done each second.", "money"),
        ("It was a billion-dollar bet on a six-figure idea.", "money"),
        ("GPT-4 has 40 billion parameters less. Those 40 billion parameters matter.", "money"),
        ("The servers sell for $270,000 each.", "price_per_gpu"),
        ("A server with eight H100 cards goes for $250,000.", "price_per_gpu"),
        ("We serve it on 4x H100 at $2.10/hr each.", "price_per_node_hour"),
        ("It took in $5 million in June and gave $2 million out.", "price_other"),
    ],
)  # fmt: skip
def test_what_only_looks_like_them(text: str, kind: str) -> None:
    """Beside each way of saying a figure stands one that says another thing."""
    assert not _read(text, kind)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Capex should lie within $20 billion and $23 billion.", 20e9, 23e9),
        ("Somewhere from $30 and $70 billion is what they have in mind.", 30e9, 70e9),
        ("In tutto si arriva fra i 3,5 e i 4,5 miliardi di dollari.", 3.5e9, 4.5e9),
        ("The cost sank from $4.6 million in 2020 to $450,000 in 2022.", 450e3, 450e3),
    ],
)
def test_ends_of_ranges(text: str, low: float, high: float) -> None:
    """What joins two ends of a range, and a year that begins none."""
    assert (low, high) in _read(text, "money")


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("A drop of 17%, close on $600 billion, came that day.", "approx"),
        ("Training takes a good deal, by estimate $5 million.", "approx"),
        ("It took $6 million or around that to train.", "approx"),
        ("Het gaat om ten hoogste 30 miljard dollar.", "at_most"),
        ("A captação deve superar US$ 100 bilhões.", "at_least"),
        ("Its outlay will have shot up to $115 billion.", "exact"),
        ("Fines go up to $1 million.", "at_most"),
        ("A round of $2 billion was closed.", "exact"),
        ("The bill fell, $1000 -> $300, with that trick.", "exact"),
    ],
)
def test_more_words_that_bound(text: str, hedge: str) -> None:
    """Words that bound a figure, and the same where they bound nothing."""
    assert read_text(text)[-1].hedge == hedge
