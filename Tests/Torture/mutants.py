"""The torture's own test: a store with one mistake in its protocol must not pass.

A copy of the sources gets all the mistakes, each behind the name that NOSTOS_MUTANT holds, and is
built once. The sources themselves know nothing of it. Then for each mistake parts of the torture run
until one sees it.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import points
import races
import weakdisk
from harness import Bench, Tally

CATALOG = "Sources/Nostos/Catalog/"

SWITCH = """import Glibc

enum Mutant {
    static func isOn(_ name: String) -> Bool {
        guard let chosen = unsafe getenv("NOSTOS_MUTANT") else { return false }
        return unsafe String(cString: chosen) == name
    }
}
"""


class Mutant:
    def __init__(self, name, file, old, new, sees):
        self.name, self.file, self.old, self.new, self.sees = name, file, old, new, sees


# MARK: What may see one


def disk(*names):
    """Crash images of these operations."""
    def see(bench, made, tally):
        operations = [o for o in points.operations() if o.name in names]
        weakdisk.torture(bench, tally, operations, made, 12, 4, stop_early=True)
    return see


def kills(*names):
    """The operations killed at every call that changes files."""
    def see(bench, made, tally):
        changes = {"link", "unlink", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "flock"}
        for operation, call, injection in points.kill_cases(bench, made):
            if operation.name in names and call in changes:
                runner = points.Points(bench, tally, made, 1)
                runner.case(0, 1, operation, call, injection)
                if tally.failures:
                    return
    return see


def race(bench, made, tally):
    races.racing_loaders(bench, tally, made, 40)


def readers(bench, made, tally):
    races.killed_readers(bench, tally, made, 20)


def plain(*names):
    """The operations without any fault."""
    def see(bench, made, tally):
        for operation in points.operations():
            if operation.name in names:
                points.Points(bench, tally, made, 1).case(0, 1, operation, "getppid", "retval=1:when=1")
    return see


MUTANTS = [
    Mutant(
        "the table is not synced", "Sources/Nostos/Table/Writing/TableSink.swift",
        "guard FileCall.sync(descriptor) else { throw .current }",
        "guard Mutant.isOn(NAME) || FileCall.sync(descriptor) else { throw .current }",
        [disk("second run")]),
    Mutant(
        "the table's name is not synced", CATALOG + "Depot/LocalDepot.swift",
        "try Disk.moveExclusively(file, to: path(of: name))\n"
        "        try Disk.sync(directory: directory)",
        "try Disk.moveExclusively(file, to: path(of: name))\n"
        "        if !Mutant.isOn(NAME) { try Disk.sync(directory: directory) }",
        [disk("second run")]),
    Mutant(
        "the journal is not synced", CATALOG + "Journal/Journal.swift",
        "try file.writeAll(toAbsoluteOffset: last.end, bytes)\n            }\n        }\n"
        "        try Disk.syncData(path)",
        "try file.writeAll(toAbsoluteOffset: last.end, bytes)\n            }\n        }\n"
        "        if !Mutant.isOn(NAME) { try Disk.syncData(path) }",
        [disk("second run", "rollback")]),
    Mutant(
        "the catalog's names are not synced", CATALOG + "CatalogRecovery.swift",
        "try Disk.rename(layout.newJournal, to: layout.journal)\n"
        "        try Disk.sync(directory: layout.catalog)",
        "try Disk.rename(layout.newJournal, to: layout.journal)\n"
        "        if !Mutant.isOn(NAME) { try Disk.sync(directory: layout.catalog) }",
        [disk("first start", "rewriting the journal")]),
    Mutant(
        "the new directories are not synced", CATALOG + "Catalog.swift",
        'try Disk.sync(directory: parent.isEmpty ? "." : parent)',
        'if !Mutant.isOn(NAME) { try Disk.sync(directory: parent.isEmpty ? "." : parent) }',
        [disk("first start")]),
    Mutant(
        "LMDB does not sync", CATALOG + "LMDB/LMDB.swift",
        "return try unsafe open(directory, flags: UInt32(MDB_NOTLS))",
        "return try unsafe open(\n                directory,"
        " flags: UInt32(MDB_NOTLS | (Mutant.isOn(NAME) ? MDB_NOSYNC : 0)))",
        [disk("second run", "rollback", "fourth run, drops")]),
    Mutant(
        "LMDB is written before the journal", CATALOG + "Catalog.swift",
        "let mark = try Journal(path: layout.journal).append(entry, after: head.mark)\n",
        "if Mutant.isOn(NAME) {\n"
        "            let mark = try entry.line(after: head.mark).mark\n"
        "            try layout.write(CatalogHead(mark: mark), after, change.run, environment)\n"
        "            _ = try Journal(path: layout.journal).append(entry, after: head.mark)\n"
        "            return after\n"
        "        }\n"
        "        let mark = try Journal(path: layout.journal).append(entry, after: head.mark)\n",
        [kills("rollback", "hold")]),
    Mutant(
        "the folder is synced before the table has its name there",
        CATALOG + "Depot/LocalDepot.swift",
        "func put(_ file: FilePath, as name: TableName) throws(CatalogError) {\n",
        "func put(_ file: FilePath, as name: TableName) throws(CatalogError) {\n"
        "        if Mutant.isOn(NAME) {\n"
        "            try Disk.sync(directory: directory)\n"
        "            return try Disk.moveExclusively(file, to: path(of: name))\n"
        "        }\n",
        [disk("second run")]),
    Mutant(
        "runs of a job do not exclude each other", CATALOG + "JobRun.swift",
        "if let lock = try FileLock.tryLock(path, .exclusive) { return lock }\n        let words",
        "if Mutant.isOn(NAME) { _ = try FileLock.tryLock(path, .exclusive) }\n"
        "        if let lock = try FileLock.tryLock(path, Mutant.isOn(NAME) ? .shared : .exclusive) {\n"
        "            return lock\n        }\n        let words",
        [race]),
    Mutant(
        "changes do not exclude each other", CATALOG + "Catalog.swift",
        "let lock = try FileLock.lock(layout.commitLock, .exclusive, seconds: Self.lockSeconds)\n"
        "        defer { withExtendedLifetime(lock) {} }\n"
        "        let (shared, head)",
        "let lock = try FileLock.lock(\n            layout.commitLock, Mutant.isOn(NAME) ? .shared"
        " : .exclusive, seconds: Self.lockSeconds)\n"
        "        defer { withExtendedLifetime(lock) {} }\n"
        "        let (shared, head)",
        [race]),
    Mutant(
        "the number of a dead run is given again", CATALOG + "Life/LifeCycle.swift",
        'let index = try unfinished(number, verb: "fail")\n',
        'let index = try unfinished(number, verb: "fail")\n'
        "        if Mutant.isOn(NAME) {\n            versions.remove(at: index)\n"
        "            nextNumber = number\n            return\n        }\n",
        [plain("run after a dead run"), kills("second run")]),
    Mutant(
        "a table is deleted before the catalog lets it go", CATALOG + "JobRun.swift",
        "        return PublishedTable(\n",
        "        if Mutant.isOn(NAME), let state = try catalog.job(job), state.previous.count >= 2,\n"
        "            let oldest = state.previous.last\n"
        "        {\n            try Disk.unlink(catalog.layout.table(job, oldest.number))\n        }\n"
        "        return PublishedTable(\n",
        [kills("fourth run, drops"), disk("fourth run, drops")]),
    Mutant(
        "a rollback does not hold the job", CATALOG + "Life/LifeCycle.swift",
        "if hold == nil {\n            hold = Hold(reason: reason, by: actor, at: time, rolledBack",
        "if hold == nil, !Mutant.isOn(NAME) {\n"
        "            hold = Hold(reason: reason, by: actor, at: time, rolledBack",
        [plain("rollback")]),
    Mutant(
        "what a dead run left stays in scratch", CATALOG + "JobRun.swift",
        "for name in try Disk.names(in: layout.scratch) where ScratchName(name)?.job == job {",
        "for name in try Disk.names(in: layout.scratch)\n"
        "        where ScratchName(name)?.job == job && !Mutant.isOn(NAME) {",
        [plain("run after a dead run")]),
    Mutant(
        "a table without a version stays", CATALOG + "JobRun.swift",
        "        try removeOrphans(job, state)\n",
        "        if !Mutant.isOn(NAME) { try removeOrphans(job, state) }\n",
        [plain("run after a nameless death")]),
    Mutant(
        "slots of dead readers are not freed", CATALOG + "LMDB/LMDBRegistry.swift",
        "try environment.forgetDeadReaders()",
        "if !Mutant.isOn(NAME) { try environment.forgetDeadReaders() }",
        [readers]),
]


# MARK: Building and running


def build(top, bench):
    """The binary with all mutants, or why there is none."""
    copy = top / ".build-mutants/source"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for name in ("Package.swift", "Package.resolved", "Sources", "Tests"):
        source = top / name
        if source.is_dir():
            shutil.copytree(source, copy / name)
        elif source.exists():
            shutil.copy(source, copy / name)
    (copy / CATALOG / "Mutant.swift").write_text(SWITCH)
    for mutant in MUTANTS:
        path = copy / mutant.file
        text = path.read_text()
        if text.count(mutant.old) != 1:
            return None, f"{mutant.file} no longer holds what “{mutant.name}” changes"
        path.write_text(text.replace(mutant.old, mutant.new.replace("NAME", f'"{mutant.name}"')))
    command = [
        "swift", "build", "--package-path", str(copy), "--scratch-path",
        str(top / ".build-mutants/build"), "--product", "nostos"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if "error:" in line]
        return None, "\n".join(lines[:5]) or done.stderr[-500:]
    binary = bench.work / "nostos-mutants"
    shutil.copy(top / ".build-mutants/build/debug/nostos", binary)
    return binary, None


class MutantBench(Bench):
    chosen = None

    def environment(self, **more):
        return super().environment(NOSTOS_MUTANT=self.chosen or "", **more)


def part(torture):
    """Builds the mutants, and has the torture look at each of them."""
    tally = Tally("mutants")
    if torture.options.only and not any(only in tally.name for only in torture.options.only):
        return
    torture.tallies.append(tally)
    if torture.why_no_tests() is not None:
        print(f"{'mutants':<32}  SKIPPED: {torture.why_no_tests()}", flush=True)
        return
    binary, problem = build(Path(__file__).resolve().parents[2], torture.bench)
    if binary is None:
        tally.counts["wrong"] += 1
        print(f"{'mutants':<32}  not built: {problem}", flush=True)
        return
    caught = 0
    print(f"\n{'mutant':<52}{'caught by'}", flush=True)
    for mutant in MUTANTS:
        bench = MutantBench(binary, torture.bench.work / "mutant", torture.options.seed)
        # Stores are made without the mistake.
        made = points.templates(bench)
        bench.chosen = mutant.name
        seen = None
        for see in mutant.sees:
            looked = Tally(mutant.name)
            try:
                see(bench, made, looked)
            except SystemExit as failure:
                looked.notes.append(str(failure))
                looked.counts["lost"] += 1
            if looked.failures:
                seen = looked.notes[0] if looked.notes else "a failure"
                break
        caught += seen is not None
        said = seen.splitlines()[0][:140] if seen else "NOT CAUGHT"
        print(f"{mutant.name:<52}{said}", flush=True)
        if seen is None:
            tally.counts["wrong"] += 1
    print(f"mutants caught: {caught} of {len(MUTANTS)}", flush=True)
