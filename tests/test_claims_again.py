"""What a document says again is read once, and says the same as if it had been read each time."""

from __future__ import annotations

import random

import pytest

from pipeline.claims import prose, read_html, read_text
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
