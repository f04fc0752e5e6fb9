"""The questions that come with the product: documented, over public tables, and the same as a command and as SQL."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from pipeline import __main__ as cli
from pipeline import answers, build, paths
from pipeline.answers import Answer, answer
from pipeline.errors import UsageError
from pipeline.facts import SCOPES
from tests.test_house import NUMBERS_WITH_A_NAME

ANSWERS = answers.all_answers()
every_answer = pytest.mark.parametrize("asked", ANSWERS, ids=[found.name for found in ANSWERS])
V3, GPT_4 = "deepseek/deepseek-v3@2024-12-24", "openai/gpt-4@2023-03-15"
# Parts of an answer: a value has its interval, its unit, what it covers, how it is known, of which day, and a source.
WHOLE = ("value_low", "value", "value_high", "unit", "scope", "basis", "as_of", "source_url")


class Said:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def data(self) -> Any:
        """The data of the one JSON object."""
        return json.loads(self.out)["data"]


@pytest.fixture
def aicost(capsys: pytest.CaptureFixture[str], offline_home: Path) -> Any:
    """Runs a verb on the offline home."""

    def run(*given: str) -> Said:
        capsys.readouterr()
        code = cli.run([*given, "--home", str(offline_home)])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run


# --- the SQL itself -------------------------------------------------------------------------------


@every_answer
def test_an_answer_is_one_select_over_public_tables(asked: Answer) -> None:
    """Whoever has the file can ask the same in any SQL tool."""
    (tree,) = [part for part in sqlglot.parse(asked.sql, read="duckdb") if part is not None]
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = {table.name for table in tree.find_all(exp.Table) if table.name and table.name not in local and not table.db}
    public = {model.name for model in build.models().values() if model.schema == "main"}

    assert isinstance(tree, exp.Query)
    assert {table.db for table in tree.find_all(exp.Table)} <= {"", "meta"}  # which publish this is
    assert read - {"ends", "named"} <= public
    assert asked.sentence.endswith((".", "?"))


@every_answer
def test_no_number_stands_in_an_answer_without_a_name(asked: Answer) -> None:
    """As in the models: constants are cited rows of the table of assumptions."""
    tree = sqlglot.parse_one(asked.sql, read="duckdb")

    assert {found.this for found in tree.find_all(exp.Literal) if not found.is_string} <= NUMBERS_WITH_A_NAME


def test_no_sql_of_an_answer_stands_in_python() -> None:
    """The commands look up names and reasons; every formula is in sql/answers."""
    text = (Path(cli.__file__).parent / "answer_commands.py").read_text(encoding="utf-8")

    assert not re.search(r"\b(sum|median|avg|pow|exp|join)\b\(?.*from", text, re.IGNORECASE)
    for asked in ANSWERS:
        assert (paths.sql_dir() / "answers" / f"{asked.name}.sql").exists()


def test_an_unknown_parameter_is_refused(offline_warehouse: Path) -> None:
    """A misspelt parameter would be NULL, and the answer another one."""
    with pytest.raises(UsageError, match="modell"):
        answer(offline_warehouse, "figures", modell=GPT_4)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("ladder", {"model_id": GPT_4}),
        ("reprice", {"model_id": V3, "as_of": "2025-03-01"}),
        ("sensitivity", {"model_id": GPT_4, "method": "cloud"}),
        ("thresholds", {"model_id": GPT_4}),
        ("spend", {}),
        ("trend", {}),
    ],
)
def test_an_answer_is_whole(offline_warehouse: Path, name: str, parameters: dict[str, object]) -> None:
    """Value, low, high, unit, scope, basis, as-of and source; what is missing has a reason."""
    rows = answer(offline_warehouse, name, **parameters)

    assert rows
    for row in rows:
        absent = set(WHOLE) - row.keys()
        assert not absent or (absent == {"source_url"} and row["sources"])
        if row.get("missing_reason") is None and name not in ("ladder", "spend"):
            assert row["value_low"] <= row["value"] <= row["value_high"] or name == "sensitivity", row
        assert row["scope"]
        assert row["unit"]


# --- check ----------------------------------------------------------------------------------------


def test_deepseek_s_claim_is_checked(aicost: Any) -> None:
    """2.788M hours x $2.00 = $5.576M, 34.6 % of peak, 1.70e-18 $/FLOP; what stands beside it is of other scopes."""
    said = aicost("check", "deepseek-v3-final-run-usd", "--json")
    row, beside = said.data["rows"], {other["claim_id"]: other for other in said.data["beside"]}

    assert said.code == 0
    assert row["gpu_hours"] * row["stated_usd_per_gpu_hour"] == row["usd"] == 5_576_000
    assert row["usd_over_product"] == pytest.approx(1, rel=1e-12)
    assert row["implied_mfu_share"] == pytest.approx(0.346, abs=0.0005)
    assert row["usd_per_flop"] == pytest.approx(1.70e-18, rel=0.005)
    assert (row["verdict"], row["rule"], row["market_percentile_share"]) == ("consistent", "hours x price", 0)
    assert beside["deepseek-r1-post-training-usd"]["value"] == 294_000
    assert beside["deepseek-server-capex-1-6b"]["scope"] == "hardware_capex"
    assert row["scope"] not in {other["scope"] for other in beside.values()}


def test_the_press_s_six_million_is_known_as_the_final_run_of_v3(aicost: Any) -> None:
    """About $6M for R1: the amount that its developer states lies within that rounding, and is V3's final run."""
    said, shown = aicost("check", "deepseek-r1-press-6m", "--json"), aicost("check", "deepseek-r1-press-6m").out

    assert said.data["rows"]["scope"] == "training_total"
    assert said.data["same_amount"] == ["deepseek-v3-final-run-usd"]
    assert "on file as   final_run of DeepSeek-V3: $5.58M" in shown
    assert aicost("check", "deepseek-v3-final-run-usd", "--json").data["same_amount"] == []


