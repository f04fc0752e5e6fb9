"""Broken and hostile pages are read as a browser would take them in, or refused with the reason; none hangs."""

from __future__ import annotations

import gc
import time

import pytest

from pipeline.claims import read_page, read_text
from pipeline.claims.pause import collection_paused
from pipeline.errors import PageChanged
from pipeline.source import Page

CLAIM = "<p>Training GPT-4 cost £63 million.</p>"
ATTRIBUTE = 'a="b" '
HEAD = "<html><head><meta charset='{}'></head><body>"


def read(body: bytes, kind: str = "text/html") -> list[tuple[float | None, str | None, str | None]]:
    """Value, currency and model of what a page claims; every quote stands where it says."""
    document = read_page(Page("extract", "https://a.test/1", body, kind))
    for claim in document.claims:
        assert document.text[claim.start : claim.end] == claim.quote
    return [(claim.value, claim.currency, claim.model) for claim in document.claims]


@pytest.mark.parametrize(
    "body",
    [
        f"<html><body><table><tr><td><b><i>{CLAIM[:-4]}<ul><li>x<div".encode(),
        f"<html><body>{CLAIM}<!-- never closed {'x' * 100_000}".encode(),
        f"<html><body>{CLAIM}<script>{'if(a<b){}' * 10_000}".encode(),
        f"<html><body><p {ATTRIBUTE * 50_000}>x</p>{CLAIM}".encode(),
        f"<html><body><svg><text>£9 million</text></svg>{CLAIM}".encode(),
        f"</div></p></table>{CLAIM}</html></body></html>".encode(),
        f"<html><body><p>{'&amp;' * 20_000}</p>{CLAIM}".encode(),
        f"{HEAD.format('iso-8859-1')}{CLAIM}".encode("latin-1"),
        f"{HEAD.format('windows-1252')}{CLAIM}".encode("cp1252"),
        f"{HEAD.format('utf-8')}{CLAIM}".encode(),
        ("\ufeff" + f"<html><body>{CLAIM}").encode("utf-16-le"),
    ],
)  # fmt: skip
def test_a_broken_page_is_read(body: bytes) -> None:
    """Unclosed tags, comments and programs that never end, encodings that say what they are."""
    assert read(body) == [(63e6, "GBP", "GPT-4")]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (f"<html><body>{CLAIM}".encode("latin-1"), "not utf-8"),
        (f"{HEAD.format('utf-8')}<p>訓練GPT-4花費1億美元。</p>".encode("big5"), "not utf-8"),
        (f"{HEAD.format('klingon')}{CLAIM}".encode(), "klingon"),
        (f"<html><body>{CLAIM.replace('63', '6' + chr(0) + '3')}".encode(), r"x00"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not utf-8"),
    ],
)
def test_bytes_that_would_be_misread_are_refused(body: bytes, word: str) -> None:
    """A wrong or unknown encoding could turn a sign or a digit into another: said, and nothing is read."""
    with pytest.raises(PageChanged, match=word):
        read(body)


def test_a_page_of_nothing_but_open_elements_is_read_in_time_that_grows_with_it() -> None:
    """Five megabytes of nested parts are a few seconds' work: each costs what the first did."""

    def seconds(count: int) -> float:
        page = f"<html><body>{'<div>' * count}{CLAIM}{'</div>' * count}".encode()
        begun = time.process_time()
        assert read(page) == [(63e6, "GBP", "GPT-4")]
        return time.process_time() - begun

    seconds(1_000)
    assert min(seconds(80_000) for _ in range(2)) < 10 * max(seconds(20_000), 0.02)


@pytest.mark.parametrize("named", ["V3 ", "405B ", "7B and ", "2,048 H800 GPUs, "])
def test_a_sentence_of_nothing_but_names_is_read_in_time_that_grows_with_it(named: str) -> None:
    """What a name means is not asked of all the others, nor of the whole document, for each of them anew."""

    def seconds(length: int) -> float:
        text = f"OpenAI spent {named * (length // len(named))} on GPT-4."
        begun = time.process_time()
        read_text(text)
        return time.process_time() - begun

    seconds(400)
    assert any(seconds(16_000) < 10 * max(seconds(4_000), 0.02) for _ in range(3))


def test_a_sign_whose_small_form_is_longer_moves_no_program() -> None:
    """A capital I with its dot is two characters in small letters; what stands behind a program is still read."""
    assert read(f"<html><body><p>{'İ' * 50}</p><script>'£9 million'</script>{CLAIM}".encode()) == [
        (63e6, "GBP", "GPT-4")
    ]


def test_the_collector_runs_again_when_a_page_was_read() -> None:
    """It rests while a page is read, and is left as it was, whether the reading ends well or not."""

    @collection_paused()
    def failing() -> None:
        raise ZeroDivisionError(str(gc.isenabled()))

    read(f"<html><body>{CLAIM}".encode())
    assert gc.isenabled()
    gc.disable()
    try:
        read(f"<html><body>{CLAIM}".encode())
        assert not gc.isenabled()
    finally:
        gc.enable()
    with pytest.raises(ZeroDivisionError, match="False"):
        failing()
    assert gc.isenabled()


@pytest.mark.slow
def test_five_megabytes_of_nested_parts_hold_their_claim() -> None:
    """The size that a page may have at most, and nothing in it closed."""
    page = f"<html><body>{'<div>' * 1_000_000}{CLAIM}".encode()

    assert len(page) > 5_000_000
    assert read(page) == [(63e6, "GBP", "GPT-4")]
