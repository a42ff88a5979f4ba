"""Every system call of every verb: killed there, and failing there, once and for ever."""

import errno
import itertools
import random
import re
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

from harness import Broken, Server, Store
from likeness import alike

ERRORS = ("EIO", "ENOSPC", "EMFILE", "ENOMEM", "EINTR", "EDQUOT")

# Calls whose failure the kernel does not know, or that end the process anyway.
NEVER_FAIL = {
    "exit", "exit_group", "futex", "rt_sigreturn", "restart_syscall", "gettid", "getpid",
    "set_robust_list", "rseq", "arch_prctl", "sched_yield", "execve", "getuid", "geteuid",
    "getegid", "getgid", "set_tid_address", "rt_sigprocmask",
    # strace would leave the file open, and locked; Linux closes it whatever it says. See FailingCloses.
    "close",
}


class Operation:
    """A verb on a kind of store: its arguments, and what may be served afterwards."""

    def __init__(self, name, template, arguments, before, after, **expects):
        self.name, self.template, self.arguments = name, template, arguments
        self.before, self.after = before, after
        # What `Store.check` is to know besides.
        self.expects = expects

    def call(self, store, **options):
        if self.arguments[0] == "run":
            return store.run(4321, *self.arguments[1:], **options)
        return store.call(*self.arguments, **options)


def templates(bench):
    """Stores of every kind that a verb may meet."""
    base = bench.work / "templates"
    base.mkdir(parents=True, exist_ok=True)
    made = {"none": Store(bench, base / "none")}

    def make(name, source, *steps):
        store = made[source].copy(base / name)
        for step in steps:
            step(store)
        made[name] = store

    def run(mark, *more):
        def step(store):
            result = store.run(mark, *more)
            if result.status not in (0, 4):
                raise SystemExit(f"torture: a plain run fails: {result}")
            state = store.state()
            store.marks[max(v["number"] for v in state["versions"])] = mark
        return step

    def call(*arguments):
        def step(store):
            result = store.call(*arguments)
            if result.status != 0:
                raise SystemExit(f"torture: {' '.join(arguments)} fails: {result}")
        return step

    def killed(operation, call, number):
        def step(store):
            prefix = strace(call, f"signal=KILL:when={number}")
            if operation == "run":
                store.run(4000, prefix=prefix)
            else:
                store.call(*operation, prefix=prefix)
        return step

    make("one", "none", run(11))
    make("three", "one", run(12), run(13))
    make("rolled", "three", call("rollback", "t", "--reason", "bad", "--yes"))
    make("candidate", "three", run(14, "--no-promote"))
    make("held", "three", call("hold", "t", "--reason", "wait"))
    make("dead", "three", killed("run", "link", 1))
    make("named", "three", killed("run", "fsync", 2))
    make("ahead", "three", killed(("hold", "t", "--reason", "x"), "pwrite64", 2))
    make("no-data", "three", lambda store: (store.path / "catalog/data.mdb").unlink())
    make("no-journal", "three", lambda store: (store.path / "catalog/journal").unlink())
    return made


def operations():
    reason = ("--reason", "torture")
    return [
        Operation("first start", "none", ["run"], None, 1),
        Operation("second run", "one", ["run"], 1, 2),
        Operation("fourth run, drops", "three", ["run"], 3, 4),
        Operation("run to a candidate", "three", ["run", "--no-promote"], 3, 3),
        Operation("run while held", "held", ["run"], 3, 3),
        Operation("rollback", "three", ["rollback", "t", "--yes", *reason], 3, 2, held=(2,)),
        Operation("promote the rolled back", "rolled", ["promote", "t@3"], 2, 3, held=(2,)),
        Operation("promote a candidate", "candidate", ["promote", "t@4"], 3, 4),
        Operation("hold", "three", ["hold", "t", *reason], 3, 3),
        Operation("release", "held", ["release", "t"], 3, 3),
        Operation("drop", "three", ["drop", "t@1"], 3, 3),
        Operation("remove", "three", ["remove", "t", *reason], 3, None),
        Operation("run after a dead run", "dead", ["run"], 3, 5),
        Operation("run after a nameless death", "named", ["run"], 3, 5),
        Operation("recovery of one line", "ahead", ["versions", "t"], 3, 3),
        Operation("rebuilding the data file", "no-data", ["versions", "t"], 3, 3),
        Operation("rewriting the journal", "no-journal", ["versions", "t"], 3, 3, loses_journal=True),
        Operation("run after a lost data file", "no-data", ["run"], 3, 4),
    ]


def strace(call, injection, output="/dev/null"):
    # All threads are followed, each with a count of its own. With --seccomp-bpf only the calls that
    # are meant stop the process; strace 6.1 then injects a signal at the first call or never.
    fast = [] if injection.startswith("signal") else ["--seccomp-bpf"]
    return [
        "strace", "-f", "-qq", *fast, "-o", output, "-e", f"trace={call}",
        "-e", f"inject={call}:{injection}"]


def points(bench, operation, made):
    """The calls of the operation from its first touch of the store on: name and ordinal."""
    store = made[operation.template].copy(bench.work / "dry")
    log = bench.work / "dry.strace"
    result = operation.call(store, prefix=["strace", "-f", "-qq", "-o", str(log)])
    if result.status not in (0, 4):
        raise SystemExit(f"torture: {operation.name} fails by itself: {result}")
    counts, found, is_touched = {}, set(), False
    for line in log.read_text(errors="replace").splitlines():
        match = re.match(r"(\d+) +([a-z_0-9]+)\(", line)
        if not match or "execve(" in line:
            continue
        thread, name = match.groups()
        is_touched = is_touched or str(store.path) in line
        count = counts.setdefault((thread, name), 0) + 1
        counts[thread, name] = count
        if is_touched:
            found.add((name, count))
    shutil.rmtree(store.path, ignore_errors=True)
    return sorted(found)


