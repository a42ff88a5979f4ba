"""What every part of the torture needs: the binary, stores to hurt, and the checks afterwards.

A store of the torture has one job `t` of 40 keys. Each run gives all its records one mark, so that
a value tells which run it is from: a served version whose records do not have its mark, or not all
the same, is a wrong answer.
"""

import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

KEYS = 40
LOOKUP = json.dumps({"keys": list(range(0, KEYS, 7)), "fields": ["mark"]})
TIMEOUT = 40

JOB = """job: t
index_column: id
vars: {mark: 0}
fields:
- generator: sql_iterator
  sql: SELECT id, {{ mark }} AS mark, text FROM source ORDER BY id
publish: {drop_delay: 0s}
"""


class Broken(Exception):
    """A promise that was not kept: which kind, and how it showed."""

    def __init__(self, kind, detail):
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


class Tally:
    """Counts of one part; the columns of the table that is printed at the end."""

    KINDS = ("lost", "wrong", "deaths", "leaks")

    def __init__(self, name):
        self.name = name
        self.points = 0
        self.counts = dict.fromkeys(self.KINDS, 0)
        self.notes = []
        self.skipped = None
        self.remark = ""
        self.seconds = 0.0
        self.lock = threading.Lock()

    def add(self, points=1):
        with self.lock:
            self.points += points

    def fail(self, broken, case):
        with self.lock:
            self.counts[broken.kind] += 1
            self.notes.append(f"{case}: {broken}")

    @property
    def failures(self):
        return sum(self.counts.values())


class Result:
    def __init__(self, status, output, errors):
        self.status, self.output, self.errors = status, output, errors

    def __str__(self):
        return f"exit {self.status}: {(self.errors or self.output).strip()[-300:]}"


