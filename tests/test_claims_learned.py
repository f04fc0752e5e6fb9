"""What labelled figures teach of scopes and links: the passages, the fits, the second look, and what rules keep."""

from __future__ import annotations

import itertools
import json
import random
import sys
import time
from pathlib import Path

import pytest

from pipeline.claims import read_text
from pipeline.claims.figures import Figure
from pipeline.claims.governed import OF_A_MODEL, Frame
from pipeline.claims.joined import Token
from pipeline.claims.learned import A_GUESS, likeliest, likeliest_of_others, shares_of
from pipeline.claims.lexicon import (
    WeightsOfSigns,
    chip_signs,
    link_signs,
    neighbour_signs,
    price_signs,
    scope_signs,
    word_classes,
    word_parts,
)
from pipeline.claims.neighbours import Amount, second_shares
from pipeline.claims.opinion import Opinion
from pipeline.claims.records import Record, agreeing, records
from pipeline.claims.scope import Decision, Sentence
from pipeline.claims.signs import classes_of
from pipeline.facts import Scope
from tests.support import claim_fit, claim_links, claim_marks, claim_scores, claim_texts

SCOPES = frozenset(scope_signs().scopes)


@pytest.mark.parametrize(("part", "least"), [("written", 2000), ("reworded", 2000)])
def test_the_passages_are_many_and_whole(part: str, least: int) -> None:
    """Each amount stands where its mark was; kinds, scopes and hedges are those of the other collections."""
    rows = list(claim_scores.marked(part))
    known = {kind for passage in claim_scores.sentences() for label in passage.labels for kind in label["kind"]}
    labels = [label for row in rows for label in row["claims"]]

    assert len(rows) >= least
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["text"][label["start"] : label["end"]] == label["quote"] for row in rows for label in row["claims"])
    assert all("{{" not in row["text"] for row in rows)
    assert {kind for label in labels for kind in label["kind"]} <= known
    assert {scope for label in labels for scope in label["scope"]} <= {*SCOPES, "fleet", "unknown"}


def test_reworded_passages_say_where_their_facts_are_from() -> None:
    """An address each; few of one page."""
    files = sorted((claim_scores.CLAIMS / "reworded").glob("*.jsonl"))
    addresses = [json.loads(line)["url"] for file in files for line in file.read_text("utf-8").splitlines()]

    assert all(address.startswith(("http://", "https://")) for address in addresses)
    assert len(set(addresses)) > 0.8 * len(addresses)


def test_a_mark_says_all_of_an_amount() -> None:
    """Quote, kind, hedge, currency, value or range, what is open; a mark that says less is an error."""
    text, (cost, chips) = claim_marks.unmarked(
        "It took {{some $5|6 million|money|~USD 5e6..6e6|final_run/training_total|GPT-4/-}} and "
        "{{512 chips|gpu_count|512|final_run|-}}."
    )

    assert text == "It took some $5|6 million and 512 chips."
    assert (cost["low"], cost["high"], cost["currency"], cost["hedge"]) == (5e6, 6e6, "USD", "range")
    assert (cost["scope"], cost["model"]) == (["final_run", "training_total"], ["GPT-4", None])
    assert (chips["value"], chips["hedge"], chips["model"]) == (512.0, "exact", [None])
    with pytest.raises(ValueError, match="no value"):
        claim_marks.unmarked("{{a lot|money|much|funding|-}}")


# --- scopes ---------------------------------------------------------------------------------------


def test_the_fit_of_scopes_learns_what_examples_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a word that only one scope has, the weight is that scope's; the table keeps it; a rare one has none."""
    pytest.importorskip("sklearn", reason="scikit-learn, which fits the weights, is not installed: the extra 'fit'")
    monkeypatch.delitem(sys.modules, "pandas", raising=False)  # kept from our own code, and asked about by the library
    scopes = ("final_run", "funding", "inference")
    known = [
        claim_fit.Example(str(at), {"word": 1.0, scopes[at % 3]: 1.0, f"seldom {at}": 1.0}, frozenset([scopes[at % 3]]))
        for at in range(60)
    ]
    weights = claim_fit.fitted(known, 1.0)
    claim_fit.write(weights, tmp_path / "weights.csv", least=0.05, digits=2)
    rows = (tmp_path / "weights.csv").read_text(encoding="utf-8").splitlines()

    assert weights.scopes == scopes
    assert all(likeliest(shares_of({"word": 1.0, scope: 1.0}, weights)) == scope for scope in scopes)
    assert not any(sign.startswith("seldom") for sign in weights.weights)
    assert rows[0] == "sign,final_run,funding,inference"
    assert {row.split(",")[0] for row in rows[1:]} >= set(scopes)


