"""Lines 1 to 23 of the fault matrix: what a network and a web server can do to a refresh."""

from __future__ import annotations

import gzip
import logging
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from pipeline import apart
from pipeline.errors import PageBlocked
from pipeline.facts import Fact, Issue
from pipeline.read import Column, csv_rows, json_of, number
from pipeline.read_html import html_of
from pipeline.read_yaml import yaml_records
from pipeline.read_zip import zip_members
from pipeline.source import Page, all_sources
from tests.support import fault_server as play
from tests.support import fault_world, small_world
from tests.support.certificates import write_certificate
from tests.support.command import Aicost
from tests.support.fault_server import FaultServer, Reply
from tests.support.fault_world import DAY, LIMITS, OTHER, PUBLIC, REFUSES, SILENT, Fault, FaultWorld, fault

MIB = 2**20
ROOT = Path(__file__).parents[1]
ZIPPED = [("Content-Encoding", "gzip")]
WHOLE = f"{DAY},5\n{'# filler' * 500}".encode()
GZ = gzip.compress(WHOLE)


Reads = Callable[[Page], object]


def csv_of_two(page: Page) -> object:
    """The rows of a file of two columns."""
    return list(csv_rows(page, {"day": Column("Day"), "value": Column("Value", number)}))


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A publisher."""
    with FaultServer() as running:
        yield running


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the home with one good page of each source is kept."""
    return tmp_path_factory.mktemp("faults") / "home"


@pytest.fixture
def world(
    tmp_path: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, aicost: Aicost, server: FaultServer
) -> FaultWorld:
    """The small pipeline, about to meet a fault."""
    return fault_world.make(tmp_path, prepared, monkeypatch, aicost, server)


def asks(wait: str, status: int = 429) -> Reply:
    """An answer that asks to come back later."""
    return play.page(status=status, headers=[("Retry-After", wait)])


def in_seconds(seconds: float) -> str:
    """The HTTP date so long from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


# --- 1 to 5: statuses ---------------------------------------------------------------------------------


GOOD = play.page(f"{DAY},5".encode())


@pytest.mark.fault(1)
def test_fault_01_a_wait_within_the_budget(world: FaultWorld) -> None:
    """Seconds, a date, or both: so long is waited, once, and the page is had."""
    world.limits = replace(LIMITS, deadline_seconds=900)  # the clock of this test jumps with every wait
    both = play.page(status=429, headers=[("Retry-After", "7"), ("Retry-After", in_seconds(30))])
    busy = {"seconds": asks("30"), "date": asks(in_seconds(30)), "both": both, "distress": asks("30", 503)}
    world.passes(1, {name: [reply, GOOD] for name, reply in busy.items()})

    assert len([wait for wait in world.naps if 20 < wait < 31]) == len(busy)
    assert [world.server.targets().count(f"/{name}") for name in busy] == [2] * len(busy)


@pytest.mark.fault(1)
def test_fault_01_a_wait_beyond_the_budget(world: FaultWorld) -> None:
    """Then rather not at all: asked once, by one source or by several of the same host."""
    said = world.meets(1, {
        "hour": fault("asks to wait 3600 s", asks("3600")),
        "minutes": fault("asks to wait 121 s", asks("121", 503)),
        "date": fault("asks to wait", asks(in_seconds(7200))),
    })  # fmt: skip

    assert "aicost refresh hour" in said["hour"]


@pytest.mark.fault(1)
def test_fault_01_never_sooner_by_another_source_of_the_host(world: FaultWorld) -> None:
    """Who told one source to stay away is not asked by the next."""
    for name in ("first", "second"):
        one = fault_world.source_at_its_host(name)
        world.small.sources[name] = replace(one, url=f"http://same.test/{name}", hosts=frozenset({"same.test"}))
        world.server.add(f"/{name}", asks("3600"))
    done = world.refresh()

    assert done.code == 3
    assert sorted(world.server.targets())[:1] in (["/first"], ["/list"])
    assert len({"/first", "/second"} & set(world.server.targets())) == 1
    assert "to stay away for" in done.err


@pytest.mark.fault(1)
def test_fault_01_never_sooner_by_a_later_run(world: FaultWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a site said to one run holds for the next, until the time it named, and no longer than a day."""
    world.server.add("//list.test/list", asks("7200"))
    assert world.refresh().code == 3
    world.serve("list", 5)
    asked = len(world.server.targets())
    for hours in (0, 1):
        monkeypatch.setattr(fault_world.Later, "by", timedelta(hours=hours))
        done = world.refresh()
        assert (done.code, world.value()) == (3, 1)
        assert "stay away until" in fault_world.five_parts(done.err, "list")
    assert "/list" not in world.server.targets()[asked:]
    monkeypatch.setattr(fault_world.Later, "by", timedelta(hours=3))
    assert (world.refresh().code, world.value()) == (0, 5)


