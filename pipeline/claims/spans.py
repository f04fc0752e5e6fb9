"""Spans of time: those of a run, and those of a contract, of building, of serving, of a quarter's sales."""

from __future__ import annotations

import re

# All are of small letters, and so is what they are asked of: patterns without regard to case take three times as long.
# Words of a run, in front of a span or behind it: surely of training, or of machines at work.
_TRAINS = re.compile(
    r"(?<!ns)(?<!es)train(?!s? station)|fine-?tun|finetun|\btuned\b|rebuil|re-?creat|reproduc|replicat|re-?run\b"
    r"|speedrun|self-play|against itself|converge|sweep|\bq?lora\b|reinforcement learning|\brlhf\b"
    r"|\bepochs?\b|\bloss\b(?! of)|训练|訓練|微调|微調|预训练|entra[iî]n|entren"
    r"|trein|addestr"
    r"|allenament|обуч|学習|학습|trening|трениров|trén",
)
_RUNS = re.compile(
    r"\b(?:time|duration|used|dauer|duur|durée) ?:|tokens?\b|\bneed(?:s|ed)\b|\bran\b|\brun(?:s|ning)?\b|took"
    r"|tak(?:es|ing|e)\b|last(?:ed|ing|s\b)|finish|complet|phase|stage|wall-?clock|duration|went (?:on|into|flat out)"
    r"|\bbusy\b"
    r"|occupied|tied up|through (?:with|in)\b|done (?:with|in|after|within)\b|\bstopped (?:after|at)\b"
    r"|\bended (?:after|at)\b|got through|recipe|learn(?:s|ed|t|ing)\b|played"
    r"|record\b"
    r"|checkpoint|utili[sz]ation|\bmfu\b|flops?\b|gpus?\b|\bof them for\b|\bused [^.;]{0,40}\bchips\b"
    r"|\bcomputed (?:in|over)\b|h[1278]00|h20s?\b|gh200|[ah]800|a100|a40s?\b|a6000|l40s?\b|ascend|trainium"
    r"|[345]090|rtx|v100|b[23]00|mi\d{3}|tpu"
    r"|trillium|\bcards?\b|\bone (?:\w+ )?(?:box|machine|node|card|server)"
    r"|single (?:\w+ )?(?:box|machine|node|card|server|rack)|petaflop|\bon (?:a|the) cluster|fertig|lief|laufzeit"
    r"|dauer|duré|duur|заня|длил"
    r"|耗时|耗時|历时|歷時|跑",
)
_RUN_VERB = re.compile(
    r"train|fine-?tun|\bran\b|\brun\b|\bdone\b|reinforcement learning|took|lasted|finish|complet|phase|stage|lief"
    r"|训练|gpus\b(?! cloud)|tun(?:ed|ing)\b|busy"
    r"|[ah]100s?\b",
)
# What other things last, in front of a span; behind the last word of a run it is none.
_OTHER = re.compile(
    r"(?<!re)build|(?<!re)built|construct|erect|sell|sold|ship|shipments?|sales|export|import|smuggl|delivery"
    r"|deliver(?:ed|ing)|(?<!re)produc(?:e|ed|tion|ing) |\boutput\b|manufactur|capacity of \d|(?:was|were|is|are"
    r"|got) up"
    r" (?:and running )?in|went live|brought online|assembl|erected|came online|stood up|put up|set up|switched on"
    r"|installed|puts? out|gone live|go live"
    r"|doubling (?:it|them|that)|revenue|\bearn(?:s|ed|ing)|profit|net loss|\blosses\b|inference|predict|serving"
    r"|\bserve[sd]?\b"
    r"|rented for|leas(?:e|ed|ing) for|backlog|\bclips?\b|720p|1080p|\b(?:an|each|per|one) answer\b|answering|grew"
    r"|growth|billion(?: dollars)? over"
    r"|\b(?:a|per) (?:task|query|clip|image|request|answer)\b",
)
_NEVER = re.compile(
    r"(?:research and development|\br&d\b|cloud (?:services|comput\w+|costs?|time)|filings?\b)[^.;]{0,80} (?:in|over) $"
    r"|from plan to|decision to|to running took|\bruns in $|\bowning\b[^,;]{0,30}$"
    r"|\b(?:site|hall|campus|facility|plant|cent(?:er|re)),? (?:was )?(?:finished|completed|ready|done)",
)
# Right before a span.
_LEAD = re.compile(
    r"(?:\b(?:those|these|next|past|coming|previous|first|ago|earlier|later|before|old|decade|since|until|for the"
    r"|in the"
    r"|(?:the|in|over|for|of|these|those|its|his|our) last)(?: (?:about |~|\w+ )?)?|\b(?:every|each|per) (?:about "
    r"|~)?|毎日"
    r"|每天|每日|每个\w{1,8}约?|\d日|break(?:s|ing)? even (?:in|after) (?:about )?|pays? (?:itself )?(?:off"
    r"|back) (?:in|after) "
    r"|\b(?:due|ready|expected|available|out|back) in |\bwaiting (?:about )?|\bqueue (?:is|was|of) (?:about )?|\bvalid"
    r" (?:for )?|\bcommit(?:ting|ted|s)? (?:to|for) |\badds (?:about )?~?"
    r"|\b(?:halved|doubled|tripled|trebled|quadrupled|grown|fallen|dropped|slid|risen|soared|plunged|plummeted|collapsed)"
    r" (?:in|over|within|inside) (?:about |roughly |just |only |less than )?)$",
)
_LEAD_UNLESS_RUN = re.compile(
    r"\b(?:within|after|another) (?:about |roughly |just |only |barely |another |~)?$", re.IGNORECASE
)
_BEHIND = re.compile(
    r",? ?(?:went|goes) by\b"
    r"|[ -]?(?:'(?!s? (?:work|rental|training))|ago\b|earlier|later|longer\b|old\b|after(?! (?:the )?(?:start|launch))"
    r"|before(?! it\b)|of (?:video|audio|speech|sound|footage|music|build|construct|procure"
    r"|work\b(?! (?:for|by|on|of) (?:[\d,.]+ |an? |one ))|age\b|experiment|research|trial|fail|prepar|debug|data|human"
    r"|inference|serving"
    r"|waiting)|per (?:day|week|year)|a (?:day|week|year)|from (?:now|bare|plan|decision|order|ground|contract|signing)"
    r"|since|into(?! (?:the )?(?:pre-?)?train)|beforehand|prior|warranty|contract|commitment|reservation|reserved"
    r"|subscription|rental|notice|lease|deal|plan|agreement|out\b|ahead|away|behind|period|term|horizon|in a row"
    r"|now (?:head|in|the|at|on)\b|back\b(?! to)|on the job|of experience|streak|-long (?:deal|lease|contract)"
    r"|clips?\b|videos?\b|(?:\w{1,16} )?forecast|loss\b"
    r"|drop\b|fall\b|decline|rally|rout\b|slide\b|gain\b|campaign"
    r"|to (?:(?!train|pre|fine|run)\w{1,15} and )?(?:build|construct|install|deploy|assemble|put up|bring|manufacture"
    r"|erect|deliver)|to \d{1,3} years?|the service|\d{1,2}時間|就把"
    r"|影片|视频"
    r"|視頻|動画|音频|音頻|以来|前に?|后|後に?|未満で|以内)|.{0,40}(?:720p|1080p)",
)
_DONE_AFTER = re.compile(
    r"(?:finish|complet|train|done|converg|end|tokens|busy)\w{0,8} (?:\w{1,20} ){0,2}(?:after|within"
    r"|in the) (?:\w{1,20} )?$",
)
_OF_TRAINING = re.compile(
    r" (?:of|for) (?:the )?(?:(?:\w+ )?(?:pre-?)?training|fine-?tuning|self-play|compute|computing|tpu|gpu"
    r"|\w{0,2}\d{2,3}\b)|[ -](?:pre-?)?train|[ -]fine-?tun",
)
# "After 26 minutes on 16 H100s", "12 hours in": what ran is said behind.
_ON_CHIPS = re.compile(
    r"(?: at (?:most|the most|least)| or (?:so|less|fewer))?,? (?:on|with|using|of) (?:[\w,.–-]+ ){0,5}?(?:gpus?"  # noqa: RUF001
    r"|tpus?|[avhl]\d{2,4}s?|b[23]00s?|gh200s?|[345]090s?"
    r"|\d?x?[avh]\d{2,3}|nodes?|box|cards?)\b"
    r"| in, ",
)
_FOR_MONEY = re.compile(
    r",? (?:for |at |and |or )?\(?(?:about |roughly |another |under |only |just |less than |some ){0,2}[~<]?[$€£]\d",
)
_MONEY_BEFORE = re.compile(
    r"[$€£][\d.,]+k?(?:,| and| in| over) (?:about |roughly |under |only |just )?[~<]?$|[$€£]\d{1,3} million in"
    r" (?:about |just |only )?$|(?:cost|took|takes?|spent|for|of) (?:\w+ ){0,2}[$€£][\d.]+ ?(?:million|m) and"
    r" (?:about |just |only )?$|块钱加$",
)
# "An hour 300 yen", in that order in Japanese and Chinese.
_PRICED = re.compile(r"(?:あたり|当たり|につき)?(?:約|约)?[\d.,]{1,12}(?:円|元|ドル|美元)")
# Behind another span: "198 hours, or four days"; "198 hours for one and another 80 hours for the other".
_GOES_ON = re.compile(
    r"\d (?:hours?|days|weeks|months)(?:,? (?:or|and|then)|,)(?: (?:about|around|roughly|another|~)){0,2} ?$",
)
_OTHER_SPAN = re.compile(r"\d (?:hours|days|weeks)")
# A span without a number is one only behind these: "$5 a day" is a price, "one day" a day to come.
_SPAN_BEFORE = re.compile(
    r"(?:^|[.;:(] ?|\b(?:for|in|of|within|took|takes?|taking|lasted|nearly|almost|about|around|roughly|over|under|just"
    r"|only|than|after|needed|needs|required|wanted|spent|pendant|en|in|für|während|durante|за|около|dauerte|but"
    r"|and) )$",
)
_SPAN = re.compile(
    r"(?P<a>an?|une?|ein\w{0,2}|una|один|одну)? ?(?:one )?(?:(?P<whole>single|full|whole|entire"
    r"|good) )?[^\W\d]{1,24}(?:-[^\W\d]{1,24})?$",
)
_FOR = re.compile(r"\b(?:for|pendant|durante|während) (?:nearly |almost |about |just |only )?$")
_ON = re.compile(r" (?:on|of|for)\b")
# Years are those of a single machine, which would need as long.
_ONE_CHIP = re.compile(
    r"\b(?:single|one|lone|seul|seule|einzige\w*) (?:[\w-]+ ){0,2}(?:gpu|card|rack|chip|[vah]\d00|box|machine|node"
    r"|server)|单[张張块塊卡机台个]|[一每][张張块塊]|1枚",
)
# "An H100, one hour: $2" says what an hour costs.
_AN_HOUR, _COSTS = re.compile(r"(?:an?|one|1) hour$"), re.compile(r" ?: ?~?[$€£]")
# "In 122 days the firm put up its cluster".
_BUILT_BEHIND = re.compile(
    r"[^,;]{0,60}\b(?:put up|set up|built|erected|assembled|brought up)\b[^,;]{0,40}?(?:cluster|data ?cent"
    r"|supercomputer"
    r"|campus|factory|plant\b)",
)
_GPUS_FOR = re.compile(r"(?:gpus|chips|in parallel)[^.;,]{0,20} for (?:about |around |roughly )?$")
_WOULD_NEED = re.compile(r"would|could|\bto\b|need|take|keep|busy|要|需")
_LED_BY = re.compile(r"(?<!busy )(?<!work )(?<!be )\b(?:over|in|for|of|about) ~?$")
_YEARS = re.compile(r"year|jahr|ann[ée]e|\bans\b|año|ano|anni|лет|года|tahun|年|년")
_QUICK = re.compile(r"sec|minut|hour|hr|\dh|day|stund|tag|heure|jour|hora|dí?a|час|天|小时|小時|分|时")
_MINUTES = re.compile(r"min|分")
_SECONDS = re.compile(r"sec|秒|секунд")
_DIGIT = re.compile(r"\d")
# Where nothing runs or trains, only money or another span beside it makes a span a run's; most texts have neither.
_MAY_BE_A_RUN = re.compile(r"[$€£]|块钱|\d (?:hour|day|week|month)")
LONGEST_REACH = 60  # characters
LONGEST_RUN = 3650  # days; nobody says as long a time in minutes
FIRST_EASTERN = "\u0900"