def shares(**of: float) -> dict[Scope, float]:
    """Shares by scope, the rest of 1 spread over all others."""
    rest = (1 - sum(of.values())) / (len(SCOPES) - len(of))
    return {scope: of.get(scope, rest) for scope in scope_signs().scopes}


def test_the_likeliest_scope_is_taken_and_a_guess_is_none() -> None:
    """What is hardly likelier than the rest stays unknown."""
    assert likeliest(shares(final_run=0.5, funding=0.46)) == "final_run"
    assert likeliest(shares(funding=A_GUESS - 0.05)) == "unknown"
    assert likeliest({}) == "unknown"


def test_what_no_frame_of_cost_governs_is_no_models_cost() -> None:
    """However likely it seems; it is unknown where nothing else is likely and no word says what it is."""
    of_run = shares(final_run=0.6, funding=0.3)

    assert likeliest_of_others(shares(final_run=0.5, funding=0.46), is_known=False) == "funding"
    assert likeliest_of_others(of_run, is_known=True) == "funding"
    assert likeliest_of_others(of_run, is_known=False) == "unknown"
    assert likeliest_of_others({"final_run": 1.0}, is_known=True) == "unknown"


def test_a_model_s_cost_needs_more_where_the_amount_may_be_none() -> None:
    """Half the shares are enough beside a company's plan, not beside a valuation; what is bare always needs more."""
    of_cost = Frame(is_of_cost=True)
    beside_plan = shares(training_total=0.5, company_investment=0.4, other_not_cost=0.1)
    beside_value = shares(training_total=0.5, other_not_cost=0.4, company_investment=0.1)

    opinion = Opinion(Decision("unknown"), frame=of_cost)
    assert opinion.likeliest(beside_plan) == "training_total"
    assert opinion.likeliest(beside_value) == "other_not_cost"
    assert opinion.likeliest(shares(training_total=0.65, other_not_cost=0.35)) == "training_total"
    assert Opinion(Decision("unknown"), frame=of_cost, is_bare=True).likeliest(beside_plan) == "unknown"
    assert Opinion(Decision("unknown"), frame=Frame(is_of_cost=True, making=1.0)).likeliest(beside_value) == (
        "training_total"
    )


def test_weights_are_read_when_they_are_asked_for() -> None:
    """As often as one likes; a sign without any has none, and is not kept."""
    weights = WeightsOfSigns({"known": ((0, 1.0),)}, {"printed": ["", "0.25", "-0.5"]})

    assert [weights["printed"] for _ in range(2)] == [((1, 0.25), (2, -0.5))] * 2
    assert (weights["known"], weights["neither"]) == (((0, 1.0),), ())
    assert sorted(weights.all()) == ["known", "printed"]


def test_every_table_of_weights_is_there_and_says_something() -> None:
    """Each scope of a table has weights; chips may be a fleet, money never is."""
    for table in (scope_signs(), chip_signs(), price_signs(), neighbour_signs()):
        assert {table.scopes[at] for row in table.weights.all().values() for at, _ in row} == set(table.scopes)
    assert "fleet" in chip_signs().scopes
    assert "fleet" not in scope_signs().scopes
    assert len(link_signs()) > 1000


def test_every_class_of_words_has_a_weight_and_every_word_is_met() -> None:
    """A class that decides nothing is a list for nobody, nor is a word that the reader cuts otherwise."""
    weighed = {sign[sign.index("<") + 1 : -1] for sign in scope_signs().weights.all() if sign.endswith(">")}

    parts = word_parts()

    assert {name for names in word_classes().values() for name in names} <= weighed
    assert {name for names in (parts.beginnings | parts.ends).values() for name in names} <= weighed
    assert [word for word in word_classes() if [token.text for token in _tokens(word)] != [word]] == []
    assert [part for part in parts.beginnings | parts.ends if [token.text for token in _tokens(part)] != [part]] == []
    assert [word for word in word_classes() if word[0].isdigit()] == []
    assert classes_of("leased") == word_classes()["leased"]
    assert classes_of("heron") == ()


def _tokens(text: str) -> list[Token]:
    return Sentence.of(text, 0, len(text), (), ()).tokens


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("训练成本仅为", "train cost"),
        ("該公司融資後估值", "firm raise value"),
        ("データセンターへの設備投資額は", "capex capex"),
        ("학습비용이 매출을", "train cost revenue"),
        ("chi phí huấn luyện", "cost train"),
        ("le chiffre d'affaires", "revenue"),
        ("Trainingskosten und Mietkosten", "cost train cost rent"),
        ("инвестициями", "invest"),
        ("hissedarlar için şirketler", "stake firm"),
        # What only looks like a listed word: all over (of no ministry), machine learning, for free, restraining.
        ("全部", ""),
        ("部门和电影", ""),
        ("機械学習", ""),
        ("kostenlose", ""),
        ("restraining Winston", ""),
        ("chi, phí. doanh, thu", ""),
    ],
)
def test_words_of_other_languages_have_classes(text: str, classes: str) -> None:
    """Signs are joined to words, compounds are taken apart, and endings do not matter."""
    assert [name for token in _tokens(text) for name in classes_of(token.text)] == classes.split()


