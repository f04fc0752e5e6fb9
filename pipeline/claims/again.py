"""What a document says again: a text that stands there twice, with the same spoken of before, is read once.

Pages repeat themselves: teasers and notices come back, comments quote, generated pages say one sentence of a hundred
models. A text that no other is like is not kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from pipeline.claims.blocks import Block, BlockKind
from pipeline.claims.linker import Memory, Spoken
from pipeline.claims.made import Parts

Reading = Callable[[], list[Parts]]


class Again:
    """The texts of a document that it has more than once, and what was read of them."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        times = Counter(block.text for block in blocks if block.cell is None)
        self._repeated = frozenset(text for text, count in times.items() if count > 1)
        self._known: dict[tuple[BlockKind, str, Spoken], tuple[list[Parts], Spoken]] = {}

    def read(self, block: Block, memory: Memory, reading: Reading) -> list[Parts]:
        """What the figures of a block say; ``reading`` says it where the same was not read before.

        Args:
            block: The block.
            memory: What it is read with, and what it adds to.
            reading: Reads it, and adds to the memory what it speaks of.
        """
        if block.text not in self._repeated:
            return reading()
        key = block.kind, block.text, memory.spoken_of()
        known = self._known.get(key)
        if known is None:
            parts = reading()
            self._known[key] = parts, memory.spoken_of()
            return parts
        memory.go_on(known[1])
        return known[0]
