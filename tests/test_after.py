"""What follows a publish: feed, webhook, export, report and alerts; each fails alone, is kept, and is run again."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

from pipeline import after, alerts, export, feed, refresh, report, settings, summary, webhook
from pipeline.errors import CheckFailed, Exit, FetchError, StorageError, UsageError
from pipeline.fetch import Fetcher
from pipeline.paths import Home
from pipeline.settings import Settings
from tests.support import fault_server, small_world
from tests.support.command import Aicost
from tests.support.fault_server import FaultServer
from tests.support.small_world import NOON, SmallWorld
from tests.test_changes import DOUBLED, LATEST, write

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = Settings(after=("feed",))


def later(hours: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(hours=hours)


@pytest.fixture(scope="module")
def published_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `moved`; to be copied, not changed."""
    with pytest.MonkeyPatch.context() as patch:
        world = small_world.make(tmp_path_factory.mktemp("published-twice"), patch)
        write(world, LATEST)
        world.receive("list", "2026-01-01,5", "2026-01-02,7")
        world.publish(now=later(1))
        world.receive("list", "2026-01-01,6", "2026-01-02,7", at=later(2))
        world.publish(now=later(3))
    return world.home.root


@pytest.fixture
def moved(world: SmallWorld, published_twice: Path) -> SmallWorld:
    """A world with two publishes, between which one value has moved."""
    write(world, LATEST)
    shutil.copytree(published_twice, world.home.root)
    return world


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A receiver of webhooks."""
    with FaultServer() as running:
        running.add("/hook", fault_server.page(b"", status=204))
        yield running


def told_to(server: FaultServer, path: str = "/hook", **more: Any) -> Settings:
    """Settings that tell this server."""
    address = f"http://127.0.0.1:{server.port}{path}"
    return Settings(after=("webhook",), webhook=address, webhook_private=True, alerts=(), **more)


# --- settings -------------------------------------------------------------------------------------


def test_settings_have_defaults_and_say_what_they_do_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error is exit 2 with what there is, never a silent default."""
    monkeypatch.delenv("AICOST_AFTER")
    assert settings.read() == Settings()
    assert settings.read(after="none").after == ()
    assert settings.read(after="report, feed,feed").after == ("report", "feed")
    for name, text in (
        ("AICOST_AFTER", "fed"), ("AICOST_AFTER_FORMATS", "xls"), ("AICOST_ALERT_PRICE_MOVE", "20%"),
        ("AICOST_ALERT_PRICE_MOVE", "nan"), ("AICOST_FEED_ENTRIES", "0"), ("AICOST_WEBHOOK_PRIVATE", "perhaps"),
        ("AICOST_ALERTS", ","), ("AICOST_ALERT_STALE_VISITS", "-1"), ("AICOST_MEMORY_LIMIT", "a lot"),
        ("AICOST_MEMORY_LIMIT", "800"), ("AICOST_MEMORY_LIMIT", "63MiB"), ("AICOST_MEMORY_LIMIT", "9999999GB"),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setenv(name, text)
            with pytest.raises(UsageError, match=name):
                settings.read()


def test_secrets_are_not_in_what_settings_print() -> None:
    """A log line or a traceback does not carry the address."""
    made = Settings(webhook="https://hooks.test/T0/s3cret", webhook_secret="k3y")

    assert "s3cret" not in repr(made)
    assert "k3y" not in repr(made)


# --- the steps ------------------------------------------------------------------------------------


def test_each_step_is_run_and_kept(moved: SmallWorld) -> None:
    """The feed is there, the export too; what is not set up is skipped with its reason."""
    wanted = Settings(after=("feed", "webhook", "export"), export_forms=("csv", "parquet"))
    outcomes = after.run(moved.home, wanted)

    assert [(one.step, one.state) for one in outcomes] == [
        ("alerts", "done"), ("feed", "done"), ("webhook", "skipped"), ("export", "done"),
    ]  # fmt: skip
    assert outcomes[2].said == "AICOST_WEBHOOK is not set"
    assert moved.home.feed.exists()
    assert (moved.home.exports / "latest.parquet").exists()
    assert after.read(moved.home) == {one.step: one for one in outcomes}
    assert after.owed(moved.home, wanted) == []
    assert summary.made_after(outcomes) == [f"export    {outcomes[-1].said}"]


def test_a_step_that_fails_leaves_the_data_published_and_the_others_run(
    moved: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line 62 of the fault matrix: data published, degraded, retried, and well again."""
    served = moved.home.warehouse.read_bytes()
    wanted = Settings(after=("export", "feed"))

    def full(*_: object, **__: object) -> None:
        raise StorageError("the disk is full", fix="free space")

    with monkeypatch.context() as patch:
        patch.setattr(export, "export", full)
        first = after.run(moved.home, wanted)
        second = after.run(moved.home, wanted)
    owed = after.owed(moved.home, wanted)
    third = after.run(moved.home, wanted)

    assert {one.step: one.state for one in first} == {"alerts": "done", "feed": "done", "export": "failed"}
    assert first[-1].said == "the disk is full; next: free space"
    assert second[-1].tries == 2
    assert [one.step for one in owed] == ["export"]
    assert third[-1].state == "done"
    assert after.owed(moved.home, wanted) == []
    assert moved.home.warehouse.read_bytes() == served


def test_a_bug_in_a_step_is_no_failed_publish(moved: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it raises is kept as the reason."""
    monkeypatch.setattr(feed, "ATOM", None)
    monkeypatch.setattr(feed, "ElementTree", None)
    outcomes = after.run(moved.home, FEED)

    assert outcomes[-1].state == "failed"
    assert outcomes[-1].said == "unexpected AttributeError: 'NoneType' object has no attribute 'register_namespace'"
    assert not moved.home.feed.exists()


def test_a_step_that_was_cut_short_is_owed(moved: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was noted before it began: a kill leaves it pending."""

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(feed, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        after.run(moved.home, FEED)

    assert [(one.step, one.state) for one in after.owed(moved.home, FEED)] == [("feed", "pending")]


def test_a_state_that_no_step_was_run_for_is_owed(moved: SmallWorld) -> None:
    """A run that was killed between the swap and the steps."""
    after.run(moved.home, FEED)
    moved.publish(now=later(5))
    (first, second) = after.owed(moved.home, FEED)

    assert (first.step, second.step) == ("alerts", "feed")
    assert second.said.startswith("not run for 2026-11-23T17")


def test_a_damaged_account_of_the_steps_is_made_anew(moved: SmallWorld) -> None:
    """It is a courtesy; the data does not rest on it."""
    for text in ("", "[]", "{", '{"feed": 1}', '{"feed": {"step": "feed"}}'):
        moved.home.after.write_text(text, encoding="utf-8")
        assert after.read(moved.home) == {}
    assert after.run(moved.home, FEED)[-1].state == "done"


def test_refresh_runs_the_steps_and_status_shows_what_is_owed(
    moved: SmallWorld, aicost: Aicost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3, the reason, and that the data is published."""
    monkeypatch.setenv("AICOST_AFTER", "feed,export")
    monkeypatch.setattr(moved.home.__class__, "exports", property(lambda home: home.warehouse / "no folder"))
    done = refresh.refresh(moved.home, offline=True)
    said = aicost("status", "--home", moved.home.root)
    as_json = aicost("status", "--home", moved.home.root, "--json")
    monkeypatch.undo()
    monkeypatch.setenv("AICOST_AFTER", "feed,export")

    assert [one.state for one in done.after] == ["done", "done", "failed"]
    assert said.code == Exit.DEGRADED
    assert "after the publish: export failed: cannot write" in said.out
    assert "the data is published; retried at the next run" in said.out
    assert [one["step"] for one in as_json.data["after"]] == ["export"]


def test_a_refused_publish_raises_an_alert_that_ends_with_the_next(moved: SmallWorld) -> None:
    """The feed and the webhook tell of it though nothing was published."""
    wanted = Settings(after=("feed",), alerts=("check",))
    after.run(moved.home, wanted)
    after.refused(
        moved.home, wanted, CheckFailed("1 of 1 checks failed; nothing was published", page="not_too_high: 1")
    )
    after.refused(moved.home, wanted, CheckFailed("1 of 1 checks failed; nothing was published"))
    standing = alerts.standing(moved.home)
    text = moved.home.feed.read_text(encoding="utf-8")
    moved.publish(now=later(5))
    after.run(moved.home, wanted)

    assert [alert.subject for alert in standing] == [alerts.REFUSED]
    assert text.count("Alert: nothing was published") == 1
    assert alerts.standing(moved.home) == []


def test_refresh_tells_of_a_refused_publish(moved: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the very steps of a refresh."""
    monkeypatch.setenv("AICOST_AFTER", "feed")
    moved.receive("list", "2026-01-01,2000", at=later(4))
    with pytest.raises(CheckFailed):
        refresh.refresh(moved.home, offline=True)

    assert "nothing was published" in moved.home.feed.read_text(encoding="utf-8")


# --- feed -----------------------------------------------------------------------------------------


def entries(home: Home) -> list[dict[str, str]]:
    """The entries of the feed, as a reader has them."""
    root = ElementTree.fromstring(home.feed.read_bytes())
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{ATOM}{name}")) == 1, name
    found = [{part.tag.removeprefix(ATOM): part.text or "" for part in entry} for entry in root.findall(f"{ATOM}entry")]
    for entry in found:
        assert {"id", "title", "updated", "content"} <= entry.keys()
        assert entry["id"].startswith("urn:uuid:")
        assert datetime.fromisoformat(entry["updated"]).tzinfo is not None
    assert len({entry["id"] for entry in found}) == len(found)
    return found


def test_the_feed_is_valid_and_tells_old_new_percent_and_cause(moved: SmallWorld) -> None:
    """An entry a row, the newest first."""
    feed.write(moved.home, most=50)
    (entry,) = [entry for entry in entries(moved.home) if entry["title"].startswith("latest")]

    assert entry["title"] == "latest (list, 2026-01-01): value 5.0 → 6.0 (+20.0%)"
    assert entry["content"].splitlines()[-1] == "cause: source, list"
    assert entry["updated"] == "2026-11-23T15:00:00Z"


def test_ids_stay_when_the_feed_is_written_again_and_grows(moved: SmallWorld) -> None:
    """A reader sees no entry twice; the same state gives the same bytes."""
    feed.write(moved.home, most=50)
    first, ids = moved.home.feed.read_bytes(), [entry["id"] for entry in entries(moved.home)]
    feed.write(moved.home, most=50)
    again = moved.home.feed.read_bytes()
    moved.receive("list", "2026-01-01,9", "2026-01-02,7", at=later(4))
    moved.publish(now=later(5))
    feed.write(moved.home, most=50)
    grown = [entry["id"] for entry in entries(moved.home)]
    feed.write(moved.home, most=1)

    assert again == first
    assert grown[-len(ids) :] == ids
    assert len(grown) > len(ids)
    assert [entry["id"] for entry in entries(moved.home)] == grown[:1]


def test_a_table_that_changes_from_top_to_bottom_is_one_entry(
    moved: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method that moves everything does not drown the rest."""
    monkeypatch.setattr(feed, "ROWS_OF_A_TABLE", 1)
    write(moved, DOUBLED)
    moved.publish(now=later(5))
    feed.write(moved.home, most=50)

    titles = [entry["title"] for entry in entries(moved.home) if entry["updated"].startswith("2026-11-23T17")]
    assert titles == ["latest: 2 rows changed"]


HOSTILE = "</title><script>alert(1)</script> & ]]> \x00\x1b[31m\ud800 =1+1 \u202e"


def test_what_a_publisher_wrote_stays_text() -> None:
    """Line 49 of the fault matrix: markup and control characters in names."""
    made = [feed.Entry("urn:uuid:1", NOON, HOSTILE, HOSTILE, HOSTILE)]
    root = ElementTree.fromstring(feed.render(made, NOON))
    title = root.find(f"{ATOM}entry/{ATOM}title")

    assert title is not None
    assert title.text is not None
    assert "<script>" in title.text
    assert len(title) == 0
    assert not set(title.text) & {"\x00", "\x1b", "\ud800"}


# --- webhook --------------------------------------------------------------------------------------


def test_the_webhook_tells_counts_and_alerts_signed(moved: SmallWorld, server: FaultServer) -> None:
    """Small, JSON, once; whoever has the key can tell that it is ours."""
    wanted = told_to(server, webhook_secret="k3y")
    (_, outcome) = after.run(moved.home, wanted)
    (call,) = server.calls
    document = json.loads(call.body)

    assert outcome.state == "done"
    assert outcome.said == "told 127.0.0.1"
    assert (call.method, call.target) == ("POST", "/hook")
    assert document["changes"]["latest"] == {"rows": 2, "added": 0, "removed": 0, "changed": 1}
    assert document["schema_version"] == 1
    signed = hmac.new(b"k3y", call.body, hashlib.sha256).hexdigest()
    assert call.headers["x-aicost-signature"] == f"sha256={signed}"
    assert len(call.body) < 64 * 1024


def test_a_webhook_that_failed_tells_everything_since_the_last_that_was_told(
    moved: SmallWorld, server: FaultServer
) -> None:
    """What the receiver missed is in the next message."""
    wanted = told_to(server)
    after.run(moved.home, wanted)
    server.add("/hook", fault_server.page(b"", status=500), fault_server.page(b"ok"))
    moved.receive("list", "2026-01-01,8", "2026-01-02,7", at=later(4))
    first = moved.publish(now=later(5))
    (_, failed) = after.run(moved.home, wanted)
    moved.receive("list", "2026-01-01,8", "2026-01-02,9", at=later(6))
    moved.publish(now=later(7))
    (_, done) = after.run(moved.home, wanted)
    last = json.loads(server.calls[-1].body)

    assert (failed.state, failed.said.split(";")[0]) == (
        "failed",
        "the webhook at 127.0.0.1 was not told: it answered 500",
    )
    assert done.state == "done"
    assert last["changes"]["latest"]["changed"] == 2
    assert last["previous_snapshot_id"] < first.snapshot_id


def test_a_report_that_cannot_be_made_here_is_no_failure(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its extra the step is skipped, and says what to install; whoever asks for the report gets an error."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    monkeypatch.setattr("pipeline.report.NEEDS", ("altair", "not_there"))
    *_, outcome = after.run(world.home, Settings(after=("report",), alerts=()))

    assert (outcome.step, outcome.state) == ("report", "skipped")
    assert summary.made_after([outcome]) == [f"report    not made: {outcome.said}"]
    assert outcome.said == f"not_there are not installed: {report.INSTALL}"
    with pytest.raises(UsageError, match="the report needs not_there"):
        report.write(world.home)


def test_a_report_that_stands_is_not_drawn_again(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said in one line, and is no failure; what is drawn is as before."""
    world.receive("list", "2026-01-01,1")
    world.publish()
    is_there = [False, True]
    monkeypatch.setattr(report, "stands", lambda home: is_there.pop(0))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    monkeypatch.setattr(report, "write", lambda home: home.report)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownMemberType]
    wanted = Settings(after=("report",), alerts=())
    said = [summary.made_after(after.run(world.home, wanted)) for _ in range(2)]

    assert said == [[f"report    {world.home.report}"], [f"report    unchanged: {world.home.report}"]]


def test_nothing_new_is_not_told(moved: SmallWorld, server: FaultServer) -> None:
    """A receiver hears of changes only."""
    wanted = told_to(server)
    after.run(moved.home, wanted)
    moved.publish(now=later(5))
    (_, outcome) = after.run(moved.home, wanted)

    assert outcome.state == "skipped"
    assert outcome.said == "nothing changed"
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (fault_server.page(b"no", status=403), "it answered 403"),
        (fault_server.page(b"", status=302, headers=[("location", "http://127.0.0.1/other")]), "it answered 302"),
        (fault_server.stall(), "timeout"),
        (fault_server.dribble(b"HTTP/1.1 200 OK\r\n" + b"x" * 100, every=0.2), "timeout"),
        (fault_server.stall(b"garbage\r\n\r\n"), "protocol"),
    ],
)  # fmt: skip
def test_a_receiver_that_misbehaves_is_named_without_its_address(
    moved: SmallWorld, server: FaultServer, reply: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, redirected elsewhere, slow, dribbling, no HTTP: within the time, and no secret in the reason."""
    monkeypatch.setattr(webhook, "SECONDS", 0.5 if why == "timeout" else 100)
    server.add("/hook/s3cret", reply)
    started = datetime.now(UTC)
    (_, outcome) = after.run(moved.home, told_to(server, "/hook/s3cret"))

    assert outcome.state == "failed"
    assert f"the webhook at 127.0.0.1 was not told: {why}" in outcome.said
    assert "s3cret" not in moved.home.after.read_text(encoding="utf-8")
    assert datetime.now(UTC) - started < timedelta(seconds=0.9 * fault_server.SOCKET_SECONDS)
    assert len(server.targets()) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "192.168.1.1"]
)
def test_private_addresses_are_refused_unless_allowed(host: str) -> None:
    """Whatever the setting says, nothing inside the network is called by default."""
    wanted = Settings(webhook=f"https://{host}/hook/s3cret")
    with pytest.raises(FetchError, match="blocked address") as raised:
        webhook.send(wanted, b"{}")
    assert "s3cret" not in str(raised.value)
    assert raised.value.fix == "set AICOST_WEBHOOK_PRIVATE=1 if that is meant"


def test_a_name_that_leads_inside_is_refused_too() -> None:
    """The address that was checked is the one that is called."""
    with Fetcher(resolver=lambda host, port: ["10.1.2.3"]) as door, pytest.raises(FetchError, match="blocked address"):
        webhook.send(Settings(webhook="https://hooks.test/s3cret"), b"{}", fetcher=door)


@pytest.mark.parametrize(
    "address", ["hooks.test/x", "ftp://hooks.test/x", "http://hooks.test/s3cret", "https://", "//x"]
)
def test_what_is_no_encrypted_web_address_is_a_usage_error(address: str) -> None:
    """Said without the address: it may hold a secret."""
    with pytest.raises(UsageError) as raised:
        webhook.send(Settings(webhook=address), b"{}")
    assert "s3cret" not in str(raised.value)


# --- alerts ---------------------------------------------------------------------------------------


def test_a_stale_source_is_told_once_and_ends_when_it_is_seen(moved: SmallWorld) -> None:
    """Two daily visits may be missed; the threshold is a setting."""
    rules = Settings(alerts=("stale",))
    assert alerts.look(moved.home, rules, now=later(2 + 47)) == []
    (new,) = alerts.look(moved.home, rules, now=later(2 + 49))
    again = alerts.look(moved.home, rules, now=later(2 + 60))
    moved.receive("list", "2026-01-01,6", "2026-01-02,7", at=later(70))
    moved.publish(now=later(71))
    ended = alerts.look(moved.home, rules, now=later(71))

    assert (new.kind, new.subject) == ("stale", "list")
    assert again == ended == []
    assert alerts.standing(moved.home) == []
    assert len(alerts.look(moved.home, Settings(alerts=("stale",), stale_visits=0), now=later(72))) == 1


def test_a_check_with_rows_is_told_once(moved: SmallWorld) -> None:
    """A warning that lasts is one alert."""
    text = (moved.sql / "checks" / "not_too_high.sql").read_text(encoding="utf-8")
    text = text.replace("severity: stop", "severity: warn").replace("> 1000", "> 5.5")
    (moved.sql / "checks" / "not_too_high.sql").write_text(text, encoding="utf-8")
    moved.publish(now=later(5))
    (new,) = alerts.look(moved.home, Settings(alerts=("check",)))
    moved.publish(now=later(6))

    assert new.title == "check not_too_high: 2 rows"
    assert alerts.look(moved.home, Settings(alerts=("check",))) == []
    assert [alert.subject for alert in alerts.standing(moved.home)] == ["not_too_high"]


def test_alerts_that_are_off_are_not_raised(moved: SmallWorld) -> None:
    """Every rule has its switch."""
    assert alerts.look(moved.home, Settings(alerts=()), now=later(1000)) == []
    assert not alerts.path_of(moved.home).exists()


def test_a_new_claim_and_a_price_move_are_told_from_the_real_tables(built_home: Home, tmp_path: Path) -> None:
    """By the changes of the newest publish, in the tables that a reader has."""
    copy = Home(tmp_path / "copy")
    copy.root.mkdir()
    with duckdb.connect(str(copy.warehouse)) as writer:
        writer.execute(f"attach '{built_home.warehouse}' as real (read_only)")
        _copy(writer)
    found = list(alerts._found(copy.warehouse, Settings(alerts=("price", "claim")), "s", NOON))  # pyright: ignore[reportPrivateUsage]
    (claim,) = [alert.title for alert in found if alert.kind == "claim"]
    prices = [alert.title for alert in found if alert.kind == "price"]

    assert claim.startswith("new claim: ")
    assert len(prices) == 2
    assert [title for title in prices if title.endswith("4 to 3 USD per GPU-hour (-25.0%)")]
    assert [title for title in prices if title.endswith("to 5 USD per million tokens (+150.0%)")]
    moved = alerts._found(copy.warehouse, Settings(alerts=("price",), price_move=0.05), "s", NOON)  # pyright: ignore[reportPrivateUsage]
    assert len(list(moved)) == 4


def _copy(writer: Any) -> None:
    """The real tables, with one publish's changes made up: a claim, prices of GPU-hours and of tokens that moved.

    A GPU-hour by a quarter, one by a tenth, one by our method alone; tokens to two and a half times, others by a tenth.
    """
    writer.execute("create schema meta")
    for table in ("meta.snapshot", "meta.checks", "main.sources", "main.reported_claims", "main.extracted_claims",
                  "main.gpu_price_now", "main.token_prices", "main.changes"):  # fmt: skip
        writer.execute(f"create table {table} as from real.{table}")
    claim = writer.execute("select claim_id from reported_claims where unit = 'USD' limit 1").fetchone()[0]
    key = {"accelerator_id": "a", "provider": "p", "pricing_type": "on_demand", "commitment": "none"}
    rows = [
        ("gpu_price_now", json.dumps(key), "changed", "usd_per_gpu_hour", "4.0", "3.0", "source"),
        ("gpu_price_now", json.dumps({**key, "provider": "q"}), "changed", "usd_per_gpu_hour", "4.0", "3.6", "source"),
        ("gpu_price_now", json.dumps({**key, "provider": "r"}), "changed", "usd_per_gpu_hour", "4.0", "1.0", "method"),
        ("reported_claims", json.dumps({"claim_id": claim}), "added", "", None, "{}", "reference"),
    ]
    for name, now in (("up", 5.0), ("near", 2.2)):
        for event, day, price in ((f"{name}-1", "2026-01-01", 2.0), (f"{name}-2", "2026-02-01", now)):
            writer.execute(
                "insert into token_prices by name select * replace ($1 as event_id, $2 as model_id, $3::date as "
                "valid_from, $4 as blended_usd_per_mtok) from (from real.token_prices order by event_id limit 1)",
                [event, name, day, price],
            )
        rows.append(("token_prices", json.dumps({"event_id": f"{name}-2"}), "added", "", None, "{}", "source"))
    for row in rows:
        writer.execute(
            "insert into changes (changed_at, snapshot_id, table_name, row_key, change, column_name, old_value, "
            "new_value, cause, cause_detail) select now(), snapshot_id, ?, ?, ?, ?, ?, ?, ?, 'x' from meta.snapshot",
            list(row),
        )
    writer.execute("detach real")
