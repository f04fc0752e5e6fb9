"""What the verbs that answer questions do: ask one of ``sql/answers``, and print value, interval, scope and source."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pipeline import answers, show, warehouse
from pipeline.errors import UsageError
from pipeline.normalise import resolve_accelerator
from pipeline.paths import Home
from pipeline.place import Place

Record = dict[str, Any]
Columns = Mapping[str, Callable[[Record], object]]
SUFFIXES = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
RIGHT = ("value", "low", "high", "share", "change", "after", "USD/hour", "GPU-hours", "ratio", "swing", "needed")


def served(home: Home, given: Place | None) -> Place:
    """The warehouse to read."""
    return given or home.served


def _answer_json(name: str, rows: Sequence[Record] | Record, **more: object) -> None:
    show.as_json({"answer": name, "question": answers.read_answer(name).sentence, "rows": rows, **more})


def _number(text: str, what: str) -> float:
    """A number as people write it: 2.788M, $5.6m, 2,788,000, 3.3e24."""
    found = re.fullmatch(r"\$?\s*(\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)\s*([KMBT]?)", text.strip(), re.IGNORECASE)
    value = float(found[1].replace(",", "")) * SUFFIXES[found[2].upper()] if found else 0.0
    if value <= 0:
        raise UsageError(f"{text!r} is no {what}", fix="write it as 2.788M, 2788000 or 2.788e6")
    return value


def _day(text: str | None) -> date:
    if text is None or text == "today":
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day", fix="write it as 2024-12-27") from None


def _family(gpu: str | None) -> str | None:
    if gpu is None:
        return None
    match = resolve_accelerator(gpu)
    if match.family is None:
        raise UsageError(f"no chip is called {gpu!r}", fix="name it as H100, A100, TPU v4 or MI300X")
    return match.family


def _model(path: Place, name: str) -> Record:
    """The one model of that name.

    Raises:
        UsageError: There is none, or there are several.
    """
    found = answers.answer(path, "find_model", name=name)
    if len(found) == 1 or (found and found[0]["model_id"] == name):
        return found[0]
    if found:
        ids = ", ".join(str(row["model_id"]) for row in found)
        raise UsageError(f"{len(found)} models are called {name!r}", fix=f"name one by its id: {ids}")
    known = [str(row[0]) for row in warehouse.query(path, "select distinct model_name from runs").rows]
    raise UsageError(f"no model is called {name!r}", fix=_nearest(name, known, 'aicost query "from runs" lists them'))


def _nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    by_lower = {text.lower(): text for text in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(by_lower[text] for text in near)}?" if near else otherwise


# --- what people see ------------------------------------------------------------------------------


def _amount(value: object, unit: str) -> str:
    if unit == "FLOP" and isinstance(value, int | float):
        return f"{value:.3g} FLOP"
    return show.money(value, unit)


def _money_or_bound(row: Mapping[str, Any]) -> str:
    unit = str(row.get("unit") or "USD")
    if row["value"] is not None:
        return _amount(row["value"], unit)
    low, high = row["value_low"], row["value_high"]
    if low is not None and high is not None:
        return show.MISSING  # a range, which stands beside it
    return f"> {_amount(low, unit)}" if low is not None else f"< {_amount(high, unit)}" if high else show.MISSING


def _span(row: Mapping[str, Any]) -> str:
    low, high, unit = row["value_low"], row["value_high"], str(row.get("unit") or "USD")
    if unit == "FLOP" and low is not None and high is not None:
        return f"{low:.3g} to {high:.3g}"
    return show.interval(low, high, unit)


def _share(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, int | float) else show.MISSING


def _plain(value: object) -> str:
    """A number for people, of no currency."""
    if not isinstance(value, int | float):
        return show.MISSING
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"


def _print(columns: Columns, rows: Iterable[Record], title: str | None = None) -> None:
    cells = [[text(row) for text in columns.values()] for row in rows]
    show.table(tuple(columns), cells, title=title, right=[name for name in columns if name in RIGHT])


def _of(name: str) -> Callable[[Record], object]:
    return lambda row: row[name]


# --- the verbs ------------------------------------------------------------------------------------


def ladder(path: Place, about: str, *, as_json: bool) -> None:
    """Every figure on file for a model, or for an organisation."""
    found = answers.answer(path, "find_model", name=about)
    chosen: Record = {"model_id": _model(path, about)["model_id"]} if found else {"about": about}
    rows = answers.answer(path, "ladder", **chosen)
    if not rows:
        known = warehouse.query(
            path, "select distinct organisation from cost_ladder where organisation is not null"
        ).rows
        raise UsageError(
            f"nothing is on file about {about!r}", fix=_nearest(about, [str(row[0]) for row in known], "aicost query")
        )
    if as_json:
        _answer_json("ladder", rows)
        return
    _print(
        {
            "scope": _of("scope"), "subject": _of("subject"), "value": _money_or_bound, "interval": _span,
            "per": lambda row: row["per"] or "", "as of": _of("as_of"), "basis": _of("basis"),
            "claimant": _of("claimant"), "source": _of("source_url"),
        },
        rows, f"{about}: {len(rows)} figures, rung by rung; none is summed or averaged across scopes",
    )  # fmt: skip


def _in_ledger(path: Place, claim_id: str) -> str:
    """The ledger's row of a claim that was read out of an article; any other id as it is."""
    found = warehouse.query(path, "select ledger_claim_id from extracted_claims where claim_id = ?", [claim_id]).rows
    if found and found[0][0] is None:
        raise UsageError(
            f"{claim_id} was read out of an article and stands in no ledger",
            fix=f"decide about it first: aicost claims review {claim_id}",
        )
    return str(found[0][0]) if found else claim_id