def test_named_figures_are_checked_by_the_same_rules(aicost: Any) -> None:
    """Options give what a claim of the ledger gives; a tenth of the dollars is not what hours and price give."""
    named = ("check", "--hours", "2.788M", "--price", "2", "--gpu", "H800", "--on", "2024-12-27", "--json")
    right, wrong = aicost(*named, "--usd", "$5.576M"), aicost(*named, "--usd", "557600")
    bare = aicost("check", "--usd", "5.6M")

    claim = aicost("check", "deepseek-v3-final-run-usd", "--json").data["rows"]
    shared = ("implied_usd_per_gpu_hour", "market_usd_per_gpu_hour", "market_clouds", "verdict", "rule", "flags")
    assert {name: right.data["rows"][name] for name in shared} == {name: claim[name] for name in shared}
    assert (wrong.data["rows"]["verdict"], wrong.data["rows"]["rule"]) == ("inconsistent", "hours x price")
    assert bare.code == 2
    assert "--hours" in bare.err


def test_every_claim_has_a_verdict_or_says_what_is_missing(offline_warehouse: Path) -> None:
    """None is passed over."""
    with duckdb.connect(str(offline_warehouse), read_only=True) as reader:
        rows = reader.execute(
            "select count(*), count(*) filter (verdict = 'cannot tell'), "
            "count(*) filter (verdict = 'cannot tell' and missing is null), "
            "(select count(*) from reported_claims) from claim_checks"
        ).fetchall()

    assert rows[0][0] == rows[0][3]
    assert 0 < rows[0][1] < rows[0][0]
    assert rows[0][2] == 0


# --- explain, reprice, sensitivity, break-even ----------------------------------------------------


def test_every_waterfall_adds_up(offline_warehouse: Path) -> None:
    """To the cent, for every pair of figures of every model; GPT-4's from $40.6M to $778M has no unexplained part."""
    with duckdb.connect(str(offline_warehouse), read_only=True) as reader:
        worst, pairs = reader.execute(
            "select max(abs(rest)), count(*) from (select sum(delta_usd) - any_value(to_usd - from_usd) as rest "
            "from cost_differences group by from_figure_id, to_figure_id)"
        ).fetchall()[0]
    steps = answer(
        offline_warehouse, "explain", model_id=GPT_4, from_id="gpt-4-epoch-amortised-40-6m",
        to_id="gpt-4-epoch-cluster-778m",
    )  # fmt: skip

    assert worst < 0.05
    assert pairs > 100
    assert [step["step"] for step in steps] == ["price year", "scope", "price year"]
    assert sum(step["value"] for step in steps) == pytest.approx(778_066_898.67 - 40_586_592.58, abs=0.05)


def test_altman_s_bound_differs_in_scope(aicost: Any) -> None:
    """More than $100M for training in general is not the final run's $40.6M; the step says so."""
    said = aicost("explain", "gpt 4", "--from", "gpt-4-epoch-amortised-40-6m", "--to", "gpt-4-altman-100m", "--json")

    assert {row["step"] for row in said.data["rows"]} == {"price year", "scope"}
    assert {row["figure_id"] for row in said.data["figures"]} >= {"gpt-4-altman-100m", "gpt-4-epoch-cluster-778m"}


