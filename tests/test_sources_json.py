"""Every JSON page, changed in every way we can think of: a value, a key, an item, the whole answer.

What is asked of a source: it stops, or it leaves an issue that the whole page does not leave, or nothing that is read
has changed, or the facts that are gone are gone and the others are the same. A number of another size cannot be
known from one page alone; then the offers must keep their names, so that the rule on jumps sees the same offer at
another price.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.load import parse_pages
from pipeline.source import Page, Source, all_sources

PAGES = Path(__file__).parent / "pages"
Way = tuple[str | int, ...]

MOST_TRIED = 150  # values of one page that a test changes one by one

# Keys whose change a single page cannot show and that no offer is named by: printed facts about the offer.
NAMES = {"id", "machine_id", "catalogId"}  # numbers that name something and have no size
DESCRIBED = {"gpu_vram_gb", "size", "size_in_gigabytes", "memoryInGb", "gpu_ram"}


def cases() -> list[Any]:
    """Every JSON page with its source."""
    found = [(source, path) for source in all_sources().values() for path in sorted(PAGES.glob(f"{source.name}*.json"))]
    return [pytest.param(*case, id=case[1].name) for case in found if case[1].name.split(".")[0] == case[0].name]


every_json = pytest.mark.parametrize(("source", "path"), cases())
every_price_json = pytest.mark.parametrize(
    ("source", "path"), [case for case in cases() if GpuPrice in case.values[0].facts]
)


class Outcome:
    """What a source makes of a page."""

    def __init__(self, source: Source, answer: object) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        found: list[Fact | Issue] = []
        self.stopped: PageChanged | None = None
        try:
            for item in source.parse(Page(source.name, source.url, body)):
                found.append(item)  # noqa: PERF402 - what came before the stop counts
        except PageChanged as error:
            self.stopped = error
        self.facts = [item for item in found if isinstance(item, GpuPrice)]
        self.issues = {(item.rule, item.row, item.field, item.what) for item in found if isinstance(item, Issue)}

    @property
    def offers(self) -> dict[tuple[object, ...], GpuPrice]:
        """The facts by what names them."""
        return {
            (fact.provider, fact.offer, fact.region, fact.pricing_type, fact.commitment, fact.effective_on): fact
            for fact in self.facts
        }

    @property
    def sold(self) -> list[dict[str, object]]:
        """The prices without their positions, which move when an item goes.

        Of sources of scores and token prices it is empty: of those the tests here see that no value, item or answer of
        another shape makes the reader fail, and that refusals stop it; their values are compared in test_mutations.py.
        """
        return [fact.model_dump(exclude={"row"}) for fact in self.facts]

    def complains_beside(self, whole: Outcome) -> bool:
        """Whether it stopped, or left an issue that the whole page did not leave."""
        return self.stopped is not None or bool(self.issues - whole.issues)

    def only_lacks(self, whole: Outcome) -> bool:
        """Whether its facts are the whole page's, or some of them, unchanged."""
        return all(fact in whole.sold for fact in self.sold)


def answer_of(path: Path) -> Any:
    """The page as Python objects."""
    return json.loads(path.read_text(encoding="utf-8"))


def ways(node: object, way: Way = ()) -> Iterator[tuple[Way, object]]:
    """Every value of the answer with the way to it; the answer itself is left out."""
    if way:
        yield way, node
    if isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            yield from ways(value, (*way, key))
    elif isinstance(node, list):
        for place, value in enumerate(cast("list[object]", node)):
            yield from ways(value, (*way, place))


