"""What looks like a figure and is another thing: a context length, a contract's term, the time of building, sales."""

from __future__ import annotations

import re

from pipeline.claims.claim import Kind
from pipeline.claims.labels import kind_by_key

# --- tokens ---------------------------------------------------------------------------------------

_NO_TOKENS = re.compile(
    r"context|window|per second|/ ?s\b|tokens? a second|inputs? of|prompts? of|per (?:million|request|query|batch"
    r"|step|parameter)"
    r"|a million tokens (?:of|cost)|price|vocabular|generat(?:e|ed|ing) (?:up to|over|about)|length|max(?:imum)? "
    r"|batch(?:es)? (?:size )?of|上下文|窗口",
    re.IGNORECASE,
)
_SERVED = re.compile(
    r"per (?:day|week|month|minute)|a (?:day|month|week)|daily|monthly|served|input tokens|output tokens", re.IGNORECASE
)
LEAST_SERVED = 1e9  # fewer a day are said of a user, or of a quota
LEAST_TRAINED = 1e9  # fewer are of a run only where one is spoken of
_TRAINED_ON = re.compile(
    r"tokens? ?:|train|saw|seen|corpus|dataset|data ?set|consum|process|on |over |fed|训练|learn|total of|token budget"
    r"|ingest|tun(?:e|ed|ing)\b",
    re.IGNORECASE,
)


def _is_no_token_count(said: str, near: str, value: float) -> bool:
    if _NO_TOKENS.search(near) or (_SERVED.search(near) and value < LEAST_SERVED):
        return True
    return value < LEAST_TRAINED and not _TRAINED_ON.search(said)


# --- time -----------------------------------------------------------------------------------------

