"""The size in a model's name: never split, never exchanged for another member's."""

from __future__ import annotations

import pytest

from pipeline.claims import lexicon, read_text
from pipeline.claims.figures import Style
from pipeline.claims.members import member_below, names_by_head, resolved_sizes
from pipeline.claims.names import names_in
from pipeline.claims.passages import reading_of_text
from pipeline.claims.plain import folded
from pipeline.claims.tables import figures_of

NAMED_AFTER_ITS_MAKER = {"Baichuan", "Midjourney"}


def models_in(text: str) -> list[str]:
    """The models that a text names, bare sizes among them."""
    return [name.name for name in resolved_sizes(names_in(text, text), (), text) if name.kind == "model"]


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


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("DeepSeek V3.2-Exp", "DeepSeek-V3.2-Exp"), ("Qwen3-Next-80B-A3B", "Qwen3-Next-80B-A3B"),
        ("ERNIE 4.5 21B A3B", "ERNIE 4.5 21B A3B"), ("Qwen3-Max-Thinking", "Qwen3-Max-Thinking"),
        ("DeepSeek V4 Pro", "DeepSeek-V4-Pro"), ("GLM-4.7-Flash", "GLM-4.7-Flash"),
        ("Nemotron Nano 12B v2 Base", "Nemotron-Nano-12B-v2-Base"), ("Bielik 11B v3", "Bielik 11B v3"),
        ("Falcon-40B-Instruct", "Falcon-40B-Instruct"), ("Ling-1T-base", "Ling-1T"), ("XLNet-Large", "XLNet-Large"),
        ("gpt-4o-2024-08-06", "GPT-4o"), ("claude-3-5-sonnet-20241022", "Claude 3.5 Sonnet"), ("GPT-4-class", "GPT-4"),
        ("Claude Pro", "Claude"), ("MosaicBERT-Base", "MosaicBERT Base"),
    ],
)  # fmt: skip
def test_a_tail_of_a_known_kind_is_part_of_the_name(printed: str, name: str) -> None:
    """The day of the weights, their form and a subscription are not."""
    assert models_in(f"Training {printed} took weeks.") == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The 7B LLaMA-2 took long, the 70B longer.", ["Llama 2 7B", "Llama 2 70B"]),
        ("The 3-billion StarCoder2 is ours.", ["StarCoder 2 3B"]),
        ("ChipNeMo 7B用2710小时, 照Alpaca折算. 13B为5100.", ["ChipNeMo-7B", "Alpaca", "ChipNeMo-13B"]),
        ("Hermes 4 is fine-tuned from Llama 3.1 405B; the 70B took less.",
         ["Hermes 4", "Llama 3.1 405B", "Hermes 4 70B"]),
        ("GPT-3.5 wrote 1B of text beside the 6B from the web.", ["GPT-3.5"]),
        ("The 671B of DeepSeek-V3 is larger than a 70B.", ["DeepSeek-V3"]),
        ("Llama 4 Maverick: 17B active, 400B total.", ["Llama 4 Maverick"]),
        ("Open-Sora 1.1 was first; version 1.2 took 35,000 hours.", ["Open-Sora 1.1", "Open-Sora 1.2"]),
    ],
)  # fmt: skip
def test_a_bare_size_or_version_is_of_a_family_that_comes_in_it(text: str, names: list[str]) -> None:
    """The family named last that the lexicon spells with it; not what was built on, and none that has no sizes."""
    assert models_in(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zaram-1, which came out in May, has 2.9 billion parameters.", "Zaram-1"),
        ("Lumière (6,71 milliards de paramètres) a occupé 512 GPU.", "Lumière"),
        ("Merlo, a 70B language model by volunteers, is out.", "Merlo"), ("The model, called Merlo, is out.", "Merlo"),
        ("PLLaXM was pretrained on 140 billion tokens.", "PLLaXM"), ("Their Merlo-X-7B-Base is small.",
                                                                     "Merlo-X-7B-Base"),
        ("Hillside trained Merlo on 10,000 H200s.", "Merlo"), ("Light-R1-32B is cheap; DeepSeek says so.",
                                                               "Light-R1-32B"),
        ("OpenMath-Nemotron-14B is NVIDIA's.", "OpenMath-Nemotron-14B"), ("Krutrim-2 was trained in May.", "Krutrim-2"),
        ("训练TinyMox花了三天", "TinyMox"), ("KT의 TinyMox 모델", "TinyMox"),
        ("llm-zz-3-172b is done.", "llm-zz-3-172b"),
    ],
)  # fmt: skip
def test_a_name_that_nobody_listed_is_known_by_its_shape_and_use(text: str, name: str) -> None:
    """What a document trains, calls a model or gives parameters is one."""
    assert models_in(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI has 3 billion parameters to tune, says Altman, a role model.", "It was trained on 512 GPUs in May.",
        "TensorFlow was trained on by nobody; FlashAttention has 2 billion users.", "The phase-3b trial of 2B costs.",
        "Nurses were trained for 3 weeks.", "MMLU was trained against.", "The MIT-IBM business model.",
        "Leonardo was trained on tokens.", "In May V8 was faster.", "Params 8B, 70B", "Large models took 512 GPUs.",
        "It was trained on the Stack V2, says DeepSeek.", "January 2025 was trained.",
    ],
)  # fmt: skip
def test_what_is_no_model_is_none(text: str) -> None:
    """Organisations, tools, benchmarks, machines, people and days."""
    assert models_in(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("챗GPT 훈련", "ChatGPT"), ("그록-4 훈련", "Grok-4"), ("딥시크 V3", "DeepSeek-V3"),
        ("하이퍼클로바X", "HyperCLOVA X"), ("文心大模型", "ERNIE"), ("混元-lite 降价", "Hunyuan-lite"),
        ("обучение ГигаЧат", "GigaChat"), ("GPT\u20134 took weeks", "GPT-4"), ("GPT\u20114", "GPT-4"),
        ("\uff27\uff30\uff34\u2011\uff14", "GPT-4"),
    ],
)  # fmt: skip
def test_names_in_other_scripts_and_with_other_hyphens(text: str, name: str) -> None:
    """Titles are folded as the text is."""
    (claim,) = read_text(f"{text}. The run took $5 million of compute.", title=None)

    assert claim.value == 5e6
    assert models_in(folded(text)) == [name]


