"""Which stores are alike after a fault, so that each kind of them is checked once.

Most system calls change nothing, and a store that was hurt at one of them is the store that was
hurt at the one before. Two stores of one operation are alike when they have the same names, the same
lines in the journal but for times, the same pages changed in `data.mdb` by the same transactions,
and tables of the same shape. What they differ in then are times, process numbers and their sums.
"""

import hashlib
import json
import os
import re
import struct

PAGE = 4096
# A mark of a file's bytes: which of its pieces of so many bytes hold anything.
PIECE = 64


def alike(store, template):
    """A text that two stores of one operation share when they are alike."""
    hashed = hashlib.blake2b(digest_size=16)
    for folder, folders, files in os.walk(store.path):
        folders.sort()
        place = os.path.relpath(folder, store.path)
        hashed.update(f"{nameless(place)}/{len(folders)}\0".encode())
        for name in sorted(files):
            path = os.path.join(folder, name)
            hashed.update(f"{nameless(name)}\0{shape(path, name, template)}\0".encode())
    return hashed.hexdigest()


def nameless(name):
    """A name without the number of the process that gave it."""
    return re.sub(r"\.\d+", ".", name)


def shape(path, name, template):
    if name in ("lock.mdb", "t.lock"):
        return "there"
    with open(path, "rb") as file:
        content = file.read()
    if name.startswith("journal"):
        return journal(content)
    if name == "data.mdb":
        return pages(content, template)
    pieces = (content[at:at + PIECE] for at in range(0, len(content), PIECE))
    return f"{len(content)} {''.join('.x'[any(piece)] for piece in pieces)}"


def journal(content):
    whole, _, torn = content.rpartition(b"\n")
    try:
        lines = [timeless(json.loads(line.partition(b" ")[2])) for line in whole.splitlines()]
    except ValueError:
        return f"broken {hash(content)}"
    return json.dumps(lines, sort_keys=True) + str(bool(torn))


TIMES = {"at", "microseconds", "digest", "pid", "reason", "error", "drop_after", "bytes", "size"}


def timeless(value):
    """The value without what two runs of the same operation may differ in."""
    if isinstance(value, dict):
        return {
            key: timeless(inner) for key, inner in value.items()
            if key not in TIMES and not key.endswith("_at")}
    if isinstance(value, list):
        return [timeless(inner) for inner in value]
    return value


def pages(content, template):
    """The last transactions of the two heads, and which pages are not as they were."""
    try:
        before = (template.path / "catalog/data.mdb").read_bytes()
    except OSError:
        before = b""
    heads = [head(content[at:at + PAGE]) for at in (0, PAGE)]
    changed = [
        at // PAGE for at in range(0, len(content), PAGE)
        if content[at:at + PAGE] != before[at:at + PAGE]]
    return f"{len(content)} {heads} {changed}"


def head(page):
    """Of LMDB's head page (MDB_meta in its mdb.c): the last page in use, the transaction."""
    return struct.unpack_from("<QQ", page, 136) if len(page) >= 152 else page