class Bench:
    """The binary under test and the folder to work in."""

    def __init__(self, nostos, work, seed=1):
        self.nostos = str(nostos)
        self.work = Path(work)
        self.seed = seed
        self.files = self.work / "job"
        self.files.mkdir(parents=True, exist_ok=True)
        (self.files / "t.yml").write_text(JOB)
        (self.files / "connections.yml").write_text("local: {type: sqlite, path: source.db}\n")
        database = sqlite3.connect(self.files / "source.db")
        database.execute("CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, text TEXT)")
        rows = [(key, f"text {key * 7919}") for key in range(KEYS)]
        database.executemany("INSERT OR REPLACE INTO source VALUES (?, ?)", rows)
        database.commit()
        database.close()
        help_text = self.call(["serve", "--help"]).output
        self.serve_ports = ["--port", "0"]
        if "--admin-port" in help_text:
            self.serve_ports += ["--admin-port", "0"]

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NOSTOS")}
        return {**kept, "SWIFT_BACKTRACE": "enable=no", **more}

    def call(self, arguments, prefix=(), timeout=TIMEOUT, **environment):
        """Runs the binary to its end."""
        try:
            done = subprocess.run(
                [*prefix, self.nostos, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                text=True, errors="replace", timeout=timeout, env=self.environment(**environment))
        except subprocess.TimeoutExpired:
            raise Broken("deaths", f"hangs: {' '.join(arguments)} after {' '.join(prefix)}")
        return Result(done.returncode, done.stdout, done.stderr)

    def shim(self):
        """The preloaded library of `shim.c`."""
        library = self.work / "shim.so"
        if not library.exists():
            source = Path(__file__).with_name("shim.c")
            subprocess.run(
                ["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        return library

    def run_arguments(self, store, mark):
        return ["run", str(self.files / "t.yml"), "--var", f"mark={mark}", "--store", str(store)]


class Store:
    """A store to hurt, and what is known of it: the mark of each version."""

    def __init__(self, bench, path, marks=()):
        self.bench, self.path = bench, Path(path)
        self.marks = dict(marks)

    def call(self, *arguments, **options):
        return self.bench.call([*arguments, "--store", str(self.path)], **options)

    def run(self, mark, *more, **options):
        return self.bench.call([*self.bench.run_arguments(self.path, mark), *more], **options)

    def copy(self, path):
        shutil.rmtree(path, ignore_errors=True)
        if self.path.exists():
            shutil.copytree(self.path, path)
        return Store(self.bench, path, self.marks)

    def state(self):
        """The job as the catalog knows it; None when there is none."""
        result = self.call("versions", "t", "-o", "json")
        if result.status == 0:
            return json.loads(result.output)
        if "no job" in result.errors or "no store" in result.errors:
            return None
        raise Broken("lost", f"the catalog cannot be read: {result}")

    # MARK: Checks

    def check(self, allowed, acknowledged=None, held=(), loses_journal=False):
        """All that must hold after whatever was done to the store.

        `allowed` are the versions one of which must be served, None for nothing; `acknowledged`
        the one that the operation said it made current; with one of `held` the job is held.
        """
        version, mark = self.served()
        if acknowledged is not None and version != acknowledged:
            raise Broken("lost", f"version {acknowledged} was acknowledged, {version} is served")
        if version not in allowed:
            raise Broken("lost", f"version {version} is served, expected one of {allowed}")
        if version is not None:
            self.learn(version, mark)
        self.verify()
        is_held = self.next_run(version)
        if version in held and not is_held:
            raise Broken("wrong", f"version {version} is served and the job not held")
        self.check_leaks()
        self.check_history(loses_journal)

    def learn(self, version, mark):
        """A number has one content for ever."""
        known = self.marks.setdefault(version, mark)
        if known != mark:
            raise Broken("wrong", f"version {version} held {known} and now holds {mark}")

    def served(self):
        """What a reader that starts now serves: version and mark."""
        if not self.path.exists():
            return None, None
        try:
            with Server(self) as server:
                return server.look()
        except Broken as broken:
            # So it is while the first start has not come to a catalog.
            if "no store here" in str(broken):
                return None, None
            raise

    def verify(self):
        result = self.call("verify")
        # 78: there is no store yet.
        if result.status not in (0, 78):
            raise Broken("wrong", f"verify: {result}")

    def next_run(self, served):
        """The next run of the job succeeds, goes on from what is served, with a new number."""
        mark = 900_000 + len(self.marks)
        result = self.run(mark)
        said = re.match(r"promoted t (?:(\d+) -> )?(\d+)|candidate t (\d+); held", result.output)
        if not said or result.status != (4 if said[3] else 0):
            raise Broken("lost", f"the next run: {result}")
        new = int(said[2] or said[3])
        if said[2] and (int(said[1]) if said[1] else None) != served:
            raise Broken("lost", f"{served} was served, the next run said {result}")
        if new in self.marks or new <= (served or 0):
            raise Broken("wrong", f"number {new} was used again")
        self.marks[new] = mark
        self.expect_get(new, mark)
        return said[3] is not None

    def tables(self):
        """The versions that have a table, as the journal's lines tell it."""
        tables = set()
        for entry in self.journal():
            jobs = [entry["job"]] if "job" in entry else entry.get("whole", {}).get("jobs", {}).values()
            for job in jobs:
                for version in job["versions"] if job["name"] == "t" else []:
                    (tables.add if version["has_table"] else tables.discard)(version["number"])
        return tables

    def journal(self):
        lines = (self.path / "catalog/journal").read_bytes().splitlines()
        try:
            return [json.loads(line.partition(b" ")[2]) for line in lines]
        except ValueError as error:
            raise Broken("wrong", f"the journal has a line that is none: {error}")

    def check_history(self, loses_journal):
        """Each change has its line, and each number was given away once."""
        events = [entry["event"] for entry in self.journal()]
        generations = [event["generation"] for event in events]
        if not loses_journal and generations != list(range(1, len(events) + 1)):
            raise Broken("wrong", f"the journal leaves changes out: {generations}")
        begun = [
            event["version"] for event in events
            if event["action"] == "begin" and event["job"] == "t"]
        if begun != sorted(set(begun)):
            raise Broken("wrong", f"a number was given away twice: {begun}")

    def expect_get(self, version, mark):
        result = self.call("get", f"t@{version}", "0", "39", "--fields", "mark", "-o", "json")
        if result.status != 0:
            raise Broken("lost", f"get t@{version}: {result}")
        found = {r["values"]["mark"] for r in json.loads(result.output)["results"]}
        if found != {mark}:
            raise Broken("wrong", f"t@{version} holds {found}, expected {mark}")

    def check_leaks(self):
        """Nothing lies in the store that the catalog does not know."""
        expected = {f"t_{number}.table" for number in self.tables()}
        found = {name for name in os.listdir(self.path / "tables") if name.startswith("t_")}
        if found != expected:
            raise Broken("leaks", f"tables/ holds {sorted(found)}, expected {sorted(expected)}")
        scratch = os.listdir(self.path / "scratch")
        if scratch:
            raise Broken("leaks", f"scratch/ holds {scratch}")
        known = {"data.mdb", "lock.mdb", "journal", "commit.lock"}
        others = [
            name for name in os.listdir(self.path / "catalog")
            if name not in known and not name.startswith("journal.damaged-")]
        if others:
            raise Broken("leaks", f"catalog/ holds {others}")


class Server:
    """A `nostos serve` on a store; killed when the block ends."""

    def __init__(self, store):
        self.store = store

    def __enter__(self):
        bench = self.store.bench
        self.process = subprocess.Popen(
            [bench.nostos, "serve", *bench.serve_ports, "--store", str(self.store.path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=bench.environment())
        while True:
            line = self.process.stdout.readline()
            if not line:
                errors = self.process.stderr.read()
                self.process.wait()
                raise Broken("deaths", f"serve ended ({self.process.returncode}): {errors[-300:]}")
            if line.startswith("serving "):
                self.port = int(line.split()[1].rstrip("/").rsplit(":", 1)[1])
                return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def is_alive(self):
        return self.process.poll() is None

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, method, path, body=None, connection=None):
        """Status and object of an answer."""
        own = connection or self.connect()
        try:
            own.request(method, path, body)
            answer = own.getresponse()
            content = answer.read()
        except OSError as error:
            if not self.is_alive():
                raise Broken("deaths", f"serve died: {self.process.returncode}")
            raise Broken("deaths", f"no answer: {error}")
        finally:
            if connection is None:
                own.close()
        try:
            return answer.status, json.loads(content)
        except ValueError:
            return answer.status, None

    def look(self, connection=None):
        """The version that is served and the mark of its records; None where there is none."""
        status, answer = self.ask("POST", "/v1/jobs/t/lookup", LOOKUP, connection)
        if status in (404, 503):
            return None, None
        if status != 200:
            raise Broken("wrong", f"status {status}: {answer}")
        marks = {result["values"]["mark"] for result in answer["results"]}
        if len(marks) != 1:
            raise Broken("wrong", f"one answer of version {answer['version']} mixes {marks}")
        return answer["version"], marks.pop()

    def wait_for(self, version, seconds=5):
        """Waits until that version is served."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.look()
            if found[0] == version:
                return found
            time.sleep(0.02)
        raise Broken("lost", f"{found[0]} is served {seconds} s later, expected {version}")