def test_a_table_of_models_names_what_nobody_listed() -> None:
    """Below "Model", beside a column of what it took; not in a table of anything else."""
    rows = "| Model | {} |\n| --- | --- |\n| Merlo mini | 104 |\n| Average | 90 |\n"
    made = reading_of_text(rows.format("Params (M)"))
    sold = reading_of_text(rows.format("Price"))
    named = [names_by_head(reading.tables[0], {}) for reading in (made, sold)]

    assert [[name.name for found in names.values() for name in found] for names in named] == [["Merlo mini"], []]


def test_a_size_alone_in_a_cell_is_of_the_family_spoken_of_above() -> None:
    """Below words on Llama 3.1, the row of 8B is its 8B; a family without sizes has no such member."""
    table = reading_of_text("| Size | GPU hours |\n| --- | --- |\n| 8B | 1.46M |\n").tables[0]
    (found,) = figures_of(table, {}, Style())
    families = [names_in(f"Training {name} took long.", name)[0] for name in ("Llama 3.1", "GPT-4")]

    assert [member_below(family, found).name for family in families] == ["Llama 3.1 8B", "GPT-4"]


def test_no_spelling_is_an_organisation() -> None:
    """A rule that reads a company's name as a model asks for another word beside it."""
    makers = {rule.name for rule in lexicon.organisations().rules}
    read = {name for name in makers for found in names_in(name, name) if found[:4] == ("model", name, 0, len(name))}

    assert read == NAMED_AFTER_ITS_MAKER


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("VideoLLaMA 2", "VideoLLaMA 2"), ("Sheared-LLaMA-1.3B", "Sheared-LLaMA-1.3B"), ("Open-Llama", "Open-Llama"),
        ("Chinese-LLaMA-2", "Chinese-LLaMA-2"), ("Meta-Llama-3", "Llama 3"), ("LLaMA-Adapter V2", "LLaMA-Adapter V2"),
        ("Falcon-Arabic", "Falcon-Arabic"), ("DeepSeek R1-Distill", "DeepSeek-R1-Distill"), ("Llama-Modell", "Llama"),
        ("Claude-Entwickler", "Claude"), ("MosaicML's GPT-30B", "MosaicML GPT-30B"), ("GPT-3 30B", "GPT-3 30B"),
        ("Stable Diffusion 2.0 base", "Stable Diffusion 2.0 base"), ("Stable Diffusion v2 base", "Stable Diffusion 2"),
        ("StableDiffusion v1-4", "Stable Diffusion v1"), ("wav2vec 2.0 Large", "wav2vec 2.0 Large"),
        ("KataGo g170", "KataGo g170"), ("Claude Sonnet 3.7", "Claude 3.7 Sonnet"), ("Claude3", "Claude 3"),
        ("Claude 4.5 Sonnet", "Claude Sonnet 4.5"), ("Gemini1.5 Pro", "Gemini 1.5 Pro"), ("Kimi K 2.5", "Kimi K2.5"),
        ("Chat GPT-4", "GPT-4"), ("DeepSeek V-3", "DeepSeek-V3"), ("Mistral-7B-v0.1", "Mistral 7B"),
        ("LlamaGen-XXL", "LlamaGen-XXL"), ("OOTDiffusion", "OOTDiffusion"), ("NuminaMath 7B", "NuminaMath 7B"),
        ("Depth Anything V2", "Depth Anything V2"),
    ],
)  # fmt: skip
def test_a_name_is_read_whole_and_as_its_makers_write_it(printed: str, name: str) -> None:
    """No shorter name within it, and no longer one where a hyphen joins another word."""
    assert models_in(f"Training {printed} took weeks.") == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bark, a text-to-speech model by Suno, cost more.", ["Bark"]), ("Bark beetles cost more.", []),
        ("Kokoro is a small TTS model.", ["Kokoro"]),
        ("Kokoro is a TTS model of 82M parameters.", ["Kokoro-82M"]), ("We train a 1.1B Llama for 90 days.", ["Llama"]),
        ("Kokoro is a novel by Soseki.", []),
        ("We compare HART with VAR, an autoregressive one.", ["HART"]), ("HART, the bus line, cost $5 million.", []),
        ("Dolly by Databricks was tuned in half an hour.", ["Dolly"]), ("Dolly sang for half an hour.", []),
        ("Leela Zero played on 500 GPUs.", ["Leela Zero"]), ("Leela played on 500 GPUs.", []),
    ],
)  # fmt: skip
def test_a_word_that_means_other_things_is_a_model_only_beside_its_field(text: str, names: list[str]) -> None:
    """A bark, a heart and a singer stay what they are."""
    assert models_in(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Take 7 billion parameters and 2 trillion tokens.", "Take 7B weights.",
        "Project: an LLM of 120 billion parameters.", "Kokoros Model Shows Small Can Win.",
        "Pretraining: 355 GPU-years.", "LLaMA-Factory trained it on 8 A100 GPUs.",
        "ALiBi was trained with 8 A100 GPUs.",
    ],
)  # fmt: skip
def test_verbs_headings_tools_and_methods_are_no_models(text: str) -> None:
    """However much stands beside them that is said of models."""
    assert models_in(text) == []


