"""What a document says again is read once, and says the same as if it had been read each time."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from pipeline.claims import coined, lexicon, prose, read_html, read_text, records
from pipeline.claims.again import Again, Reading
from pipeline.claims.blocks import Block
from pipeline.claims.linker import Memory
from pipeline.claims.made import Parts
from tests.support import claim_scores

SEEDS = range(6)
FACTS = "DeepSeek says V3 took $5.6 million and 2.788 million GPU hours; GPT-4 cost OpenAI more than $100 million."


def page_of(seed: int) -> str:
    """A page of passages that come again and again, with headings among them, some of them in a table's company."""
    chance = random.Random(seed)
    texts = [row["text"] for row in chance.sample(list(claim_scores.marked("reworded")), 12)]
    blocks = [f"<p>{text}</p>" for text in chance.choices(texts, k=60)]
    heads = [f"<h2>{title}</h2>" for title in ("What GPT-4 cost", "Chips", "Llama 3")]
    for head in heads * 2:
        blocks.insert(chance.randrange(len(blocks)), head)
    return f"<html><body><article><h1>Costs</h1>{''.join(blocks)}</article></body></html>"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_again_says_the_same_as_if_it_were_read_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim with its model, its scope and its place: whatever was spoken of in between counts."""
    page = page_of(seed)
    once = read_html(page).claims

    def each_time(_: Again, __: Block, ___: Memory, reading: Reading) -> list[Parts]:
        return reading()

    monkeypatch.setattr(Again, "read", each_time)
    assert once == read_html(page).claims
    assert all(page[claim.start : claim.end] == claim.quote for claim in once)


def test_a_text_that_comes_again_is_read_once_and_its_claims_stand_where_they_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the second time, where the first is spoken of before, nothing is new: forty times are no more work."""
    looked_at: list[str] = []
    read = prose.read

    def counting(text: str, *rest: object) -> object:
        looked_at.append(text)
        return read(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(prose, "read", counting)
    text = "\n\n".join([FACTS] * 40)
    claims = read_text(text)

    assert len(claims) == 40 * 3
    assert len(looked_at) <= 3
    assert [text[claim.start : claim.end] for claim in claims] == [claim.quote for claim in claims]
    assert len({claim.start for claim in claims}) == len(claims)


def test_a_page_is_looked_through_once_for_the_names_that_it_coins(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names are read by themselves in between, of titles and of records that its figures agree with."""
    looked: list[int] = []
    versioned = vars(coined)["_versioned"]

    def noting(document: str) -> Iterator[str]:
        looked.append(len(document))
        return versioned(document)

    monkeypatch.setattr(coined, "_versioned", noting)
    amounts = sorted({record.high for kind in records.records().values() for record in kind if record.kind == "money"})
    spent = " ".join(f"Kestrel 3 was trained, and OpenAI, Google and Meta spent ${amount:.0f}." for amount in amounts)
    text = f"{spent}\n\nKestrel 3 was trained for $3 million."
    vars(records)["_canonical"].cache_clear()
    read_text(text)

    assert len([size for size in looked if size >= coined.SHORT]) == 1
    assert len(looked) > 5


def test_a_name_asks_for_the_spellings_that_begin_as_it_does() -> None:
    """Not for all of a letter: to put those into one pattern takes longer than to read a page."""
    names = lexicon.models()
    of_letter = [place for start, places in names.of_beginning.items() if start[0] == "g" for place in places]
    either = names.beginning_with("gpt-4 ")

    assert either is not None
    assert either.match("GPT-4 cost") is not None
    assert len(either.rules) < len(set(of_letter)) / 2
    assert names.beginning_with("zzzzzz") is None
