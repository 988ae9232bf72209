import asyncio

import pytest

from probe.model.failure import Kind, Stage
from probe.model.stages import Failed, Resolved
from probe.net.resolution import resolution, unanswered
from probe.net.resolve import Resolver


def asked(host, resolver=None):
    async def main():
        found = resolver or Resolver(None)
        try:
            return await resolution(found, host)
        finally:
            await found.close()

    return asyncio.run(main())


def test_an_address_is_its_own_answer():
    found = asked("127.0.0.1")
    assert isinstance(found, Resolved)
    assert found.addresses == ("127.0.0.1",)


def test_what_a_resolver_raises_is_data(monkeypatch):
    async def broken(*_):
        raise OSError(111, "Connection refused")

    resolver = Resolver(None)
    monkeypatch.setattr(resolver, "resolve", broken)
    found = asked("mp01.corp.contoso.com", resolver)
    assert isinstance(found, Failed)
    assert found.failure.stage is Stage.DNS


def test_a_cancellation_is_not_data(monkeypatch):
    async def cancelled(*_):
        raise asyncio.CancelledError

    resolver = Resolver(None)
    monkeypatch.setattr(resolver, "resolve", cancelled)
    with pytest.raises(asyncio.CancelledError):
        asked("mp01.corp.contoso.com", resolver)


def test_a_deadline_that_passed_says_so():
    failed = unanswered(2.0)
    assert (failed.failure.stage, failed.failure.kind) == (Stage.DNS, Kind.TIMEOUT)
    assert failed.seconds == 2.0
