"""Who acts in a sentence: organisations and states, but not the maker of a chip, nor the cloud that it stands in."""

from __future__ import annotations

import re

from pipeline.claims.names import Name
from pipeline.claims.scope import Sentence

_MAKER_OF = re.compile(
    r"(?:'s)?(?: -?|-)(?:\w[\w-]{0,30} ){0,2}(?:gpus?|chips?|cards?|accelerators?|hopper|blackwell|ampere|[abh]\d{2,3}"
    r"|gb?h?\d00"
    r"|dgx|rtx|ascend|tpus?|graphics)",
    re.IGNORECASE,
)
# Romance languages name the maker behind: "50 000 GPU Nvidia", "512 puces Nvidia".
_CHIPS_OF = re.compile(
    r"\b(?:gpus?|chips?|puces?|processeurs?(?: graphiques)?|tarjetas(?: gráficas)?|placas|schede|procesadores)"
    r"(?: (?:de|d'|di))? ?$",
    re.IGNORECASE,
)
CLOUDS = frozenset([
    "Amazon", "Microsoft", "Google", "Oracle", "CoreWeave", "Lambda", "Nebius", "Together AI", "Crusoe", "Nscale",
    "RunPod", "Vast.ai", "Paperspace", "Vultr", "Hyperstack", "Fluidstack", "Voltage Park", "DataCrunch",
    "Scaleway", "OVHcloud",
])  # fmt: skip
_ON_CLOUD = re.compile(
    r"(?:\b(?:trained|run|ran|gpus|chips|a100s|h100s|hours|rented|hosted)\b[^,;.]{0,12}|^) ?\b(?:on|at|from"
    r"|via|through)"
    r"(?: the)? $|\b(?:used|using|rented|renting) (?:the )?$",
    re.IGNORECASE,
)


def actors_of(sentence: Sentence) -> list[Name]:
    """Organisations and states of a sentence; neither the maker of a chip that is named nor the cloud it stands in."""
    return [
        name
        for name in sentence.names
        if name.kind in ("organisation", "state", "programme")
        and not sentence.text.startswith(("には", "に対し", "へ"), name.end)  # to whom it is given
        and not (
            name.name in ("NVIDIA", "AMD", "Huawei", "Intel", "Google")
            and (
                _MAKER_OF.match(sentence.text, name.end)
                or _CHIPS_OF.search(sentence.text, max(sentence.start, name.start - 24), name.start)
            )
        )
        and not (
            name.name in CLOUDS
            and (
                _ON_CLOUD.search(sentence.text, max(sentence.start, name.start - 30), name.start)
                or sentence.text[sentence.start : name.start].strip() in ("On", "At", "Via", "With")
            )
        )
    ]
