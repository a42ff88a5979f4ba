"""The torture of the store: everything that can go wrong does, and then all promises are checked.

Prints one line for each part, with how many points were tried and how many promises were broken, and
ends with 1 where one was. See “Versions” in the README.
"""

import argparse
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

import clocks
import damage
import disks
import mutants
import points
import races
import weakdisk
from harness import Bench, Broken, Tally

TOP = Path(__file__).resolve().parents[2]

# How much of each part is done: by --quick, in a few minutes, and in full.
SIZES = {
    "kills": (60, None), "errors": (90, 5200), "closes": (10, 400), "shorts": (20, None),
    "cuts": (6, 520), "images": (3, 22),
    "levels": (98304, 4096), "publishes": (20, 1000), "readers": (20, 1000), "swaps": (20, 1000),
    "drops": (2, 20), "damage": (1, 12), "operations": (2_000, 100_000),
}


class Torture:
    def __init__(self, options, bench):
        self.options, self.bench = options, bench
        self.made = points.templates(bench)
        self.tallies = []

    def size(self, name):
        return SIZES[name][0 if self.options.quick else 1]

    def part(self, name, body, skipped=None):
        if self.options.only and not any(only in name for only in self.options.only):
            return
        tally = Tally(name)
        self.tallies.append(tally)
        tally.skipped = skipped
        begin = time.monotonic()
        if skipped is None:
            try:
                body(tally)
            except Exception as error:
                # A part that ends early has shown nothing; the others still can.
                traceback.print_exc()
                tally.fail(Broken("wrong", f"the part ended early: {error!r}"), name)
        tally.seconds = time.monotonic() - begin
        print(row(tally), flush=True)
        for note in tally.notes[:self.options.notes]:
            print(f"    {note}", flush=True)

    def run(self):
        bench, made, workers = self.bench, self.made, self.options.workers
        no_compiler = None if shutil.which("cc") else "no C compiler"
        print(heading(), flush=True)
        # It takes one thing after the other, and the other parts wait much: so beside them.
        beside = ThreadPoolExecutor(1)
        model = beside.submit(
            self.part, "operations against the model", self.model,
            self.why_no_tests("a shorter one is part of scripts/test"))
        self.part("kill -9 at every call", lambda tally: points.torture(
            bench, tally, self.kills, self.size("kills"), workers, made))
        self.part("every call failing", lambda tally: points.torture(
            bench, tally, points.error_cases(bench, made), self.size("errors"), workers, made))
        self.part("failing closes", lambda tally: points.preloaded(
            points.FailingCloses, bench, tally, made, workers, self.size("closes")), no_compiler)
        self.part("short writes", lambda tally: points.preloaded(
            points.ShortWrites, bench, tally, made, workers, self.size("shorts")), no_compiler)
        self.part("weak disk, crash images", lambda tally: weakdisk.torture(
            bench, tally, self.weak_operations(), made, self.size("images"), workers))
        for kind in ("ext4", "xfs"):
            self.part(f"power cuts, {kind}", lambda tally, kind=kind: disks.power_cuts(
                bench, tally, kind, self.kills, self.size("cuts"), made, workers), disks.why_not(kind))
        no_root = None if os.geteuid() == 0 else "needs root"
        self.part("full disk, every level", lambda tally: disks.full_disk(
            bench, tally, made, self.size("levels")), no_root)
        self.part("no inodes left", lambda tally: disks.no_inodes(bench, tally, made), no_root)
        self.part("clocks that jump", lambda tally: clocks.jumps(bench, tally, made),
            no_compiler)
        self.part("space of dropped tables", lambda tally: disks.really_free(
            bench, tally, made, self.size("drops")), no_root)
        self.part("loaders racing", lambda tally: races.racing_loaders(
            bench, tally, made, self.size("publishes")))
        self.part("readers killed", lambda tally: races.killed_readers(
            bench, tally, made, self.size("readers")))
        self.part("damage under a reader", lambda tally: damage.torture(
            bench, tally, made, self.size("damage")))
        # With nothing beside it, as it compares times.
        model.result()
        self.part("swaps while clients read", lambda tally: races.swaps(
            bench, tally, made, self.size("swaps")))
        self.sanitizers()
        if not self.options.no_mutants:
            mutants.part(self)
        return sum(tally.failures for tally in self.tallies)

    @functools.cached_property
    def kills(self):
        return list(points.kill_cases(self.bench, self.made))

    def weak_operations(self):
        every = points.operations()
        if not self.options.quick:
            return every
        return [o for o in every if o.name in ("fourth run, drops", "first start")]

    # MARK: Tests in Swift

    def why_no_tests(self, when_quick="not in the quick form"):
        if self.options.quick:
            return when_quick
        return None if shutil.which("swift") else "no swift"

    def swift_test(self, tally, filter, *flags, **environment):
        command = ["swift", "test", *flags, "--filter", filter]
        done = subprocess.run(
            command, cwd=TOP, capture_output=True, text=True, timeout=1500,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no", **environment})
        tally.add()
        if done.returncode != 0:
            tally.counts["wrong"] += 1
            lines = [line for line in (done.stdout + done.stderr).splitlines() if "✘" in line or (
                "WARNING: " in line or "ERROR: " in line or "error:" in line)]
            tally.notes += lines[:20] or [f"swift test ended with {done.returncode}"]

    def model(self, tally):
        count = self.size("operations")
        self.swift_test(
            tally, "CatalogModelTests", NOSTOS_MODEL_OPERATIONS=str(count),
            TMPDIR=str(self.bench.work))
        tally.points = count

    def sanitizers(self):
        skipped = self.why_no_tests() or (
            None if self.options.sanitizers else "only with --sanitizers")
        concurrent = "Catalog|Store|LostPage|LMDB"
        self.part("thread sanitizer", lambda tally: self.races(tally, concurrent), skipped)
        self.part("address sanitizer", lambda tally: self.swift_test(
            tally, concurrent + "|Table", "-c", "release", "-Xswiftc", "-enable-testing",
            "--sanitize=address", "--scratch-path", ".build-asan",
            ASAN_OPTIONS="detect_leaks=0:handle_sigbus=0"), skipped)

    def races(self, tally, filter):
        """A race is seen in some runs only, so what has threads runs again and again."""
        # The guard of lost pages has its own handler for this signal.
        flags = ("--sanitize=thread", "--scratch-path", ".build-tsan")
        options = "handle_sigbus=0 handle_segv=0"
        self.swift_test(tally, filter, *flags, TSAN_OPTIONS=options)
        threads = "threadsAndCatalogs|noReadFailsOrMixes|theThreadFinds|oneFileIsOpen"
        for _ in range(9):
            self.swift_test(tally, threads, *flags, "--skip-build", TSAN_OPTIONS=options)


def heading():
    counts = "".join(f"{kind:>8}" for kind in Tally.KINDS)
    return f"{'part':<32}{'points':>9}{counts}{'seconds':>9}"


def row(tally):
    if tally.skipped is not None:
        return f"{tally.name:<32}  SKIPPED: {tally.skipped}"
    counts = "".join(f"{tally.counts[kind]:>8}" for kind in Tally.KINDS)
    return f"{tally.name:<32}{tally.points:>9,}{counts}{tally.seconds:>9.0f}  {tally.remark}"


def main():
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sample of each part")
    parser.add_argument("--sanitizers", action="store_true", help="the sanitizers' builds too")
    parser.add_argument("--no-mutants", action="store_true", help="without building the mutants")
    parser.add_argument("--only", action="append", help="parts whose name holds this text")
    parser.add_argument("--seed", type=int, default=1, help="picks the samples")
    parser.add_argument("--workers", type=int, default=2 * (os.cpu_count() or 1))
    parser.add_argument("--notes", type=int, default=20, help="failures told of each part")
    parser.add_argument("--nostos", default=TOP / ".build/release/nostos", help="the binary")
    options = parser.parse_args()
    for tool in ("strace",):
        if shutil.which(tool) is None:
            parser.error(f"{tool} is missing; scripts/setup --with-torture installs it")
    # In memory where there is such a place: what the disk makes of it is the weak disk's part.
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="nostos-torture-", dir=parent) as work:
        binary = Path(work) / "nostos"
        shutil.copy(options.nostos, binary)
        begin = time.monotonic()
        torture = Torture(options, Bench(binary, work, options.seed))
        failures = torture.run()
        print(f"\n{failures} failures; seed {options.seed}; {time.monotonic() - begin:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
