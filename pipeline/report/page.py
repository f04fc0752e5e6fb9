"""The page: head, cards, one section an exhibit, and what makes it work alone, offline and without scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any
from urllib.parse import quote

from pipeline import __version__, export
from pipeline.report import draw, words
from pipeline.report.cards import Card
from pipeline.report.evidence import Evidence
from pipeline.report.exhibit import Exhibit, Table
from pipeline.report.markup import Child, Markup, link, markup, tag
from pipeline.status import SourceStatus

TITLE = "What AI costs"
LONG_FILE = 20_000  # characters
UNTOUCHED = " ,:;/=@()[]'|!*$+~"  # in a data: address, besides letters and digits
LANGUAGE = "en"


def page(evidence: Evidence, cards: Sequence[Card], exhibits: Sequence[Exhibit], *, is_static: bool) -> str:
    """The whole file."""
    style, script = _part("page.css"), _part("page.js")
    scripts = [script] if is_static else [draw.bundle(), script]
    drawings = [drawing for exhibit in exhibits for drawing in exhibit.drawings]
    body = tag(
        "body",
        tag("a", "Skip to the figures", class_="skip", href="#main"),
        _header(evidence, exhibits),
        tag("main", _cards(cards), [_section(exhibit) for exhibit in exhibits], id="main", tabindex="-1"),
        _footer(evidence),
        [] if is_static else [_packed("vega", draw.bundle()), _packed("charts", draw.embedded(drawings))],
        tag("script", Markup(script), type="module"),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, scripts)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content=f"aicost {__version__}, snapshot {evidence.snapshot.snapshot_id}"),
        tag("title", f"{TITLE}: {words.day(evidence.snapshot.published_at)}"),
        tag("style", Markup(style)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang=LANGUAGE, data_charts=str(len(drawings)))}\n"


def _part(name: str) -> str:
    return resources.files("pipeline.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, scripts: Iterable[str]) -> str:
    """Nothing is loaded from anywhere; only these very scripts and this style run."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; base-uri 'none';"
        " form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _packed(name: str, text: str) -> Markup:
    """What only scripts read, at a third of its size. Unpacked code runs only if its hash is in the policy."""
    return tag("script", draw.packed(text), type="text/plain", id=name)


# --- head and foot --------------------------------------------------------------------------------


def _header(evidence: Evidence, exhibits: Sequence[Exhibit]) -> Markup:
    snapshot = evidence.snapshot
    return tag(
        "header",
        tag("p", "aicost", tag("span", f" edition of {words.day(snapshot.published_at)}"), class_="masthead"),
        tag("h1", "What AI models are said to cost, what they can be shown to cost, and what each figure covers"),
        tag(
            "p",
            "No number without its scope, basis, interval, date and source; never an average across scopes.",
            class_="standfirst",
        ),
        tag(
            "dl",
            _fact("As of", f"{snapshot.published_at:%Y-%m-%d %H:%M} UTC"),
            _fact("Snapshot", tag("code", snapshot.snapshot_id)),
            _fact("Sources", _states(evidence)),
            _fact("Cite as", _citation(evidence)),
            _fact("Licence", _licences(evidence)),
            class_="facts",
        ),
        tag(
            "nav",
            tag("ol", [tag("li", tag("a", exhibit.topic, href=f"#{exhibit.name}")) for exhibit in exhibits]),
            aria_label="Contents",
        ),
    )


def _fact(name: str, *value: Child) -> Markup:
    return tag("div", tag("dt", name), tag("dd", *value))


SAID = {
    "fresh": "fresh from the web",
    "stale": "stale",
    "failed": "without a good newest visit",
    "bundled": "on facts that come with the project",
    "unvisited": "never visited",
    "disabled": "switched off",
    "ledger": "our own ledger",
}
TROUBLED = ("stale", "failed")


def _states(evidence: Evidence) -> list[Child]:
    """What a reader should know of the sources first: which are fresh, which are not, and since when."""
    by_state: dict[str, list[SourceStatus]] = {}
    for state in evidence.sources:
        by_state.setdefault("fresh" if state.state == "unchanged" else state.state, []).append(state)
    total = len(evidence.sources)
    told: list[Child] = [
        _sentence(by_state.get("fresh", []), total, ("is", "are"), SAID["fresh"], _names(by_state.get("fresh", []))),
        _sentence(
            by_state.get("bundled", []),
            total,
            ("stands", "stand"),
            SAID["bundled"],
            _dated(by_state.get("bundled", [])),
        ),
    ]
    for key in TROUBLED:
        held = by_state.get(key, [])
        told.append(_sentence(held, total, ("is", "are"), SAID[key], _last_good(held)))
    aside = [state for state in evidence.sources if state.quarantined]
    rows = words.listed([f"{state.source} ({state.quarantined:,})" for state in aside], 6)
    told.append(_sentence(aside, total, ("has", "have"), "rows in quarantine", f": {rows}" if aside else ""))
    rest = [
        tag("li", f"{words.sentence(SAID[key])}: ", words.listed(_with_days(by_state[key]), 100))
        for key in ("bundled", "ledger", "unvisited", "disabled")
        if key in by_state
    ]
    if rest:
        told.append(tag("details", tag("summary", "All other sources by name"), tag("ul", rest)))
    return told