def is_of_no_run(before: str, said: str, after: str, days: float) -> bool:
    """Whether a span of time is no run's, by the words of its sentence before and behind it."""
    before, said, after = before.lower(), said.lower(), after.lower()
    around = f"{before} {after}"
    trains = _TRAINS.search(around) is not None
    if not (trains or _RUNS.search(around) or _MAY_BE_A_RUN.search(around)):
        return True
    of_training = _OF_TRAINING.match(after) is not None
    if _BEHIND.match(after) or _PRICED.match(after) or _NEVER.search(before) or _is_of_another(before, said, after):
        return True
    if _GOES_ON.search(before):
        return False
    if _is_led_away(before, after, of_training=of_training) or _is_no_length(before, said, around, days, trains=trains):
        return True
    close = of_training or _TRAINS.search(before[-LONGEST_REACH:]) is not None
    if not _DIGIT.search(said) and _is_no_span(before, said, after, trains=close):
        return True
    other = max((found.end() for found in _OTHER.finditer(before)), default=0)
    ran = max((found.end() for found in _RUN_VERB.finditer(before)), default=0)
    if other > ran:
        return True
    if (_QUICK.search(said) and _FOR_MONEY.match(after)) or _MONEY_BEFORE.search(before):
        return False  # "in 90 minutes for $20"
    return not (trains or _RUNS.search(around))