# Words of a run, in front of a span of time or behind it.
_TRAINS = re.compile(
    r"train|fine-?tun|finetun|\btuned\b|rebuil|re-?creat|reproduc|replicat|re-?run\b|speedrun|self-play|against itself"
    r"|converge|训练|訓練|微调|微調|预训练|entra[iî]n|entren|trein|addestr|allenament|обуч|学習|학습|trening|трениров",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"\b(?:time|duration|used|dauer|duur|durée) ?:|tokens?\b|\b(?:models?|version|run|\d[BM]) need(?:s|ed)\b|\bran\b"
    r"|\brun(?:s|ning)?\b|took|tak(?:es|ing|e)\b|lasted|lasting|finish|complet|phase|stage|wall-?clock|duration"
    r"|went (?:on|into|flat out)|\bbusy\b|occupied|tied up|through (?:with|in)\b|done (?:with|in)\b|got through|recipe"
    r"|learn(?:s|ed|t|ing)\b|played|gpus?\b|h[128]00|a100|[345]090|rtx|v100|b[23]00|mi\d{3}|tpu|trillium|\bcards?\b"
    r"|\bone (?:box|machine|node|card|server)|single (?:\w+ )?(?:box|machine|node|card|server|rack)|petaflop"
    r"|fertig|lief|laufzeit|dauer|duré|duur|заня|длил|耗时|跑",
    re.IGNORECASE,
)
_NOT_RUN = re.compile(
    r"(?:made|built|developed) (?:\w+ ){0,3}models?\b|(?:next|past|coming|previous|first|every|each|ago|earlier|later"
    r"|before"
    r"|(?:the|in|over|for|of|these|those|its|his|our) last|old|decade|since|until|per|for the|in the|\bruns in|毎日"
    r"|每天|每日"
    r"|\d日|break(?:s|ing)? even (?:in|after)|pays? (?:itself )?(?:off|back) (?:in|after)) (?:about |~|\w+ )?$",
    re.IGNORECASE,
)
_NOT_UNLESS_RUN = re.compile(r"\b(?:within|after|another) (?:\w+ )?$", re.IGNORECASE)
_NOT_RUN_AFTER = re.compile(
    r"[ -]?(?:'|ago\b|earlier|later|old\b|after(?! (?:the )?(?:start|launch))|before|of (?:video|audio|speech|footage"
    r"|music"
    r"|build|construct|work\b|age\b|experiment|research|trial|fail|prepar|debug|data|human|inference|serving|waiting)"
    r"|per (?:day|week|year)|a (?:day|week|year)|from now|since|into(?! (?:the )?(?:pre-?)?train)|beforehand|prior"
    r"|warranty|contract|commitment|reservation|reserved|subscription|rental|notice|lease|deal|plan|agreement|out\b"
    r"|ahead|away|behind|period|term|horizon|in a row|on the job|of experience|streak|-long (?:deal|lease|contract)"
    r"|clips?\b|videos?\b|影片|视频|視頻|動画|音频|音頻|campaign|to (?:build|construct|install|deploy|assemble|put up"
    r"|bring)|to \d+ years?|就把"
    r"|以来|前に?|后|後に?|未満で|以内)",
    re.IGNORECASE,
)
_DONE_AFTER = re.compile(
    r"(?:finish|complet|train|done|converg|end|tokens|busy)\w{0,8} (?:\w{1,20} ){0,2}(?:after|within"
    r"|in the) (?:\w{1,20} )?$",
    re.IGNORECASE,
)
_OF_TRAINING = re.compile(
    r" (?:of|for) (?:the )?(?:(?:\w+ )?(?:pre-?)?training|fine-?tuning|self-play|compute|computing|tpu|gpu"
    r"|\w{0,2}\d{2,3}\b)"
    r"|[ -](?:pre-?)?train|[ -]fine-?tun",
    re.IGNORECASE,
)
_RUN_VERB = re.compile(
    r"train|\bran\b|\brun\b|took|lasted|finish|complet|phase|stage|lief|训练|gpus? for|tun(?:ed|ing)\b|busy",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(
    r"(?<!re)build|(?<!re)built|construct|erect|sell|sold|ship|shipments?|sales|export|import|smuggl|delivery"
    r"|deliver(?:ed|ing)|produc(?:e|ed|tion|ing) |output|manufactur|capacity of \d|(?:was|were|is|are|got) up"
    r" (?:and running )?in|went live|brought online|assembl|erected|came online|stood up|gone live|go live"
    r"|doubling (?:it|them|that)"
    r"|revenue|earn(?:s|ed|ing)|profit|\bloss(?:es)?\b|inference|predict|serving|\bserve[sd]?\b|from plan to"
    r"|decision to"
    r"|rented for|leas(?:e|ed|ing)|backlog|\bclips?\b|720p|1080p",
    re.IGNORECASE,
)
_FOR_MONEY = re.compile(
    r",? (?:for |at |and |or )?\(?(?:about |roughly |another |under |only |just |less than |some ){0,2}"
    r"[~<]?[$\u20ac\xa3]\d",
    re.IGNORECASE,
)
_MONEY_IN = re.compile(
    r"[$\u20ac\xa3][\d.,]+[kK]?,? (?:and|in|over) (?:about |roughly |under |only |just )?[~<]?$|块钱加$", re.IGNORECASE
)
# "An hour 300 yen", in that order in Japanese and Chinese.
_PRICED = re.compile(r"(?:あたり|当たり|につき)?(?:約|约)?[\d.,]{1,12}(?:円|元|ドル|美元)")
# A span without a number is one only behind these: "$5 a day" is a price, "one day" a day to come.
_SPAN_BEFORE = re.compile(
    r"(?:^|[.;:(] ?|\b(?:for|in|of|within|took|takes?|taking|lasted|nearly|almost|about|around|roughly|over|under"
    r"|just|only"
    r"|than|after|needed|needs|required|wanted|spent|pendant|en|in|für|während|durante|za|dauerte|but|and) )$",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"(?P<a>an?|une?|ein\w*|una|один|одну)? ?(?:one )?(?:(?P<whole>single|full|whole|entire|good) )?[^\W\d]+$",
    re.IGNORECASE,
)
_FOR = re.compile(r"\b(?:for|pendant|durante|während) (?:nearly |almost |about |just |only )?$", re.IGNORECASE)
_ONE_CHIP = re.compile(
    r"\b(?:single|one|lone|seul|seule|einzige\w*) (?:[\w-]+ ){0,2}(?:gpu|card|rack|chip|[vah]\d00|box|machine|node"
    r"|server)"
    r"|单[张張块塊卡机台个]|[一每][张張块塊]|1枚",
    re.IGNORECASE,
)
_YEARS = re.compile(r"year|jahr|ann[ée]e|\bans\b|año|ano|anni|лет|года|tahun|年|년", re.IGNORECASE)
_QUICK = re.compile(r"sec|minut|hour|hr|\dh|day|stund|tag|heure|jour|hora|dí?a|час|天|小时|小時|分|时", re.IGNORECASE)
LEAST_SECONDS = 60  # fewer are what an answer takes


def _is_no_run(before: str, said: str, after: str) -> bool:
    """Whether a span of time is no run's."""
    around = f"{before} {after}"
    trains = _TRAINS.search(around) is not None
    of_training = _OF_TRAINING.match(after) is not None
    if _NOT_RUN_AFTER.match(after) or _PRICED.match(after):
        return True
    if _NOT_RUN.search(before) and not (_DONE_AFTER.search(before) or of_training):
        return True
    if _NOT_UNLESS_RUN.search(before) and not (_RUN_VERB.search(before[-LONGEST_REACH:]) or _OTHER_SPAN.search(before)):
        return True
    if _YEARS.search(said) and not ((trains and of_training) or _ONE_CHIP.search(around)):
        return True
    if not re.search(r"\d", said) and _is_no_span(before, said, after, trains=trains or of_training):
        return True
    if _SECONDS.search(said) and not trains:
        return True
    built = max((found.end() for found in _NOT_OURS.finditer(before)), default=0)
    ran = max((found.end() for found in _RUN_VERB.finditer(before)), default=0)
    if built > ran:
        return True
    if _QUICK.search(said) and (_FOR_MONEY.match(after) or _MONEY_IN.search(before)):
        return False  # "in 90 minutes for $20"
    return not (trains or _RUNS.search(around))


def _is_no_span(before: str, said: str, after: str, *, trains: bool) -> bool:
    """Whether a span without a number is a price's ("$5 a day") or a day to come ("one day")."""
    span = _SPAN.match(said)
    if span is None:
        return False
    is_led = _SPAN_BEFORE.search(before) is not None
    if span["a"] is None:
        return not (is_led or _ON.match(after))
    return not (is_led and (trains or span["whole"] or (_FOR.search(before) and _RUNS.search(f"{before} {after}"))))


_ON = re.compile(r" (?:on|of|for)\b")
_OTHER_SPAN = re.compile(r"\d (?:hours|days|weeks)")
LONGEST_REACH = 60  # characters
_SECONDS = re.compile(r"sec|秒|секунд", re.IGNORECASE)

# --- accelerators ---------------------------------------------------------------------------------

_RANKED = re.compile(r"(?:top|rank|no\.|number|#|version|step|figure|table|section|chapter|page) ?$", re.IGNORECASE)
_PAUSE = re.compile(r"[;；，。]")  # noqa: RUF001
_STOP = re.compile(r"[.!?] |[。！？]")  # noqa: RUF001


def is_refused(text: str, start: int, end: int, kind: Kind, value: float) -> bool:
    """Whether the words around say that the figure is another thing: context length, building time, sales."""
    if kind_by_key(text, start, end):
        return False
    before, after = text[max(0, start - 90) : start], text[end : end + 60]
    if kind == "gpu_count":
        return _RANKED.search(before) is not None
    before, after = _STOP.split(before)[-1], re.split(r"[.!?](?: |$)|[。！？]", after)[0]  # noqa: RUF001
    said = text[start:end]
    if kind == "tokens":
        near = _PAUSE.split(text[max(0, start - 30) : start])[-1] + said + _PAUSE.split(text[end : end + 25])[0]
        return _is_no_token_count(before + said + after, near, value)
    return kind == "duration" and _is_no_run(before, said, after)
