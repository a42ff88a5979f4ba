"""Clocks that jump: nothing but what is shown may come from them."""

import os
import time
from datetime import datetime, timezone

from harness import Broken, Server

YEAR = 31_556_952


def until(*moment):
    return int(datetime(*moment, tzinfo=timezone.utc).timestamp() - time.time())


# Seconds that a run's clock is ahead: years, the ends of clocks, the hours that are not or are twice.
CLOCKS = (
    0, -10 * YEAR, 10 * YEAR, until(1970, 1, 2), 0, until(1999, 12, 31, 23, 59, 59),
    until(2038, 1, 19, 3, 14, 7), -86400, 86400, until(2026, 3, 29, 0, 59, 59),
    until(2026, 3, 29, 1, 0, 1), until(2026, 10, 25, 0, 59, 59), until(2026, 10, 25, 1, 0, 1),
    60 * YEAR, -30 * YEAR, until(2024, 2, 29, 12), -3600, 3600, until(2100, 3, 1), 0)


def jumps(bench, tally, made):
    """Runs, each at another time: numbers, order and what is kept are as with one clock."""
    store = made["one"].copy(bench.work / "clocks")
    delays = ("0s", "1s", "10m")
    with Server(store) as server:
        for ordinal, clock in enumerate(CLOCKS):
            number = ordinal + 2
            prefix = [
                "env", f"LD_PRELOAD={bench.shim()}", f"CLOCK_OFFSET={clock}", "TZ=Europe/Berlin"]
            try:
                delay = delays[ordinal % 3]
                result = store.run(100 + number, "--drop-delay", delay, prefix=prefix)
                if f"promoted t {number - 1} -> {number}" not in result.output:
                    raise Broken("lost", f"{result}")
                server.wait_for(number)
                states = {v["number"]: v["state"] for v in store.state()["versions"]}
                kept = {n for n, state in states.items() if state in ("current", "previous")}
                if kept != set(range(max(1, number - 2), number + 1)):
                    raise Broken("wrong", f"versions {kept} are kept at number {number}")
                store.marks[number] = 100 + number
            except Broken as broken:
                tally.fail(broken, f"{clock} s ahead")
            tally.add()
    try:
        # Whatever was dropped in years to come has no years to wait.
        store.marks[number + 1] = 1
        if store.run(1).status != 0:
            raise Broken("lost", "the run after all jumps")
        tables = {name for name in os.listdir(store.path / "tables")}
        late = store.tables() - set(range(number - 1, number + 2))
        if len(tables) - 3 > 2:
            raise Broken("leaks", f"tables/ holds {sorted(tables)}; dropped ones are {late}")
        store.check((number + 1,))
    except Broken as broken:
        tally.fail(broken, "after all jumps")
