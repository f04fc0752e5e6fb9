"""How long the reader of prose takes for a page of 1 MB, and for a long table. Not a test: times depend on the machine.

Run from the root of the checkout: ``python -m tests.benchmarks.claims_speed``. Pages of one megabyte are
read: markup with an article of 60 kB in it, as the web has them; half of each; prose without end in which each tenth
paragraph makes claims; the same with years, shares and names in every paragraph; and nothing but claims, which no
page is. No two paragraphs of a page are alike, but for those that are named the same paragraph again and again: what a
page repeats is read once.
"""

from __future__ import annotations

import sys
import time

from pipeline.claims import read_html

SIZE = 1_000_000
PLAIN = (
    "The company has said little about the {word} or the budget, and its rivals have said less. People who follow the "
    "field expect that to change once the next report is out, though nobody outside the firm could name a day for it. "
)
BUSY = (
    "In 2024 the company hired {at} people from OpenAI and Google, said Ms Lee, who runs its lab in London. About 40% "
    "of its customers were in Germany, and the service had grown 3 times since March, though Mr Chan names no day. "
)
CLAIMING = (
    "DeepSeek says that V3 was trained for about $5.{at} million on 2,048 H800 GPUs, or 2.{at} million GPU hours at $2 "
    "per hour. OpenAI spent more than $1{at} million on GPT-4; Microsoft plans to invest $80 billion in data centers."
)


def _word(number: int) -> str:
    """A word without a digit for a number: another one for each."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "ing"


def page(every: int, share: float, plain: str = PLAIN, *, is_alike: bool = False) -> str:
    """A page of which a share is article, with one paragraph in so many making claims."""
    paragraphs: list[str] = []
    size = 0
    while size < SIZE * share:
        at = len(paragraphs)
        text = (CLAIMING if at % every == every - 1 else plain * 2).format(at=0 if is_alike else at, word=_word(at))
        paragraphs.append(f'<p class="article__paragraph" data-index="{at}">{text}</p>\n')
        size += len(paragraphs[-1])
    article = f"<article><h1>What it cost</h1>{''.join(paragraphs)}</article>"
    link = '<li class="menu__item"><a class="menu__link" href="/section/page.html"><span></span>Raised $5bn</a></li>\n'
    script = "<script>" + "window.state = {'a': [1, 2, 3], 'b': '<p>'};" * 4000 + "</script>"
    filling = (script + link * 8000)[: max(0, SIZE - len(article))] if share < 1 else ""
    body = f"{article}<nav>{filling}</nav>"
    return f"<!doctype html><html><head><title>What it cost</title></head><body>{body}</body></html>"


def table(cells: int) -> str:
    """A page of one table, no two of whose rows are alike: a model, what it cost, its GPUs, its hours and the year."""
    rows = "".join(
        f"<tr><td>Model-{at}</td><td>${at % 900 + 1} million</td><td>{at * 7 % 9000 + 8:,} H100 GPUs</td>"
        f"<td>{at % 97 / 100 + 0.01:.2f}M GPU hours</td><td>{2010 + at % 17}</td></tr>\n"
        for at in range(cells // 5)
    )
    head = "<tr><th>Model</th><th>Training cost</th><th>GPUs</th><th>Hours</th><th>Year</th></tr>"
    return f"<!doctype html><html><body><article><h1>Costs</h1><table>{head}{rows}</table></article></body></html>"


def first_and_again() -> tuple[float, float]:
    """Seconds for the first page of a process, which loads the lexicons, and for the same page again."""
    made, took = page(10, 0.06), [0.0, 0.0]
    for at in range(2):
        begun = time.perf_counter()
        read_html(made)
        took[at] = time.perf_counter() - begun
    return took[0], took[1]


def main() -> None:
    """Time the first page, then each page with the lexicons loaded."""
    first, again = first_and_again()
    sys.stdout.write(f"the first page of the process: {first:.2f} s, the same again {again:.2f} s\n")
    for name, made in (
        ("markup, 60 kB of article", page(10, 0.06)),
        ("half markup, half prose", page(10, 0.5)),
        ("prose without end", page(10, 1)),
        ("prose with numbers and names", page(10, 1, BUSY)),
        ("a table of 20,000 cells, claims in three of five", table(20_000)),
        ("claims only", page(1, 1)),
        ("claims only, the same paragraph again and again", page(1, 1, is_alike=True)),
    ):
        begun, spent = time.perf_counter(), time.process_time()
        document = read_html(made)
        line = f"{name}: {len(made):,} characters, {len(document.claims):,} claims"
        times = f"{time.perf_counter() - begun:.2f} s, {time.process_time() - spent:.2f} s of them on the processor"
        sys.stdout.write(f"{line}: {times}\n")


if __name__ == "__main__":
    main()