@pytest.mark.fault(2)
def test_fault_02_absurd_waits(world: FaultWorld) -> None:
    """Nothing, nonsense, the past: four tries with growing waits. A year or for ever: clipped to not now."""
    world.limits = replace(LIMITS, deadline_seconds=900)  # all sources share the clock, which jumps with every wait
    four, year = "answered 429 (4 times)", "asks to wait"
    world.meets(2, {
        "nothing": fault(four, play.page(status=429)),
        "negative": fault(four, asks("-30")),
        "garbage": fault(four, asks("soon")),
        "not_a_number": fault(four, asks("nan")),
        "infinite": fault(four, asks("inf")),
        "other_digits": fault(four, asks("\xb2\xb3")),
        "a_fraction": fault("asks to wait 1.5 s (4 times)", asks("1.5")),
        "two_in_one": fault("asks to wait 20 s (4 times)", asks("10, 20")),
        "with_a_sign": fault("asks to wait 2 s (4 times)", asks("+2")),
        "with_an_exponent": fault("asks to wait 1e+09 s", asks("1e9")),
        "past": fault(four, asks(in_seconds(-86400))),
        "no_such_day": fault(four, asks("Mon, 31 Feb 2027 00:00:00 GMT")),
        "two": fault(four, play.page(status=429, headers=[("Retry-After", "0"), ("Retry-After", "x")])),
        "year": fault(year, asks("31536000")),
        "year_as_date": fault(year, asks(in_seconds(31536000))),
        "for_ever": fault(year, asks("9" * 5000)),
    })  # fmt: skip

    assert world.server.targets().count("/year") == 2  # the fault, and once it was over


@pytest.mark.fault(3)
def test_fault_03_distress_that_passes(world: FaultWorld) -> None:
    """Tried again, and it is as if nothing had been; the tries are in the log."""
    distress = {f"status_{status}": play.page(status=status) for status in (500, 502, 503, 504)}
    world.passes(3, {name: [reply, reply, reply, GOOD] for name, reply in distress.items()})

    assert [world.server.targets().count(f"/{name}") for name in distress] == [4] * 4
    counted = "select max(retries) from meta.attempts where source like 'status%' group by source"
    assert world.ask(counted) == [(3,)] * 4


@pytest.mark.fault(4)
def test_fault_04_distress_for_ever(world: FaultWorld) -> None:
    """Four tries, and what was good stays."""
    world.meets(4, {
        f"status_{status}": fault(f"answered {status} (4 times)", play.page(b"sorry", status=status))
        for status in (500, 502, 503, 504, 408, 425)
    })  # fmt: skip

    assert len(world.naps) == 3 * 6


@pytest.mark.fault(5)
def test_fault_05_doors_that_stay_shut(world: FaultWorld) -> None:
    """Asked once; a page that is gone twice in a row has moved."""
    shut = (400, 401, 402, 403, 404, 405, 406, 410, 418, 451, 501)
    first = world.meets(5, {
        f"status_{status}": fault(f"answered {status}\n", play.page(b"no", status=status)) for status in shut
    })  # fmt: skip
    assert all("moved: it was not there" not in text for text in first.values())
    assert max(world.server.targets().count(f"/status_{status}") for status in shut) == 2

    for name, status in (("list", 404), ("status_410", 410)):
        world.server.add(f"//{fault_world.host_of(name)}/{name}", play.page(b"no", status=status))
    once = world.refresh()
    twice = world.refresh()
    for name in ("list", "status_410"):
        assert "at the visit before" not in fault_world.five_parts(once.err, name)
        assert "likely the page moved: " in fault_world.five_parts(twice.err, name)


# --- 6: nobody there ----------------------------------------------------------------------------------


def leading(hosts: dict[str, str | None]) -> fault_world.Resolve:
    """A resolver that leads some hosts elsewhere, or nowhere."""

    def resolve(host: str) -> Sequence[str]:
        address = hosts.get(host, PUBLIC)
        if address is None:
            raise socket.gaierror(-2, "Name or service not known")
        return [address]

    return resolve


@pytest.mark.fault(6)
def test_fault_06_one_source_that_nobody_answers_for(world: FaultWorld) -> None:
    """No such name, a port that refuses, a host that is silent: named as what they are."""
    nowhere = {"unknown": None, "refuses": REFUSES, "silent": SILENT}
    faults = {name: fault("", play.page()) for name in nowhere}
    world.know(faults)
    world.resolve = leading({f"{name}.test": address for name, address in nowhere.items()})
    with world.keeps_what_was_good(6, list(faults), 3) as ended:
        ended.append(world.refresh())
    said = {name: fault_world.five_parts(ended[0].err, name) for name in faults}
    world.resolve = leading({})
    world.recovers(faults)

    assert "the name 'unknown.test' could not be resolved" in said["unknown"]
    assert "could not be reached" in said["refuses"]
    assert "(4 times)" in said["refuses"]
    assert "no answer in time" in said["silent"]


