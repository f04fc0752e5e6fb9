"""What must not be told, in whatever is printed or written: passwords in addresses, keys and tokens."""

from __future__ import annotations

import re

from pipeline.paths import environment, environment_names

HIDDEN = "[hidden]"
SHORTEST = 6  # characters; a shorter value is no secret, and hiding it would maim the text
_NAMES = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIALS?|AUTH|AUTHORIZATION|WEBHOOK|DSN|CONNECTION_URL)(?:_|$)"
)
_NOT_SECRET = frozenset({"PWD", "OLDPWD", "SSH_AUTH_SOCK", "XAUTHORITY"})
_USERINFO = re.compile(r"(?<=://)[^\s/?#@\"']+(?=@)")
_PARAMETER = re.compile(
    r"(?i)((?:[?&;]|\b)(?:api[-_]?key|access[-_]?token|token|secret|password|passwd|sig|signature|auth)=)[^\s&#\"']+"
)
_HEADER = re.compile(r"(?i)((?:proxy-)?authorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer)\s+)[^\s'\"]+")
_HOOK = re.compile(r"(?i)(://[^\s/\"']*(?:hooks?|webhooks?|discord|slack)[^\s/\"']*/)[^\s\"'<>]+")


def redacted(text: str) -> str:
    """The text without userinfo, secret parameters and headers, paths of webhooks, and values of secret variables."""
    for value in sorted(_values(), key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    text = _USERINFO.sub(HIDDEN, text)
    for kept in (_PARAMETER, _HEADER, _HOOK):
        text = kept.sub(rf"\1{HIDDEN}", text)
    return text


def _values() -> set[str]:
    named = {name for name in environment_names() if _NAMES.search(name.upper()) and name not in _NOT_SECRET}
    values = {environment(name) or "" for name in named}
    values |= {found for name in environment_names() for found in _USERINFO.findall(environment(name) or "")}
    return {value for value in values if len(value) >= SHORTEST}
