"""The parts of the reader of prose, each alone: positions, numbers, names, blocks, tables, scope, links, work."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims import ExtractedClaim, read_html, read_page, read_text
from pipeline.claims.article import reading_of_page
from pipeline.claims.markup import Tag, scan
from pipeline.claims.names import names_in
from pipeline.claims.numbers import number_at
from pipeline.claims.passages import reading_of_text
from pipeline.claims.plain import PlainText
from pipeline.claims.words import sentences_of
from pipeline.source import Page


def one(text: str, **more: str) -> ExtractedClaim:
    """The only claim of a text."""
    claims = read_text(text, title=more.get("title"))
    assert len(claims) == 1, [claim.quote for claim in claims]
    return claims[0]


# --- plain text -----------------------------------------------------------------------------------


def test_every_character_of_plain_text_leads_back_to_its_source() -> None:
    """Entities, hard blanks and invisible characters are folded; their places are kept."""
    page = "a&nbsp;&#36;5.6\u00a0<b>"
    folded = PlainText()
    folded.fold_entities(page, 0, len(page) - 3)
    plain = folded.done()

    assert plain.text == "a $5.6 "
    assert page[slice(*plain.span(2, 6))] == "&#36;5.6"


@given(st.text(alphabet="a $5.6m*&;\u00a0\u200b\uff15nbsp#\n", max_size=60))
def test_positions_never_leave_the_source_nor_run_backwards(text: str) -> None:
    """Whatever is folded, places grow with the plain text."""
    for markdown in (True, False):
        folded = PlainText()
        folded.fold(text, 0, len(text), markdown=markdown)
        plain = folded.done()
        starts = [plain.span(at, at + 1)[0] for at in range(len(plain.text))]
        assert starts == sorted(starts)
        assert all(0 <= start < len(text) for start in starts)


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("5.576M", 5.576e6), ("2,048", 2048), ("8'404'992", 8404992), ("1,00,000", 100_000), ("1.032.000", 1_032_000),
        ("5,6 Millionen", 5.6e6), ("280.15 billion", 280.15e9), ("1.5 lakh crore", 1.5e12), ("10,372 crore", 103.72e9),
        ("635万", 6.35e6), ("1万亿", 1e12), ("109bn", 109e9), ("350k", 350e3), ("two hundred million", 200e6),
        ("twenty-five thousand", 25_000), ("half a billion", 500e6), ("one and a half million", 1.5e6), ("a dozen", 12),
        ("1 048 576", 1_048_576), ("2 million and a half", 2e6),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_style_of_its_country(printed: str, value: float) -> None:
    """Digits, magnitudes and words."""
    number = number_at(printed, 0)

    assert number is not None
    assert number.value == pytest.approx(value)


def test_a_point_parts_thousands_in_german_only() -> None:
    """The same digits are half a thousand dollars or half a million, as the text's language has it."""
    german, english = number_at("534.700", 0, continental=True), number_at("534.700", 0)

    assert german is not None
    assert english is not None
    assert (german.value, english.value) == (534_700, 534.7)


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("tens of millions", 1e7, 1e8),
        ("several hundred million", 3e8, 1e9),
        ("a few million", 2e6, 1e7),
        ("six-figure", 1e5, 1e6),
    ],
)
def test_vague_words_are_intervals(printed: str, low: float, high: float) -> None:
    """No number is made of words that give none."""
    number = number_at(printed, 0)

    assert number is not None
    assert number.vague == (low, high)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("trained on 2,048 H800 GPUs", ["H800"]),
        ("8xH100 and A100-40G", ["H100", "A100"]),
        ("V100S beside V100s", ["V100S", "V100"]),
        ("TPUv4chip-hours", ["TPU v4"]),
        ("Llama 3 405B, PaLM-540B and GPT-3 175B", ["Llama 3.1 405B", "PaLM 540B", "GPT-3"]),
        ("LLaMA2-7B, Qwen2.5-32B-Instruct", ["Llama 2 7B", "Qwen2.5-32B-Instruct"]),
        ("DeepSeek's R1 follows V3", ["DeepSeek-R1", "DeepSeek-V3"]),
        ("the Foo-7B of Nobody", ["Foo-7B"]),
        ("the v2 of a chip, an R1 bus and a palm tree", []),
    ],
)
def test_names_are_atoms(text: str, names: list[str]) -> None:
    """Digits of a name belong to it; a spelling with other meanings needs its word beside it."""
    found = names_in(text, text)
    assert [name.name for name in found if name.kind in ("model", "hardware")] == names