def _is_of_another(before: str, said: str, after: str) -> bool:
    """Whether a span is the hour that a price is of, or the time in which a machine was built, as said behind it."""
    if _AN_HOUR.match(said) and _COSTS.match(after):
        return True
    return _BUILT_BEHIND.match(after) is not None and _RUN_VERB.search(before) is None


def _is_led_away(before: str, after: str, *, of_training: bool) -> bool:
    """Whether the word in front says another time: the next one, every one, the one after which something is."""
    if _LEAD.search(before):
        return not (_DONE_AFTER.search(before) or of_training)
    if not _LEAD_UNLESS_RUN.search(before):
        return False
    is_run = of_training or _ON_CHIPS.match(after) or _FOR_MONEY.match(after)
    return not (is_run or _RUN_VERB.search(before[-LONGEST_REACH:]) or _OTHER_SPAN.search(before))


def _is_no_length(before: str, said: str, around: str, days: float, *, trains: bool) -> bool:
    """Whether no run is as long or as short; years are those of one machine alone, seconds a run's by its words."""
    if _YEARS.search(said):
        if _GPUS_FOR.search(before):
            return False
        needs = _ONE_CHIP.search(around) and _WOULD_NEED.search(before) and not _LED_BY.search(before)
        is_of_training = trains and _OF_TRAINING.search(around) is not None and said[:1] in "ahu½"
        return not (needs or is_of_training)
    is_short = _SECONDS.search(said) is not None
    if is_short or _MINUTES.search(said):
        return days > LONGEST_RUN or (is_short and not trains and days < 1 / 24)
    return False


def _is_no_span(before: str, said: str, after: str, *, trains: bool) -> bool:
    """Whether a span without a number is a price's ("$5 a day") or a day to come ("one day")."""
    span = _SPAN.match(said) if said[:1] < FIRST_EASTERN else None
    if span is None:
        return False
    is_led = _SPAN_BEFORE.search(before) is not None
    if span["a"] is None:
        return not (is_led or _ON.match(after))
    return not (is_led and (trains or span["whole"] or (_FOR.search(before) and _RUNS.search(f"{before} {after}"))))