def check(path: Place, claim_id: str, *, as_json: bool) -> None:
    """One claim, checked, and what else is on file beside it; one read out of an article is looked up in the ledger."""
    found = answers.answer(path, "check", claim_id=_in_ledger(path, claim_id))
    if not found:
        known = [str(row[0]) for row in warehouse.query(path, "select claim_id from claim_checks").rows]
        fix = _nearest(claim_id, known, "give the figures: --usd 5.6M --hours 2.788M --gpu H800")
        raise UsageError(f"no claim is called {claim_id!r}", fix=fix)
    beside = answers.answer(path, "check_beside", claim_id=claim_id)
    row, same = found[0], _same_amount(found[0], beside)
    if as_json:
        _answer_json("check", row, beside=beside, same_amount=[other["claim_id"] for other in same])
        return
    show.line(f"{row['claimant']} on {row['subject']}, {row['claimed_on']}: {row['scope']}, {row['basis']}")
    _show_check(row)
    show.line(f"leaves out   {row['scope_leaves_out']}")
    show.line(f"source       {row['source_url'] or show.MISSING}")
    for other in same:
        stated = f"{_money_or_bound(other)}, as {other['claimant']} states it ({other['as_of']})"
        show.line(f"on file as   {other['scope']} of {other['subject']}: {stated}; this may be that figure,")
        show.line(f"             and then leaves out what that does: {other['scope_note']}")
    if beside:
        show.line()
        columns: Columns = {
            "scope": _of("scope"), "subject": _of("subject"), "value": _money_or_bound, "interval": _span,
            "per": lambda row: row["per"] or "", "as of": _of("as_of"), "basis": _of("basis"),
            "claimant": _of("claimant"),
        }  # fmt: skip
        _print(columns, beside, "On file in other scopes, and not to be taken for the same")


def _same_amount(row: Record, beside: Sequence[Record]) -> list[Record]:
    """Figures of other scopes that somebody stated himself and that lie where the claim's own rounding does."""
    low, high = row["usd_low"], row["usd_high"]
    if low is None or high is None or low == high:
        return []  # a figure that is given exactly is no other's
    return [
        other
        for other in beside
        if other["unit"] == "USD" and other["per"] is None and other["basis"] == "reported"
        and other["value"] is not None and low <= other["value"] <= high
    ]  # fmt: skip


def check_figures(path: Place, *, as_json: bool, gpu: str | None, on: str | None, **named: str | None) -> None:
    """Figures that somebody names, checked in the same way."""
    numbers = {key: None if text is None else _number(text, key) for key, text in named.items()}
    if sum(value is not None for key, value in numbers.items() if key != "flop") < 2:
        raise UsageError(
            "there is nothing to compare", fix="name a claim, or two of --usd, --hours and --price, and the --gpu"
        )
    rows = answers.answer(
        path, "check_figures", usd=numbers["usd"], gpu_hours=numbers["hours"] or _hours(numbers),
        usd_per_gpu_hour=numbers["price"], flop=numbers["flop"], family=_family(gpu), as_of=_day(on),
    )  # fmt: skip
    if as_json:
        _answer_json("check_figures", rows[0])
        return
    show.line(f"As given, at the prices of {rows[0]['claimed_on']}")
    _show_check(rows[0])


