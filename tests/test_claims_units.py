"""Figures in the units, currencies and turns of phrase of the web; the sentences were worded for this test."""

from __future__ import annotations

import pytest

from pipeline.claims import read_text
from pipeline.claims.claim import ExtractedClaim

MILLION, BILLION, TRILLION = 1e6, 1e9, 1e12


def ends(claim: ExtractedClaim) -> tuple[float, float]:
    """The figure's low and high end, whatever its hedge."""
    known = [end for end in (claim.value_low, claim.value, claim.value_high) if end is not None]
    return known[0], known[-1]


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("The cluster was paid for with JPY38.7 billion.", "JPY", 38.7 * BILLION),
        ("A grant of DKK 70 million pays for the machine.", "DKK", 70 * MILLION),
        ("Thailand sets aside 80 million baht for the model.", "THB", 80 * MILLION),
        ("The tender is worth NIS 290 million.", "ILS", 290 * MILLION),
        ("Malaysia puts RM2 billion into a sovereign cloud.", "MYR", 2 * BILLION),
        ("A first site takes R14-billion of loans.", "ZAR", 14 * BILLION),
        ("The prize is ₦100 million.", "NGN", 100 * MILLION),
        ("El proyecto recibe U$S 2.000 millones.", "USD", 2 * BILLION),
        ("Trening kosztował 6 milionów dolarów.", "USD", 6 * MILLION),
        ("Selskapet hentet 285 millioner dollar.", "USD", 285 * MILLION),
        ("Norske eiere går inn med 2,8 milliarder kroner, som er mye.", "NOK", 2.8 * BILLION),
        ("Perusahaan itu menerima 15,7 juta dolar AS.", "USD", 15.7 * MILLION),
        ("Şirket 10 milyar dolarlık bir veri merkezi kuruyor.", "USD", 10 * BILLION),  # noqa: RUF001
        ("Modelin eğitimi 3 milyon euro tuttu.", "EUR", 3 * MILLION),
        ("訓練費用為24.9萬美元。", "USD", 249_000),
        ("行政院編列新台幣750萬元。", "TWD", 7.5 * MILLION),
        ("台灣今年編列311億元預算。", "TWD", 31.1 * BILLION),
        ("費用は約58億3,000万ドルだった。", "USD", 5.83 * BILLION),
        ("정부가 1조 4600억 원을 들인다.", "KRW", 1.46 * TRILLION),
        ("Die Bank will mindestens 1 Billion Yuan in die Branche stecken.", "CNY", TRILLION),
        ("A fund of one hundred fifty billion yen pays for it.", "JPY", 150 * BILLION),
        ("It pays one-point-two-five billion dollars a month.", "USD", 1.25 * BILLION),
        ("Die Anlage kostet eine halbe Milliarde Euro.", "EUR", 0.5 * BILLION),
        ("Anybody can tune it for a hundred dollars.", "USD", 100),
        ("The power costs 20 cents per kWh.", "USD", 0.2),
        ("The state gives $240 million CAD to the lab.", "CAD", 240 * MILLION),
        ("Its value fell by $US600 billion.", "USD", 600 * BILLION),
        ("The ballpark is $1.52mil for the run.", "USD", 1.52 * MILLION),
    ],
)
def test_an_amount_is_read_in_its_currency(text: str, currency: str, value: float) -> None:
    """By sign, code or word, and with the magnitudes of the language."""
    (claim,) = read_text(text)

    assert (claim.currency, ends(claim)[-1]) == (currency, pytest.approx(value))


def test_a_bare_sign_of_dollars_in_brackets_is_another_currency_s() -> None:
    """American behind euros, and by the rate whose they are behind American ones."""
    euros = read_text(
        "Canada's Elmbank will put €20 billion ($21 billion) into it.", title="Canada's Elmbank in France"
    )
    singapore = read_text("It paid US$30 billion ($38.4 billion) for the stake.")

    assert [claim.currency for claim in (*euros, *singapore)] == ["EUR", "USD", "USD", "SGD"]


