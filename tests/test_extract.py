"""``aicost extract`` and ``aicost claims review``: what a person sees, what a program gets, what is written down."""

from __future__ import annotations

import csv
import importlib
import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as cli
from pipeline import extract, fetch, paths, publish, reviews, warehouse
from pipeline.errors import Exit, UsageError
from pipeline.fetch import Fetcher, Limits
from pipeline.paths import Home
from tests import test_articles as articles
from tests.support import fault_server as play
from tests.support import part_of_sql
from tests.support.fault_server import FaultServer

PAGE = Path(__file__).parent / "claims" / "pages" / "news_six_million.html"
SHARED = Path(__file__).parents[2] / "shared" / "claims" / "dev.jsonl"
SIX = "DeepSeek says that it developed its R1 model on a budget of approximately $6 million."
CONFIRM = ["LAB", "--decision", "confirmed", "--reason", "r", "--claimant", "M", "--basis", "reported"]
LAB = "Mistral AI says that training Mistral Large cost $31 million."


class Said:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object."""
        return json.loads(self.out)


Aicost = Callable[..., Said]


@pytest.fixture
def aicost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Aicost:
    """The command line, within this process."""
    monkeypatch.setenv("USER", "ida")

    def run(*given: str | Path) -> Said:
        capsys.readouterr()
        code = cli.run([str(word) for word in given])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return run


# --- one page -------------------------------------------------------------------------------------


def test_a_page_is_read_into_a_table_with_what_each_figure_covers(aicost: Aicost) -> None:
    """The seed's case: one claim, approximate, of R1, the cost to train as the text says; and what that leaves open."""
    said = aicost("extract", PAGE)
    rows = [line for line in said.out.splitlines() if "$6 million" in line]

    assert said.code == 0
    assert len(rows) == 1
    assert all(word in rows[0] for word in ("about $6M", "training_total", "DeepSeek-R1", "DeepSeek"))
    assert "do not set it beside a final run" in said.out
    assert "confirmed by nobody" in said.err


def test_the_same_page_as_json(aicost: Aicost) -> None:
    """Every field of the claim, its place, and its scope in plain words."""
    data = aicost("extract", PAGE, "--json").document["data"]
    (claim,) = data["claims"]
    text = PAGE.read_text(encoding="utf-8")

    assert (data["published_on"], data["title"][:19]) == ("2025-01-28", "Six million dollars")
    assert (claim["value"], claim["currency"], claim["hedge"], claim["hedge_cue"]) == (
        6e6,
        "USD",
        "approx",
        "approximately",
    )
    assert (claim["scope"], claim["model"], claim["organisation"]) == ("training_total", "DeepSeek-R1", "DeepSeek")
    assert text[claim["start"] : claim["end"]] == claim["quote"]
    assert claim["covers"]
    assert claim["leaves_out"]


def test_a_text_may_be_plain_and_may_have_no_figure(aicost: Aicost, tmp_path: Path) -> None:
    """A note is no page; where nothing is claimed, that is said."""
    plain, empty = tmp_path / "note.txt", tmp_path / "empty.txt"
    plain.write_text("Title given\n\nTraining GPT-4 cost more than $100 million.", encoding="utf-8")
    empty.write_text("Nothing of the kind.", encoding="utf-8")

    assert "at least $100M" in aicost("extract", plain).out
    assert "no figure that looks like a claim" in aicost("extract", empty).out
    assert aicost("extract", empty, "--json").document["data"]["claims"] == []


def test_a_title_given_by_hand_names_the_model(aicost: Aicost, tmp_path: Path) -> None:
    """A text that says "the run" needs to be told of what."""
    file = tmp_path / "note.txt"
    file.write_text("The training run cost $84,000.", encoding="utf-8")
    (without,) = aicost("extract", file, "--json").document["data"]["claims"]
    (told,) = aicost("extract", file, "--json", "--title", "How we trained Marrow-13B").document["data"]["claims"]

    assert (without["model"], told["model"]) == (None, "Marrow-13B")


