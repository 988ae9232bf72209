"""The whole program against the whole lab: a scan finds what is planted, and nothing else."""

import asyncio
from datetime import UTC, datetime

import pytest

from probe import catalogue, inventory, judge
from probe.inventory.trust import trust_store
from probe.model.finding import Outcome
from probe.model.settings import Fetch, Settings
from probe.model.stages import Failed, HandshakeFailed
from probe.scan import run

ENGINES = ("auto", "openssl")


@pytest.fixture(scope="module")
def results(contoso_lab):
    """The results of a scan by each engine, by target."""
    targets = inventory.load([contoso_lab.inventory]).targets
    plan, now = judge.Plan(catalogue.load()), datetime.now(UTC)

    def judged(target, seen):
        store = trust_store(target.trust, target.intermediates)
        return judge.assess(target, seen, plan, store, now)

    async def scan():
        # A few at a time: servers and probe share the processors of a busy machine.
        settings = [
            Settings(tls_engine=engine, concurrency=6, fetch=Fetch.CDP, fetch_private=True)
            for engine in ENGINES
        ]
        return await asyncio.gather(*(run(targets, one, judged) for one in settings))

    return dict(zip(ENGINES, map(_by_target, asyncio.run(scan())), strict=True))


def _by_target(results):
    found = {}
    for result in results:
        found.setdefault(result.target.id, []).append(result)
    return found


def _rules(results, outcome):
    return {
        finding.rule
        for result in results
        for finding in result.findings
        if finding.outcome is outcome
    }


def _failure(result):
    seen = result.observation
    for stage in (seen.resolution, seen.browser, seen.connection, seen.prelogin, seen.handshake):
        if isinstance(stage, Failed | HandshakeFailed):
            return stage.failure.stage, stage.failure.kind
    return None


@pytest.mark.parametrize("engine", ENGINES)
def test_exactly_the_planted_rules_fail(contoso_lab, results, engine):
    planted = {entry.target: set(entry.rules) for entry in contoso_lab.planted}
    found = {target: _rules(seen, Outcome.FAIL) for target, seen in results[engine].items()}
    assert found == planted


@pytest.mark.parametrize("engine", ENGINES)
def test_exactly_the_planted_connections_fail(contoso_lab, results, engine):
    planted = {entry.target: entry.failure for entry in contoso_lab.planted}
    # A server that insists on a client certificate refuses us; that is no fault of its own.
    insists = next(target for target in planted if target.startswith("smp01."))
    found = {target: _failure(seen[0]) for target, seen in results[engine].items()}
    found[insists] = None
    assert found == planted


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_left_unjudged_where_nothing_is_wrong(contoso_lab, results, engine):
    sound = [entry.target for entry in contoso_lab.planted if not entry.rules and not entry.failure]
    unjudged = {target: _rules(results[engine][target], Outcome.INDETERMINATE) for target in sound}
    assert unjudged == {target: set() for target in sound}


def test_both_engines_see_the_same_certificates(results):
    def chains(engine):
        return {
            (target, seen.address): seen.observation.handshake.chain
            for target, all_seen in results[engine].items()
            for seen in all_seen
            if hasattr(seen.observation.handshake, "chain")
        }

    assert chains("auto") == chains("openssl")


def test_the_role_answers_wherever_there_is_a_path_for_it(results):
    codes = {
        target.split(".")[0]: getattr(seen[0].observation.http, "code", None)
        for target, seen in results["auto"].items()
    }
    assert {name: codes[name] for name in ("mp01", "mp02", "dp01", "sup01", "cmg", "ndes01")} == {
        "mp01": 403,
        "mp02": 200,
        "dp01": 401,
        "sup01": 200,
        "cmg": 403,
        "ndes01": 403,
    }