def some(answer: object) -> list[tuple[Way, object]]:
    """The values of a small answer, and an even choice of those of a large one."""
    found = list(ways(answer))
    return found[:: 1 + len(found) // MOST_TRIED]


def changed(answer: object, way: Way, change: Callable[[Any, str | int], None]) -> object:
    """A copy in which the parent of the way's end has been changed."""
    copied: Any = copy.deepcopy(answer)
    parent = copied
    for step in way[:-1]:
        parent = parent[step]
    change(parent, way[-1])
    return copied


def everywhere(answer: object, key: str, change: Callable[[Any, str], None]) -> object:
    """A copy in which every object that has the key has been changed."""
    copied: Any = copy.deepcopy(answer)
    for way, _ in reversed(list(ways(copied))):  # what is inside goes first: it is found by the names around it
        if way[-1] == key:
            parent = copied
            for step in way[:-1]:
                parent = parent[step]
            change(parent, key)
    return copied


def renamed(parent: Any, key: str | int) -> None:
    """The value under another key."""
    parent["another"] = parent.pop(key)


def removed(parent: Any, key: str | int) -> None:
    """The key and its value gone."""
    del parent[key]


def put(value: object) -> Callable[[Any, str | int], None]:
    """A change to that value."""

    def change(parent: Any, key: str | int) -> None:
        parent[key] = value

    return change


def keys_of(answer: object) -> list[str]:
    """The keys that occur, each once."""
    return list(dict.fromkeys(str(way[-1]) for way, _ in ways(answer) if isinstance(way[-1], str)))


# --- keys -----------------------------------------------------------------------------------------


@every_json
def test_a_key_that_is_renamed_or_gone_everywhere_is_noticed(source: Source, path: Path) -> None:
    """It stops the source or leaves an issue, or the key is not read at all."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    occurring = [way[-1] for way, _ in ways(answer)]
    for key in keys_of(answer):
        for change in (renamed, removed):
            outcome = Outcome(source, everywhere(answer, key, change))
            is_a_name = occurring.count(key) == 1 and outcome.only_lacks(whole)  # of one item, as in AWS's lists
            assert outcome.complains_beside(whole) or outcome.sold == whole.sold or is_a_name, key


@every_json
def test_a_key_that_is_gone_from_one_item_loses_at_most_that_item(source: Source, path: Path) -> None:
    """Nothing is filled in from elsewhere: what is left is unchanged."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, _ in some(answer):
        if isinstance(way[-1], str):
            outcome = Outcome(source, changed(answer, way, removed))
            same = outcome.sold == whole.sold
            described = way[-1] in DESCRIBED or _is_second_sight(outcome, whole)
            fewer = outcome.only_lacks(whole)
            assert same or outcome.complains_beside(whole) or fewer or described, way


def _is_second_sight(outcome: Outcome, whole: Outcome) -> bool:
    # What the answer says a second time may be missing; the price and the offer are then as they were.
    return {key: fact.price for key, fact in outcome.offers.items()} == {
        key: fact.price for key, fact in whole.offers.items()
    }


# --- values ---------------------------------------------------------------------------------------


@every_json
@pytest.mark.parametrize("bad", ["free", "", True, [], {}, -1, 1e300], ids=repr)
def test_a_value_of_another_kind_is_noticed(source: Source, path: Path, bad: object) -> None:
    """Text for a number, true for 1, an object for text: an issue or a stop; nothing else moves."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, value in some(answer):
        if type(value) is type(bad) and (isinstance(value, bool) or not isinstance(bad, int | float)):
            continue  # a name is as good as another name, a yes as a no; numbers are tried below
        outcome = Outcome(source, changed(answer, way, put(bad)))
        is_number = isinstance(bad, int | float) and not isinstance(bad, bool)
        moved = is_number and outcome.offers.keys() == whole.offers.keys()
        assert outcome.complains_beside(whole) or outcome.only_lacks(whole) or moved, (way, bad)


@every_price_json
@pytest.mark.parametrize("nothing", [None, 0, 0.0, -1, -0.01], ids=repr)
def test_nothing_zero_and_less_are_never_a_price(source: Source, path: Path, nothing: float | None) -> None:
    """A price that is not above zero is no price; the others stay as they are."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, value in some(answer):
        if isinstance(value, int | float) and not isinstance(value, bool):
            outcome = Outcome(source, changed(answer, way, put(nothing)))
            assert all(fact.price > 0 for fact in outcome.facts)
            described = way[-1] in DESCRIBED
            assert outcome.complains_beside(whole) or outcome.only_lacks(whole) or described, (way, nothing)


@every_price_json
@pytest.mark.parametrize("factor", [8, 1 / 8, 60, 730, 1e-8, 100])
def test_a_number_of_another_size_is_noticed_or_the_offers_keep_their_names(
    source: Source, path: Path, factor: float
) -> None:
    """A node's price for a GPU's, a minute's for an hour's, cents for dollars: in one item, and in all."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, value in some(answer):
        if isinstance(value, int | float) and not isinstance(value, bool) and way[-1] not in NAMES:
            outcome = Outcome(source, changed(answer, way, put(value * factor)))
            seen = outcome.complains_beside(whole) or outcome.only_lacks(whole)
            assert seen or outcome.offers.keys() >= whole.offers.keys(), (way, factor)
    for key in set(keys_of(answer)) - NAMES:
        outcome = Outcome(source, everywhere(answer, key, _times(factor)))
        seen = outcome.complains_beside(whole) or outcome.only_lacks(whole)
        named = outcome.offers.keys() >= whole.offers.keys()  # a placeholder of another size is a new offer
        after = {offer: fact.price for offer, fact in outcome.offers.items()}
        prices = {after[offer] / fact.price for offer, fact in whole.offers.items()} if named else set[float]()
        by_so_much = all(ratio == pytest.approx(1) or ratio == pytest.approx(factor, rel=0.01) for ratio in prices)
        assert seen or (named and by_so_much), (key, factor)


def _times(factor: float) -> Callable[[Any, str | int], None]:
    def change(parent: Any, key: str | int) -> None:
        if isinstance(parent[key], int | float) and not isinstance(parent[key], bool):
            parent[key] *= factor

    return change


@every_price_json
def test_numbers_under_the_wrong_key_are_noticed(source: Source, path: Path) -> None:
    """For every pair of keys of one item whose numbers change places: noticed, harmless, or still the same offers."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, value in some(answer):
        if not isinstance(value, dict):
            continue
        fields = cast("dict[str, Any]", value)
        numbers = {k for k, v in fields.items() if type(v) in (int, float) and v > 0}
        keys = sorted(numbers - NAMES)
        for one in keys:
            for other in keys[keys.index(one) + 1 :]:
                outcome = Outcome(source, changed(answer, (*way, one), _swap(other)))
                seen = outcome.complains_beside(whole) or outcome.only_lacks(whole)
                assert seen or outcome.offers.keys() >= whole.offers.keys(), (way, one, other)


def _swap(other: str) -> Callable[[Any, str | int], None]:
    def change(parent: Any, key: str | int) -> None:
        parent[key], parent[other] = parent[other], parent[key]

    return change


@every_json
@pytest.mark.parametrize("currency", ["EUR", "CAD", "GBP", "usd ", None])
def test_another_currency_stops_the_source(source: Source, path: Path, currency: str | None) -> None:
    """A currency that the answer states must be the declared one; an answer that states none is asked for in USD."""
    answer = answer_of(path)
    for way, value in ways(answer):
        if value in ("USD", "EUR", "usd") and value != currency and "ncy" in str(way[-1]):
            outcome = Outcome(source, everywhere(answer, str(way[-1]), put(currency)))
            assert outcome.stopped or not outcome.facts, way


# --- items ----------------------------------------------------------------------------------------


def lists_of(answer: Any) -> Iterator[tuple[Way, list[Any]]]:
    """The lists that hold more than one object."""
    if isinstance(answer, list):
        yield (), cast("list[Any]", answer)
    for way, value in ways(cast("object", answer)):
        if isinstance(value, list) and sum(isinstance(item, dict) for item in cast("list[Any]", value)) > 1:
            yield way, cast("list[Any]", value)


def with_list(answer: object, way: Way, items: list[Any]) -> object:
    """The answer with another list at that place."""
    return changed(answer, way, put(items)) if way else items


@every_json
def test_items_that_stand_twice_are_counted_once_and_named(source: Source, path: Path) -> None:
    """Twice the list adds no fact; every copy of an offer is named."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, items in lists_of(answer):
        outcome = Outcome(source, with_list(answer, way, [*items, *copy.deepcopy(items)]))
        assert outcome.complains_beside(whole) or outcome.sold == whole.sold, way
        assert outcome.complains_beside(whole) or len(way) > 2, way  # a list inside an item that is not read anyway
        assert outcome.stopped or outcome.offers.keys() <= whole.offers.keys(), way
        assert outcome.stopped or len(outcome.facts) == len(outcome.offers), way  # none is counted twice


@every_price_json
def test_one_offer_at_two_prices_is_never_both(source: Source, path: Path) -> None:
    """A contradiction stops the source, for a person to look at; or the second price is no price at all."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    stops = 0
    for way, items in lists_of(answer):
        for place, item in enumerate(items):
            dearer = copy.deepcopy(item)
            for key in keys_of(item):
                if any(word in key for word in ("rice", "cost", "value", "dph_total", "totalHour")):
                    dearer = everywhere(dearer, key, _dearer)
            outcome = Outcome(source, with_list(answer, way, [*items, dearer]))
            stops += outcome.stopped is not None
            assert outcome.stopped or outcome.only_lacks(whole), (way, place)
    assert stops or not list(lists_of(answer))  # AWS's lists are objects: a name cannot stand twice


def _dearer(parent: Any, key: str | int) -> None:
    if isinstance(parent[key], int | float) and not isinstance(parent[key], bool):
        parent[key] = parent[key] * 2
    elif isinstance(parent[key], str):
        parent[key] = re.sub(
            r"\d+(?:[.,]\d+)?", lambda found: f"{float(found[0].replace(',', '.')) * 2:.2f}", parent[key]
        )


@every_json
def test_the_order_of_items_does_not_matter(source: Source, path: Path) -> None:
    """The same offers at the same prices, whatever comes first."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, items in lists_of(answer):
        turned = Outcome(source, with_list(answer, way, items[::-1]))
        assert {key: fact.price for key, fact in turned.offers.items()} == {
            key: fact.price for key, fact in whole.offers.items()
        }, way


@every_json
def test_lists_that_are_empty_or_hold_something_else_stop_the_source_or_lose_their_items(
    source: Source, path: Path
) -> None:
    """No item becomes another."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, items in lists_of(answer):
        for other in ([], [*items, "more"], [*items, None], [[*items]], {"items": items}):
            outcome = Outcome(source, with_list(answer, way, cast("list[Any]", other)))
            assert outcome.only_lacks(whole), (way, str(other)[:40])


# --- whole answers --------------------------------------------------------------------------------

REFUSALS: dict[str, object] = {
    "GraphQL errors": {"errors": [{"message": "rate limited"}], "data": None},
    "an error with status 200": {"error": "unauthorized", "success": False},
    "a message": {"message": "Internal server error"},
    "nothing": None,
    "an empty object": {},
    "an empty list": [],
    "a number": 42,
    "text": "maintenance",
    "a list of lists": [[]],
}


@every_json
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_an_answer_without_the_data_stops_the_source(source: Source, path: Path, refusal: object) -> None:
    """A refusal with status 200 has no facts, and does not pass for an empty market."""
    assert path.exists()
    outcome = Outcome(source, refusal)

    assert outcome.stopped is not None
    assert outcome.facts == []


@every_json
def test_errors_beside_the_data_stop_the_source(source: Source, path: Path) -> None:
    """Half an answer looks like a market that has shrunk."""
    answer = answer_of(path)
    if isinstance(answer, dict):
        outcome = Outcome(source, {"errors": [{"message": "timeout in a field"}], **cast("dict[str, Any]", answer)})

        assert outcome.stopped or outcome.sold == Outcome(source, cast("object", answer)).sold
        assert source.url != "https://api.runpod.io/graphql" or outcome.stopped  # GraphQL errs with status 200


@every_json
def test_an_answer_cut_anywhere_stops_the_source(source: Source, path: Path) -> None:
    """Half of a JSON text is no JSON text."""
    body = path.read_bytes().rstrip()
    for cut in range(1, len(body), max(1, len(body) // 200)):
        assert Outcome(source, body[:cut]).stopped, cut


@every_json
@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "0x10", "+1", "01", ".5"])
def test_numbers_that_json_does_not_have_stop_the_source(source: Source, path: Path, token: str) -> None:
    """Wherever a number stands, read or not."""
    text = path.read_text(encoding="utf-8")
    numbers = list(re.finditer(r"(?<=: )-?\d+(?:\.\d+)?(?=[,}\n])", text))
    for found in numbers[:: 1 + len(numbers) // 50]:  # a publisher may print its prices as text
        outcome = Outcome(source, (text[: found.start()] + token + text[found.end() :]).encode())
        assert outcome.stopped, found
        assert outcome.facts == []


@every_json
def test_a_key_that_stands_twice_stops_the_source(source: Source, path: Path) -> None:
    """Which of the two is meant cannot be known."""
    text = path.read_text(encoding="utf-8")
    keys = list(re.finditer(r'"\w+": (?=\S)', text))
    for found in keys[:: 1 + len(keys) // 100]:
        outcome = Outcome(source, (text[: found.start()] + found[0] + "1, " + text[found.start() :]).encode())
        # a catalogue kept by hand does repeat keys: the last is read, and the repetition is named
        assert outcome.stopped or any(rule == "repeated_key" for rule, *_ in outcome.issues)


@every_json
def test_an_answer_nested_without_end_stops_the_source(source: Source, path: Path) -> None:
    """It is refused before it can exhaust anything."""
    assert path.exists()
    assert Outcome(source, b"[" * 200_000 + b"]" * 200_000).stopped


@every_json
def test_keys_that_are_new_change_nothing(source: Source, path: Path) -> None:
    """Publishers add keys every week."""
    answer = answer_of(path)
    whole = Outcome(source, answer)
    for way, value in some(answer):
        if isinstance(value, dict):
            outcome = Outcome(source, changed(answer, (*way, "brand_new"), put(8)))
            assert outcome.stopped or outcome.sold == whole.sold, way


@every_price_json
def test_facts_of_a_page_are_named_apart_and_in_order(source: Source, path: Path) -> None:
    """No two facts have one name, no two of one kind of price one row, and no offer is named by its price."""
    whole = Outcome(source, answer_of(path))

    assert len(whole.offers) == len(whole.facts)
    assert len({(fact.row, fact.pricing_type, fact.commitment) for fact in whole.facts}) == len(whole.facts)
    assert not any(f"{fact.price:g}" in f" {fact.offer} ".split() for fact in whole.facts)


@every_price_json
def test_units_and_currency_are_the_declared_ones(source: Source, path: Path) -> None:
    """As the loader demands of every visit."""
    with pytest.raises(PageChanged, match="facts, expected"):
        parse_pages(source, [Page(source.name, source.url, path.read_bytes())])
    whole = Outcome(source, answer_of(path))
    assert {fact.currency for fact in whole.facts} == {source.currency}
    assert {fact.price_unit for fact in whole.facts} <= set((source.unit or "").split(", "))