def test_a_state_as_an_adjective_is_no_actor() -> None:
    """A Chinese start-up is not China; US$ is no country."""
    kinds = [name.kind for name in names_in("A Chinese start-up paid US$5 million to US tech groups.", "")]
    assert kinds == []


# --- blocks ---------------------------------------------------------------------------------------


def test_a_point_of_an_abbreviation_ends_no_sentence() -> None:
    """And a very long stretch is cut, so that the work stays linear."""
    text = "It cost approx. $5 million in the U.S. in 2024. Then it rose."
    assert [text[start:end].strip() for start, end in sentences_of(text)] == [text[:-14], "Then it rose."]
    assert len(sentences_of("word " * 2000)) > 5


def test_pipe_tables_and_headings_are_seen_in_plain_text() -> None:
    """Markdown and bare bars alike."""
    reading = reading_of_text("# Costs\n\nModel | Cost\n---|---\nGPT-4 | $78M\n\nThe end.")

    assert [block.kind for block in reading.blocks] == ["heading", "cell", "cell", "cell", "cell", "text"]
    assert [cell.text.strip() for cell in reading.tables[0].row(1) if cell] == ["GPT-4", "$78M"]


def test_cells_that_span_rows_stand_in_each() -> None:
    """The grid is what a reader sees."""
    reading = reading_of_page(
        "<table><tr><th>Model<th>Stage<th>GPU hours<tr><td rowspan=2>Foo-7B<td>first<td>100"
        "<tr><td>second<td>200</table>"
    )
    table = reading.tables[0]

    assert [block.text if block else None for block in table.row(2)] == ["Foo-7B", "second", "200"]


def test_only_the_article_is_read() -> None:
    """Navigation, related articles, forms, hidden parts and link lists hold no claims."""
    page = """<html><head><title>Notes</title><script>var x = "$9 million";</script></head><body>
    <nav>Raised $1 billion</nav><header>Valued at $2 billion</header><div class="related-posts">Paid $3 million</div>
    <article><h1>Notes</h1><p>Training Foo-7B cost <b>$4</b>&nbsp;million, they say,
    and nobody outside the firm has seen a bill.</p>
    <h3>Related articles</h3><ul><li><a href="/a">Loses $5 million</a></li></ul></article>
    <aside>$6 million</aside><form>$7 million</form><footer>$8 million</footer></body></html>"""
    claims = read_html(page).claims

    assert [(claim.value, claim.printed, claim.model) for claim in claims] == [(4e6, "$4 million", "Foo-7B")]
    assert page[claims[0].start : claims[0].end] == claims[0].quote == "$4</b>&nbsp;million"


ASIDES = """<title>On Foo-7B</title><article><h1>Foo-7B cost $9 million</h1>
    <p>Training Foo-7B cost $4 million, they say, and nobody outside the firm has seen a bill for it.</p>
    <h2>The $4 million run</h2><p>It was long.</p><h2><a href="#run">Training Foo-7B again: $5 million</a></h2>
    <p>They tried it twice.</p><h2><a href="/x">Training Bar-9B cost $6 million</a></h2><p>See there.</p>
    <div class="footnotes"><p>1. Fine-tuning Foo-7B cost $70,000.</p><p>2. "Training Baz-1B cost $8 million", The Paper,
    retrieved in May.</p></div><h3>Related stories</h3><h4>Training Qux-2B cost $3 million</h4></article>"""


def test_headings_and_notes_are_read_and_what_they_repeat_is_one_claim() -> None:
    """Not the first heading, none that leads to another page, no note that only says where something stands."""
    said = [(claim.value, claim.model, claim.scope) for claim in read_html(ASIDES).claims]

    assert said == [
        (4e6, "Foo-7B", "training_total"), (5e6, "Foo-7B", "training_total"), (7e4, "Foo-7B", "final_run"),
    ]  # fmt: skip


