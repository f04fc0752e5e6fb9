"""Lambda's price page: cells known by their labels, sizes by their tabs, and terms where one length is stated."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

import pytest

from pipeline.facts import GpuPrice
from tests.test_sources import Outcome, case_of, read

CASE = case_of("lambda_cloud.html")
WHOLE = read(CASE.source, CASE.body)
LABELS = list(dict.fromkeys(re.findall(r'<td [^>]*data-label="([^"]+)"', CASE.text)))

every_label = pytest.mark.parametrize("label", LABELS)


def replaced(pattern: str, by: str | Callable[[re.Match[str]], str], count: int = 0) -> Outcome:
    """What is read when a pattern of the page, which must be there, is replaced."""
    text, times = re.subn(pattern, by, CASE.text, count=count)
    assert times, f"{pattern} is not on the page"
    return read(CASE.source, text)


@every_label
def test_a_renamed_or_missing_cell_stops_the_source(label: str) -> None:
    """A cell is known by its label; another label, none, or one twice is another table."""
    name = re.escape(f'data-label="{label}"')

    assert replaced(name, 'data-label="ANOTHER"').stopped
    assert replaced(name, 'data-label="PRICE/GPU/MO"').stopped
    assert replaced(name, "").stopped
    assert replaced(f"<td [^>]*{name}.*?</td>", "", count=1).stopped
    assert replaced(f"(<td [^>]*{name}.*?</td>)", r"\1\1", count=1).stopped


def test_cells_under_the_wrong_label_are_noticed() -> None:
    """For every pair of labels: swapped, they stop the source, leave issues, or change nothing that is read."""
    for one, other in combinations(LABELS, 2):
        names = {one: other, other: one}
        outcome = replaced('(?<=data-label=")[^"]+(?=")', lambda found, names=names: names.get(found[0], found[0]))
        assert outcome.says_more_than(WHOLE) or outcome.facts == WHOLE.facts, (one, other)


def test_what_names_an_offer_must_be_there() -> None:
    """The plan, the panel of a size and its tab are found exactly once, or the source stops."""
    assert replaced(' data-plan="[^"]*"', "", count=1).stopped
    assert replaced(' data-plan="[^"]*"', "").stopped
    assert replaced('role="tabpanel"', "", count=1).stopped
    assert replaced(' id="gpus:1"', "").stopped
    assert replaced('aria-controls="gpus:1"', 'aria-controls="gpus:2"').stopped
    assert replaced('(<button role="tab".*?</button>)', r"\1\1", count=1).stopped
    assert {issue.field for issue in replaced(">8x<", ">eight<").issues if issue.raw_value == "eight"} == {"gpu_count"}


def test_class_names_scripts_and_order_of_tables_do_not_matter() -> None:
    """Hashed names change with every release, and what a program holds is no price list."""
    assert replaced('class="[^"]*"', 'class="x"') == WHOLE
    assert replaced("<script>.*?</script>", '<script>\'<tr data-plan="x"><td data-label="y">\'</script>') == WHOLE
    assert not {fact.model_dump().get("price") for fact in WHOLE.facts} & {6.59, 0.01, 0.5}


@pytest.mark.parametrize("same", ["$9.86/hr", "$9.86 / GPU-hr", "9.86 USD"])
def test_a_cell_may_say_again_what_its_header_says(same: str) -> None:
    """The header has said per GPU-hour."""
    assert replaced(r">\$9\.86<", f">{same}<") == WHOLE


def test_an_offer_that_stands_twice_is_named_and_one_at_two_prices_stops_the_source() -> None:
    """A copy for small screens counts once; a contradiction is for a person to look at."""
    row = r"(<tr [^>]*data-plan.*?</tr>)"
    twice = replaced(f"(?s){row}", r"\1\1", count=1)
    torn = replaced(f"(?s){row}", lambda found: found[0] + found[0].replace("$9.86", "$8.86"), count=1)

    assert [(issue.rule, issue.row) for issue in twice.issues if issue.field == "offer"] == [("repeated_row", 1)]
    assert len(twice.facts) == len(WHOLE.facts)
    assert "stands twice" in torn.why


@pytest.mark.parametrize("section", ["clusters", "instances"])
def test_a_page_without_one_of_its_kinds_of_table_stops(section: str) -> None:
    """Clusters alone would be taken for all there is to rent."""
    assert "expected cluster and instance rows" in replaced(f'(?s)<section id="{section}">.*?</section>', "").why


@pytest.mark.parametrize(
    ("printed", "months"),
    [
        ("1 year", 12),
        ("3 years", 36),
        ("18 months", 18),
        ("2 weeks - 1 year", None),
        ("3+ years", None),
        ("2 weeks", None),
        ("a year", None),
    ],
)
def test_a_term_of_one_length_is_a_number_of_months(printed: str, months: float | None) -> None:
    """A range, a least length and weeks are kept as printed, and not turned into months."""
    facts = [fact for fact in replaced("2 weeks - 1 year", printed).facts if isinstance(fact, GpuPrice)]

    assert (facts[0].commitment, facts[0].term_months) == (printed, months)
    assert all(fact.commitment is None and fact.term_months is None for fact in facts if fact.pricing_type != "cluster")
