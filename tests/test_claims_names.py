"""The size in a model's name: never split, never exchanged for another member's."""

from __future__ import annotations

import pytest

from pipeline.claims import read_text
from pipeline.claims.names import names_in


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("LLaMA-65B", "LLaMA-65B"), ("Llama 33B", "LLaMA-33B"), ("Llama-2-70B", "Llama 2 70B"),
        ("Llama3-70B", "Llama 3 70B"), ("Qwen 72B", "Qwen-72B"), ("Qwen2.5-72B", "Qwen2.5-72B"),
        ("Gemma 27B", "Gemma 27B"), ("Gemma 2 27B", "Gemma 2 27B"), ("OLMo-13B", "OLMo 13B"), ("OPT-66B", "OPT-66B"),
        ("OPT", "OPT-175B"), ("PaLM 62B", "PaLM 62B"), ("Vicuna-7B", "Vicuna-7B"), ("Tulu 3 405B", "Tulu 3 405B"),
        ("StarCoder 2 3B", "StarCoder 2 3B"), ("Nemotron-4 340B", "Nemotron-4 340B"), ("Granite 34B", "Granite 34B"),
        ("Llama 2, the 7B parameter version", "Llama 2 7B"), ("Llama 2, the 70B (billion) parameter model",
                                                              "Llama 2 70B"),
    ],
)  # fmt: skip
def test_a_size_belongs_to_the_name_as_printed(printed: str, name: str) -> None:
    """One name, with the size that stands there."""
    text = f"Training {printed} took weeks."

    assert [found.name for found in names_in(text, text) if found.kind == "model"] == [name]


@pytest.mark.parametrize("machine", ["MareNostrum", "Isambard", "El Capitan", "Gefion"])
def test_a_machine_of_the_table_is_bought_and_no_model(machine: str) -> None:
    """What is put into it is for hardware; with a number behind it is not taken for a model that somebody trains."""
    (claim,) = read_text(f"The ministry will put $40 million into {machine}.")
    behind = names_in(f"Running {machine} 5 took weeks.", f"Running {machine} 5 took weeks.")

    assert claim.scope == "hardware_capex"
    assert "model" not in [name.kind for name in behind]
