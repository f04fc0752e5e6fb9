"""What becomes of every HTML page in ``tests/pages`` when it is not what it was, whatever the markup of its publisher.

The tests find the prices of a page by changing what is printed and watching what is read: nothing here knows a
class name or a header. A change stops the source, leaves an issue that names row, field and raw value, or changes
nothing that counts; what only one publisher's markup has is tested in a file of its own.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import pytest
from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype, NavigableString, Tag

from pipeline.facts import Fact, GpuPrice
from tests.test_sources import Case, Outcome, cases, read

# what is asked of prices is asked of the pages that hold prices
PRICED = [case for case in cases(".html") if GpuPrice in case.values[0].source.facts]
every_html = pytest.mark.parametrize("case", PRICED)

NOT_SHOWN = {"script", "style", "template", "noscript", "title"}
PRICE = re.compile(r"\$\s?\d[\d,]*(?:\s?\.\d+)?")
# Words of which every price has one above it, in the text that says what it is a price of.
ABOVE_A_PRICE = re.compile(r"price|pricing|on.?demand|spot|hour|hr\b|starting from", re.IGNORECASE)
# What a price is of and per; a text of the page that changes one of them must be noticed.
COUNTED = (
    *("price", "currency", "price_unit", "pricing_type", "is_floor", "effective_on", "term_months"),
    *("gpu_count", "vram_gb", "gpu_memory_gb", "is_gpu_only", "month_hours"),
)
BAD = (
    *("€5", "5", "CA$5", "5 EUR", "$5/mo", "$5 / node-mo", "$0.00", "$-5", "$NaN", "$5,5", "$5\xb9", "$1e3", "$1,23"),
    *("free", "$5-6", "$5 $6", "about $5", "$"),
)
EVERY = 9  # of a page's prices, how far apart those lie that are tried with one bad price

# Headers of which two may change places unseen, and why: only they say which discount is which; their prices are
# all below the on-demand one, and a jump of one of them waits for a second sighting.
UNSEEN = {"gcp_accelerators": re.compile("DWS|CUD|Spot")}

# --- a page as a person sees it -------------------------------------------------------------------


def tree_of(case: Case) -> BeautifulSoup:
    """A tree to change."""
    return BeautifulSoup(case.text, "lxml")


def shown(tree: BeautifulSoup) -> list[NavigableString]:
    """The texts that a person sees, in order."""
    hidden = {id(text) for element in tree.find_all(NOT_SHOWN) for text in element.find_all(string=True)}
    return [
        text
        for text in tree.find_all(string=True)
        if not isinstance(text, Comment | Doctype) and text.strip() and id(text) not in hidden
    ]


def changed(case: Case, change: Callable[[BeautifulSoup], object]) -> Outcome:
    """What is read of the page when its tree is changed."""
    tree = tree_of(case)
    change(tree)
    return read(case.source, str(tree))


@dataclass(frozen=True)
class Words:
    """A page taken apart: what it shows and the values of its attributes, and the markup between them.

    A tree takes as long to make and to write as to read, and most changes are of words alone.
    """

    shown: tuple[str, ...]
    values: tuple[str, ...]
    markup: tuple[str, ...]
    """Markup, and at every other place the name of a word: ``t`` or ``a`` with its number."""

    def again(self, texts: Mapping[int, str], values: Mapping[int, str]) -> str:
        """The page with other words at some of the places."""
        said = {f"t{n}": html.escape(texts.get(n, text), quote=False) for n, text in enumerate(self.shown)}
        said |= {f"a{n}": html.escape(values.get(n, value)) for n, value in enumerate(self.values)}
        return "".join(said[part] if n % 2 else part for n, part in enumerate(self.markup))


@cache
def words_apart(case: Case) -> Words:
    """The page as words and markup."""
    tree, values = tree_of(case), list[str]()
    texts = shown(tree)
    assert not set(case.text) & set("\ue000\ue001")
    for element in tree.find_all(True):
        for name, value in element.attrs.items():
            if type(value) is str:
                element[name] = f"\ue000a{len(values)}\ue001"
                values.append(value)
    for n, text in enumerate(texts):
        text.replace_with(f"\ue000t{n}\ue001")
    return Words(tuple(map(str, texts)), tuple(values), tuple(re.split("\ue000(.*?)\ue001", str(tree))))


def reworded(case: Case, texts: Mapping[int, str], values: Mapping[int, str] | None = None) -> Outcome:
    """What is read when some of the shown texts, and of the attributes' values, are others."""
    return read(case.source, words_apart(case).again(texts, values or {}))