def test_headings_and_notes_of_plain_text_are_read() -> None:
    """Markdown's, with the same exceptions."""
    text = """# Foo-7B cost $9 million

Training Foo-7B cost $4 million.[^1]

## Training Foo-7B again: $5 million

It was tried again.

[^1]: Fine-tuning Foo-7B cost $70,000.
[^2]: See "Training Baz-1B cost $8 million".
"""
    assert [(claim.value, claim.model) for claim in read_text(text)] == [
        (4e6, "Foo-7B"), (5e6, "Foo-7B"), (7e4, "Foo-7B"),
    ]  # fmt: skip


def test_a_page_states_its_title_and_day() -> None:
    """Both are the page's own unless the caller knows better."""
    page = (
        '<title>T - Site</title><meta property="article:published_time" content="2025-01-28T10:00:00Z">'
        "<body><p>Training Foo-7B cost $4 million.</p></body>"
    )
    document = read_page(Page("articles", "https://example.org/a", page.encode(), "text/html; charset=utf-8"))

    assert (document.title, str(document.published_on)) == ("T - Site", "2025-01-28")
    assert [str(claim.claimed_on) for claim in document.claims] == ["2025-01-28"]


def test_a_tag_ends_where_the_standard_ends_it() -> None:
    """A > in a quoted value ends no tag; an apostrophe outside one opens nothing."""
    tags = [piece for piece in scan("<a title='>'>x</a><p it's>y") if isinstance(piece, Tag)]
    assert [(tag.name, tag.is_end) for tag in tags] == [("a", False), ("a", True), ("p", False)]


# --- what figures count, cover and belong to ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("It was trained on 64 nodes of 8 A100 GPUs.", "gpu_count", 512),
        ("Training used 32 x 8 x A100.", "gpu_count", 256),
        ("Training took 2.788M H800 GPU hours.", "gpu_hours", 2_788_000),
        ("Training took 3 GPU-days.", "gpu_hours", 72),
        ("The run took nearly 1.3 million hours on Nvidia's A100 GPUs.", "gpu_hours", 1.3e6),
        ("An H100 rents for $2.49 an hour.", "price_per_gpu_hour", 2.49),
        ("An 8xH100 node costs $98.32 per hour.", "price_per_node_hour", 98.32),
        ("A card goes for $30,000 apiece.", "price_per_gpu", 30_000),
        ("The API asks $0.14 per million input tokens.", "price_other", 0.14),
        ("It was trained on 15T tokens.", "tokens", 15e12),
    ],
)
def test_the_head_says_what_a_number_counts(text: str, kind: str, value: float) -> None:
    """Typed heads, factors multiplied."""
    claim = one(text)
    assert (claim.kind, claim.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "It has 671 billion parameters and draws 150 MW.", "A context of 128,000 tokens.",
        "It writes 80 tokens per second.",
        "The hall went up in 122 days.", "Trained on 80,000 hours of video.", "A billion-dollar bet.",
        "The H800 and GPT-3.5.",
        "Downloaded 10.9 million times in 2025.", "It has 80GB of memory and 16 cores.",
        "See https://example.org/$5million/2048-H800s",
    ],
)  # fmt: skip
def test_other_numbers_are_no_claims(text: str) -> None:
    """Parameters, power, context, building, file sizes, addresses."""
    assert read_text(text) == []


