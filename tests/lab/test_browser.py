import asyncio

from probe.lab.browser import Browser
from probe.lab.endpoint import Endpoint, Running, System
from probe.net.browse import browse
from probe.net.tds import browser as datagrams


def _running(instance, port, *, unlisted=False):
    system = System(fqdn="sql01.contoso.com", instance=instance, roles=("sql-server",))
    endpoint = Endpoint(title="", system=system, unlisted=unlisted)
    return Running(endpoint=endpoint, addresses=("127.0.0.1",), port=port)


def test_it_tells_of_what_it_was_told_of_and_is_silent_about_the_rest():
    browser = Browser()
    browser.add(_running("CM_P01", 49721))
    browser.add(_running(None, 1433))
    browser.add(_running("CM_P02", 49722, unlisted=True))
    (known,) = datagrams.parse(browser.answer(datagrams.request_every()))
    assert (known.name, known.port) == ("CM_P01", 49721)
    assert datagrams.parse(browser.answer(datagrams.request("cm_p01"))) == (known,)
    for asked in (datagrams.request("CM_P02"), b"", b"\x0fx", b"\x04"):
        assert browser.answer(asked) is None


def test_it_answers_over_udp_and_closes():
    async def run():
        browser = Browser()
        browser.add(_running("CM_P01", 49721))
        await browser.start()
        found = await browse("127.0.0.1", browser.port, "CM_P01")
        await browser.aclose()
        await browser.aclose()
        return found

    assert asyncio.run(run()).port == 49721
