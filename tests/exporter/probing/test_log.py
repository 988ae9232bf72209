import asyncio
import logging

import pytest

from probe.exporter.probing.log import Logs


@pytest.fixture
def logger():
    logger = logging.getLogger("probelog-test")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    yield logger
    logger.handlers.clear()


class Shown(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def test_each_probe_has_its_own_lines_also_those_of_its_tasks(logger):
    logs = Logs(logger.name)

    async def probe(name: str) -> list[str]:
        with logs.capture() as lines:
            for step in range(3):
                logger.debug("%s %d", name, step)
                await asyncio.sleep(0)
                await asyncio.create_task(deeper(name))
                await asyncio.to_thread(logger.debug, "%s in a thread", name)
            return lines

    async def deeper(name: str) -> None:
        logger.debug("%s deeper", name)

    async def main():
        stranger = asyncio.create_task(deeper("scan"))
        found = await asyncio.gather(probe("a"), probe("b"))
        await stranger
        return found

    a, b = asyncio.run(main())
    assert len(a) == len(b) == 9
    assert all(" DEBUG a " in line for line in a)
    assert all(" DEBUG b " in line for line in b)


def test_others_see_no_more_than_before(logger):
    shown = Shown()
    logger.addHandler(shown)
    logs = Logs(logger.name)
    with logs.capture() as lines:
        logger.debug("quiet")
        logger.warning("loud")
    logger.debug("after")
    assert shown.lines == ["loud"]
    assert len(lines) == 2
    assert logger.level == logging.WARNING
    assert shown in logger.handlers
    assert shown.level == logging.NOTSET
    assert logs._handler not in logger.handlers


def test_hostile_text_is_made_visible(logger):
    with Logs(logger.name).capture() as lines:
        logger.debug("name %s", "a\x1b[2Jb\u202e")
    assert lines[0].endswith("name a\\x1b[2Jb\\u202e")


def test_a_flood_is_cut(logger):
    with Logs(logger.name).capture() as lines:
        for _ in range(5000):
            logger.debug("x")
    assert len(lines) == 1000
