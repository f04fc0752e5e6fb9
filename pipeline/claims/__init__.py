"""The reader of prose: from an article's text or HTML to the claims it makes, deterministic and offline.

    read_page(page)    a page as archived: HTML or plain text, by its content type and its first characters
    read_html(markup)  the decoded HTML of a page
    read_text(text)    a passage, a paragraph, a transcript; pipe tables and Markdown headings are understood

For all three ``given[claim.start:claim.end] == claim.quote``, where *given* is the text handed in, or
``pipeline.read.text_of(page)``.
"""

from pipeline.claims.claim import ExtractedClaim, Flag, Kind, Place
from pipeline.claims.reader import Document, is_markup, read_html, read_page, read_text

__all__ = ["Document", "ExtractedClaim", "Flag", "Kind", "Place", "is_markup", "read_html", "read_page", "read_text"]