@pytest.mark.parametrize(
    "text",
    [
        "At Rs 83 to the dollar it is cheap.", "In 2023 won the lab a prize.", "Cinq cents employés et six machines.",
        "The 2,000 won by the team were spent.",
    ],
)  # fmt: skip
def test_a_rate_or_a_verb_is_no_amount(text: str) -> None:
    """Nor a number of other things."""
    assert [claim.printed for claim in read_text(text) if claim.value and claim.value < 1000] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs between HK$4 billion and HK$5 billion.", [(4 * BILLION, 5 * BILLION)]),
        ("Custará entre US$ 65,5 bilhões e US$ 109,4 bilhões, segundo a firma.", [(65.5 * BILLION, 109.4 * BILLION)]),
        ("You pay $500-50K once.", [(500, 50_000)]),
        ("A voucher is worth US$140,000 to $200,000.", [(140_000, 200_000)]),
        ("APIs charge $0.05 to $75 for it.", [(0.05, 75)]),
        ("直接投資は150億〜250億ドルだ。", [(15 * BILLION, 25 * BILLION)]),
        ("Sales went from nearly $1 billion to $6 billion.", [(BILLION, BILLION), (6 * BILLION, 6 * BILLION)]),
        ("The fortune swelled by $89 billion to $383 billion.", [(89 * BILLION,) * 2, (383 * BILLION,) * 2]),
        ("He burns $500 million, $5 billion or $50 billion.", [(5e8, 5e8), (5e9, 5e9), (5e10, 5e10)]),
        ("It was JPY248 billion (US$1.6 billion or $2.1 billion).", [(2.48e11,) * 2, (1.6e9,) * 2, (2.1e9,) * 2]),
        (
            "The forecast is $66 billion, from a range of $60 billion to $65 billion.",
            [(6.6e10, 6.6e10), (6e10, 6.5e10)],
        ),
    ],
)
def test_a_range_has_both_its_ends(text: str, found: list[tuple[float, float]]) -> None:
    """And what went from one sum to another is none."""
    assert [ends(claim) for claim in read_text(text)] == [pytest.approx(pair) for pair in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The fund has 8 billion euros, and 1.5 billion of it is for chips.", [8e9, 1.5e9]),
        ("L'État verse 1,7 milliard d'euros, dont 1,3 milliard pour les puces.", [1.7e9, 1.3e9]),
        ("Statt 100 Millionen Dollar kamen nur 5 Millionen zusammen.", [1e8, 5e6]),
        ("España pone 90 millones de euros y Portugal nueve millones más.", [9e7, 9e6]),
        ("三月签下18亿元，四月又追加2亿。", [1.8e9, 2e8]),  # noqa: RUF001
        ("It raised $5 million and has 12 million users.", [5e6]),
        ("It cost $5 million and has 7 billion parameters.", [5e6]),
        ("It has $90 billion (10 trillion) to spend.", [9e10]),
    ],
)
def test_an_amount_may_leave_its_currency_to_the_one_before(text: str, values: list[float]) -> None:
    """Where no noun behind it says that it counts something else."""
    assert [claim.value for claim in read_text(text) if claim.kind == "money"] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Colossus has 100,000 GPUs and wants 550,000 by summer.", [100_000, 550_000]),
        ("It needed 3,072 of the machine's 37,888 GPUs.", [3072, 37_888]),
        ("Osprey ran on 4,000 and Kestrel on 10,000 A100 GPUs.", [4000, 10_000]),
        ("The state gets 1,000 B200 accelerators: 700 for firms and 300 for schools.", [1000, 700, 300]),
        ("It gets 64,000 GB200 chips, 16,000 units of them this summer.", [64_000, 16_000]),
        ("The firm has 50,000 GPUs. It hopes to employ 20,000 people.", [50_000]),
        ("Output goes from 600,000 GPUs. The public is 400 million.", [600_000]),
        ("A 405B run took 16,384 GPUs at 700 W.", [16_384]),
    ],
)
def test_a_count_may_leave_its_noun_to_another(text: str, values: list[float]) -> None:
    """In front of it or behind it."""
    found = [claim.value for claim in read_text(text) if claim.kind == "gpu_count"]

    assert found == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It ran on 2,000 undisclosed GPUs.", 2000),
        ("Training used 5,000 first-generation TPUs.", 5000),
        ("Each site has 100,000 last-generation AI chips.", 100_000),
        ("The batch is 20,000 Nvidia (NVDA) H200 processors.", 20_000),
        ("Training ran on 12,000 Instinct MI325X boards.", 12_000),
        ("Up to one million Tensor Processing Units train Claude.", MILLION),
        ("It was trained on 25000 [[H100]] [[GPU]]s.", 25_000),
        ("It was trained on 𝟑𝟖𝟒 𝐇𝟏𝟎𝟎𝐬.", 384),  # noqa: RUF001
        ("训练用了8个80GB A100。", 8),
        ("實驗室有8 顆 H200。", 8),
        ("需要3万多片英伟达A100 GPU。", 30_000),
        ("SageMaker에서 4096개의 GPU를 썼다.", 4096),
        ("정부는 GPU 26만장을 산다.", 260_000),
        ("민간이 GPU 4만5000개를 갖췄다.", 45_000),
        ("GPU10万基を置く。", 100_000),
        ("The pool is 278 nodes (8 H800 GPUs per node).", 2224),
        ("Yuan wurde auf 266 Servern mit je 8 A100-Karten trainiert.", 2128),
        ("Hook up 64 such 8xV100 machines for training.", 512),
        ("It was trained on 64 nodes (512 GPUs).", 512),
        ("The state may import 500,000 of Nvidia's top-end chips a year.", 500_000),
        ("They run 24 NVIDIA servers, each with 8 NVIDIA Tensor Core chips.", 192),
    ],
)
def test_chips_are_counted_in_many_words(text: str, value: float) -> None:
    """Also where nobody listed the word between, and by counters of the east."""
    assert [ends(claim)[0] for claim in read_text(text) if claim.kind == "gpu_count"] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "A DGX H100 with 8 GPUs draws 10 kW.", "Racks of 72 GPUs weigh a tonne.", "The p5.48xlarge (8x H100) is dear.",
        "A board has 36 Grace CPUs and 72 Blackwell GPUs in one rack.", "ESM took 15,000x our GPU time.",
        "Early in 2023 spot H100s were dear.", "64 TPUv4 cores are for rent.", "Step-3每秒解码4039个token。",
        "推論用のサーバを35万台借りた。", "It has one replica per 16 GPUs.",
        "The three most common GPU tiers for such work are the A100, H100 and L40S.",
        "Two chip makers and four GPU vendors met.",
    ],
)  # fmt: skip
def test_what_a_machine_holds_is_no_count(text: str) -> None:
    """Nor a year, a factor, cores, servers."""
    assert [claim.printed for claim in read_text(text) if claim.kind == "gpu_count"] == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The 26-minute fine-tuning cost little.", 26 / 1440),
        ("The sub\u2011$50 run was a 26\u2011minute fine-tuning.", 26 / 1440),
        ("They trained it from nothing in 7.45 days.", 7.45),
        ("Only two months went into training it.", 60),
        ("Training took one and a half months.", 45),
        ("Half a year of training is dear.", 180),
        ("384 H100s were busy for a month on Tern-3B.", 30),
        ("8 GPUs are through with it in a single day.", 1),
        ("TinyTern goes through 3 trillion tokens within 90 days on 16 A100s.", 90),
        ("Tern beats BERT after 1.13 hours on 8 A100 GPUs.", 1.13 / 24),
        ("Four hours and $100 make a small model.", 4 / 24),
        ("One V100 would need 355 years to train it.", 355 * 365),
        ("单张A100训练它要32年。", 32 * 365),
        ("2048块GPU训练2个月。", 60),
        ("训练历时三周。", 21),
        ("Trening na 64 kartach trwał 10 godzin.", 10 / 24),
        ("La GPU a tourné pendant un mois.", 30),
    ],
)
def test_a_run_s_time_is_read(text: str, days: float) -> None:
    """In words, in figures, with and without a number."""
    assert [claim.value or claim.value_high for claim in read_text(text) if claim.kind == "duration"] == [
        pytest.approx(days, rel=1e-3)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The site was finished in 122 days and trains Grok.", "Nvidia lost $600 billion in a day, says a lab.",
        "It was the largest one-day loss.", "Revenue was $4.3 billion in six months.",
        "The GPUs can be had for 1 month to 3 years.",
        "The card breaks even in 8 months.", "It costs $20 a task in 1.3 minutes.", "The model is due in six months.",
        "毎日8時間、GPUを使う。", "The TPU makes a 15-day forecast.", "An H100 makes a clip in 12 minutes at 720p.",
        "Training costs may be 100 times as much in three years.", "GPU hours may be used within 12 months.",
        "Rents of the H100 have halved in ten months.", "Tokens trained on have tripled in eighteen months.",
        "The machine took six months to produce and install.",
    ],
)  # fmt: skip
def test_other_times_are_no_run_s(text: str) -> None:
    """Of building, of serving, of a contract, of a quarter, of what is to come."""
    assert [claim.printed for claim in read_text(text) if claim.kind == "duration"] == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A curated set of 14.8 trillion token, with a context of 128K.", [14.8e12]),
        ("It saw 366B total training tokens.", [366e9]),
        ("It got 2T pretraining tokens.", [2e12]),
        ("Ours used 10B FineWeb-Edu tokens.", [10e9]),
        ("JetTern used 1.25Ttokens.", [1.25e12]),
        ("Doubao handles 12 trillion tokens daily.", [12e12]),
        ("RefinedWeb의 3.5T 토큰으로 학습했다.", [3.5e12]),
        ("Teuken hat 4 Billionen Token gesehen, und das ist wenig.", [4e12]),
        ("Ha letto 70 miliardi di token, 35 miliardi in italiano.", [70e9, 35e9]),
        ("It saw 15 trillion tokens against 1.8 trillion for its elder.", [15e12, 1.8e12]),
        ("The corpus is 3 x 10¹¹ tokens.", [3e11]),
        ("Batches hold 4M tokens.", []),
        ("It has a context of 128,000 tokens.", []),
        ("My 7B last night ate 30B tokens.", [30e9]),
    ],
)
def test_tokens_are_read(text: str, values: list[float]) -> None:
    """Of any kind and in other languages; no batch and no context."""
    assert [claim.value for claim in read_text(text) if claim.kind == "tokens"] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("合计278.8 万个 GPU 小时。", [2.788e6]),
        ("训练要花掉355个GPU年。", [355 * 8760]),
        ("It used 30,000H100GPUhours.", [30_000]),
        ("A model takes 10 million wall-clock H100-hours.", [1e7]),
        ("O treino somou 246 milhões de horas de computação.", [246e6]),
        ("Sizes: 184,320 GPU-hours (7B), 368,640 (13B).", [184_320, 368_640]),
        ("Tern stays at 675 against 6,250 A100 GPU days for its rival.", [675 * 24, 6250 * 24]),
        ("Whisper heard 680,000 hours of audio on its GPUs.", []),
        ("학습에 278만8000 GPU시간이 들었다.", [2_788_000]),
        ("Training verbrauchte 6 Millionen GPU-Stunden.", [6e6]),
        ("The 7B model took 184K A100 hours, the 13B 368K and the 70B 1.7M.", [184e3, 368e3, 1.7e6]),
    ],
)
def test_hours_of_chips_are_read(text: str, values: list[float]) -> None:
    """And hours of sound are none."""
    assert [claim.value for claim in read_text(text) if claim.kind == "gpu_hours"] == pytest.approx(values)