@pytest.mark.fault(6)
@pytest.mark.parametrize("address", [None, REFUSES, SILENT])
def test_fault_06_nobody_at_all(world: FaultWorld, address: str | None) -> None:
    """Nothing fetched is exit 5; what was good is published all the same, and the way out is named."""
    world.resolve = leading({"list.test": address, "prices.test": address})
    done = world.refresh()

    assert done.code == 5
    assert "aicost refresh --offline" in done.err
    assert (world.value(), world.value(OTHER)) == (1, 1)
    world.resolve = leading({})
    world.recovers(["list"])


# --- 7 to 14: answers without measure -------------------------------------------------------------------


@pytest.mark.fault(7)
def test_fault_07_bodies_that_dribble(world: FaultWorld) -> None:
    """One deadline for all of an answer: a byte now and then does not keep it alive."""
    world.limits = replace(LIMITS, deadline_seconds=3.0, tries=1)
    late = "no complete answer within 3 s"
    world.meets(7, {
        "length": fault(late, play.dribble(play.head(200, [("Content-Length", "9999")]) + b"x" * 9999)),
        "chunks": fault(late, play.dribble(play.head(200, [("Transfer-Encoding", "chunked")]) + b"1\r\nx\r\n" * 999)),
        "until_it_ends": fault(late, play.dribble(play.head(200) + b"x" * 9999)),
        "zipped": fault(late, play.dribble(play.head(200, ZIPPED) + gzip.compress(os.urandom(9999)))),
        "silence": fault(late, play.stall(play.head(200) + b"and then")),
    })  # fmt: skip