def _sentence(states: Sequence[SourceStatus], total: int, verbs: tuple[str, str], said: str, more: str) -> Markup:
    return tag("p", tag("b", f"{len(states)} of {total}"), f" sources {verbs[len(states) != 1]} {said}{more}.")


def _names(states: Sequence[SourceStatus]) -> str:
    return f": {words.listed([state.source for state in states], 6)}" if states else ""


def _last_good(states: Sequence[SourceStatus]) -> str:
    named = [f"{state.source}, last good {words.iso(state.observed_at, 'never')}" for state in states]
    return f": {'; '.join(named[:6])}{f'; and {len(named) - 6} more' if named[6:] else ''}" if named else ""


def _dated(states: Sequence[SourceStatus]) -> str:
    dated = sorted((state.observed_at, state.source) for state in states if state.observed_at)
    if not dated:
        return ""
    (first, oldest), (last, newest) = dated[0], dated[-1]
    return f", each as of its own day: {words.day(first)} ({oldest}) to {words.day(last)} ({newest})"


def _with_days(states: Sequence[SourceStatus]) -> list[str]:
    return [f"{state.source} {words.iso(state.observed_at, '')}".rstrip() for state in states]


def _citation(evidence: Evidence) -> str:
    snapshot = evidence.snapshot
    return (
        f"aicost {snapshot.version}, snapshot {snapshot.snapshot_id}, published {snapshot.published_at:%Y-%m-%d}; and"
        " the source named under each chart."
    )


def _licences(evidence: Evidence) -> Child:
    licences = evidence.rows("report/sources")
    named = sorted({words.text(row["licence"]) for row in licences if row["facts"]})
    return [
        (
            "Each source keeps its own:"
            f" {words.count(len(named), 'licence or set of terms', 'licences and sets of terms')}, listed under "
        ),
        tag("a", "sources", href="#sources"),
        ". The ledger of claims: CC BY 4.0.",
    ]


def _footer(evidence: Evidence) -> Markup:
    snapshot = evidence.snapshot
    return tag(
        "footer",
        tag(
            "p",
            f"Made by aicost {__version__} from snapshot {snapshot.snapshot_id} alone. This file asks nothing of the"
            " network: charts, data and scripts are in it.",
        ),
    )


# --- cards ----------------------------------------------------------------------------------------


def _cards(cards: Sequence[Card]) -> Markup:
    made = [
        tag(
            "li",
            tag(
                "a",
                tag("span", card.topic, class_="topic"),
                tag("strong", card.figure),
                tag("span", card.said, class_="said"),
                tag("span", card.fine, class_="fine"),
                href=f"#{card.leads_to}",
            ),
        )
        for card in cards
    ]
    return tag(
        "section", tag("h2", "In short", class_="hidden"), tag("ul", made, class_="cards"), aria_label="In short"
    )


# --- sections -------------------------------------------------------------------------------------


def _section(exhibit: Exhibit) -> Markup:
    head = [
        tag("p", exhibit.topic, class_="topic"),
        tag("h2", exhibit.title),
        tag("p", exhibit.subtitle, class_="measure") if exhibit.subtitle else None,
    ]
    return tag(
        "section",
        head,
        _legend(exhibit) if exhibit.drawings else None,
        _charts(exhibit) if exhibit.drawings else None,
        exhibit.body,
        tag("p", exhibit.note, class_="note") if exhibit.note else None,
        [_table(exhibit, table, number) for number, table in enumerate(exhibit.tables)],
        id=exhibit.name,
        class_="exhibit",
    )


def _legend(exhibit: Exhibit) -> Markup | None:
    if not exhibit.legend:
        return None
    return tag("ul", [tag("li", _sign(shape, colour), text) for shape, colour, text in exhibit.legend], class_="legend")