def test_a_table_s_rows_say_what_its_cells_are() -> None:
    """Months in full, hours of all chips together, a factor that is no amount, what a machine for rent holds."""
    times = read_text("| | Tern | Kite |\n|---|---|---|\n| Training time | ~2 months | 3.5 months (2022) |\n")
    hours = read_text("| Model | Training hours |\n|---|---|\n| Tern 8B | 1.46M |\n| Tern 70B | 7.0M |\n")
    factor = read_text("| | 2020 | 2025 | x |\n|---|---|---|---|\n| Training cost | $100M | $2B | 20 |\n")
    stock = read_text("| Name | GPU | Price |\n|---|---|---|\n| p5.48xlarge | 8x H100 80GB | $98.30/hr |\n")
    tokens = read_text("| Way | Score |\n|---|---|\n| Distil with 2.5B tokens | 70.7 |\n")

    assert [ends(claim)[-1] for claim in times] == [60, 105]
    assert [(claim.kind, claim.value) for claim in hours] == [("gpu_hours", 1.46e6), ("gpu_hours", 7e6)]
    assert [claim.value for claim in factor] == [1e8, 2e9]
    assert [claim.kind for claim in stock] == ["price_per_node_hour"]
    assert [claim.kind for claim in tokens] == ["tokens"]


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("OpenAI's bill is past $2 billion.", "at_least"),
        ("The largest runs will pass $1 billion.", "at_least"),
        ("The bill is nearing $1 billion.", "approx"),
        ("The sub-$50 run made news.", "at_most"),
        ("The loan may grow to $20 billion.", "at_most"),
        ("Fines may not exceed $10 million.", "at_most"),
        ("The model saw over 15 trillion tokens.", "at_least"),
        ("It trained over 15 trillion tokens.", "exact"),
        ("The unit turned over $981 million.", "exact"),
        ("It is in talks about a $40bn loan.", "exact"),
        ("They work under a $1.6 billion plan.", "exact"),
        ("Der Bau kostet wenigstens 300 Millionen Euro.", "at_least"),
        ("Обучение обошлось примерно в 600 000 долларов.", "approx"),
        ("El precio ronda los 1.500 millones de dólares.", "approx"),
        ("비용은 약 5만 달러였다.", "approx"),
        ("비용은 최대 14조원이다.", "at_most"),
        ("비용은 5억달러를 넘는다.", "at_least"),
        ("予算は3000億円超だ。", "at_least"),
        ("成本小于11300美金。", "at_most"),
        ("GPT-3 training cost est. $4.6 million.", "approx"),
        ("Die Finanzierungsrunde über 500 Mio. Dollar steht.", "exact"),
        ("Das Training kostete über 500 Mio. Dollar.", "at_least"),
        ("助成は最大約501億円だ。", "at_most"),
        ("L'investimento supera certamente i 10 milioni di euro.", "at_least"),
    ],
)
def test_words_of_many_languages_bound_a_figure(text: str, hedge: str) -> None:
    """And words that only look like them do not."""
    assert [claim.hedge for claim in read_text(text)] == [hedge]


