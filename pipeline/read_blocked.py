"""Pages that stand in for the page, answered with 200: what a person would see in a browser, and no program can pass.

Only a page that could not be read is looked at: a good page may speak of logins and captchas as it likes.
"""

from __future__ import annotations

import re

from pipeline.source import Page

LONGEST_LOOKED_AT = 256 * 1024  # bytes: such pages are short, and say it at the beginning
SIGNS: dict[str, str] = {
    "a captcha": r"captcha|cf-turnstile|cf[-_]chl|challenge-platform|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you a robot|not a robot|unusual traffic|just a moment\.\.\.|checking (?:if the site|your browser)",
    "a refusal to programs": r"access denied|access to this page has been denied|attention required!|"
    r"you have been blocked|request (?:was )?blocked|incapsula|error code:? 10[0-9][0-9]|unsupported browser",
    "a login": r"<input[^>]{0,300}type=[\"']?password|(?:sign|log) ?in to (?:continue|view|see|your)|"
    r"please (?:sign|log) ?in|login required|session (?:has )?expired|authentication required",
    "a cookie wall": r"(?:accept|enable|allow|agree to) (?:the use of )?(?:all )?cookies|"
    r"cookies (?:are|must be) (?:disabled|required|enabled)|before you continue|"
    r"consent to (?:the use of )?cookies|we value your privacy",
    "a maintenance page": r"(?:under|scheduled|down for|undergoing) maintenance|temporarily unavailable|"
    r"back (?:online )?(?:soon|shortly)|service unavailable|we'?ll be (?:right )?back",
    "a page without content": r"enable javascript|javascript (?:is )?(?:required|disabled)|welcome to nginx|"
    r"domain (?:name )?(?:is|may be) for sale|account (?:has been )?suspended|page not found|error 404",
}
_SIGNS = {kind: re.compile(pattern) for kind, pattern in SIGNS.items()}


def stand_in(page: Page) -> str | None:
    """What kind of page this is instead of the page; None where nothing says so."""
    text = " ".join(page.body[:LONGEST_LOOKED_AT].decode("latin-1").lower().split())
    return next((kind for kind, sign in _SIGNS.items() if sign.search(text)), None)