@pytest.mark.parametrize(
    ("text", "scope", "model"),
    [
        ("DeepSeek said V3 cost $5.6 million to train.", "training_total", "DeepSeek-V3"),
        ("The final run of DeepSeek-V3 cost $5.6 million.", "final_run", "DeepSeek-V3"),
        ("Renting the chips for GPT-3 would be $2.4 million.", "final_run", "GPT-3"),
        ("The firm's server capex comes to $1.3 billion.", "hardware_capex", None),
        ("Microsoft plans to invest $80 billion in data centers.", "company_investment", None),
        ("The government of France will spend €2 billion on a national programme.", "national_programme", None),
        ("Mistral raised $600 million in a funding round.", "funding", None),
        ("Serving ChatGPT costs $700,000 a day.", "inference", "ChatGPT"),
        ("Nvidia lost $600 billion in market value over GPT-4.", "other_not_cost", None),
        ("OpenAI's revenue reached $3.7 billion.", "other_not_cost", None),
        ("A regulator fined OpenAI €15 million because it trained ChatGPT.", "other_not_cost", None),
        ("Researchers get bonuses of $100 million for work on Llama 4.", "other_not_cost", None),
    ],
)
def test_words_decide_the_scope_and_leave_their_cue(text: str, scope: str, model: str | None) -> None:
    """And what is no cost of a model is filed under none."""
    claim = one(text)
    assert (claim.scope, claim.model) == (scope, model)
    assert claim.scope_cue is None or claim.scope_cue.lower() in text.lower()


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Today's models cost $100 million. By 2027 this could jump to $10 billion.", "training_total"),
        ("Training Foo-7B cost $48. Spot instances can bring it to $15.", "training_total"),
        ("Its stock costs $48. Rumours can bring it to $15.", "other_not_cost"),
        ("I burned through $180 fine-tuning Foo-7B.", "final_run"),
        ("That is a part of the $90 million spent on GPT-4.", "training_total"),
    ],
)
def test_an_amount_goes_on_with_what_was_said_or_is_spent_on_what_stands_behind(text: str, scope: str) -> None:
    """A cost that rises, falls or is spoken of again is still that cost; a price that does is none."""
    assert read_text(text)[-1].scope == scope


@pytest.mark.parametrize(
    "text", ["A figure of $5 million is in the paper.", "The talk is of $5 million.", "Then there are the $5 million."]
)
def test_what_nothing_decides_stays_unknown(text: str) -> None:
    """A guess would be a claim of ours."""
    claim = one(text)
    assert (claim.scope, claim.model, claim.scope_cue) == ("unknown", None, None)


def test_a_negation_turns_a_cue() -> None:
    """What a figure leaves out is not what it covers."""
    claim = one("The $6 million excludes research and experiments.")
    assert claim.scope == "final_run"


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("GPT-4 cost $100M, Llama 3.1 405B $60M to train.", ["GPT-4", "Llama 3.1 405B"]),
        ("Sky-T1, built on Qwen2.5-32B, was trained for $450.", ["Sky-T1-32B-Preview"]),
        ("Unlike GPT-4, DeepSeek-V3 cost $5.6 million to train.", ["DeepSeek-V3"]),
        ("DeepSeek-V3 is out. It was trained for $5.6 million.", ["DeepSeek-V3"]),
        ("Kestrel 9 is new. Training Kestrel 9 cost $3 million.", ["Kestrel 9"]),
        ("Rival models cost $100 million to train.", [None]),
    ],
)
def test_the_linker_goes_by_place_and_not_by_nearness_alone(text: str, models: list[str | None]) -> None:
    """Lists in order, bases and comparisons aside, pronouns from the sentence before; nobody is an answer."""
    assert [claim.model for claim in read_text(text)] == models


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("Halcyon-7B ran on 64 A100s.\n\nIt cost $3 million to train.", "Halcyon-7B"),
        ("Halcyon-7B ran on 64 A100s.\n\nOracle ordered chips for $40 million.", None),
        ("Halcyon-7B ran on 64 A100s.\n\nAbout $40 million was spent by Oracle on training.", None),
        ("Halcyon-7B ran on 64 A100s.\n\nIts run took 9 days. Oracle spent $4 million on training.", None),
        ("Oracle trained Halcyon-7B on 64 A100s.\n\nOracle spent $4 million on training.", "Halcyon-7B"),
        ("GPT-4 is OpenAI's.\n\nMeta spent $7 million on training.", None),
    ],
)
def test_another_organisation_inherits_no_model_from_another_paragraph(text: str, model: str | None) -> None:
    """A model of known maker goes to its maker's figures only, one of unknown maker to nobody else's."""
    (claim,) = [claim for claim in read_text(text) if claim.kind == "money"]

    assert claim.model == model