@pytest.mark.fault(8)
def test_fault_08_headers_that_dribble(world: FaultWorld) -> None:
    """The same deadline."""
    world.limits = replace(LIMITS, deadline_seconds=3.0, tries=1)
    late = "no complete answer within 3 s"
    world.meets(8, {
        "lines": fault(late, play.dribble(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: header\r\n" * 999)),
        "status_line": fault(late, play.dribble(b"HTTP/1.1 200 " + b"O" * 9999)),
        "nothing": fault(late, play.stall()),
        "half": fault(late, play.stall(b"HTTP/1.1 200 OK\r\nX: y\r\n")),
        "continue": fault(late, play.dribble(play.head(100) * 999)),
        "redirects": fault(late, play.dribble(b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 9999)),
    })  # fmt: skip


@pytest.mark.fault(9)
def test_fault_09_shorter_than_announced(world: FaultWorld) -> None:
    """Broken off is not an answer, tried again, and never read."""
    broke = "(4 times)"
    world.meets(9, {
        "half": fault(broke, play.page(WHOLE[:20], length=len(WHOLE))),
        "one_byte": fault(broke, play.page(WHOLE[:-1], length=len(WHOLE))),
        "nothing": fault(broke, play.page(b"", length=9)),
        "chunk": fault(broke, play.chunked(WHOLE, end=False)),
        "within_a_chunk": fault(
            broke, play.raw(play.head(200, [("Transfer-Encoding", "chunked")]) + b"fff\r\n" + WHOLE[:99])
        ),
        "zipped": fault(broke, play.page(GZ, headers=ZIPPED, length=len(GZ) + 5)),
    })  # fmt: skip


@pytest.mark.fault(10)
def test_fault_10_longer_than_announced(world: FaultWorld) -> None:
    """A length that is too small cuts the page off: the bytes behind it tell."""
    world.meets(10, {
        "shorter": fault("announced", play.page(WHOLE, length=len(WHOLE) - 5)),
        "nothing": fault("announced", play.page(WHOLE, length=0)),
        "chunks": fault("announced", play.chunked(WHOLE, headers=[("Content-Length", "9")])),
    })  # fmt: skip


CUT: dict[str, tuple[Reads, bytes, str]] = {
    "csv": (csv_of_two, b"Day,Value\n2026-01-01,5\n2026-01-0", "the last row has no end"),
    "json": (json_of, b'{"days": [1, 2', "not readable as JSON"),
    "html": (html_of, b"<html><table><tr><td>5</td></tr>", "does not end with </html>"),
    "yaml": (yaml_records, b'- day: "2026-01-0', "not readable as YAML"),
    "zip": (zip_members, b"PK\x03\x04" + b"x" * 99, "not readable as a ZIP archive"),
}


def read_cut(page: Page) -> Iterator[Fact | Issue]:
    """Reads as the source of that name does; a whole page of lines is read as ever."""
    if page.body == CUT[page.source][1]:
        CUT[page.source][0](page)
    yield from small_world.parse(page)


@pytest.mark.fault(10)
def test_fault_10_cut_off_without_a_length(world: FaultWorld) -> None:
    """Nothing of the transport tells; what must stand at the end of each kind of page does, and it is not in force."""
    world.small.sources |= {name: fault_world.source_at_its_host(name, parse=read_cut) for name in CUT}
    for name in CUT:
        world.serve(name, 1)
    assert world.refresh().code == 0
    world.meets(10, {name: fault(says, play.unmeasured(body)) for name, (_, body, says) in CUT.items()})


@pytest.mark.fault(11)
def test_fault_11_compressed_and_cut(world: FaultWorld) -> None:
    """The end mark of the compressed body is missing, however it was sent."""
    world.meets(11, {
        "length": fault("before its end mark", play.page(GZ[: len(GZ) // 2], headers=ZIPPED)),
        "no_length": fault("before its end mark", play.unmeasured(GZ[: len(GZ) // 2], headers=ZIPPED)),
        "one_byte": fault("before its end mark", play.unmeasured(GZ[:-1], headers=ZIPPED)),
        "head_only": fault("before its end mark", play.unmeasured(GZ[:10], headers=ZIPPED)),
        "nothing": fault("before its end mark", play.unmeasured(b"", headers=ZIPPED)),
        "second_member": fault("before its end mark", play.chunked(GZ + GZ[:15], headers=ZIPPED)),
        "checksum": fault("damaged", play.page(GZ[:-8] + b"12345678", headers=ZIPPED)),
    })  # fmt: skip


@pytest.mark.fault(12)
def test_fault_12_bombs(world: FaultWorld) -> None:
    """Given up where it is plain what they are; two layers, and what nobody asked for, are not opened."""
    double = [("Content-Encoding", "gzip, gzip")]
    faults: dict[str, Fault] = {
        "bomb": fault("a bomb", play.page(play.bomb(64), headers=ZIPPED)),
        "in_chunks": fault("a bomb", play.chunked(play.bomb(64)[:99], play.bomb(64)[99:], headers=ZIPPED)),
        "two_layers": fault("encoded as 'gzip, gzip'", play.page(play.bomb(64, 2), headers=double)),
        "two_headers": fault("encoded as 'gzip, gzip'", play.page(play.bomb(64, 2), headers=ZIPPED * 2)),
    }
    for coding in ("br", "zstd", "deflate", "compress", "gzip;q=1", "identity, br", "aws-chunked"):
        reply = play.page(b"\x0b\x02\x80hello\x03", headers=[("Content-Encoding", coding)])
        faults[f"coding_{coding[:4].strip(',;')}"] = fault("encoded as", reply)
    world.meets(12, faults)


@pytest.mark.fault(12)
def test_fault_12_a_second_layer_that_is_not_announced(world: FaultWorld) -> None:
    """It is archived as the few bytes that it is, and refused by the reader."""
    done = world.meets(12, {"quiet": fault("", play.page(play.bomb(64, 2), headers=ZIPPED))})

    assert "the reader failed" in done["quiet"] or "not" in done["quiet"]


PEAK = r"""
import re, sys
from pipeline.fetch import DoorError, Fetcher, Request
hosts = frozenset({"site.test"})
with Fetcher(resolver=lambda host, port: ["127.0.0.1"], allow_private=True, sleep=lambda seconds: None) as door:
    for url in sys.argv[1:]:
        try:
            body = door.get(Request(url), hosts=hosts).body
            print(url.rpartition("/")[2], "came", len(body))
        except DoorError as failed:
            print(url.rpartition("/")[2], failed.reason)
with open("/proc/self/status") as status:
    print("peak", int(re.search(r"VmHWM:\s*(\d+)", status.read())[1]) // 1024)
"""


@pytest.mark.fault(12)
def test_fault_12_memory_stays_below_150_mb(server: FaultServer) -> None:
    """Measured in a process of its own, with the limits that are in force."""
    server.add("/bomb", play.page(play.bomb(256), headers=ZIPPED))
    server.add("/double", play.page(play.bomb(256, 2), headers=[("Content-Encoding", "gzip, gzip")]))
    server.add("/quiet_double", play.page(play.bomb(256, 2), headers=ZIPPED))
    server.add("/gigabyte", play.page(b"x", length=2**30))
    server.add("/endless", play.endless(play.head(200), b"x" * 65536))
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    server.add("/chunks", play.endless(play.head(200, [("Transfer-Encoding", "chunked")]), chunk))
    paths = ("bomb", "double", "quiet_double", "gigabyte", "endless", "chunks")
    urls = [server.url(f"/{path}") for path in paths]
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *urls], capture_output=True, text=True, check=True, timeout=600, cwd=ROOT
    )
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())

    assert int(said.pop("peak")) < 150
    assert said.pop("double") == "encoding"
    assert said.pop("quiet_double").startswith("came")
    assert set(said.values()) == {"too_large"}


@pytest.mark.fault(13)
def test_fault_13_bodies_without_end(world: FaultWorld) -> None:
    """Stopped at the cap, or at the announcement."""
    world.limits = replace(LIMITS, max_body_bytes=MIB // 4, max_wire_bytes=MIB // 3)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    world.meets(13, {
        "gigabyte": fault("bytes were announced", play.page(b"x", length=10**9)),
        "number_without_end": fault("bytes were announced", play.page(b"x", length=10**19)),
        "endless": fault("more than", play.endless(play.head(200), b"x" * 65536)),
        "chunks": fault("more than", play.endless(play.head(200, [("Transfer-Encoding", "chunked")]), chunk)),
        "empty_members": fault("more than", play.endless(play.head(200, ZIPPED), gzip.compress(b"") * 99)),
        "tiny_chunks": fault(
            "more than", play.endless(play.head(200, [("Transfer-Encoding", "chunked")]), b"1\r\nx\r\n" * 9999)
        ),
    })  # fmt: skip


@pytest.mark.fault(14)
def test_fault_14_headers_without_end(world: FaultWorld) -> None:
    """A clean error, and no cookie is kept or sent."""
    flood = "bytes of headers came"
    world.meets(14, {
        "one": fault(flood, play.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000 + b"\r\n\r\n")),
        "many": fault(flood, play.endless(b"HTTP/1.1 200 OK\r\n", b"Set-Cookie: a=b\r\n" * 100)),
        "cookies": fault(flood, play.page(headers=[("Set-Cookie", f"c{n}=1") for n in range(10_000)])),
        "continues": fault(flood, play.endless(b"", play.head(100) * 100)),
        "status_line": fault(flood, play.endless(b"HTTP/1.1 200 ", b"O" * 9999)),
    })  # fmt: skip

    assert all("cookie" not in call.headers for call in world.server.calls)


# --- 15 to 17: redirects --------------------------------------------------------------------------------


@pytest.mark.fault(15)
def test_fault_15_redirects_without_end(world: FaultWorld) -> None:
    """A circle is seen when it closes, and the sixth hop is not made."""
    for hop in range(9):
        world.server.add(f"/hop{hop}", play.redirect(f"/hop{hop + 1}"))
    world.server.add("/there", play.redirect("/and_back"))
    world.server.add("/and_back", play.redirect("/there"))
    world.meets(15, {
        "itself": fault("in a circle", play.redirect("/itself")),
        "fragment": fault("in a circle", play.redirect("/fragment#new")),
        "two": fault("in a circle", play.redirect("/there")),
        "six": fault("more than 5 redirects", play.redirect("/hop0")),
        "nowhere": fault("without a new address", play.page(status=302)),
        "two_ways": fault(
            "with 2 new addresses", play.page(status=302, headers=[("Location", "/a"), ("Location", "/b")])
        ),
        "long": fault("has 60,001 characters", play.redirect("/" + "x" * 60_000)),
        "growing": fault("", play.redirect("/growing?")),
    })  # fmt: skip

    assert "/hop5" not in world.server.targets()


PRIVATE_HOSTS = """
    127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7F.0.0.1 0x7f.1 017700000001 0177.0.0.1 0177.1 127.0.0.1.
    0 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 169.254.43518
    100.100.100.200 192.0.0.192 168.63.129.16 [::] [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
    [0:0:0:0:0:0:0:1] [fe80::1] [fe80::1%25eth0] [fc00::1] [fd00:ec2::254] [64:ff9b::7f00:1] [64:ff9b::a9fe:a9fe]
    [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001::1] [::ffff:0:127.0.0.1] \u2460\u2461\u2466.\u24ea.\u24ea.\u2460
    \uff11\uff12\uff17.\uff10.\uff10.\uff11 127\u30020\u30020\u30021 list.test@127.0.0.1 127.0.0.1:80@169.254.169.254
    localhost localhost. metadata.google.internal list.test.127.0.0.1.nip.io 127.0.0.1%2f@list.test
    %31%32%37.0.0.1 127.0.0.1%00.list.test list.test%2eevil.test 0000:0000::1 [::1]:80 127.0.0.1\\@list.test
""".split()  # noqa: SIM905 - a list of quoted words is harder to read


@pytest.mark.fault(16)
def test_fault_16_redirects_to_private_addresses_in_any_notation(
    world: FaultWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is refused, nobody but the publisher is called, and numbers are logged as attempts on the network."""
    with caplog.at_level(logging.WARNING):
        world.meets(16, {
            f"to_{number}": fault("", play.redirect(f"http://{host}/latest/meta-data/".encode().decode("latin-1")))
            for number, host in enumerate(PRIVATE_HOSTS)
        })  # fmt: skip

    assert set(world.called) == {PUBLIC}
    assert not [target for target in world.server.targets() if "meta-data" in target]
    assert caplog.text.count("security: refused") > 25


LEADS = {
    "loopback": ["127.0.0.1"], "private": ["10.1.2.3"], "link_local": ["169.254.169.254"],
    "mapped": ["::ffff:10.0.0.1"], "unique_local": ["fd00:ec2::254"], "nat64": ["64:ff9b::a9fe:a9fe"],
    "six_to_four": ["2002:a9fe:a9fe::1"], "zone": ["fe80::1%eth0"], "mixed": [PUBLIC, "10.0.0.1"],
    "mixed_last": ["10.0.0.1", PUBLIC], "nonsense": ["x"], "azure": ["168.63.129.16"], "oracle": ["192.0.0.192"],
    "alibaba": ["100.100.100.200"], "multicast": ["224.0.0.1"], "teredo": ["2001::1"],
    "documentation": ["203.0.113.5"], "unspecified": ["::"],
}  # fmt: skip


@pytest.mark.fault(16)
def test_fault_16_names_that_lead_into_a_private_network(world: FaultWorld, caplog: pytest.LogCaptureFixture) -> None:
    """Declared or not makes no difference, one bad answer condemns the name, and nobody is called."""
    faults = {name: fault("not a public address", play.page()) for name in LEADS}
    world.know(faults)
    world.resolve = lambda host: LEADS.get(host.removesuffix(".test").replace("-", "_"), [PUBLIC])
    with (
        caplog.at_level(logging.WARNING),
        world.keeps_what_was_good(16, list(faults), 3) as ended,
    ):
        ended.append(world.refresh())
    for name, expected in faults.items():
        assert expected.says in fault_world.five_parts(ended[0].err, name)
    assert set(world.called) == {PUBLIC}
    assert caplog.text.count("security: refused") == len(LEADS)
    world.resolve = lambda host: [PUBLIC]
    world.recovers(faults)


@pytest.mark.fault(16)
def test_fault_16_rebinding(world: FaultWorld) -> None:
    """A name that answers well at first, and with a private address from then on: checked is what is called."""
    answers = iter([[PUBLIC]])
    world.resolve = lambda host: next(answers, ["127.0.0.1"]) if host == "list.test" else [PUBLIC]
    world.serve("list", 5)
    with world.keeps_what_was_good(16, ["list"], 3) as ended:
        ended.append(world.refresh())  # robots.txt was had at the first answer, the page not at the second

    assert "leads to 127.0.0.1, not a public address" in fault_world.five_parts(ended[0].err, "list")
    assert set(world.called) == {PUBLIC}
    assert [call.target for call in world.server.calls if call.headers["host"] == "list.test"] == ["/robots.txt"]


@pytest.mark.fault(16)
def test_fault_16_each_hop_is_checked(world: FaultWorld) -> None:
    """A redirect between declared hosts, the second of which leads inwards."""
    declared = world.small.sources["list"]
    world.small.sources["list"] = replace(declared, hosts=frozenset({"list.test", "cdn.test"}))
    world.resolve = lambda host: ["10.0.0.8"] if host == "cdn.test" else [PUBLIC]
    said = world.meets(16, {"list": fault("leads to 10.0.0.8", play.redirect("http://cdn.test/list"))})

    assert "page   http://cdn.test/robots.txt" in said["list"]


@pytest.mark.fault(17)
def test_fault_17_redirects_elsewhere(world: FaultWorld) -> None:
    """Only http(s), only declared hosts."""
    elsewhere = {
        "file": "file:///etc/passwd", "ftp": "ftp://list.test/", "script": "javascript:alert(1)",
        "data": "data:text/html,x", "gopher": "gopher://list.test:25/", "other": "http://evil.test/",
        "suffix": "http://list.test.evil.test/", "prefix": "http://evillist.test/", "dot": "http://dot.test./",
        "user": "http://me:secret@user.test/", "port": "http://port.test:99999/", "bracket": "http://[::1/",
        "backslash": "http://evil.test\\@backslash.test/", "relative": "//evil.test/", "blank": "http:// /",
        "port_0": "http://port-0.test:0/", "no_letters": "http://xn--/", "zone": "http://[fe80::1%eth0]/",
        "upper": "HTTP://EVIL.TEST/", "idn": "http://\xeavil.test/", "unix": "unix:///var/run/docker.sock",
    }  # fmt: skip
    said = world.meets(17, {name: fault("", play.redirect(to)) for name, to in elsewhere.items()})

    assert all("root:" not in text for text in said.values())
    assert {call.headers["host"] for call in world.server.calls if "evil" in call.headers["host"]} == set()


# --- 17 and 18: TLS -------------------------------------------------------------------------------------


def over_tls(world: FaultWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, the first source is at https, and SSL_CERT_FILE is read anew for every refresh."""
    declared = world.small.sources["list"]
    world.small.sources["list"] = replace(declared, url=declared.url.replace("http:", "https:"))
    monkeypatch.setattr(httpx, "create_ssl_context", fault_world.real_trust)


@pytest.mark.fault(17)
def test_fault_17_encryption_given_up(world: FaultWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From https there is no way to http, not even to the same host."""
    context, authority = write_certificate(tmp_path, "list.test", days=9, trusted=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    over_tls(world, monkeypatch)
    with FaultServer(context) as secure, world.keeps_what_was_good(17, ["list"], 3) as ended:
        world.tls_port = secure.port
        secure.add("/list", play.redirect("http://list.test/list"))
        ended.append(world.refresh())
    assert "gives up encryption" in fault_world.five_parts(ended[0].err, "list")


@pytest.mark.fault(18)
def test_fault_18_certificates_that_are_not_trusted(
    world: FaultWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expired, of another host, self-signed: refused before anything is sent, and good once they are renewed."""
    over_tls(world, monkeypatch)

    def context(name: str, days: int, *, trusted: bool) -> ssl.SSLContext:
        folder = tmp_path / f"{name} {days} {trusted}"
        folder.mkdir()
        made, authority = write_certificate(folder, name, days=days, trusted=trusted)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        return made

    for name, days, trusted in (("list.test", -1, True), ("other.test", 9, True), ("list.test", 9, False)):
        with (
            FaultServer(context(name, days, trusted=trusted)) as secure,
            world.keeps_what_was_good(18, ["list"], 3) as ended,
        ):
            world.tls_port = secure.port
            ended.append(world.refresh())
            assert secure.calls == []
        said = fault_world.five_parts(ended[0].err, "list")
        assert "certificate" in said
        assert "SSL_CERT_FILE" in said
    with FaultServer(context("list.test", 9, trusted=True)) as renewed:
        world.tls_port = renewed.port
        renewed.add("/list", play.page(f"{DAY},9".encode()))
        assert (world.refresh().code, world.value()) == (0, 9)


@pytest.mark.fault(18)
def test_fault_18_there_is_no_switch() -> None:
    """Nothing in code or settings turns the check off."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "pipeline").rglob("*.py")))

    for switch in ("verify=False", "CERT_NONE", "check_hostname", "_create_unverified_context", "--insecure"):
        assert switch not in code


# --- 19 and 20: robots.txt ------------------------------------------------------------------------------


def rules(text: str) -> Reply:
    """A robots.txt."""
    return play.page(text.encode(), headers=[("Content-Type", "text/plain")])


@pytest.mark.fault(19)
def test_fault_19_forbidden_by_robots(world: FaultWorld) -> None:
    """Not fetched, and `status` says why and what to do instead."""
    forbids = "robots.txt forbids this page"
    world.meets(19, {
        "all": fault(forbids, rules("User-agent: *\nDisallow: /"), path="/robots.txt"),
        "us": fault(forbids, rules("User-agent: aicost\nDisallow: /us"), path="/robots.txt"),
        "wild": fault(forbids, rules("User-agent: *\nDisallow: /*ild$"), path="/robots.txt"),
    })  # fmt: skip
    assert max(world.server.targets().count(f"/{name}") for name in ("all", "us", "wild")) == 1  # once it was over

    world.server.add("//list.test/robots.txt", rules("User-agent: *\nDisallow: /"))
    world.refresh()
    shown = world.aicost("status", "--home", world.small.home.root)
    assert "list: robots.txt forbids this page" in shown.out
    assert "aicost ingest list FILE" in shown.out


@pytest.mark.fault(20)
def test_fault_20_robots_that_cannot_be_read(world: FaultWorld) -> None:
    """Rules that we could not read might forbid the page."""
    world.limits = replace(LIMITS, deadline_seconds=3.0, tries=1)
    unread = "robots.txt could not be read"
    world.meets(20, {
        "status_500": fault(unread, play.page(status=500), path="/robots.txt"),
        "status_503": fault(unread, play.page(status=503), path="/robots.txt"),
        "status_429": fault(unread, play.page(status=429), path="/robots.txt"),
        "late": fault(unread, play.stall(), path="/robots.txt"),
        "cut": fault(unread, play.page(b"User-agent", length=99), path="/robots.txt"),
        "circle": fault(unread, play.redirect("/robots.txt"), path="/robots.txt"),
        "a_part": fault(unread, play.page(b"User-agent: *", status=206), path="/robots.txt"),
        "choices": fault(unread, play.page(status=300), path="/robots.txt"),
    })  # fmt: skip


@pytest.mark.fault(20)
def test_fault_20_robots_that_forbids_nothing(world: FaultWorld) -> None:
    """None there, a web page, and two megabytes of which half a one is read."""
    world.passes(20, {
        "not_there": [play.page(status=404)],
        "gone": [play.page(status=410)],
        "shut": [play.page(status=403)],
        "empty": [rules("")],
        "nothing": [play.raw(play.head(204))],
        "html": [play.page(b"<!DOCTYPE html><html>User-agent: *\nDisallow: /</html>")],
        "comment": [rules("User-agent: *\nAllow: /\n" + "#" * 2 * MIB)],
        "rules": [rules("User-agent: *\nDisallow: /private\n" * 70_000)],
    }, path="/robots.txt")  # fmt: skip


# --- 21: another page than the page --------------------------------------------------------------------

STAND_INS = {
    "cloudflare": ("captcha", "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x'></script>"),
    "recaptcha": ("captcha", "<form><div class='g-recaptcha' data-sitekey='x'></div></form>"),
    "human": ("captcha", "<h1>Please verify you are a human</h1>"),
    "akamai": ("refusal", "<h1>Access Denied</h1> You don't have permission. Reference #18.4f"),
    "sign_in": ("login", "<form action='/login'><input name='p' type='password'></form>"),
    "expired": ("login", "<p>Your session has expired. Please log in.</p>"),
    "consent": ("cookie wall", "<h2>We value your privacy</h2><button>Accept all cookies</button>"),
    "google": ("cookie wall", "<h1>Before you continue to the site</h1>"),
    "works": ("maintenance", "<h1>We are down for maintenance</h1><p>We'll be back soon.</p>"),
    "script": ("without content", "<noscript>You need to enable JavaScript to run this app.</noscript>"),
    "nginx": ("without content", "<h1>Welcome to nginx!</h1>"),
}


@pytest.mark.fault(21)
def test_fault_21_pages_that_stand_in_for_the_page(world: FaultWorld) -> None:
    """Answered with 200, named as what they are, archived, and never in force."""
    said = world.meets(21, {
        name: fault("blocked page: a", play.page(f"<!DOCTYPE html><html>{body}</html>".encode()))
        for name, (_, body) in STAND_INS.items()
    })  # fmt: skip

    assert {name: kind in said[name] for name, (kind, _) in STAND_INS.items()} == dict.fromkeys(STAND_INS, True)
    assert all("aicost ingest" in text for text in said.values())


@pytest.mark.fault(21)
def test_fault_21_every_source_knows_them() -> None:
    """Whatever a source's page is like, a stand-in for it is named."""
    for source in all_sources().values():
        if source.is_reference or source.listed_in:
            continue
        for kind, body in STAND_INS.values():
            page = Page(source.name, source.url, f"<!DOCTYPE html><html><body>{body}</body></html>".encode())
            with pytest.raises(PageBlocked, match=kind):
                apart.found_on(source, page)


@pytest.mark.fault(21)
def test_fault_21_a_good_page_may_speak_of_captchas(world: FaultWorld) -> None:
    """Only what cannot be read is suspected."""
    body = f"{DAY},5\ncaptcha: log in to continue".encode()
    found = apart.found_on(world.small.sources["list"], Page("list", "", body))
    assert len(found) == 2


# --- 22 and 23 ------------------------------------------------------------------------------------------


@pytest.mark.fault(22)
@pytest.mark.parametrize("how", ["304", "same bytes"])
def test_fault_22_nothing_changed(world: FaultWorld, how: str) -> None:
    """No new rows; it was looked at now, and observed when it was observed."""
    tag = [("ETag", '"1"')]
    world.server.add("//list.test/list", play.page(f"{DAY},5".encode(), headers=tag))
    assert world.refresh().code == 0
    before = world.small.everything()
    when = "select observed_at, last_seen_at from sources where source = 'list'"
    ((observed, seen),) = world.ask(when)
    if how == "304":
        world.server.add("//list.test/list", play.raw(play.head(304)))
    done = world.refresh()

    assert (done.code, world.last_visit().outcome) == (0, "unchanged")
    ((observed_again, seen_again),) = world.ask(when)
    assert (observed_again, seen_again > seen) == (observed, True)
    after = world.small.everything()
    assert {name: after[name] for name in ("main.readings", "raw.index_values", "meta.visits")} == {
        name: before[name] for name in ("main.readings", "raw.index_values", "meta.visits")
    }


@pytest.mark.fault(23)
def test_fault_23_proxies_are_not_used(world: FaultWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up again: the checked address is called instead."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    world.serve("list", 5)

    assert (world.refresh().code, world.value()) == (0, 5)
    assert set(world.called) == {PUBLIC}


@pytest.mark.fault(23)
def test_fault_23_no_network(world: FaultWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5 with the way out; and that way opens no socket and exits 0."""

    def no_network(host: str) -> Sequence[str]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    world.resolve = no_network
    done = world.refresh()
    assert done.code == 5
    assert "not one source could be reached" in done.err
    assert "Without a network, aicost refresh --offline does the same" in done.err

    monkeypatch.setattr(world, "door", lambda: pytest.fail("a door was opened"))
    assert world.refresh("--offline").code == 0
    assert (world.value(), world.called) == (1, [])
