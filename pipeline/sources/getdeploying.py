"""GetDeploying publishes a comparison of GPU prices of many clouds as HTML tables; it is an aggregator, not a source.

Oddities: one page for each card; each row is a cloud's offer with the number of GPUs, the price per hour of the whole
offer and how it is billed. The figures are the aggregator's reading of others' pages, at dates it does not state, and
its terms do not allow to copy the comparison.

It is not fetched: the clouds' own pages are. A page saved by hand can be read with ``aicost ingest getdeploying FILE``.
"""

from collections.abc import Iterator, Mapping

from pipeline.errors import PageChanged
from pipeline.facts import Fact, GpuPrice, Issue
from pipeline.money import each_once, money
from pipeline.read import Unreadable, count, fact_or_issue
from pipeline.read_html import html_of, tables
from pipeline.source import Page, source

HEADERS = ("Provider", "GPU model", "GPUs", "Billing", "Price per hour")
BILLINGS = {"On-demand": "on_demand", "Spot": "spot", "Reserved": "reserved"}


@source(
    title="GetDeploying GPU comparison",
    publisher="GetDeploying",
    url="https://getdeploying.com/gpus/nvidia-h100",
    licence="Terms do not allow copying the comparison",
    attribution="GetDeploying, https://getdeploying.com/gpus",
    robots="an aggregator whose terms do not allow copying; not a primary source",
    cadence="weekly",
    least=10,
    most=500,
    facts=(GpuPrice,),
    currency="USD",
    unit="instance_hour",
    cross_check=True,
    disabled="an aggregator, not a primary source; its terms do not allow copying the comparison",
)
def parse(page: Page) -> Iterator[Fact | Issue]:
    """Each cloud's offer of the card."""
    found = [table for table in tables(html_of(page), page=page) if table.headers == HEADERS]
    if len(found) != 1:
        what = f"expected one table with {', '.join(HEADERS)}, found {len(found)}"
        raise PageChanged(what, source=page.source, page=page.url, likely="the table was renamed or is no longer there")
    yield from each_once(page, (_row(row, n) for n, row in enumerate(found[0].rows)))


def _row(row: Mapping[str, str], position: int) -> GpuPrice | Issue:
    field = "price"
    try:
        amount = money(row["Price per hour"], currency="USD", unit="instance_hour")
        field = "gpu_count"
        gpus = count(row["GPUs"].removesuffix("x"))
        if gpus is None:
            raise _uncounted(row["GPUs"])
        field = "pricing_type"
        if row["Billing"] not in BILLINGS:
            raise _new_billing(row["Billing"])
    except Unreadable as error:
        return error.issue(position, field)
    if amount is None:
        what = f"{row['Provider']} is listed without a price"
        return Issue(row=position, rule="no_price", field="price", raw_value=row["Price per hour"], what=what)
    return fact_or_issue(
        GpuPrice, position, provider=row["Provider"], offer=f"{gpus}x {row['GPU model']}", gpu=row["GPU model"],
        gpu_count=gpus, pricing_type=BILLINGS[row["Billing"]], price=amount.value, currency=amount.currency,
        price_unit="instance_hour", is_floor=amount.is_floor,
    )  # fmt: skip


def _uncounted(text: str) -> Unreadable:
    return Unreadable("not_a_count", text, "the row does not say how many GPUs the price is for")


def _new_billing(text: str) -> Unreadable:
    return Unreadable("unknown_category", text, f"{text[:40]!r} is none of {', '.join(BILLINGS)}")