def _hours(numbers: Mapping[str, float | None]) -> float | None:
    usd, price = numbers["usd"], numbers["price"]
    return usd / price if usd and price else None


def _show_check(row: Record) -> None:
    bounds = show.interval(row.get("usd_low"), row.get("usd_high"))
    is_span = row["usd"] and bounds not in (show.MISSING, "as stated")
    dollars = show.money(row["usd"]) + (f" ({bounds})" if is_span else "") if row["usd"] else bounds
    lines = [("dollars", dollars)]
    if row["gpu_hours"]:
        came = f" ({row['hours_from']})" if row.get("hours_from") else ""
        lines.append(("hours", f"{_plain(row['gpu_hours'])} GPU-hours{came}, {row['hardware'] or 'chip not stated'}"))
    if row["implied_usd_per_gpu_hour"]:
        price = f"${row['implied_usd_per_gpu_hour']:.2f} per GPU-hour"
        if row["usd_over_product"] is not None:
            stated, ratio = row["stated_usd_per_gpu_hour"], row["usd_over_product"]
            price += (
                f"; hours x ${stated:.2f} as stated gives {show.money(row['gpu_hours'] * stated)}, ratio {ratio:.3f}"
            )
        lines.append(("implied", price))
    if row["market_clouds"]:
        low, central, high = (row[f"market_usd_per_gpu_hour{end}"] for end in ("_low", "", "_high"))
        span = f"${low:.2f} to ${high:.2f}, median ${central:.2f} on demand, {row['market_clouds']} clouds"
        where = f"within {row['market_window_days']} days ({row['market_chip']})"
        percentile = row["market_percentile_share"]
        rank = "" if percentile is None else f"; percentile {percentile * 100:.0f}"
        lines.append(("market", f"{span} {where}{rank}"))
    if row["implied_mfu_share"]:
        lines.append(("utilisation", f"{_share(row['implied_mfu_share'])} of peak, {row['training_flop']:.3g} FLOP"))
    if row["usd_per_flop"]:
        lines.append(("per FLOP", f"${row['usd_per_flop']:.2e}"))
    if row.get("own_usd_low"):
        lines.append(("our interval", show.interval(row["own_usd_low"], row["own_usd_high"])))
    lines.append(("verdict", f"{row['verdict']}; rule: {row['rule']}"))
    lines += [(name, row[name]) for name in ("missing", "flags") if row[name]]
    for name, text in lines:
        show.line(f"{name:<12} {text}")


def explain(path: Place, name: str, start: str | None, end: str | None, *, as_json: bool) -> None:
    """The waterfall between figures of a model."""
    model = _model(path, name)
    figures = answers.answer(path, "figures", model_id=model["model_id"])
    for figure in (start, end):
        if figure is not None and figure not in {row["figure_id"] for row in figures}:
            known = ", ".join(str(row["figure_id"]) for row in figures)
            raise UsageError(f"{model['model_name']} has no figure {figure!r}", fix=f"one of {known}")
    if not figures:
        raise UsageError(f"nobody has stated a figure for {model['model_name']}", fix=f"aicost ladder {name!r}")
    steps = answers.answer(path, "explain", model_id=model["model_id"], from_id=start, to_id=end)
    if as_json:
        _answer_json("explain", steps, model=model, figures=figures)
        return
    columns: Columns = {
        "value": lambda row: (">" if row["hedge"] == "at_least" else "") + show.money(row["value"]),
        "scope": _of("scope"), "method": lambda row: row["method"] or show.MISSING, "basis": _of("basis"),
        "dollars of": lambda row: (row["price_level_on"] or "the day")[:7], "as of": _of("as_of"),
        "claimant": _of("claimant"), "figure": _of("figure_id"), "source": _of("source_url"),
    }  # fmt: skip
    _print(columns, figures, f"{model['model_name']}: the figures on file")
    pairs = dict.fromkeys((row["from_figure_id"], row["to_figure_id"]) for row in steps)
    for pair in pairs:
        show.line()
        _show_waterfall([row for row in steps if (row["from_figure_id"], row["to_figure_id"]) == pair])