def retold(case: Case, texts: dict[str, str]) -> Outcome:
    """What is read when texts and attributes say something else wherever they stand."""
    words = words_apart(case)
    in_text, in_values = (
        {n: texts[clean(said)] for n, said in enumerate(all_said) if clean(said) in texts}
        for all_said in (words.shown, words.values)
    )
    return reworded(case, in_text, in_values)


def clean(text: str) -> str:
    """Text without blanks around it and with one between words."""
    return " ".join(text.split())


def amount_of(price: str) -> float:
    """The number in a price as printed."""
    return float(re.sub(r"[$,\s]", "", price))


@cache
def whole(case: Case) -> Outcome:
    """What is read of the page as it is."""
    return read(case.source, case.body)


@cache
def prices_of(case: Case) -> tuple[int, ...]:
    """Which of the shown texts hold a price that is loaded: without it a fact goes, or the source stops."""

    def is_loaded(n: int) -> bool:
        without = reworded(case, {n: "?"})
        return without.stopped is not None or bool(Counter(whole(case).facts) - Counter(without.facts))

    return tuple(n for n, text in enumerate(words_apart(case).shown) if PRICE.search(text) and is_loaded(n))


@cache
def words_of(case: Case) -> tuple[str, ...]:
    """The shown texts that are no price, each once."""
    return tuple(dict.fromkeys(clean(text) for text in words_apart(case).shown if not PRICE.search(text)))


@cache
def renamed(case: Case, word: str) -> Outcome:
    """What is read when a text says something else."""
    return retold(case, {word: "Another"})


@cache
def vital(case: Case) -> tuple[str, ...]:
    """The texts without which the source stops."""
    return tuple(word for word in words_of(case) if renamed(case, word).stopped)


def counted(facts: tuple[Fact, ...], *, but: tuple[str, ...] = ()) -> Counter[tuple[object, ...]]:
    """The facts by what they count with."""
    return Counter(tuple(getattr(fact, name) for name in COUNTED if name not in but) for fact in facts)


def apart_from_rows(facts: tuple[Fact, ...]) -> Counter[str]:
    """The facts without their positions."""
    return Counter(fact.model_dump_json(exclude={"row"}) for fact in facts)


def is_noticed(outcome: Outcome, case: Case) -> bool:
    """Whether the source stopped or left more issues than it leaves of the page as it is."""
    return outcome.stopped is not None or len(outcome.issues) > len(whole(case).issues)


# --- the page itself ------------------------------------------------------------------------------


@every_html
def test_every_price_of_a_fact_is_found_on_the_page(case: Case) -> None:
    """As many prices as facts; the tree and the words that the tests change are the page."""
    assert changed(case, lambda tree: tree) == reworded(case, {}) == whole(case)
    assert len(prices_of(case)) >= len(whole(case).facts) > 0


@every_html
def test_a_page_prints_prices_that_are_none_of_ours(case: Case) -> None:
    """Prose, footnotes, programs: a reader that takes any amount of money for a price is found out."""
    printed = {amount_of(price) for price in PRICE.findall(case.text)}

    assert printed - {fact.price for fact in whole(case).facts if isinstance(fact, GpuPrice)}