def _sign(shape: str, colour: str) -> Markup:
    """The sign of a legend: the shape that the chart draws."""
    drawn = {
        "circle": tag("circle", cx="8", cy="8", r="5", fill=colour),
        "ring": tag("circle", cx="8", cy="8", r="4.5", fill="none", stroke=colour, stroke_width="2"),
        "faded": tag("circle", cx="8", cy="8", r="5", fill=colour, opacity="0.4"),
        "square": tag("rect", x="3.5", y="3.5", width="9", height="9", fill=colour),
        "diamond": tag("path", d="M8 1.8L13 8L8 14.2L3 8Z", fill=colour),
        "cross": tag("path", d="M4 4L12 12M12 4L4 12", fill="none", stroke=colour, stroke_width="2.6"),
        "line": tag("path", d="M0 8H16", fill="none", stroke=colour, stroke_width="2.4"),
        "bar": tag("path", d="M8 1V15", fill="none", stroke=colour, stroke_width="2.4"),
        "band": tag("rect", x="0", y="3", width="16", height="10", fill=colour, opacity="0.25"),
        "box": tag("rect", x="1", y="2", width="14", height="12", fill=colour, opacity="0.85"),
        "arrow": tag("path", d="M2 8H13M9 4L13 8L9 12", fill="none", stroke=colour, stroke_width="1.8"),
        "up": tag("path", d="M8 3L13 12.5H3Z", fill=colour),
        "down": tag("path", d="M8 13L13 3.5H3Z", fill=colour),
    }[shape]
    return tag(
        "svg", drawn, class_="sign", viewBox="0 0 16 16", width="16", height="16", aria_hidden="true", focusable="false"
    )


def _charts(exhibit: Exhibit) -> Markup:
    figures = [_figure(exhibit, number) for number in range(len(exhibit.drawings))]
    if not exhibit.choices:
        several = "several" if len(figures) > 2 else None
        return tag("div", figures, class_=f"charts {several}" if several else "charts")
    group = f"{exhibit.name}-choice"
    buttons = [
        part
        for number, name in enumerate(exhibit.choices)
        for part in (
            tag("input", type="radio", name=group, id=f"{group}-{number}", checked=number == 0),
            tag("label", name, for_=f"{group}-{number}"),
        )
    ]
    return tag(
        "fieldset",
        tag("legend", "Price level", class_="hidden"),
        buttons,
        tag("div", figures, class_="panels"),
        class_="choice",
    )


def _figure(exhibit: Exhibit, number: int) -> Markup:
    drawing = exhibit.drawings[number]
    caption = exhibit.captions[number] if number < len(exhibit.captions) else None
    sizes = [("both", True)] if drawing.is_one_size else [("wide", True), ("narrow", False)]
    held = [tag("div", draw.svg(drawing, is_wide=is_wide), class_=name) for name, is_wide in sizes]
    return tag(
        "figure",
        tag("figcaption", caption) if caption else None,
        tag(
            "div",
            held,
            class_="chart",
            data_chart=drawing.name,
            role="group",
            aria_label=f"Chart. {drawing.description}",
        ),
    )


# --- tables ---------------------------------------------------------------------------------------


def _table(exhibit: Exhibit, table: Table, number: int) -> Markup:
    rows = table.asked.rows
    name = f"{exhibit.name}-table-{number + 1}"
    heads = [tag("th", column.title, scope="col", data_key=column.key) for column in table.columns]
    numbers = [f"n{place}" for place, column in enumerate(table.columns, 1) if column.is_number]
    body = Markup(
        "".join(tag("tr", [_cell(column, row) for column in table.columns]) for row in rows)
        .replace("</td>", "")
        .replace("</tr>", "")
    )
    drawn = tag(
        "table",
        tag("caption", table.caption, class_="hidden"),
        tag("thead", tag("tr", heads)),
        tag("tbody", body),
        data_question=table.asked.question,
        class_=" ".join([*(["sortable"] if table.is_sortable else []), *numbers]) or None,
    )
    region = tag(
        "div", drawn, class_="scroll", role="region", tabindex="0", aria_label=f"{exhibit.topic}: {table.caption}"
    )
    csv = export.as_csv(table.asked.answer)
    count = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
    return tag(
        "details",
        tag("summary", f"{table.caption} ", tag("span", count, class_="fine")),
        region,
        tag(
            "p",
            _download(csv, name),
            f" · sql/{_file(table.asked.question)}",
            class_="fine",
        ),
        id=name,
        open=table.is_open,
    )


def _download(csv: str, name: str) -> Markup:
    """A link that holds the file; a long one is packed, or the page would be twice as large."""
    if len(csv) <= LONG_FILE:
        return tag(
            "a",
            "Download as CSV",
            href=f"data:text/csv;charset=utf-8,{quote(csv, safe=UNTOUCHED)}",
            download=f"{name}.csv",
        )
    return tag(
        "a",
        "Download as CSV, packed by gzip",
        href=f"data:application/gzip;base64,{draw.packed(csv)}",
        download=f"{name}.csv.gz",
    )


def _file(question: str) -> str:
    return f"{question}.sql" if "/" in question else f"answers/{question}.sql"


def _cell(column: Any, row: dict[str, Any]) -> Markup:
    value = row[column.key]
    said = column.show(value)
    content = link(said, row[column.link]) if column.link else markup(said)
    return tag("td", content)
