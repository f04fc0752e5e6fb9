# pyright: basic
"""A notebook over the Parquet export: open with ``marimo edit pipeline/report/notebook.py -- --data data/exports``.

It reads files alone, so it works on whatever was exported, of whichever day. ``aicost export --format parquet``
makes them.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="aicost: a notebook")


@app.cell
def _():
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    return Path, alt, duckdb, mo


@app.cell
def _(Path, mo):  # noqa: N803 - marimo hands a cell what it names
    folder = Path(mo.cli_args().get("data") or "data/exports")
    return (folder,)


@app.cell
def _(duckdb, folder):
    def ask(sql):
        """The answer of a statement over the exported tables, each named as its file, as records."""
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
            connection.execute("set timezone = 'UTC'")
            for file in sorted(folder.glob("*.parquet")):
                place = str(file).replace("'", "''")
                connection.execute(f"create view \"{file.stem}\" as from read_parquet('{place}')")
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return (ask,)


@app.cell
def _(mo):
    mo.md("""
    # What AI models cost

    No number without its scope, basis, interval, date and source; never an average across scopes.
    Every cell below is one SQL statement over the exported files: change it, and what depends on it follows.
    """)


@app.cell
def _(ask, mo):
    claims = ask("""
        select subject, scope, value_low, value, value_high, unit, basis, claimant, claimed_on, source_url
        from reported_claims
        where organisation = 'DeepSeek' and kind = 'money' and per is null
        order by scope, coalesce(value, value_low), claim_id
    """)
    mo.vstack([mo.md("## What is on file about DeepSeek, scope by scope"), mo.ui.table(claims, selection=None)])
    return (claims,)


@app.cell
def _(ask):
    runs = ask("""
        select costs.model_name, costs.published_on, costs.scope, costs.basis,
               costs.cost_usd_low, costs.cost_usd, costs.cost_usd_high, costs.source_url
        from training_costs as costs
        join frontier_ranks as ranks using (model_id)
        where costs.variant = 'aicost' and costs.method = 'cloud' and costs.scope = 'final_run'
          and costs.cost_usd is not null and ranks.frontier_rank <= 10 and costs.published_on >= date '2016-01-01'
        order by costs.published_on, costs.model_id
    """)
    return (runs,)


@app.cell
def _(alt, mo, runs):
    _points = [{**_run, "published_on": _run["published_on"].isoformat()} for _run in runs]
    _base = alt.Chart(alt.InlineData(values=_points)).encode(
        x=alt.X("published_on:T", title=None, scale=alt.Scale(type="utc"))
    )
    _rules = _base.mark_rule(opacity=0.3).encode(
        y=alt.Y("cost_usd_low:Q", scale=alt.Scale(type="log"), title="USD of the day, final run, chips rented"),
        y2="cost_usd_high:Q",
    )
    _dots = _base.mark_point(filled=True).encode(
        y="cost_usd:Q", shape="basis:N", tooltip=["model_name:N", "cost_usd:Q", "basis:N"]
    )
    mo.vstack([mo.md("## Frontier training runs, with 90 % intervals"), (_rules + _dots).properties(width=720)])


@app.cell
def _(ask, mo):
    prices = ask("""
        select period_on, usd_per_gpu_hour, fixed_basket_index, chain::integer as chain, elements, entries, exits
        from gpu_price_index
        where family = 'H100' and pricing_type = 'on_demand' and commitment = 'none' and frequency = 'month'
        order by period_on
    """)
    mo.vstack(
        [
            mo.md("## An H100 hour on demand: median, and index over the same providers"),
            mo.ui.table(prices, selection=None),
        ]
    )
    return (prices,)


if __name__ == "__main__":
    app.run()