def test_a_run_is_repriced_on_its_own_chip_and_on_the_best(offline_warehouse: Path) -> None:
    """The ratio is to the estimate of its day; an equivalent is named."""
    then, same, best = answer(offline_warehouse, "reprice", model_id=V3, as_of="2026-11-24")

    assert then["ratio_to_original"] == 1
    assert (same["chip"], same["gpu_hours"]) == ("H800", 2_788_000)
    assert same["value"] == pytest.approx(same["gpu_hours"] * same["usd_per_gpu_hour"], rel=1e-12)
    assert same["ratio_to_original"] == pytest.approx(same["value"] / then["value"], rel=1e-12)
    assert "taken as H100" in same["how"]
    assert best["value"] <= same["value"]


def test_a_run_known_by_its_compute_alone_is_repriced_at_the_usual_utilisation(aicost: Any) -> None:
    """GPT-4o's chip is not known; its compute on today's best chip is priced, with the wider interval."""
    then, same, best = aicost("reprice", "gpt4o", "--as-of", "2026-05-24", "--json").data["rows"]

    assert then["value"] is not None
    assert same["value"] is None
    assert same["missing_reason"]
    assert best["value"] == pytest.approx(best["gpu_hours"] * best["usd_per_gpu_hour"], rel=1e-12)
    assert best["value_high"] / best["value_low"] > 100


def test_what_would_have_to_be_true(offline_warehouse: Path) -> None:
    """At the needed input alone, the cost is the rival's."""
    rows = answer(offline_warehouse, "sensitivity", model_id=GPT_4, method="cloud", rival_id="gpt-4-ai-index-2024")
    by_input = {row["input"]: row for row in rows}
    swings = [row["swing_usd"] for row in rows]

    assert swings == sorted(swings, reverse=True)
    hours, price = by_input["GPU-hours"], by_input["rental price"]
    assert hours["needed_input"] * price["input_central"] == pytest.approx(78_000_000, rel=1e-9)
    assert hours["input_central"] * price["needed_input"] == pytest.approx(78_000_000, rel=1e-9)


def test_break_even_is_the_annuity_by_hand(offline_warehouse: Path) -> None:
    """With every input given: price less residual paid back with interest, upkeep, hosting and power."""
    given = {
        "purchase_usd": 40_000, "rent_usd_per_gpu_hour": 3, "interest": 0.1, "residual": 0.25, "maintenance": 0.05,
        "hosting": 150, "power_kw": 1.2, "load": 0.8, "pue": 1.25, "electricity": 0.1,
    }  # fmt: skip
    rows = answer(offline_warehouse, "breakeven", family="H100", years=4, as_of="2026-11-24", **given)
    result = {row["what"]: row for row in rows if row["part"] == "result"}
    fixed = (40_000 - 10_000 / 1.1**4) * 0.1 / (1 - 1.1**-4) + 2_000 + 1.2 * 150 * 12
    power = 1.2 * 0.8 * 1.25 * 0.1

    share = result["use at which owning costs as much as renting"]
    assert share["value"] == pytest.approx(fixed / (8766 * (3 - power)), rel=1e-12)
    assert result["owning, used all the time"]["value"] == pytest.approx(fixed / 8766 + power, rel=1e-12)
    assert share["value_low"] == pytest.approx(share["value_high"], rel=1e-12), "nothing is left open"
    assert {row["basis"] for row in rows if row["part"] == "input"} == {"given"}


def test_a_chip_that_nobody_sells_needs_its_prices(aicost: Any) -> None:
    """The message names the options."""
    said = aicost("breakeven", "--gpu", "Ascend 910C")

    assert said.code == 2
    assert "--price" in said.err
    assert "--rent" in said.err


# --- thresholds, spending, trend, ladder ----------------------------------------------------------


def test_a_threshold_of_one_s_own_is_judged_as_those_on_file(offline_warehouse: Path) -> None:
    """$100M by name and by amount give the same models."""
    on_file = answer(offline_warehouse, "thresholds", threshold="USD 100M")
    named = answer(offline_warehouse, "thresholds_own", amount=1e8, unit="USD")

    assert {row["model_id"]: row["status"] for row in on_file} == {row["model_id"]: row["status"] for row in named}
    assert {row["status"] for row in on_file} == {"above", "below", "straddles", "cannot tell"}