def test_a_gloss_in_another_currency_is_marked() -> None:
    """Kept, with the claim it repeats, so that it is not counted twice."""
    first, gloss = read_text("Training Kimi K2 took about $4.6 million (RMB 32 million).")

    assert gloss.gloss_of == first.start
    assert (gloss.currency, gloss.hedge, gloss.scope, gloss.model) == ("CNY", "approx", first.scope, first.model)


def test_a_sign_of_two_currencies_stays_unknown_unless_the_text_says() -> None:
    """Yen and yuan share one."""
    assert one("It cost ¥3 million to train Foo-7B.").currency is None
    assert one("It cost ¥3 million to train Foo-7B, said SoftBank in Japan.").currency == "JPY"


# --- safety ---------------------------------------------------------------------------------------

HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * n,
    "grouped digits": lambda n: "1,111" * (n // 5),
    "dollars": lambda n: "$" * n,
    "amounts": lambda n: "$5 million and " * (n // 15),
    "ranges": lambda n: "$5-" * (n // 3),
    "names": lambda n: "Llama 3 405B H100 " * (n // 18),
    "open tags": lambda n: "<div>" * (n // 5),
    "open quotes": lambda n: "<a b='" * (n // 6),
    "angle brackets": lambda n: "<" * n,
    "entities": lambda n: "&" * n,
    "cells": lambda n: "| $5 " * (n // 5),
    "rows": lambda n: "| a | $5 |\n" * (n // 11),
    "blanks": lambda n: " " * n,
    "brackets": lambda n: "[" * n,
    "capitals": lambda n: "A" * n,
    "coined": lambda n: "Train Aa Bb 1 " * (n // 14),
    "hedges": lambda n: "more than about " * (n // 16) + "$5 million",
    "stops": lambda n: "." * n,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name in ("cells", "ranges", "amounts") else name
        for name in HOSTILE
    ],
)
def test_work_grows_with_the_text(name: str) -> None:
    """Four times the text may take eight times as long, not sixteen: no pattern backtracks, no loop looks back."""
    make, small, large = HOSTILE[name], 4_000, 16_000

    def seconds(size: int) -> float:
        text = make(size)
        start = time.process_time()
        read_text(text)
        read_html(f"<article>{text}</article>")
        return time.process_time() - start

    seconds(small)
    # a busy machine may disturb one measurement; work that grows by the square fails all of them
    assert any(seconds(large) < 8 * max(seconds(small), 0.05) for _ in range(4))


@pytest.mark.parametrize("wide", [True, False])
def test_work_grows_with_the_cells_of_a_table(*, wide: bool) -> None:
    """Four times the cells, wide or long: each costs what the first did, though a row has hundreds of them."""

    def seconds(count: int) -> float:
        rows, columns = (5, count // 5) if wide else (count // 5, 5)
        head = "".join(f"<th>Cost of Tern-{column}B</th>" for column in range(columns))
        row = "".join(f"<td>${column}.5 million</td>" for column in range(1, columns + 1))
        page = f"<article><table><tr>{head}</tr>{f'<tr>{row}</tr>' * rows}</table></article>"
        start = time.process_time()
        claims = read_html(page).claims
        assert len(claims) >= 0.7 * count
        return time.process_time() - start

    seconds(200)
    assert any(seconds(2_000) < 8 * max(seconds(500), 0.05) for _ in range(4))


FRAGMENTS = st.sampled_from(
    ["$", "5.6", "million", " ", "-", "to", "H800", "GPU hours", "2,048", "<b>", "</b>", "<table><tr><td>", "|", "\n",
     "&nbsp;", "&#", "GPT-4", "trained", "¥", "万", "about", "~", "+", "per", "hour", "(", ")", ".", ";", "# ",
     "<article>", "</", "<!--", "'", '"',
     "half a", "between", "and", "8x", "\u00a0", "\u200b", "405B", "Train Kestrel 3", "\x00", "İ", "\ud7ff", "㎡"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_nothing_raises_and_quotes_always_slice(text: str) -> None:
    """Any text can be given, as text and as HTML."""
    for claim in read_text(text, title=text[:30]):
        assert text[claim.start : claim.end] == claim.quote != ""
    for claim in read_html(text).claims:
        assert text[claim.start : claim.end] == claim.quote != ""