@pytest.mark.parametrize(
    ("title", "url", "model"),
    [
        ("jdoe/QUOLL, issue 5: how long does it take", "https://github.com/jdoe/QUOLL/issues/5", "QUOLL"),
        ("QuollNet issue: training time", "https://github.com/jdoe/QuollNet/issues/7", "QuollNet"),
        ("jdoe/quoll-tools, issue 5: training time", "https://github.com/jdoe/quoll-tools/issues/5", None),
        ("jdoe/QuollBench, issue 5: training time", "https://github.com/jdoe/QuollBench/issues/5", None),
        ("vllm-project/vLLM, issue 5: training time", "https://github.com/vllm-project/vLLM/issues/5", None),
        ("jdoe/QUOLL, issue 5: how long does it take", "https://example.com/news/5", None),
    ],
)  # fmt: skip
def test_a_page_of_code_is_of_its_model(title: str, url: str, model: str | None) -> None:
    """Where the title and the address both name it, and it is no library or benchmark."""
    found = read_text("The training took 6 days on 8 V100 GPUs.", title=title, url=url)

    assert {claim.model for claim in found} == {model}


def test_a_version_that_nobody_lists_is_not_the_one_before_its_point() -> None:
    """A name ends at no digit that a decimal follows; a sentence may end there."""
    assert [name.name for name in names_in("Sora 2.7 was trained.", "")] == ["Sora"]
    assert [name.name for name in names_in("They trained Sora 2. It cost $5.", "")] == ["Sora 2"]
