"""Which member of a family a bare size or version means: "the 405B", "the 7B LLaMA-2", "version 1.2", "8B" alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.claims.blocks import Block, Table
from pipeline.claims.coined import may_be_model
from pipeline.claims.comparison import BASIS, LEAD
from pipeline.claims.labels import kind_by_key
from pipeline.claims.names import Name, canonical, is_spelled
from pipeline.claims.tables import CellFigure

SIZE_ALONE = re.compile(r"\d{1,4}(?:\.\d{1,2})?[BM]")  # a cell beside that of a family, or below its heading
_SIZES = re.compile(r"\d[BM] ?(?:to|-|–|and|,|/) ?\d")  # noqa: RUF001
_IN_WORDS = re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d)?)[- ]billion(?:[- ]parameters?)?(?: version of(?: the)?)? $")
_VERSION = re.compile(r"[ -]?v?\d(?:\.\d)?$")
NEXT_TO = 2  # characters from a size to the name that it is said of
# Families whose members are told apart by other means: a size beside one is another model's, or counts something.
_WITHOUT_SIZES = re.compile(
    r"GPT-[345]|o\d|ChatGPT|Claude|Gemini|Grok|Kimi|DeepSeek-[VR]|Sora|DALL-E|Veo|Imagen|Midjourney"
)

_MODELS = re.compile(
    r"(?:(?:ai|base|language|large language) )?"
    r"(?:models?|llms?|modelle?|modelos?|modelli|modèles?|модел[ьи]|模型|モデル|모델)(?: name)?",
    re.IGNORECASE,
)
# Other heads of a column of names; whose they are is only sure beside sizes, tokens and times of training.
_NAMES = re.compile(r"(?:(?:model )?names?|networks?|checkpoints?|variants?|configurations?)", re.IGNORECASE)
_SURELY_OF_MAKING = re.compile(r"param|token|train|flop|\bbatch|\blr\b|训练|學習|学習", re.IGNORECASE)
# Another column of a table of models that were made, and not of cars: what was taken to make them.
_OF_MAKING = re.compile(r"param|token|train|gpu|tpu|flop|compute|训练|參數|参数|学習|학습|обучен", re.IGNORECASE)
_CELL_NAME = re.compile(
    r"(?!(?:Total|Average|Mean|Median|Sum|Ours|Baseline|Other|None|Name|Type|Size)\b)(?=.{0,40}[A-Z0-9])"
    r"([A-Za-z][\w.+-]{1,30}(?: (?:[A-Z0-9v][\w.+-]{0,20}|mini|small|base|large|medium|tiny|nano|xl)){0,3})"
    r"(?: \([^()]{1,30}\))?"
)


def names_by_head(table: Table, names: dict[int, list[Name]]) -> dict[int, list[Name]]:
    """The names of a table's cells, with those that stand below "Model" and that nothing else tells.

    Args:
        table: The table.
        names: The names of each cell, by the cell's id.
    """
    heads = [cell.text.strip() if cell is not None else "" for cell in table.row(0)]
    columns = [at for at, head in enumerate(heads) if _MODELS.fullmatch(head)]
    if not columns and any(_SURELY_OF_MAKING.search(head) for head in heads):
        columns = [at for at, head in enumerate(heads) if _NAMES.fullmatch(head)]
    if not columns or not any(_OF_MAKING.search(head) for head in heads):
        return names
    cells = {id(cell): cell for cell in table.column(columns[0])[1:] if cell is not None}
    below = {key: _whole_name(cell) for key, cell in cells.items() if not names.get(key)}
    return names | {key: [found] for key, found in below.items() if found and may_be_model(found.name)}


def _whole_name(cell: Block) -> Name | None:
    """What a cell holds, where that is a name and nothing else."""
    found = _CELL_NAME.fullmatch(cell.text.strip())
    start = len(cell.text) - len(cell.text.lstrip())
    return Name("model", found[1], start, start + len(found[1])) if found else None


def member_in_row(family: Name, found: CellFigure, names: dict[int, list[Name]]) -> Name:
    """The member that another cell of the row gives the size of, where one gives the family: "Llama 2 | 7B"."""
    if family.size:
        return family
    members = (
        name
        for cell in found.row
        for name in names.get(id(cell), [])
        if name.kind == "model" and name.size and (name.organisation or is_spelled(name.name))
        if not _SIZES.search(cell.text)
    )
    sizes = [part for part in found.row_text.split(" | ") if SIZE_ALONE.fullmatch(part)]
    spans = any(cell.cell and cell.cell.rows > 1 and family in names.get(id(cell), ()) for cell in found.row)
    if spans and len(sizes) == 1:
        return member(family, sizes[0]) or family
    return next((name for name in members if name.name.startswith(family.name)), family)


def member_below(family: Name, found: CellFigure) -> Name:
    """The member that the head of a row or column gives the size of, in a table below words on the family."""
    heads = (found.column_head.text.strip() if found.column_head else "", found.row_text.split(" | ")[0])
    size = next((head for head in heads if SIZE_ALONE.fullmatch(head)), None)
    return (member(family, size) if size and not family.size else None) or family


def resolved_sizes(names: Sequence[Name], families: Sequence[Name], text: str) -> list[Name]:
    """Bare sizes as members of a family that was named; those without one are dropped.

    A size right before a name is that name's. Else it is of the family named last that comes in this size, as far as
    the lexicon knows; else of the one named last. What a model was made from is no family spoken of.

    Args:
        names: The names of a text, left to right.
        families: Models spoken of before, the last one last.
        text: The text.
    """
    known: list[Name] = []
    spoken = list(families)
    for at, name in enumerate(names):
        if name.kind == "size" and kind_by_key(text, name.start, name.end) == "tokens":
            continue  # "Tokens: 40B"
        if name.kind == "size":
            behind = names[at + 1] if at + 1 < len(names) else None
            if behind is None or behind.kind != "model" or behind.start - name.end > NEXT_TO:
                known += _member_of(name, spoken)
        elif name.kind == "model":
            whole = _with_size_before(name, names[at - 1] if at else None, text)
            known.append(whole)
            if not spoken or not _is_built_on(text, name):
                spoken.append(whole)
        else:
            known.append(name)
    return known


def _is_built_on(text: str, name: Name) -> bool:
    lead = text[max(0, name.start - LEAD) : name.start]
    return BASIS.search(lead) is not None or lead.endswith(("fine-tune of ", "finetune of ", "version of "))


def _with_size_before(name: Name, before: Name | None, text: str) -> Name:
    """A model with the size right before it: "the 7B LLaMA-2", "the 3-billion StarCoder2"."""
    if name.size:
        return name
    size, start = "", name.start
    if before is not None and before.kind == "size" and name.start - before.end <= NEXT_TO:
        size, start = before.name, before.start
    elif words := _IN_WORDS.search(text, max(0, name.start - LEAD), name.start):
        size, start = f"{words[1]}B", words.start(1)
    full = f"{family_name(name.name)} {size}"
    if not size or not is_spelled(full):
        return name
    return name._replace(name=canonical(full), size=size, start=start)


def _member_of(size: Name, spoken: Sequence[Name]) -> list[Name]:
    """The member of one of the families spoken of that a bare size means, if any."""
    latest: Name | None = None
    for family in reversed(spoken):
        one = member(family, size.name)
        if one is None:
            continue
        found = one._replace(start=size.start, end=size.end)
        if is_spelled(f"{family_name(family.name)} {size.name}"):
            return [found]
        if family.organisation or family.size:
            latest = latest or found
    return [latest] if latest else []


def member(family: Name, size: str) -> Name | None:
    """The member of a family with a size ("70B") or version ("1.2"); none of a family that has none such."""
    is_version = size[-1].isdigit()
    stem = _VERSION.sub("", family.name) if is_version else family_name(family.name)
    full = f"{stem} {size}"
    if not is_spelled(full) and (is_version or _WITHOUT_SIZES.match(family.name)):
        return None
    name = canonical(full)
    return family._replace(name=name, size=size if size in name and not is_version else None)


@lru_cache(maxsize=2_000)
def family_name(name: str) -> str:
    """A name without the size of a member: Llama 3.1 for Llama 3.1 405B."""
    return re.sub(r"[ -]{0,3}\(?\d{1,4}(?:\.\d{1,2})?[BM]\b.*$", "", name)