def test_signs_are_joined_where_they_stand() -> None:
    """A particle goes with its Korean word; what no list knows, a name and a number stay as they were cut."""
    text = "매출은 3조원 ABC株式을 鶴融資亀"
    found = _tokens(text)

    assert [token.text for token in found if token.text != "<number>"][:1] == ["매출"]
    assert text[found[0].start : found[0].end] == "매출은"
    assert [token.text for token in found[-3:]] == ["鶴", "融資", "亀"]
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert [token.text for token in _tokens("GPU 512 of them")] == ["gpu", "<number>", "of", "them"]


def test_joining_is_quick() -> None:
    """Each place is looked at once: a text of ten times the length takes some ten times as long."""
    text = "训练成本鶴" * 20_000
    begun = time.perf_counter()

    assert len(_tokens(text)) == 60_000
    assert time.perf_counter() - begun < 3


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Kestrel AI will pay Oracle $9 billion over five years for data centres.", "company_investment"),
        ("Fidelity took the lead with $225 million in a round for the chip maker.", "funding"),
        ("The senate voted €300 million in aid for the country's AI factories.", "national_programme"),
        ("It burned $5 billion of cash in the quarter.", "other_not_cost"),
    ],
)
def test_plain_news_is_read(text: str, scope: str) -> None:
    """Sentences as the news prints them, of no model."""
    assert [claim.scope for claim in read_text(text)] == [scope]


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("De omzet steeg naar 2 miljard dollar; het trainen van het model kostte 6 miljoen dollar.",
         ["other_not_cost", "training_total"]),
        ("Spółka pozyskała 300 mln dolarów w rundzie finansowania.", ["funding"]),
        ("Koszt wytrenowania modelu wyniósł 6 mln dolarów.", ["training_total"]),
        ("Стартап привлёк 300 млн долларов. Обучение модели обошлось в 6 млн долларов.", ["funding", "training_total"]),
        ("Perusahaan itu meraup pendanaan 300 juta dolar.", ["funding"]),
        ("Pelatihan model itu menelan biaya 6 juta dolar.", ["training_total"]),
        ("Doanh thu đạt 3 tỷ USD.", ["other_not_cost"]),
        ("Chi phí huấn luyện mô hình là 6 triệu USD.", ["training_total"]),
        ("該公司營收達20億美元。訓練成本僅為600萬美元。", ["other_not_cost", "training_total"]),
        ("データセンターに100億ドルを投じる。", ["company_investment"]),
        ("매출은 20억 달러를 기록했다.", ["other_not_cost"]),
        ("모델 학습에 600만 달러가 들었다.", ["training_total"]),
        ("Omsättningen steg till 2 miljarder dollar.", ["other_not_cost"]),
        # Words of training beside revenue, of a firm that trains: what the amount is said of counts.
        ("除训练外公司营收为600万美元。", ["other_not_cost"]),
        ("Firma, która trenuje modele, miała przychody 6 mln dolarów.", ["other_not_cost"]),
        ("모델을 학습하는 회사의 매출은 600만 달러다.", ["other_not_cost"]),
    ],
)  # fmt: skip
def test_news_of_other_languages_is_read(text: str, scopes: list[str]) -> None:
    """Sentences as news of many countries print them."""
    assert [claim.scope for claim in read_text(text)] == scopes


@pytest.mark.parametrize(
    ("looks", "passages", "amounts", "scope", "all_right"),
    [(("t-",), 45, 120, 0.78, 0.73), (("ua-", "ub-"), 100, 220, 0.76, 0.71), (("uf-", "ug-"), 80, 170, 0.83, 0.74)],
)
def test_untouched_passages_are_read(
    looks: tuple[str, ...], passages: int, amounts: int, scope: float, all_right: float
) -> None:
    """Passages reworded from published pages that nothing was fitted to, and whose faults nobody read: three looks."""
    asked = [one for one in claim_scores.untouched() if one.name.startswith(looks)]
    scores = claim_scores.score(asked)

    assert len(asked) >= passages
    assert scores.money_scope.wanted > amounts
    assert scores.kinds["money"].f1 >= 0.97
    assert scores.money_scope.share >= scope
    assert scores.pairs.f1 >= 0.78
    assert scores.all_right.f1 >= all_right
    assert scores.hedge.share >= 0.96


# --- the second look ------------------------------------------------------------------------------