def test_approximately_bounds_what_follows_it() -> None:
    """And not the figure before it."""
    claims = read_text("The GPUs ran for 23 days, approximately $30 million.")

    assert [claim.hedge for claim in claims] == ["exact", "approx"]


@pytest.mark.parametrize(
    ("text", "kind", "per"),
    [
        ("Input costs $0.30 per 1M on the API.", "price_other", "1m tokens"),
        ("输入tokens每百万低至1.15美元。", "price_other", "1m tokens"),
        ("Вход: 28 ₽ / 1M токенов.", "price_other", "1m токенов"),
        ("Plus is sold at $20 a month.", "price_other", "month"),
        ("L'abonnement coûte 20 euros par mois.", "price_other", "month"),
        ("A plan is $20-a-month.", "price_other", "month"),
        ("The shares closed at $118.58.", "price_other", "share"),
        ("It pays $3 per task.", "price_other", "task"),
        ("A node rents for $98.32/hr.", "price_per_node_hour", None),
        ("GPU租金按2美元/小时计算。", "price_per_gpu_hour", None),
        ("An H100 is around $30,000.", "price_per_gpu", None),
        ("Eine GPU von Nvidia kostet etwa 30.000 US-Dollar.", "price_per_gpu", None),
        ("Annotators earn $2 per hour.", "price_other", "hour"),
        ("The run costs $40,000 a month.", "money", "month"),
    ],
)
def test_a_small_amount_is_the_price_of_something(text: str, kind: str, per: str | None) -> None:
    """As the words beside it say."""
    assert [(claim.kind, claim.per) for claim in read_text(text)] == [(kind, per)]


def test_the_hour_of_a_price_may_stand_behind_its_gloss() -> None:
    """Both are by the hour then, and a sum behind them is none."""
    claims = read_text("The machine costs $14 (about 2,200 yen) per hour, and the run came to $20 (about 3,100 yen).")

    assert [claim.kind for claim in claims] == ["price_per_node_hour", "price_per_node_hour", "money", "money"]


def test_chips_of_a_list_are_priced_as_the_last() -> None:
    """Each amount stands right behind its chip; one of millions is no chip's."""
    listed = read_text("Street prices: H100 ≈ $30,000, H200 ≈ $35,000, B200 ≈ $40,000 per GPU.")
    beside = read_text("An H800 costs ~$25,000 to buy (an H100 $30-40K), and the site cost $51 million.")

    assert [claim.kind for claim in listed] == ["price_per_gpu"] * 3
    assert [claim.kind for claim in beside] == ["price_per_gpu", "price_per_gpu", "money"]


def test_tokens_a_day_are_served() -> None:
    """And no model was trained on them."""
    (served,) = read_text("Doubao now handles more than 50 trillion tokens a day.")
    (trained,) = read_text("Doubao was trained on 50 trillion tokens.")

    assert (served.scope, trained.scope) == ("inference", "final_run")