def test_a_figure_that_a_page_repeats_is_one_row_in_the_words_that_bound_it(aicost: Aicost, tmp_path: Path) -> None:
    """A headline drops the hedge; the claim is the text's."""
    file = tmp_path / "a.txt"
    file.write_text(
        "Training GPT-4 cost $78 million. In fact, training GPT-4 cost about $78 million.", encoding="utf-8"
    )
    (claim,) = aicost("extract", file, "--json").document["data"]["claims"]

    assert (claim["hedge"], claim["mentions"]) == ("approx", 2)
    assert "(2 times)" in aicost("extract", file).out


@pytest.mark.parametrize(
    ("body", "code", "word"),
    [
        (None, Exit.USAGE, "cannot read"),
        (b"", Exit.USAGE, "is empty"),
        (b"%PDF-1.7\n1 0 obj", Exit.DEGRADED, "is a PDF, and only HTML and plain text are read"),
        (b"PK\x03\x04 word/document.xml", Exit.DEGRADED, "is a Word or zip file"),
        (b"caf\xe9 costs $5 million \xff", Exit.DEGRADED, "not utf-8"),
    ],
)
def test_what_cannot_be_read_is_said(aicost: Aicost, tmp_path: Path, body: bytes | None, code: Exit, word: str) -> None:
    """No file, nothing in it, no text."""
    file = tmp_path / "a.html"
    if body is not None:
        file.write_bytes(body)
    said = aicost("extract", file)

    assert said.code == code
    assert word in said.err


@pytest.mark.parametrize("given", [[], ["a.html", "--jsonl", "b.jsonl"]])
def test_a_page_or_lines_and_not_both(aicost: Aicost, given: list[str]) -> None:
    """One thing to read at a time."""
    assert aicost("extract", *given).code == Exit.USAGE


# --- a page on the web ----------------------------------------------------------------------------