@every_html
def test_a_page_cut_in_half_stops(case: Case) -> None:
    """Half a page has no end."""
    assert read(case.source, case.body[: len(case.body) // 2]).stopped


@every_html
def test_cp1252_labelled_as_utf_8_stops(case: Case) -> None:
    """The byte of a currency sign is no character: nothing is read around it."""
    for sign in ("é", "£", "€"):
        text = case.text.encode("ascii", "xmlcharrefreplace").decode().replace("</body>", f"<p>{sign}</p></body>")
        assert read(case.source, text.encode(), "text/html; charset=utf-8").facts == whole(case).facts
        assert read(case.source, text.encode("cp1252"), "text/html; charset=utf-8").stopped, sign


@every_html
def test_what_is_not_shown_is_not_read(case: Case) -> None:
    """The same rows in a program, a template or a comment, at other prices, are no price list."""
    body = re.sub(r"(?s)^.*<body.*?>|</body>.*$|<script.*?</script>|<!--.*?-->", "", case.text)
    other = PRICE.sub("$0.11", body)
    assert other != body
    for hidden in (
        f'<script type="text/html">{other}</script>',
        f"<template>{other}</template>",
        f"<noscript>{other}</noscript>",
        f"<style>{other}</style>",
        f"<!-- {other.replace('--', '-')} -->",
    ):
        for place in (r"(?<=<body>)", "(?=</body>)"):
            text, times = re.subn(place, lambda _, hidden=hidden: hidden, case.text)
            assert times == 1
            assert read(case.source, text) == whole(case), hidden[:20]


# --- prices ---------------------------------------------------------------------------------------


@every_html
@pytest.mark.parametrize("sign", ["€", "£", "CA$", "A$", "R$", "¥", "₹", "EUR ", ""])
def test_a_page_in_another_currency_has_no_prices(case: Case, sign: str) -> None:
    """Not one of the amounts is read when the sign in front of them changes or goes."""
    outcome = read(case.source, case.text.replace("$", sign))

    assert outcome.facts == ()
    assert is_noticed(outcome, case) or {"wrong_currency", "not_money"} & {issue.rule for issue in outcome.issues}


@every_html
@pytest.mark.parametrize("bad", BAD)
def test_an_unreadable_price_is_named_and_not_loaded(case: Case, bad: str) -> None:
    """The source stops, or an issue has row, field and what is printed; nothing else changes."""
    start = BAD.index(bad)  # the first price is tried with every bad one, and every price with several
    for n in {prices_of(case)[0], *prices_of(case)[start % EVERY :: EVERY]}:
        outcome = reworded(case, {n: bad})
        named = [issue for issue in outcome.issues if issue.field == "price" and issue.raw_value == bad]
        assert outcome.stopped or [issue.row is not None for issue in named] == [True], f"{bad!r} as price {n}"
        assert not apart_from_rows(outcome.facts) - apart_from_rows(whole(case).facts), f"{bad!r} as price {n}"


SAME: dict[str, Callable[[str], str]] = {
    "a footnote": lambda text: text + "*",
    "another footnote": lambda text: text + " †",
    "a hard blank": lambda text: "\u00a0" + text.replace("$", "$\u00a0").replace("$\u00a0\u00a0", "$\u00a0"),
    "blanks around": lambda text: f"\n\t {text} \n",
    "US dollars": lambda text: text.replace("$", "US$"),
    "an invisible character": lambda text: text.replace("$", "\u200b$"),
    "wide digits": lambda text: re.sub(r"[\d.,]", lambda found: chr(ord(found[0]) + 0xFEE0), text),
}


@every_html
@pytest.mark.parametrize("say", SAME.values(), ids=SAME.keys())
def test_the_same_price_printed_otherwise_is_the_same_price(case: Case, say: Callable[[str], str]) -> None:
    """Footnote marks, hard blanks and the like change nothing."""
    texts = words_apart(case).shown

    assert reworded(case, {n: say(texts[n].strip()) for n in prices_of(case)}) == whole(case)


@every_html
def test_a_price_above_a_thousand_is_read_with_its_comma(case: Case) -> None:
    """Wherever that price stands; held against another price of the page it may stop the source."""
    texts = {clean(words_apart(case).shown[n]) for n in prices_of(case)}
    read_as_printed = 0
    for text in texts:
        amount = amount_of(PRICE.findall(text)[0])
        outcome = retold_prices(case, text, PRICE.sub(f"${7000 + amount:,.2f}", text))
        dearer = [
            fact for fact in outcome.facts if isinstance(fact, GpuPrice) and fact.price == round(7000 + amount, 2)
        ]
        assert outcome.stopped or dearer, text
        read_as_printed += bool(dearer)

    assert read_as_printed


def retold_prices(case: Case, price: str, other: str) -> Outcome:
    """What is read when a price that is read is another one, in all places."""
    texts = words_apart(case).shown
    return reworded(case, {n: other for n in prices_of(case) if clean(texts[n]) == price})


# --- tables and their headers ---------------------------------------------------------------------


def blocks(tree: BeautifulSoup, case: Case) -> list[tuple[Tag, int]]:
    """The elements around prices that are read, and how many of them each holds; of wrappers the outermost."""
    texts = shown(tree)
    held: dict[int, tuple[Tag, list[int]]] = {}
    for n in prices_of(case):
        for parent in texts[n].parents:
            if parent.name not in ("html", "body", "[document]"):
                held.setdefault(id(parent), (parent, []))[1].append(n)
    outermost = {tuple(prices): (element, len(prices)) for element, prices in held.values()}
    return list(outermost.values())


@every_html
def test_a_block_that_stands_twice_counts_once_and_is_noticed(case: Case) -> None:
    """A cell, a row, a table, a section: twice, they stop the source, or leave issues and the same facts."""
    many = 0
    for number, (_, prices) in enumerate(blocks(tree_of(case), case)):

        def double(tree: BeautifulSoup, number: int = number) -> None:
            element, _ = blocks(tree, case)[number]
            element.insert_after(copy(element))

        outcome = changed(case, double)
        more = apart_from_rows(outcome.facts) - apart_from_rows(whole(case).facts)
        assert not more, f"element {number} twice: {list(more)[:1]}"
        assert prices == 1 or is_noticed(outcome, case), f"element {number} twice, with {prices} prices"
        many += prices > 1

    assert many


@every_html
def test_every_price_stands_under_a_text_that_must_not_change(case: Case) -> None:
    """Read by position alone, a column of monthly prices would be taken for one of hourly prices."""
    words = {word for word in vital(case) if ABOVE_A_PRICE.search(word)}
    texts = [clean(text) for text in words_apart(case).shown]
    attributes = set(map(clean, words_apart(case).values))

    assert words
    assert all(words & ({*texts[:n]} | attributes) for n in prices_of(case))


@every_html
def test_no_text_of_the_page_changes_what_is_counted_in_silence(case: Case) -> None:
    """Each text in turn is another: the source stops, an issue is left, or prices, units and terms stay."""
    for word in words_of(case):
        outcomes = [renamed(case, word)]
        if ABOVE_A_PRICE.search(word):
            outcomes += [retold(case, {word: other}) for other in (f"{word} per month", "Price per minute")]
        for outcome in outcomes:
            assert counted(outcome.facts) == counted(whole(case).facts) or is_noticed(outcome, case), word


@every_html
def test_a_text_that_goes_is_missed(case: Case) -> None:
    """An empty cell or header is noticed; the memory of a GPU alone may be left unsaid."""
    for word in words_of(case):
        outcome = retold(case, {word: ""})
        same = counted(outcome.facts, but=("vram_gb",)) == counted(whole(case).facts, but=("vram_gb",))
        memory = {getattr(fact, "vram_gb", None) for fact in outcome.facts}
        no_new_memory = memory <= {None, *(getattr(fact, "vram_gb", None) for fact in whole(case).facts)}
        assert (same and no_new_memory) or is_noticed(outcome, case), word


@every_html
def test_texts_that_change_places_are_noticed(case: Case) -> None:
    """Headers, captions and titles: for every two of them, the columns swapped are noticed or were not read."""
    data = " | ".join(str(value) for fact in whole(case).facts for value in fact.model_dump().values())
    words = [word for word in vital(case) if not {*re.split(r"\W+", word)} <= {*re.split(r"\W+", data)} | {"REGION"}]
    unseen = UNSEEN.get(case.source.name, re.compile(r"(?!)"))
    for one, other in combinations(words, 2):
        if unseen.search(one) and unseen.search(other):
            continue
        outcome = retold(case, {one: other, other: one})
        same = apart_from_rows(outcome.facts) == apart_from_rows(whole(case).facts)
        assert same or is_noticed(outcome, case), (one, other)