class Points:
    """Runs the cases of one kind, several at a time."""

    def __init__(self, bench, tally, made, workers):
        self.bench, self.tally, self.made, self.workers = bench, tally, made, workers
        self.seen, self.lock = set(), threading.Lock()

    def run(self, cases):
        slots = list(range(self.workers))

        def one(case):
            slot = slots.pop()
            try:
                self.case(slot, *case)
            finally:
                slots.append(slot)

        with ThreadPoolExecutor(self.workers) as pool:
            list(pool.map(one, cases))
        self.tally.remark = f"{len(self.seen):,} unlike stores"

    def prefix(self, call, injection):
        return strace(call, injection)

    def case(self, slot, ordinal, operation, call, injection):
        store = self.made[operation.template].copy(self.bench.work / f"slot{slot}")
        name = f"{operation.name}, {call}: {injection}"
        # One in eight is checked in any case, and watched by a reader that was there before.
        is_watched = ordinal % 8 == 0
        try:
            if is_watched and store.path.exists():
                with Server(store) as server:
                    result = operation.call(store, prefix=self.prefix(call, injection))
                    version, mark = server.look()
                    if version is not None:
                        store.learn(version, mark)
                    if version not in (operation.before, operation.after):
                        raise Broken("lost", f"the reader serves {version}")
            else:
                result = operation.call(store, prefix=self.prefix(call, injection))
            if result.errors.startswith("strace: "):
                raise Broken("wrong", f"nothing was tried: {result}")
            if result.status > 2 and result.status != 4 and not result.errors.strip() and call != "write":
                raise Broken("wrong", f"exit {result.status} without a word")
            self.judge(store, operation, result, is_watched)
        except Broken as broken:
            self.tally.fail(broken, name)
        self.tally.add()

    def judge(self, store, operation, result, is_watched):
        # The runtime that cannot read its own command line shows its help and ends with 0.
        is_done = result.status == 0 and "USAGE" not in result.output
        # A refusal is one that is told, and not only of what could not be told.
        is_refused = "nostos: " in result.errors and "stays changed" not in result.errors
        if self.is_known(store, operation, (result.status, is_refused)) and not is_watched:
            return
        acknowledged = operation.after if is_done else None
        allowed = (operation.before,) if is_refused else (operation.before, operation.after)
        store.check(allowed, acknowledged, **operation.expects)

    def is_known(self, store, operation, told):
        """Whether a store like this one, of an operation that told the same, was checked."""
        key = (operation.name, told, alike(store, self.made[operation.template]))
        with self.lock:
            is_known = key in self.seen
            self.seen.add(key)
        return is_known


def kill_cases(bench, made):
    for operation in operations():
        for call, number in points(bench, operation, made):
            if call not in ("execve", "exit_group"):
                yield operation, call, f"signal=KILL:when={number}"


def error_cases(bench, made):
    for operation in operations():
        for call, number in points(bench, operation, made):
            if call in NEVER_FAIL:
                continue
            for error, suffix in itertools.product(ERRORS, ("", "+")):
                # LMDB tries again for ever when a call is interrupted for ever, and libdispatch,
                # once a second, when no thread can be made.
                if suffix == "" or (error != "EINTR" and call not in ("clone", "clone3")):
                    yield operation, call, f"error={error}:when={number}{suffix}"


def torture(bench, tally, cases, limit, workers, made):
    """Runs the cases, or a sample of `limit` of them that the seed picks."""
    cases = list(cases)
    if limit and len(cases) > limit:
        cases = random.Random(bench.seed).sample(cases, limit)
    numbered = [(ordinal, *case) for ordinal, case in enumerate(cases)]
    Points(bench, tally, made, workers).run(numbered)


class Preloaded(Points):
    """What `shim.c` does to files of the store, at the call of one number or from there on."""

    what, variable = None, None

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.library = self.bench.shim()

    def prefix(self, call, injection):
        return [
            "env", f"LD_PRELOAD={self.library}", f"STORE_ROOT={self.bench.work}", *injection.split()]

    def cases(self):
        for operation in operations():
            store = self.made[operation.template].copy(self.bench.work / "dry")
            count = self.bench.work / "dry.count"
            operation.call(store, prefix=self.prefix(self.what, f"{self.variable}_COUNT={count}"))
            for number in range(1, int(count.read_text()) + 1):
                for end, more in itertools.product(("AT", "FROM"), self.variants):
                    yield operation, self.what, f"{self.variable}_{end}={number}{more}"


class ShortWrites(Preloaded):
    """Files that take half of what is written to them."""

    what, variable, variants = "short write", "SHORT", ("",)


class FailingCloses(Preloaded):
    """Files that are closed, though the call says that something went wrong."""

    what, variable = "failing close", "CLOSE"
    variants = [f" CLOSE_ERROR={getattr(errno, name)}" for name in ("EIO", "ENOSPC", "EDQUOT", "EINTR")]


def preloaded(kind, bench, tally, made, workers, limit):
    runner = kind(bench, tally, made, workers)
    cases = list(runner.cases())
    if limit and len(cases) > limit:
        cases = random.Random(bench.seed).sample(cases, limit)
    runner.run([(ordinal, *case) for ordinal, case in enumerate(cases)])