def to_this_machine(host: str, port: int) -> Sequence[str]:
    """Every name leads to the loopback."""
    return ["127.0.0.1"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """A publisher, and a street door that leads to it."""
    limits = Limits(pause_seconds=0.0, deadline_seconds=100.0, tries=1)
    monkeypatch.setattr(fetch, "Fetcher", lambda: Fetcher(allow_private=True, resolver=to_this_machine, limits=limits))
    with FaultServer() as running:
        yield running


def test_an_address_is_fetched_politely_and_not_archived(aicost: Aicost, server: FaultServer, tmp_path: Path) -> None:
    """robots.txt first; nothing is kept of it."""
    body = PAGE.read_bytes()
    server.add("/article", play.page(body, headers=[("Content-Type", "text/html; charset=utf-8")]))
    said = aicost("extract", server.url("/article"), "--json")

    assert [claim["value"] for claim in said.document["data"]["claims"]] == [6e6]
    assert [call.target for call in server.calls] == ["/robots.txt", "/article"]
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_robots_txt_forbids_is_not_asked_for(aicost: Aicost, server: FaultServer) -> None:
    """The error says so, and the page is never requested."""
    server.add("/robots.txt", play.page(b"User-agent: *\nDisallow: /\n"))
    said = aicost("extract", server.url("/article"))

    assert said.code == Exit.DEGRADED
    assert "robots.txt forbids" in said.err
    assert [call.target for call in server.calls] == ["/robots.txt"]


# --- many texts -----------------------------------------------------------------------------------


def test_lines_of_texts_become_lines_of_predictions(aicost: Aicost, tmp_path: Path) -> None:
    """In the scorer's form, in order, one line for every text, blank lines aside."""
    file = tmp_path / "texts.jsonl"
    rows = [
        {"id": "a", "title": "How we trained Marrow-13B", "text": "The training run cost about $84,000."},
        {"id": 2, "url": "https://a.test", "text": "Nothing."},
    ]
    file.write_text("\n\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    first, second = [json.loads(line) for line in aicost("extract", "--jsonl", file).out.splitlines()]
    (claim,) = first["claims"]

    assert (first["id"], second) == ("a", {"id": 2, "claims": []})
    assert claim["quote"] == rows[0]["text"][claim["start"] : claim["end"]] == "$84,000"  # type: ignore[index]
    assert {"kind", "value", "value_low", "value_high", "currency", "unit", "hedge", "scope", "model", "organisation",
            "hardware", "quote", "start", "end"} <= claim.keys()  # fmt: skip
    assert (claim["model"], claim["hedge"], claim["cue"]) == ("Marrow-13B", "approx", "about")


def test_a_line_may_hold_a_page(aicost: Aicost, tmp_path: Path) -> None:
    """HTML is read as HTML: its article, and positions in its markup."""
    page = f"<!doctype html><html><body><nav>GPT-5 cost $2 billion</nav><article><p>{LAB}</p></article></body></html>"
    file = tmp_path / "texts.jsonl"
    file.write_text(json.dumps({"id": "a", "text": page}) + "\n", encoding="utf-8")
    (claim,) = json.loads(aicost("extract", "--jsonl", file).out)["claims"]

    assert page[claim["start"] : claim["end"]] == claim["quote"] == "$31 million"
    assert (claim["scope"], claim["model"]) == ("training_total", "Mistral Large")


def test_a_text_that_needs_too_much_memory_is_an_error(
    aicost: Aicost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says so and ends as it does for a page that is not as known; nothing is printed."""

    def greedy(*_: object, **__: object) -> None:
        bytearray(2 * extract.READING_BYTES)

    monkeypatch.setattr(extract, "read_page", greedy)
    file = tmp_path / "a.txt"
    file.write_text(LAB, encoding="utf-8")
    said = aicost("extract", file)

    assert (said.code, said.out) == (Exit.DEGRADED, "")
    assert "needed more than 1024 MiB of memory" in said.err


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 5}', '"text"', "null"])
def test_a_line_that_is_no_text_is_named(aicost: Aicost, tmp_path: Path, line: str) -> None:
    """With its number; what came before is printed."""
    file = tmp_path / "texts.jsonl"
    file.write_text(f'{{"id": 1, "text": "x"}}\n{line}\n', encoding="utf-8")
    said = aicost("extract", "--jsonl", file)

    assert said.code == Exit.USAGE
    assert "line 2 of" in said.err
    assert json.loads(said.out.splitlines()[0])["id"] == 1


@pytest.mark.skipif(not SHARED.exists(), reason="the development set is not here")
def test_the_development_set_can_be_scored(aicost: Aicost) -> None:
    """One line for each of its passages, with their names."""
    ids = [json.loads(line)["id"] for line in SHARED.read_text(encoding="utf-8").splitlines()]

    assert [json.loads(line)["id"] for line in aicost("extract", "--jsonl", SHARED).out.splitlines()] == ids


# --- review ---------------------------------------------------------------------------------------


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference folder, to be written to."""
    copy = Path(shutil.copytree(paths.reference_dir(), tmp_path / "reference"))
    monkeypatch.setattr(paths, "reference_dir", lambda: copy)
    return copy


@pytest.fixture(scope="module")
def two_articles(offline_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a warehouse that holds what two articles say; to be copied, not changed."""
    root = Path(shutil.copytree(offline_home, tmp_path_factory.mktemp("articles") / "home"))
    pages = {"https://site-a.test/1": articles.article(SIX), "https://site-b.test/2": articles.article(LAB)}
    articles.receive(Home(root), pages)
    with pytest.MonkeyPatch.context() as patch:
        part_of_sql.use((*part_of_sql.CLAIMS, "main.claim_checks"), root.parent / "sql", patch)
        articles.publish_again(Home(root))
    return root


@pytest.fixture
def reviewed_home(two_articles: Path, notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """That home, to do with as one likes, and a notebook that can be written."""
    part_of_sql.use(part_of_sql.CLAIMS, tmp_path / "sql", monkeypatch)
    return Home(Path(shutil.copytree(two_articles, tmp_path / "reviewed")))


def claim_of(home: Home, address: str) -> dict[str, Any]:
    """The one claim whose earliest page is this."""
    found = warehouse.query(home.warehouse, "from extracted_claims where source_url = ?", [address])
    (row,) = found.rows
    return dict(zip(found.columns, row, strict=True))


def rows_of(path: Path) -> list[dict[str, str]]:
    """A table of the notebook."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def confirm(aicost: Aicost, home: Home, claim_id: str, *more: str) -> Said:
    """Confirm a claim, with what the ledger asks."""
    given = ["--claimant", "Mistral AI", "--basis", "reported", "--claimed-on", "2025-03-01", *more]
    return aicost("claims", "review", claim_id, "--decision", "confirmed", "--reason", "read on the page",
                  "--home", home.root, *given)  # fmt: skip


def test_new_claims_are_listed_with_their_sightings(aicost: Aicost, reviewed_home: Home) -> None:
    """A person sees what waits; a program gets it whole."""
    lab = claim_of(reviewed_home, "https://site-b.test/2")
    said = aicost("claims", "review", "--list", "--home", reviewed_home.root)
    data = aicost("claims", "review", "--list", "--json", "--home", reviewed_home.root).document["data"]
    every = aicost("claims", "review", "--list", "--json", "--status", "all", "--home", reviewed_home.root)

    assert [line for line in said.out.splitlines() if lab["claim_id"] in line and "$31M" in line]
    assert lab["claim_id"] in {claim["claim_id"] for claim in data}
    assert {claim["status"] for claim in data} == {"new"}
    assert len(every.document["data"]) > len(data)


def test_a_confirmed_claim_gets_its_row_and_the_next_build_knows(
    aicost: Aicost, reviewed_home: Home, notebook: Path
) -> None:
    """One row more in the ledger, in its place, valid by the ledger's own tests; every other byte is as it was."""
    before = (notebook / "reported_claims.csv").read_text(encoding="utf-8").splitlines()
    lab = claim_of(reviewed_home, "https://site-b.test/2")
    said = confirm(aicost, reviewed_home, lab["claim_id"])
    after = (notebook / "reported_claims.csv").read_text(encoding="utf-8").splitlines()
    (added,) = [
        row for row in rows_of(notebook / "reported_claims.csv") if row["source_url"] == "https://site-b.test/2"
    ]
    articles.publish_again(reviewed_home)
    now = claim_of(reviewed_home, "https://site-b.test/2")

    assert said.code == 0
    assert [line for line in after if line in before] == before
    assert len(after) == len(before) + 1
    assert added["claim_id"] in said.out
    assert (added["value"], added["unit"], added["scope"], added["basis"]) == (
        "31000000",
        "USD",
        "training_total",
        "reported",
    )
    assert (added["model_name"], added["claimant"], added["claimed_on"]) == (
        "Mistral Large",
        "Mistral AI",
        "2025-03-01",
    )
    assert (now["status"], now["status_from"], now["ledger_claim_id"]) == ("confirmed", "review", added["claim_id"])
    assert (now["decided_by"], now["reason"], now["basis"]) == ("ida", "read on the page", "reported")


def test_the_ledger_stays_valid_by_its_own_tests(
    aicost: Aicost, reviewed_home: Home, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every test of tests/test_ledger.py that needs no parameter holds for the ledger with the new row."""
    confirm(
        aicost, reviewed_home, claim_of(reviewed_home, "https://site-b.test/2")["claim_id"], "--note", "our own words"
    )
    ledger = importlib.import_module("tests.test_ledger")
    rows = rows_of(notebook / "reported_claims.csv")
    monkeypatch.setattr(ledger, "LEDGER", notebook / "reported_claims.csv")
    monkeypatch.setattr(ledger, "ROWS", rows)
    monkeypatch.setattr(ledger, "BY_ID", {row["claim_id"]: row for row in rows})
    held = [test for name, test in vars(ledger).items() if name.startswith("test_") and not hasattr(test, "pytestmark")]

    assert len(held) > 15
    for test in held:
        test()
    for column in ledger.CLOSED_SETS:
        ledger.test_closed_sets_are_kept(column)


def test_a_claim_that_the_ledger_holds_gets_no_second_row(aicost: Aicost, reviewed_home: Home, notebook: Path) -> None:
    """The very figure stands there: the decision names its row."""
    before = (notebook / "reported_claims.csv").read_bytes()
    six = claim_of(reviewed_home, "https://site-a.test/1")
    said = aicost("claims", "review", six["claim_id"], "--decision", "confirmed", "--reason", "the press figure",
                  "--home", reviewed_home.root, "--json")  # fmt: skip

    assert six["status_from"] == "ledger"
    assert said.document["data"]["ledger_claim_id"] == "deepseek-r1-press-6m"
    assert (notebook / "reported_claims.csv").read_bytes() == before


def test_a_claim_confirmed_twice_before_a_build_has_one_row(
    aicost: Aicost, reviewed_home: Home, notebook: Path
) -> None:
    """The warehouse knows nothing of the first decision yet; the file of decisions does."""
    lab = claim_of(reviewed_home, "https://site-b.test/2")["claim_id"]
    confirm(aicost, reviewed_home, lab)
    once = (notebook / "reported_claims.csv").read_bytes()
    said = confirm(aicost, reviewed_home, lab)
    first, second = rows_of(notebook / "extracted_claim_reviews.csv")

    assert said.code == 0
    assert (notebook / "reported_claims.csv").read_bytes() == once
    assert first["ledger_claim_id"] == second["ledger_claim_id"] != ""


def test_decisions_are_appended_and_the_last_one_holds(aicost: Aicost, reviewed_home: Home, notebook: Path) -> None:
    """Disputed, then superseded, then new again: each a dated line, none changed."""
    lab, six = (claim_of(reviewed_home, f"https://site-{name}") for name in ("b.test/2", "a.test/1"))
    verdicts = (["disputed"], ["superseded", "--superseded-by", six["claim_id"]], ["new"])
    for number, words in enumerate(verdicts, start=1):
        said = aicost("claims", "review", lab["claim_id"], "--decision", *words, "--reason", f"reason {number}", "--by",
                      "a b", "--home", reviewed_home.root)  # fmt: skip
        assert said.code == 0, said.err
        articles.publish_again(reviewed_home)
        assert claim_of(reviewed_home, "https://site-b.test/2")["status"] == words[0]
    lines = rows_of(notebook / "extracted_claim_reviews.csv")

    assert [(row["decision"], row["status"], row["superseded_by"], row["decided_by"]) for row in lines] == [
        ("1", "disputed", "", "a b"), ("2", "superseded", six["claim_id"], "a b"), ("3", "new", "", "a b"),
    ]  # fmt: skip
    assert warehouse.query(
        reviewed_home.warehouse, "select row_count from meta.checks where check_name = 'reviews_of_nothing'"
    ).rows == [(0,)]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["x0000000000", "--decision", "disputed", "--reason", "r"], "no extracted claim is called"),
        (["LAB", "--decision", "disputed"], "a decision and its reason"),
        (["LAB", "--decision", "disputed", "--reason", ""], "reason is empty"),
        (["LAB", "--decision", "disputed", "--reason", 'he said "no"'], "quotation marks"),
        (["LAB", "--decision", "disputed", "--reason", "x" * 201], "at most 200"),
        (["LAB", "--decision", "superseded", "--reason", "r"], "names the claim that took its place"),
        (["LAB", "--decision", "superseded", "--reason", "r", "--superseded-by", "LAB"], "no other extracted claim"),
        (["LAB", "--decision", "disputed", "--reason", "r", "--superseded-by", "x1"], "and no other"),
        (["LAB", "--decision", "confirmed", "--reason", "r"], "who states the figure"),
        ([*CONFIRM], "day of the page"),
        ([*CONFIRM, "--claimed-on", "May"], "not a day"),
        ([*CONFIRM, "--claimed-on", "2025-13-01"], "does not take this row"),
        ([*CONFIRM, "--claimed-on", "2025-03-01", "--ledger-id", "Not A Slug"], "not a name for a row"),
        ([*CONFIRM, "--claimed-on", "2025-03-01", "--ledger-id", "gpt-4-altman-100m"], "already"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_taken_changes_no_file(
    aicost: Aicost, reviewed_home: Home, notebook: Path, given: list[str], word: str
) -> None:
    """The message says what is missing; both files are as before."""
    before = {path.name: path.read_bytes() for path in notebook.iterdir()}
    lab = claim_of(reviewed_home, "https://site-b.test/2")["claim_id"]
    said = aicost("claims", "review", *(lab if item == "LAB" else item for item in given), "--home", reviewed_home.root)

    assert said.code == Exit.USAGE
    assert word in said.err
    assert {path.name: path.read_bytes() for path in notebook.iterdir()} == before


def test_an_installed_wheel_refuses_and_says_where_to_decide(
    aicost: Aicost, reviewed_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notebook is carried read-only: a decision is made where it can be read and dated."""
    lab = claim_of(reviewed_home, "https://site-b.test/2")["claim_id"]
    monkeypatch.setattr(paths, "in_checkout", lambda: False)
    said = confirm(aicost, reviewed_home, lab)

    assert said.code == Exit.USAGE
    assert "checkout" in said.err


def test_a_review_waits_for_no_refresh(
    aicost: Aicost, reviewed_home: Home, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a refresh reads the notebook, nothing is written to it."""
    from pipeline import review_commands

    monkeypatch.setattr(review_commands, "WAIT_SECONDS", 0.0)
    before = (notebook / "reported_claims.csv").read_bytes()
    lab = claim_of(reviewed_home, "https://site-b.test/2")["claim_id"]
    with publish.refresh_lock(reviewed_home):
        assert confirm(aicost, reviewed_home, lab).code == Exit.BUSY
    assert (notebook / "reported_claims.csv").read_bytes() == before


WHOLE: dict[str, Any] = {
    "claim_id": "x1", "ledger_claim_id": None, "model_name": "Mistral Large", "organisation": "Mistral AI",
    "hardware": None, "kind": "money", "unit": "USD", "per": None, "scope": "final_run", "covers": "One run",
    "hedge": "exact", "value_low": 5.0, "value": 5.0, "value_high": 5.0, "is_vague": False, "claimed_on": "2025-03-01",
    "claimed_on_precision": "day", "title": "T", "source_url": "https://site-b.test/2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"model_name": None, "organisation": None}, "neither a model nor an organisation"),
        ({"is_vague": True}, "gives no number"),
        ({"kind": "tokens", "unit": "tokens"}, "does not take this row"),
        ({"kind": "price_per_gpu", "unit": "USD/GPU"}, "does not take this row"),
        ({"unit": "unknown"}, "does not take this row"),
        ({"per": "kWh"}, "does not take this row"),
        ({"source_url": "http://site-b.test/2"}, "no https address"),
        ({"title": None}, "no title"),
    ],
)
def test_what_the_ledger_has_no_words_for_is_not_written(notebook: Path, changed: dict[str, Any], word: str) -> None:
    """The row is read back as the ledger's own source reads it, before anything is written."""
    before = (notebook / "reported_claims.csv").read_bytes()
    decision = reviews.Decision("x1", "confirmed", "ida", "read")

    with pytest.raises(UsageError, match=word):
        reviews.decide(WHOLE | changed, decision, reviews.Citation(claimant="a", basis="reported"))
    assert (notebook / "reported_claims.csv").read_bytes() == before
    assert rows_of(notebook / "extracted_claim_reviews.csv") == []


@pytest.mark.parametrize(
    ("changed", "cells"),
    [
        ({}, ("", "5", "")),
        ({"hedge": "approx", "value_low": 4.5, "value_high": 5.5}, ("", "5", "")),
        ({"hedge": "at_least", "value": None, "value_low": 1e11, "value_high": None}, ("100000000000", "", "")),
        ({"hedge": "at_most", "value": None, "value_low": None, "value_high": 0.00005}, ("", "", "0.00005")),
        ({"hedge": "range", "value": None, "value_low": 1.5, "value_high": 2e6}, ("1.5", "", "2000000")),
    ],
)
def test_the_row_holds_what_was_printed_and_not_our_interval(
    notebook: Path, changed: dict[str, Any], cells: tuple[str, str, str]
) -> None:
    """Plain digits in the cells that the hedge asks for, and no others."""
    row_id = reviews.decide(
        WHOLE | changed, reviews.Decision("x1", "confirmed", "ida", "read"), reviews.Citation("Mistral AI", "reported")
    )
    (row,) = [row for row in rows_of(notebook / "reported_claims.csv") if row["claim_id"] == row_id]

    assert (row["value_low"], row["value"], row["value_high"]) == cells


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        """A person is there."""
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """What the person types."""
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def one_new(reviewed_home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Only the lab's claim waits."""
    from pipeline import review_commands

    every = review_commands.listed

    def listed(home: Home, given: Path | None, status: str | None) -> list[dict[str, Any]]:
        return [c | {"status": "confirmed" if c["address"] != "https://site-b.test/2" else c["status"]}
                for c in every(home, given, status)]  # fmt: skip

    monkeypatch.setattr(review_commands, "listed", listed)
    return claim_of(reviewed_home, "https://site-b.test/2")


def test_a_person_is_shown_the_claim_with_its_sentence_and_confirms_it(
    aicost: Aicost, reviewed_home: Home, notebook: Path, one_new: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figure, scope in plain words, pages, and the sentence from the archived page; then the ledger's questions."""
    typed(monkeypatch, "c", "Mistral AI", "y", "", "2025-03-01", "read on the page")
    said = aicost("claims", "review", "--home", reviewed_home.root)
    (row,) = [row for row in rows_of(notebook / "reported_claims.csv") if row["source_url"] == "https://site-b.test/2"]

    assert said.code == 0
    assert LAB in said.out
    assert "$31M" in said.out
    assert "do not set it beside a final run" in said.out
    assert "1 of 1 decided" in said.err
    assert (row["claimant"], row["basis"], row["source_title"]) == ("Mistral AI", "reported", "T")


@pytest.mark.parametrize(
    ("lines", "statuses"),
    [
        (["d", "the lab took it back"], ["disputed"]),
        (["n"], []),
        (["q"], []),
        (["s", "x-none", "", "n"], []),
        (["d", 'they said "no"', "", "taken back"], ["disputed"]),
        (["?", "n"], []),
    ],
)
def test_other_answers_of_a_person(
    aicost: Aicost, reviewed_home: Home, notebook: Path, one_new: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    lines: list[str], statuses: list[str],
) -> None:  # fmt: skip
    """Disputed is written down; next and quit are not; what cannot be taken is asked again."""
    typed(monkeypatch, *lines)
    said = aicost("claims", "review", "--home", reviewed_home.root)

    assert said.code == 0
    assert [row["status"] for row in rows_of(notebook / "extracted_claim_reviews.csv")] == statuses


def test_nobody_is_asked_twice(
    aicost: Aicost, reviewed_home: Home, notebook: Path, one_new: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided counts at once, though the tables know it only after the next publish; another may follow."""
    typed(monkeypatch, "d", "taken back by the lab")
    assert "1 of 1 decided" in aicost("claims", "review", "--home", reviewed_home.root).err
    typed(monkeypatch, "q")
    assert "0 of 0 decided" in aicost("claims", "review", "--home", reviewed_home.root).err
    listed = aicost("claims", "review", "--list", "--status", "disputed", "--json", "--home", reviewed_home.root)
    assert one_new["claim_id"] in [
        claim["claim_id"] for claim in listed.document["data"] if claim["superseded_by"] is None
    ]

    typed(monkeypatch, "c", "Mistral AI", "y", "", "2025-03-01", "read again")
    said = aicost("claims", "review", one_new["claim_id"], "--home", reviewed_home.root)
    assert f"1 of 1  {one_new['claim_id']} (disputed)" in said.out
    assert [row["status"] for row in rows_of(notebook / "extracted_claim_reviews.csv")] == ["disputed", "confirmed"]


def test_a_claim_that_is_not_there_is_not_shown(
    aicost: Aicost, reviewed_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id that was mistyped is said to be none."""
    typed(monkeypatch, "c")
    said = aicost("claims", "review", "x-none", "--home", reviewed_home.root)

    assert said.code == Exit.USAGE
    assert "no extracted claim is called x-none" in said.err


def test_the_successor_of_a_claim_is_chosen_among_those_about_the_same(
    aicost: Aicost, reviewed_home: Home, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others about the model are shown with their ids; an id that is none is asked for again."""
    six = claim_of(reviewed_home, "https://site-a.test/1")
    alike = "from extracted_claims where model_name = ? and kind = ? and claim_id <> ? order by 1"
    given = [six["model_name"], six["kind"], six["claim_id"]]
    other = str(warehouse.query(reviewed_home.warehouse, f"select claim_id {alike}", given).rows[0][0])
    typed(monkeypatch, "s", "x-none", six["claim_id"], other, "stated anew")
    said = aicost("claims", "review", six["claim_id"], "--home", reviewed_home.root)
    (row,) = rows_of(notebook / "extracted_claim_reviews.csv")

    assert f"\n  {other} " in said.out
    assert said.err.count("no other extracted claim is called") == 2
    assert (row["status"], row["superseded_by"]) == ("superseded", other)


def test_a_claim_of_an_article_is_checked_as_the_ledger_has_it(aicost: Aicost, two_articles: Path) -> None:
    """The six million of the press by the id of the extracted claim; one that no ledger holds is sent to the review."""
    six = claim_of(Home(two_articles), "https://site-a.test/1")
    lab = claim_of(Home(two_articles), "https://site-b.test/2")
    said = aicost("check", six["claim_id"], "--home", two_articles)
    other = aicost("check", lab["claim_id"], "--home", two_articles)

    assert said.out.startswith("press on DeepThink R1, 2025-01-01: training_total, estimated")
    assert other.code == Exit.USAGE
    assert f"aicost claims review {lab['claim_id']}" in other.err


def test_the_end_of_the_input_ends_the_review(
    aicost: Aicost, reviewed_home: Home, notebook: Path, one_new: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-D in the middle of an answer decides nothing."""
    typed(monkeypatch, "d")

    assert aicost("claims", "review", "--home", reviewed_home.root).code == Exit.INTERRUPTED
    assert rows_of(notebook / "extracted_claim_reviews.csv") == []


def test_nobody_is_asked_where_nobody_is(aicost: Aicost, reviewed_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe the command says what to do instead."""
    monkeypatch.setattr("sys.stdin", io.StringIO("c\n"))
    said = aicost("claims", "review", "--home", reviewed_home.root)

    assert said.code == Exit.USAGE
    assert "--list" in said.err


def test_a_claim_of_the_bundle_has_no_page_to_show(
    aicost: Aicost, reviewed_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address is all there is."""
    typed(monkeypatch, "q")
    said = aicost("claims", "review", "--home", reviewed_home.root)

    assert "the page is not in the archive; open its address" in said.out