def _show_waterfall(steps: list[Record]) -> None:
    first = steps[0]
    head = {"step": first["from_claimant"], "change": "", "after": show.money(first["from_usd"]),
            "how": f"{first['from_scope']}; {first['from_figure_id']}"}  # fmt: skip
    body = [
        {"step": row["step"], "change": ("+" if row["value"] >= 0 else "-") + show.money(abs(row["value"])),
         "after": show.money(row["after_usd"]), "how": row["how"]}
        for row in steps
    ]  # fmt: skip
    foot = {"step": first["to_claimant"], "change": "", "after": show.money(first["to_usd"]),
            "how": f"{first['to_scope']}; {first['to_figure_id']}"}  # fmt: skip
    _print({name: _of(name) for name in head}, [head, *body, foot])


def reprice(path: Place, name: str, as_of: str | None, *, as_json: bool) -> None:
    """The same run at another day's prices."""
    model = _model(path, name)
    rows = answers.answer(path, "reprice", model_id=model["model_id"], as_of=_day(as_of))
    if as_json:
        _answer_json("reprice", rows, model=model)
        return
    _print(
        {
            "what": _of("what"), "chip": _of("chip"), "GPU-hours": lambda row: _plain(row["gpu_hours"]),
            "USD/hour": lambda row: _plain(row["usd_per_gpu_hour"]), "value": _money_or_bound, "interval": _span,
            "ratio": lambda row: _plain(row["ratio_to_original"]), "scope": _of("scope"), "basis": _of("basis"),
            "as of": _of("as_of"), "how": lambda row: row["missing_reason"] or row["how"], "source": _of("source_url"),
        },
        rows, f"{model['model_name']}: renting its run, 90 % intervals",
    )  # fmt: skip


def sensitivity(path: Place, name: str, method: str, rival: str | None, *, as_json: bool) -> None:
    """The inputs of a cost by what they move."""
    model = _model(path, name)
    rows = answers.answer(path, "sensitivity", model_id=model["model_id"], method=method, rival_id=rival)
    if not rows:
        why = warehouse.query(
            path, "select coalesce(missing_reason, 'known by its compute alone, through the trend of USD per FLOP') "
            "from training_costs where model_id = ? and variant = 'aicost' and method = ?", [model["model_id"], method],
        ).rows  # fmt: skip
        raise UsageError(f"{model['model_name']} has no inputs for the method {method}: {why[0][0]}")
    if as_json:
        _answer_json("sensitivity", rows, model=model)
        return
    first = rows[0]
    value = f"{show.money(first['value'])} ({method}, {first['scope']}, training began {first['as_of']})"
    _print(
        {
            "input": _of("input"),
            "low": lambda row: _plain(row["input_low"]),
            "value": lambda row: _plain(row["input_central"]),
            "high": lambda row: _plain(row["input_high"]),
            "unit": _of("input_unit"),
            "basis": _of("basis"),
            "cost": _span,
            "swing": lambda row: show.money(row["swing_usd"]),
            "needed": lambda row: _plain(row["needed_input"]),
            "in range": lambda row: {None: show.MISSING, True: "yes", False: "no"}[row["is_needed_in_range"]],
        },
        rows,
        f"{model['model_name']}: {value}; the inputs that move it most",
    )
    show.line(f"prices from {first['price_source'] or show.MISSING}; run from {first['source_url'] or show.MISSING}")
    if first["rival_id"]:
        show.line(f"needed: for {show.money(first['rival_usd'])} ({first['rival_claimant']}, {first['rival_id']}), "
                  "by that input alone")  # fmt: skip


