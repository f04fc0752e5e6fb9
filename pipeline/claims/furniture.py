"""A site's furniture by its names and words: what stands around an article and is none of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_SIDE = re.compile(
    r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|sidebar|side-bar|newsletter|promo|promoted|breadcrumbs?|share"
    r"|sharing|social"
    r"|menu|nav|navbar|navigation|footer|cookie|consent|advert|advertisement|ads?|sponsor(?:ed)?|trending|popular"
    r"|most-read"
    r"|more-(?:stories|news|from|articles|on)|also-(?:read|like)|read-(?:more|next|also)|next-article|outbrain"
    r"|taboola|subscribe|subscription"
    r"|paywall|signup|author-bio|authorbox|tag-list|tags|toc|table-of-contents|teasers?|latest-news|pagination"
    r"|widget|ticker|stock-quote|disclaimer|top-?bar|masthead|site-header|banner|market-data|cta|anzeige"
    r"|werbung|publicidad"
    r"|publicite|read-on|jobs|paid-post|rail|right-rail|post-card|signup-card|newsletter-signup"
    r"|inline-newsletter|piano|regwall|meter"
    r"|recirc\w*|relevant-terms|post-terms|post-tags|topics|tagged|archive|portable-archive|post-preview|poll|hot-list"
    r"|story-list|card-list|latest|see-more|you-may-like|up-next|keep-reading|carousel|donate|donation"
    r"|references|reflist|navbox|infobox-nav|mw-editsection|visually-hidden|sr-only|hidden|skip-link)(?=$"
    r"|[\s_-])",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?:^|[\s_-])(?:comments?|comment-list|replies|discussion|disqus\w*)(?=$|[\s_-])", re.IGNORECASE)
_NOT_SIDE = re.compile(r"(?:^|[\s_-])(?:has|with|no|without|hide|non)[_-]", re.IGNORECASE)
_SIDE_HEADING = re.compile(
    r"(?:related|read (?:more|next|also)|more (?:from|on|stories|news|articles|in|like)|recommended|you (?:may"
    r"|might) (?:also )?(?:like|be interested)|see also"
    r"|also in (?:this|today)|in this issue|linked questions|sponsors?$|our sponsors?|from our partners|around the web"
    r"|elsewhere$"
    r"|trending|most (?:popular|read|viewed)|latest (?:news|stories|articles|posts)|further reading|sign up"
    r"|newsletter|subscribe|comments?\b|references$"
    r"|bibliography$|share (?:this|on)|popular (?:posts|articles)|up next|don't miss|what to read next"
    r"|also on|editor'?s picks?|top stories|in other news|(?:other|recent|previous|older|newer) (?:posts"
    r"|articles|stories)"
    r"|热门|热点|关联阅读|相关新闻|関連記事|おすすめ"
    r"|weiterlesen|mehr zum thema|auch interessant|lire aussi|相关阅读|推荐阅读|延伸阅读)",
    re.IGNORECASE,
)
_SIDE_LINE = re.compile(
    r"(?:related|read (?:more|also|next)|also read|see also|(?:other|recent|previous|earlier) (?:posts|stories"
    r"|articles)"
    r"|more from|recommended|don't miss|advertisement|sponsored"
    r"|watch|listen|sign up|subscribe|click here"
    r"|don.t miss|in other news|trending|lire aussi|lesen sie auch|推荐阅读|相关阅读)\s?[:|»>–—]",  # noqa: RUF001
    re.IGNORECASE,
)
# Lines that ask for something, whatever element they stand in.
_PLEA = re.compile(
    r"(?:this (?:episode|newsletter|post|video|article) is (?:brought|sponsored)|brought to you by"
    r"|support (?:us|our|this)\b"
    r"|get \$\d+ (?:in|off)|use (?:the )?code\b|join (?:over )?[\d,.]+k? (?:readers|subscribers|people)"
    r"|become a (?:member|subscriber)|should you (?:invest|buy)|if you(?: had|'d) (?:invested|bought)"
    r"|if you invested"
    r"|start your free|keep reading|unlock|already a (?:subscriber|member)|jetzt abonnieren|abonnez-vous"
    r"|suscr[ií]bete)",
    re.IGNORECASE,
)
LONGEST_PLEA = 300
# Containers that sites name after what they hold, as common systems do; a page without them is read by its elements.
_BODY = re.compile(
    r"(?:^|[\s_-])(?:article-?_?_?body(?:_?_?content)?|articlebody|story-?_?_?body|storytext|entry-?_?content"
    r"|post-?_?_?content|post-?_?body|article-?_?_?content|article-?_?_?text|body-content|content-body|story-content"
    r"|markdown-body|model-card-content|mw-parser-output|mw-content-text|gh-content|available-content|body-copy"
    r"|rich_media_content|artibody|article_content|post_text|news-?text|commtext|comment-tree|ltx_document|govspeak"
    r"|theme-doc-markdown|postcontent|field-name-body)(?=$|[\s_-])",
    re.IGNORECASE,
)


_NOTE = re.compile(r"(?:^|[\s_-])(?:footnotes?|endnotes?|doc-footnote|doc-endnotes?|fn)(?=$|[\s_-])", re.IGNORECASE)
_NOTES_HEADING = re.compile(r"(?:foot|end)?notes:?\s{0,3}$|anmerkungen|fußnoten", re.IGNORECASE)
# A note that only says where something stands: the figures of its titles are others'.
_CITES = re.compile(
    r"https?:|www\.|\bdoi\b|\bet al\b|\b(?:retrieved|accessed|archived|arxiv)\b|\bpp?\. ?\d|\bvol\. ?\d|\b(?:see|cf)\b",
    re.IGNORECASE,
)


class Part(NamedTuple):
    """What an element is by its class and id."""

    is_side: bool
    is_remark: bool
    """Whether it holds readers' remarks, which on some pages are the article."""
    is_body: bool
    is_note: bool = False
    """Whether it holds notes to the text."""


@lru_cache(maxsize=4096)
def part_by(label: str) -> Part:
    """What class and id, which a page repeats, say of an element."""
    is_side = _SIDE.search(label) is not None and _NOT_SIDE.search(label) is None
    is_remark = not is_side and _REMARK.search(label) is not None
    return Part(is_side, is_remark, _BODY.search(label) is not None, _NOTE.search(label) is not None)


def is_notes_heading(text: str) -> bool:
    """Whether a heading says that notes to the text follow."""
    return _NOTES_HEADING.match(text) is not None


def is_citation(text: str) -> bool:
    """Whether a note only says where something stands: its figures are those of other texts' titles."""
    return _CITES.search(text) is not None


def is_side_heading(text: str) -> bool:
    """Whether a heading says that other articles follow."""
    return _SIDE_HEADING.match(text) is not None


def is_side_line(text: str) -> bool:
    """Whether a paragraph points at another article or asks for something, whatever element it stands in."""
    return bool(_SIDE_LINE.match(text)) or (len(text) < LONGEST_PLEA and bool(_PLEA.match(text)))