def test_the_ladder_reaches_from_a_run_to_national_programmes(offline_warehouse: Path) -> None:
    """Every organisation that the question names is on it; no row mixes scopes."""
    companies = ("DeepSeek", "OpenAI", "Anthropic", "Google", "Meta", "xAI", "Mistral", "Alibaba", "Moonshot")
    companies += ("MiniMax", "Microsoft", "Amazon")
    for name in (*companies, "France", "European Union", "China"):
        assert answer(offline_warehouse, "ladder", about=name), name
    rungs = [row["rung"] for row in answer(offline_warehouse, "ladder", about="DeepSeek")]
    assert rungs == sorted(rungs)
    assert len(set(rungs)) >= 5


@pytest.mark.parametrize(
    "given",
    [
        ("ladder", "DeepSeek"), ("ladder", "GPT-4"), ("check", "gpt-4-altman-100m"), ("explain", "GPT-4"),
        ("reprice", "GPT-4"), ("sensitivity", "GPT-4", "--method", "amortised"), ("breakeven", "--gpu", "H100"),
        ("thresholds", "--status", "above"), ("thresholds", "--at", "USD 50M"), ("spend",), ("trend",),
    ],
)  # fmt: skip
def test_a_command_prints_for_people_and_for_programs(aicost: Any, given: tuple[str, ...]) -> None:
    """A table without JSON, one object with it."""
    people, programs = aicost(*given), aicost(*given, "--json")

    assert (people.code, programs.code) == (0, 0)
    assert people.out.count("\n") > 2
    assert programs.data["question"]
    assert programs.data["rows"]


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (("reprice", "GPT-9"), "did you mean"),
        (("check", "deepseek-v3-final-run"), "deepseek-v3-final-run-usd"),
        (("explain", "GPT-4", "--from", "nonsense"), "gpt-4-altman-100m"),
        (("explain", "P-LLama3"), "by its id"),
        (("ladder", "Nobody at all"), "nothing is on file"),
        (("thresholds", "--at", "EUR 5"), "USD 100M"),
        (("check", "--usd", "some", "--hours", "5"), "write it as"),
        (("reprice", "GPT-4", "--as-of", "yesterday"), "2024-12-27"),
        (("breakeven", "--gpu", "Quantum 9000"), "H100"),
        (("trend", "--top", "7"), "5 and 10"),
    ],
)
def test_what_cannot_be_answered_says_what_can(aicost: Any, given: tuple[str, ...], hint: str) -> None:
    """Exit code 2, and the next thing to try."""
    said = aicost(*given)

    assert said.code == 2
    assert hint in said.err


# --- what is known by hand ------------------------------------------------------------------------


def _reference(name: str) -> list[dict[str, str]]:
    with (paths.reference_dir() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_scope_says_what_it_leaves_out() -> None:
    """The closed set of scopes and the ladder's rungs are the same, each rung once."""
    rows = _reference("scopes")

    assert {row["scope"] for row in rows} == set(SCOPES)
    assert [int(row["rung"]) for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["covers"] and row["leaves_out"] for row in rows)


def test_how_a_claim_was_made_is_said_of_claims_on_file() -> None:
    """Each row names a money claim of the ledger, a known method, and why we say so."""
    money = {row["claim_id"] for row in _reference("reported_claims") if row["kind"] == "money"}
    for row in _reference("claim_methods"):
        assert row["claim_id"] in money, row
        assert row["method"] in ("amortised", "acquisition", "cloud"), row
        assert row["citation"], row


def test_stated_compute_has_its_paper_and_near_the_catalogue_s(offline_warehouse: Path) -> None:
    """Parameters times tokens, and the catalogue's own count, are of one size."""
    assert all(row["source_url"].startswith("https://") for row in _reference("reported_compute"))
    with duckdb.connect(str(offline_warehouse), read_only=True) as reader:
        pairs = reader.execute(
            "select stated.model_name, stated.training_flop / runs.training_flop from core.reported_compute as stated "
            "join runs using (model_name) where runs.training_flop is not null"
        ).fetchall()

    assert len(pairs) >= 8
    assert all(0.7 < ratio < 1.4 for _, ratio in pairs), pairs


def test_published_shares_leave_room_for_the_unknown() -> None:
    """Shares of one whole do not exceed it, and each names its source."""
    rows = _reference("spend_shares")
    for row in rows:
        assert row["source_url"].startswith("https://")
        assert row["basis"] in ("reported", "estimated")
        whole = [other for other in rows if all(other[key] == row[key] for key in ("subject", "year", "of_what"))]
        assert sum(float(other["share"] or other["share_low"] or 0) for other in whole) <= 1.001