def breakeven(
    path: Place, gpu: str, years: float, as_of: str | None, given: Mapping[str, float | None], *, as_json: bool
) -> None:
    """Rent or buy."""
    rows = answers.answer(path, "breakeven", family=_family(gpu), years=years, as_of=_day(as_of), **given)
    lacking = [str(row["what"]) for row in rows if row["part"] == "input" and row["value"] is None]
    if lacking:
        options = {"price of a chip with server and network": "--price", "rental price": "--rent", "power": "--power"}
        fix = f"give {' and '.join(options[name] for name in lacking)}"
        raise UsageError(f"nothing is on file for {gpu}: {', '.join(lacking)}", fix=fix)
    if as_json:
        _answer_json("breakeven", rows, gpu=gpu, years=years, as_of=_day(as_of).isoformat())
        return
    columns: Columns = {
        "what": _of("what"), "low": lambda row: _plain(row["value_low"]), "value": lambda row: _plain(row["value"]),
        "high": lambda row: _plain(row["value_high"]), "unit": _of("unit"), "basis": _of("basis"),
        "from": _of("citation"),
    }  # fmt: skip
    title = (
        f"{gpu} kept {years:g} years, prices as of {_day(as_of)}; scope: one chip with its share of server and network"
    )
    _print(columns, [row for row in rows if row["part"] == "result"], title)
    show.line()
    _print(
        columns,
        [row for row in rows if row["part"] == "input"],
        "Assumptions, the one that moves the answer most first",
    )


def thresholds(path: Place, at: str | None, status: str | None, model: str | None, *, as_json: bool) -> None:
    """Models against thresholds."""
    model_id = _model(path, model)["model_id"] if model else None
    on_file = [str(row[0]) for row in warehouse.query(path, "select distinct threshold from threshold_status").rows]
    if at is None or at in on_file:
        name, rows = "thresholds", answers.answer(path, "thresholds", threshold=at, status=status, model_id=model_id)
    else:
        unit, _, amount = at.partition(" ")
        if unit not in ("USD", "FLOP"):
            raise UsageError(f"{at!r} is no threshold", fix=f"one of {', '.join(sorted(on_file))}, or as USD 50M")
        asked = _number(amount, "threshold")
        name, rows = "thresholds_own", answers.answer(
            path, "thresholds_own", amount=asked, unit=unit, status=status, model_id=model_id
        )  # fmt: skip
    if as_json:
        _answer_json(name, rows)
        return
    _print(
        {
            "threshold": _of("threshold"),
            "model": _of("model_name"),
            "status": _of("status"),
            "value": _money_or_bound,
            "interval": _span,
            "scope": _of("scope"),
            "basis": _of("basis"),
            "training began": _of("as_of"),
            "start": _of("start_basis"),
            "source": _of("source_url"),
        },
        rows,
        "Cost of renting at on-demand prices when training began, or compute; 90 % intervals. Not legal advice",
    )


def spend(path: Place, about: str | None, *, as_json: bool) -> None:
    """Where the money goes."""
    rows = answers.answer(path, "spend", about=about)
    if not rows:
        raise UsageError(f"no shares are published for {about!r}", fix="aicost spend lists those that are")
    if as_json:
        _answer_json("spend", rows)
        return
    _print(
        {
            "subject": _of("subject"), "year": _of("as_of"), "of": _of("scope"), "part": _of("part"),
            "low": lambda row: _share(row["value_low"]), "share": lambda row: _share(row["value"]),
            "high": lambda row: _share(row["value_high"]), "basis": _of("basis"), "what": _of("what"),
            "source": _of("source_url"),
        },
        rows, "Shares as published; unknown is what they leave",
    )  # fmt: skip


def trend(path: Place, method: str | None, top: int | None, *, as_json: bool) -> None:
    """The growth of frontier cost."""
    rows = answers.answer(path, "trend", method=method, top=top)
    if not rows:
        raise UsageError(f"no trend of the top {top}", fix="5 and 10 are on file")
    if as_json:
        _answer_json("trend", rows)
        return
    _print(
        {
            "variant": _of("variant"),
            "method": _of("method"),
            "scope": _of("scope"),
            "top": _of("top"),
            "rank": _of("rank_by"),
            "value": lambda row: f"{row['value']:.2f}x",
            "interval": lambda row: f"{row['value_low']:.2f}x to {row['value_high']:.2f}x",
            "doubling": lambda row: f"{row['doubling_months']:.1f} months",
            "models": _of("models"),
            "by trend": _of("models_by_trend"),
            "without": _of("models_without_cost"),
            "to": _of("as_of"),
            "basis": _of("basis"),
            "sources": _of("sources"),
        },
        rows,
        "Growth per year of the cost of frontier training, real dollars, 90 % intervals",
    )
