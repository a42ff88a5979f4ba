"""Many at once: loaders that race, are stopped and killed; readers that are killed; swaps."""

import os
import random
import signal
import struct
import subprocess
import threading
import time

import damage
from harness import Broken, Server, Store


def racing_loaders(bench, tally, made, publishes):
    """Loaders of one job race; one is stopped, many are killed, and a reader watches."""
    store = made["one"].copy(bench.work / "race")
    chosen = random.Random(bench.seed)
    published, seen, stop = {}, [], threading.Event()
    lock = threading.Lock()

    def load(worker):
        mark = worker * 1_000_000
        while not stop.is_set():
            mark += 1
            process = subprocess.Popen(
                [bench.nostos, *bench.run_arguments(store.path, mark)], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env=bench.environment())
            with lock:
                fate = chosen.random()
            if fate < 0.15:
                time.sleep(chosen.random() * 0.06)
                process.send_signal(signal.SIGKILL)
            elif fate < 0.2:
                time.sleep(chosen.random() * 0.04)
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.15)
                process.send_signal(signal.SIGCONT)
            output, errors = process.communicate()
            if process.returncode == 0:
                number = int(output.split("-> ")[-1].split(";")[0].split()[-1])
                with lock:
                    if number in published:
                        tally.fail(
                            Broken("wrong", f"number {number} was given twice"), f"mark {mark}")
                    published[number] = mark
                    tally.add()
                    if len(published) >= publishes:
                        stop.set()
            elif process.returncode not in (75, -signal.SIGKILL):
                tally.fail(
                    Broken("lost", f"exit {process.returncode}: {errors[-200:]}"), f"mark {mark}")
                stop.set()

    def watch(server):
        last = 0
        connection = server.connect()
        while not stop.is_set():
            try:
                version, mark = server.look(connection)
                if version is None or version < last:
                    raise Broken("wrong", f"{version} is served after {last}")
                if version > last:
                    seen.append((version, mark))
                last = version
            except Broken as broken:
                tally.fail(broken, "the reader")
                return
            time.sleep(0.005)

    with Server(store) as server:
        threads = [threading.Thread(target=load, args=(w,)) for w in range(1, 5)]
        threads.append(threading.Thread(target=watch, args=(server,)))
        threads.append(threading.Thread(target=other_job, args=(bench, store, tally, stop)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for version, mark in seen:
        # What a killed loader published it could not tell.
        if published.get(version, mark) != mark and version != 1:
            tally.fail(Broken("wrong", f"{version} holds {mark}, not {published[version]}"), "race")
    try:
        newest = store.served()[0]
        store.marks.update(published)
        store.check((newest,))
    except Broken as broken:
        tally.fail(broken, "after the race")
    tally.remark = f"{len(published)} told, {len(seen)} seen by the reader"


def other_job(bench, store, tally, stop):
    """A second job in the same store, with an admin who holds it and lets it go: nobody waits."""
    file, _ = damage.job_files(bench)
    run = ["run", str(file)]
    steps = (
        (run, 0), (["hold", "wide", "--reason", "race"], 0), (run, 4), (["release", "wide"], 0))
    while not stop.is_set():
        for arguments, expected in steps:
            try:
                result = store.call(*arguments)
                if result.status != expected:
                    raise Broken("lost", f"{arguments[0]} of the other job: {result}")
            except Broken as broken:
                tally.fail(broken, "the other job")
                stop.set()


# Of LMDB's lock file (MDB_txninfo, MDB_reader in its mdb.c): the last transaction, how many slots were
# used, and the slots, each of a transaction and a process.
LAST, USED, SLOTS, SLOT = 48, 56, 128, 64


def take_slots(store, share):
    """Gives a share of the slots to a process that died in the middle of reading; gives its number."""
    process = subprocess.Popen(["true"])
    process.wait()
    with open(store.path / "catalog/lock.mdb", "r+b") as file:
        content = file.read()
        count = (len(content) - SLOTS) // SLOT
        for at in range(SLOTS, SLOTS + SLOT * int(count * share), SLOT):
            if struct.unpack_from("<i", content, at + 8)[0] == 0:
                file.seek(at)
                file.write(content[LAST:LAST + 8] + struct.pack("<i", process.pid))
        file.seek(USED)
        file.write(struct.pack("<I", int(count * share)))
    return process.pid


def run_among_dead(store, server, mark, share):
    dead = take_slots(store, share)
    result = store.run(mark)
    if result.status != 0:
        raise Broken("lost", f"a run among killed readers: {result}")
    content = (store.path / "catalog/lock.mdb").read_bytes()
    left = sum(
        struct.unpack_from("<i", content, at + 8)[0] == dead
        for at in range(SLOTS, len(content), SLOT))
    if left:
        raise Broken("leaks", f"{left} slots of dead readers are taken still")
    server.wait_for(int(result.output.split("-> ")[1].split(";")[0]))


def killed_readers(bench, tally, made, count, every=20):
    """Readers that are killed leave nothing behind that makes the catalog grow, or blocks a drop."""
    store = made["three"].copy(bench.work / "readers")
    data = store.path / "catalog/data.mdb"
    sizes = []
    try:
        for ordinal in range(count):
            with Server(store) as server:
                if ordinal % 10 == 0:
                    server.look()
                if ordinal % every == every - 1:
                    run_among_dead(store, server, 5000 + ordinal, 0.5)
                    run_among_dead(store, server, 6000 + ordinal, 1)
                    sizes.append(os.stat(data).st_size)
            tally.add()
        # The catalog holds a hundred runs and versions of history; only then it stays as it is.
        settled = sizes[-max(1, len(sizes) // 4):]
        if max(settled) > 1.1 * min(settled) or max(sizes) > 1 << 20:
            raise Broken("leaks", f"the catalog grows: {sizes}")
        store.check((store.served()[0],))
    except Broken as broken:
        tally.fail(broken, f"reader {tally.points}")
    tally.remark = f"catalog of {sizes[-1] >> 10 if sizes else 0} KiB"


class Client(threading.Thread):
    """Asks without pause on one connection; keeps how long each answer took."""

    def __init__(self, server, tally):
        super().__init__()
        self.server, self.tally = server, tally
        self.times, self.versions, self.stop = [], set(), threading.Event()

    def run(self):
        connection = self.server.connect()
        while not self.stop.is_set():
            begin = time.perf_counter()
            try:
                version, mark = self.server.look(connection)
                if version is None:
                    raise Broken("wrong", "a request failed")
                if mark != 10 + version:
                    raise Broken("wrong", f"version {version} answers with mark {mark}")
                self.versions.add(version)
            except Broken as broken:
                self.tally.fail(broken, "a client during swaps")
                return
            self.times.append(time.perf_counter() - begin)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1e6


def held(server):
    """How many descriptors and mappings the server has."""
    process = f"/proc/{server.process.pid}"
    with open(f"{process}/maps") as maps:
        return [len(os.listdir(f"{process}/fd")), sum(1 for _ in maps)]


def swaps(bench, tally, made, count):
    """Promotions and rollbacks in a row while clients read without pause."""
    store = made["three"].copy(bench.work / "swaps")
    with Server(store) as server:
        before = []

        def measure(body):
            clients = [Client(server, tally) for _ in range(2)]
            for client in clients:
                client.start()
            body()
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join()
            return [t for c in clients for t in c.times], set().union(*(c.versions for c in clients))

        def swap():
            try:
                for ordinal in range(count // 2):
                    reason = ("--reason", "swap")
                    for verb in (("rollback", "t", "--yes", *reason), ("promote", "t@3")):
                        result = store.call(*verb)
                        if result.status != 0:
                            raise Broken("lost", f"{verb[0]}: {result}")
                        tally.add()
                    if ordinal % 10 == 0:
                        server.wait_for(3)
                    if ordinal == 5:
                        before.extend(held(server))
            except Broken as broken:
                tally.fail(broken, f"swap {tally.points}")

        begin = time.monotonic()
        loud, versions = measure(swap)
        seconds = min(30.0, time.monotonic() - begin)
        # Quiet for as long, with as many processes that start and end beside.
        def idle():
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                store.call("versions", "t")
        quiet, _ = measure(idle)
        if not server.is_alive():
            tally.fail(Broken("deaths", "the server died"), "swaps")
        elif max(grown := [new - old for new, old in zip(held(server), before)]) > 16:
            tally.fail(Broken("leaks", f"{grown} more descriptors and mappings"), "swaps")
        if versions < {2, 3}:
            tally.fail(Broken("wrong", f"the clients saw only {versions}"), "swaps")
    ratio = percentile(loud, 0.999) / percentile(quiet, 0.999)
    tally.remark = (
        f"{len(loud):,} requests, p99.9 {percentile(loud, 0.999):,.0f} us, "
        f"{ratio:.2f} of quiet")
    # A few swaps are too short for that.
    if count >= 1000 and ratio > 1.5:
        tally.fail(Broken("wrong", f"p99.9 is {ratio:.2f} times that of the quiet"), "swaps")
