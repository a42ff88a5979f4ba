"""Tables spoiled under a running reader: cut, deleted, overwritten, moved, flipped, replaced."""

import os
import random
import shutil
import time

from harness import Broken, Server, Store

# Longer than the reader needs to notice that a file was written to.
NOTICE = 0.5


def job_files(bench):
    """A second job of many pages, whose records have their own key in their text."""
    folder = bench.work / "wide"
    folder.mkdir(exist_ok=True)
    (folder / "connections.yml").write_text("local: {type: sqlite, path: wide.db}\n")
    (folder / "wide.yml").write_text(
        "job: wide\nindex_column: id\nfields:\n- generator: sql_iterator\n"
        "  sql: SELECT id, text FROM source ORDER BY id\npublish: {drop_delay: 0s}\n")
    import sqlite3
    database = sqlite3.connect(folder / "wide.db")
    database.execute("CREATE TABLE IF NOT EXISTS source (id INTEGER PRIMARY KEY, text TEXT)")
    chosen = random.Random(7)
    rows = [(key, text(key, chosen)) for key in range(ROWS)]
    database.executemany("INSERT OR REPLACE INTO source VALUES (?, ?)", rows)
    database.commit()
    database.close()
    return folder / "wide.yml", dict(rows)


ROWS = 2000


def text(key, chosen):
    return f"{key} " + "".join(chosen.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(90))


class Spoiler:
    def __init__(self, bench, tally, made):
        self.bench, self.tally, self.made = bench, tally, made
        self.file, self.rows = job_files(bench)

    def read(self, server, keys):
        """How many keys answer right and how many with 503; anything else is wrong."""
        right = refused = 0
        connection = server.connect()
        for key in keys:
            status, answer = server.ask("GET", f"/v1/jobs/wide/keys/{key}", None, connection)
            if status == 200 and answer["values"]["text"] == self.rows[key]:
                right += 1
            elif status == 503:
                refused += 1
            else:
                raise Broken("wrong", f"key {key}: {status} {answer}")
        connection.close()
        return right, refused

    def case(self, name, spoil, expect, offset=None):
        """Spoils the table under a reader that has read all of it, and reads it again."""
        store = self.made["three"].copy(self.bench.work / "spoiled")
        try:
            for _ in range(2):
                result = self.bench.call(["run", str(self.file), "--store", str(store.path)])
                if result.status != 0:
                    raise Broken("lost", f"run: {result}")
            path = store.path / "tables/wide_2.table"
            os.chmod(path, 0o644)
            with Server(store) as server:
                self.read(server, range(0, ROWS, 3))
                spoil(path)
                time.sleep(NOTICE)
                right, refused = self.read(server, range(0, ROWS, 3))
                if expect == "all" and refused:
                    raise Broken("wrong", f"{refused} of {right + refused} keys are refused")
                if expect == "none" and right:
                    raise Broken("wrong", f"{right} keys are answered from a table that is gone")
                if expect == "some" and not (right > refused > 0):
                    raise Broken("wrong", f"{right} right, {refused} refused")
                self.expect_alive(server)
            self.expect_cold_start(store, expect)
            if expect != "all" or offset is not None:
                self.expect_verify(store, path, offset)
        except Broken as broken:
            self.tally.fail(broken, name)
        self.tally.add()

    def expect_alive(self, server):
        if server.look() != (3, 13):
            raise Broken("lost", "the other job is not served")
        if not server.is_alive():
            raise Broken("deaths", "the reader died")

    def expect_cold_start(self, store, expect):
        """A reader that starts now serves the version before where this one cannot be opened."""
        with Server(store) as server:
            right, refused = self.read(server, range(0, ROWS, 7))
            if expect != "some" and refused:
                raise Broken("lost", f"a new reader refuses {refused} of {right + refused} keys")
            if expect == "some" and not right > refused:
                raise Broken("lost", f"a new reader refuses {refused} of {right + refused} keys")
            self.expect_alive(server)

    def expect_verify(self, store, path, offset):
        result = store.call("verify")
        if result.status != 74 or str(path) not in result.output:
            raise Broken("wrong", f"verify does not name {path}: {result}")
        if offset is not None and f"offset {offset // 4096 * 4096}:" not in result.output:
            raise Broken("wrong", f"verify does not name offset {offset}: {result.output}")
        if "promote" not in result.errors and "run the job again" not in result.errors:
            raise Broken("wrong", f"verify does not say what to do: {result.errors}")
        if "ok       t@3" not in result.output:
            raise Broken("wrong", f"verify does not go on: {result.output}")


def torture(bench, tally, made, rounds):
    spoiler = Spoiler(bench, tally, made)
    chosen = random.Random(bench.seed)

    def at(offset, data):
        def spoil(path):
            with open(path, "r+b") as file:
                file.seek(offset)
                file.write(data(file, offset) if callable(data) else data)
        return spoil

    def flip(file, offset):
        byte = file.read(1)
        file.seek(offset)
        return bytes([byte[0] ^ 1 << chosen.randrange(8)])

    def change(first, second):
        def spoil(path):
            with open(path, "r+b") as file:
                pages = []
                for number in (first, second):
                    file.seek(number * 4096)
                    pages.append(file.read(4096))
                for number, page in zip((second, first), pages):
                    file.seek(number * 4096)
                    file.write(page)
        return spoil

    def aside(path):
        os.rename(path, path.with_suffix(".aside"))

    def replace(path):
        shutil.copy(path, path.with_suffix(".new"))
        with open(path.with_suffix(".new"), "r+b") as file:
            file.write(b"nonsense")
        os.rename(path.with_suffix(".new"), path)

    spoiler.case("deleted", os.unlink, "all")
    spoiler.case("moved", aside, "all")
    spoiler.case("replaced by another", replace, "all")
    spoiler.case("cut to nothing", lambda path: os.truncate(path, 0), "none")
    for _ in range(rounds):
        share = chosen.random()
        cut = lambda path: os.truncate(path, int(os.path.getsize(path) * share))
        spoiler.case(f"cut to {share:.3f}", cut, "none")
        # Within the groups, which take most of the file.
        offset = chosen.randrange(4096, 120_000)
        spoiler.case(f"a bit flipped at {offset}", at(offset, flip), "some", offset)
        offset = chosen.randrange(4096, 120_000)
        spoiler.case(f"overwritten at {offset}", at(offset, b"\xff" * 100), "some", offset)
        first, second = chosen.sample(range(1, 28), 2)
        spoiler.case(
            f"pages {first} and {second} changed for each other", change(first, second), "some",
            4096 * min(first, second))
        spoiler.case(f"zeros at {offset}", at(offset, bytes(4096)), "some", offset)