def test_an_undecided_amount_leans_to_what_its_paragraph_speaks_of() -> None:
    """To the amounts of its list, and to those of the sentences around it."""
    text = "Rivals A $3 billion, B $4 billion, C $5 billion. D $6 billion."
    first, second = (Sentence.of(text, *span, (), ()) for span in ((0, 48), (49, 62)))
    sure, open_ = shares(company_investment=0.9), shares(company_investment=0.3, other_not_cost=0.33)
    amounts = [
        Amount(Figure("money", 1e9, 1e9, start, start + 10, start + 10, "USD"), sentence, of)
        for sentence, of, start in (
            (first, sure, text.index("$3")), (first, sure, text.index("$4")), (first, sure, text.index("$5")),
            (second, open_, text.index("$6")),
        )
    ]  # fmt: skip
    alone = second_shares([amounts[3]], 0)
    others = [amounts[0]._replace(shares=shares(funding=0.9)), amounts[3]]

    assert second_shares(amounts, 3)["company_investment"] > alone["company_investment"]
    assert second_shares(others, 1)["funding"] > alone["funding"]


# --- links ----------------------------------------------------------------------------------------


def test_the_fit_of_links_learns_what_examples_say() -> None:
    """Of two candidates the one with the sign that right ones have is taken; a sign seen too seldom has no weight."""
    shuffled = random.Random(3)
    known: list[claim_links.Choice] = []
    for number in range(60):
        right = shuffled.randrange(2)
        signs = [{"here": 1.0, f"seldom {number}": 1.0}, {"here": 1.0}]
        signs[right] |= {"near": 1.0}
        known.append(claim_links.Choice(
            str(number), ("a", "b"), tuple(signs), (right,), frozenset("ab"[right]), None, 1.0, is_of_page=True
        ))  # fmt: skip
    weights = claim_links.fitted(known)

    assert weights["near"] > 0.5
    assert not any(sign.startswith("seldom") for sign in weights)
    assert all(claim_links.best_by(one, weights) == one.names[one.right[0]] for one in known)


def test_a_figure_of_the_ledger_is_its_models_where_only_the_maker_is_named() -> None:
    """And the claim says so; a figure that is not the ledger's, or no maker, links nothing."""
    (claim,) = read_text("DeepSeek says that it spent $5.6 million on training.")
    (other,) = read_text("DeepSeek says that it spent $91 million on training.")
    (nobody,) = read_text("They say that they spent $5.6 million on training.")

    assert (claim.model, claim.model_from) == ("DeepSeek-V3", "record")
    assert other.model is None
    assert nobody.model is None


def test_what_is_no_model_s_cost_is_no_record_s_either() -> None:
    """Though the ledger has a model of the lab with that number."""
    text = (
        "OpenAI spent $5 billion on R&D compute in 2024, most of it on experiments, and only $400 million on final "
        "training runs of released models."
    )
    (_, part) = [claim for claim in read_text(text) if claim.kind == "money"]

    assert any(record.organisation == "OpenAI" for record in agreeing(_figure(4e8)))
    assert part.model is None


def test_records_are_the_ledgers_and_agree_but_for_rounding() -> None:
    """Each is of a model, and its own figure agrees with it."""
    every = [record for of_kind in records().values() for record in of_kind]

    assert len(every) >= 80
    assert all(record.model and record.low <= record.high for record in every)
    (cost,) = [claim for claim in read_text("It cost $5.6 million.") if claim.kind == "money"]
    record = Record("M", "O", "money", "USD", 5_576_000, 5_576_000, is_primary=True)
    assert cost.value == 5.6e6
    assert record.agrees(_figure(5.6e6))
    assert record.agrees(_figure(6e6))
    assert not record.agrees(_figure(7e6))
    assert not record.agrees(_figure(5.64e6))  # 1.1 %: what is printed to three digits is not rounded so far
    assert "DeepSeek-V3" in [one.model for one in agreeing(_figure(5.576e6))]


def _figure(amount: float) -> Figure:
    return Figure("money", amount, amount, 0, 1, 1, "USD")


# --- the texts of the fits ------------------------------------------------------------------------


@pytest.mark.skipif(not claim_texts.DEVELOPMENT.exists(), reason="the development passages are not beside the checkout")
def test_texts_put_together_change_no_label() -> None:
    """Other amounts beside a cost, or below a title that names a model, keep their labels."""
    texts = list(claim_texts.beside())

    assert len(texts) > 1000
    assert all(label["quote"] in text.text for text in texts for label in text.labels)
    assert {text.name.rpartition(" ")[2] for text in texts} == {"below", "beside"}
    costs = [label for text in texts for label in text.labels if set(label["scope"]) & set(OF_A_MODEL)]
    assert len(costs) >= len(texts) / 2
