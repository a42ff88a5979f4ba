"""A disk that keeps no more than it was told to keep.

The calls of an operation that change files are recorded. A crash image is what a disk may hold that
lost its power after one of them: all that was synced, and of the rest any part: a write may be there
or not, or half of it, and a name may be there without its file's contents, or the contents without
the name. (After ALICE: T. Pillai and others, “All File Systems Are Not Created Equal”, OSDI 2014.)
A file's sync keeps its contents and its size, a directory's sync its names; nothing else does.
"""

import hashlib
import os
import random
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

from harness import Broken, Store

CALLS = (
    "openat,close,lseek,write,writev,pwrite64,pwritev,ftruncate,fallocate,link,linkat,unlink,unlinkat,"
    "rename,renameat,renameat2,mkdir,mkdirat,rmdir,fsync,fdatasync,dup,dup2,fcntl")
SECTOR = 512


class Inode:
    def __init__(self, is_directory=False, content=b""):
        self.is_directory = is_directory
        self.content = bytearray(content)
        self.names = {}


class Recording:
    """The operations of one run on the store: (kind, inode, arguments), in their order."""

    def __init__(self, root):
        self.root = str(root)
        self.inodes = []
        self.operations = []
        self.acknowledged = None
        self.live = {}
        self.top = self.scan(self.root)

    def inode(self, *arguments):
        self.inodes.append(Inode(*arguments))
        return len(self.inodes) - 1

    def scan(self, path):
        if not os.path.isdir(path):
            if not os.path.exists(path):
                return self.inode(True)
            with open(path, "rb") as file:
                return self.inode(False, file.read())
        number = self.inode(True)
        for name in os.listdir(path):
            self.inodes[number].names[name] = self.scan(os.path.join(path, name))
        return number

    # MARK: Reading the log

    def read(self, log):
        names = {number: dict(inode.names) for number, inode in enumerate(self.inodes)}
        self.live, self.files, self.exists = names, {}, os.path.exists(self.root)
        for call, arguments, result in calls(log):
            if result >= 0:
                handler = getattr(self, "on_" + call, None)
                if handler:
                    handler(arguments, result)

    def find(self, path):
        """The directory's inode, the name in it, and the inode of that name if there is one."""
        if path == self.root:
            return None, None, self.top
        if not path.startswith(self.root + "/"):
            return None, None, None
        at = self.top
        parts = path[len(self.root) + 1:].rstrip("/").split("/")
        for part in parts[:-1]:
            at = self.live[at].get(part)
            if at is None:
                return None, None, None
        return at, parts[-1], self.live[at].get(parts[-1])

    def add(self, kind, inode, *arguments):
        self.operations.append((kind, inode, arguments))

    def name(self, directory, name, inode):
        self.live[directory][name] = inode
        self.add("name", directory, name, inode)

    def on_openat(self, arguments, fd):
        path, flags = text(arguments[1]), arguments[2]
        directory, name, inode = self.find(path)
        if inode is None:
            if directory is None or "O_CREAT" not in flags:
                self.files.pop(fd, None)
                return
            inode = self.inode(False)
            self.name(directory, name, inode)
        elif "O_TRUNC" in flags:
            self.add("size", inode, 0)
        self.files[fd] = [inode, 0, "SYNC" in flags]

    def on_close(self, arguments, _):
        self.files.pop(int(arguments[0]), None)

    def on_lseek(self, arguments, result):
        if int(arguments[0]) in self.files:
            self.files[int(arguments[0])][1] = result

    def on_fcntl(self, arguments, result):
        if "F_DUPFD" in arguments[1] and int(arguments[0]) in self.files:
            self.files[result] = list(self.files[int(arguments[0])])

    def on_write(self, arguments, result):
        fd = int(arguments[0])
        data = text(arguments[1], True)[:result]
        if fd == 1 and self.acknowledged is None:
            self.acknowledged = len(self.operations)
        if fd in self.files:
            self.write(fd, data, self.files[fd][1])
            self.files[fd][1] += result

    def on_writev(self, arguments, result):
        if int(arguments[0]) in self.files:
            fd = int(arguments[0])
            self.write(fd, vector(arguments)[:result], self.files[fd][1])
            self.files[fd][1] += result

    def on_pwrite64(self, arguments, result):
        if int(arguments[0]) in self.files:
            self.write(int(arguments[0]), text(arguments[1], True)[:result], int(arguments[-1]))

    def on_pwritev(self, arguments, result):
        if int(arguments[0]) in self.files:
            self.write(int(arguments[0]), vector(arguments)[:result], int(arguments[-1]))

    def write(self, fd, data, offset):
        inode, _, is_sync = self.files[fd]
        self.add("data", inode, offset, bytes(data))
        if is_sync:
            self.add("sync", inode)

    def on_ftruncate(self, arguments, _):
        if int(arguments[0]) in self.files:
            self.add("size", self.files[int(arguments[0])][0], int(arguments[1]))

    def on_fsync(self, arguments, _):
        if int(arguments[0]) in self.files:
            self.add("sync", self.files[int(arguments[0])][0])

    on_fdatasync = on_fsync

    def on_mkdir(self, arguments, _):
        path = text(arguments[0])
        if path == self.root:
            return
        directory, name, _ = self.find(path)
        if directory is not None:
            inode = self.inode(True)
            self.live[inode] = {}
            self.name(directory, name, inode)

    def on_link(self, arguments, _):
        _, _, inode = self.find(text(arguments[0]))
        directory, name, _ = self.find(text(arguments[1]))
        if directory is not None and inode is not None:
            self.name(directory, name, inode)

    def on_unlink(self, arguments, _):
        directory, name, _ = self.find(text(arguments[0]))
        if directory is not None:
            self.live[directory].pop(name, None)
            self.add("unname", directory, name)

    on_rmdir = on_unlink

    def on_rename(self, arguments, _):
        source, old, inode = self.find(text(arguments[0]))
        directory, name, _ = self.find(text(arguments[1]))
        if source is not None and directory is not None:
            self.live[source].pop(old, None)
            self.live[directory][name] = inode
            # One change where it is within one directory, as every file system has it.
            if source == directory:
                self.add("move", directory, old, name, inode)
            else:
                self.add("name", directory, name, inode)
                self.add("unname", source, old)


def calls(log):
    """The finished calls of a log of `strace -f -xx`: name, arguments, result."""
    pending = {}
    with open(log, errors="replace") as lines:
        for line in lines:
            match = re.match(r"(\d+) +(.*)", line.rstrip("\n"))
            if not match:
                continue
            thread, rest = match.groups()
            if rest.endswith("<unfinished ...>"):
                pending[thread] = rest[:-len("<unfinished ...>")]
                continue
            resumed = re.match(r"<\.\.\. (\w+) resumed>(.*)", rest)
            if resumed:
                rest = pending.pop(thread, "") + resumed[2]
            match = re.match(r"(\w+)\((.*)\) += (-?\d+)", rest)
            if match:
                yield match[1], split(match[2]), int(match[3])


def split(arguments):
    parts, depth, start, quoted = [], 0, 0, False
    for index, character in enumerate(arguments):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "[{":
            depth += 1
        elif not quoted and character in "]}":
            depth -= 1
        elif not quoted and depth == 0 and character == ",":
            parts.append(arguments[start:index].strip())
            start = index + 1
    return parts + [arguments[start:].strip()]


def text(argument, as_bytes=False):
    content = bytes.fromhex(re.match(r'"(.*?)"', argument)[1].replace("\\x", ""))
    return content if as_bytes else content.decode()


def vector(arguments):
    return b"".join(
        bytes.fromhex(part.replace("\\x", ""))
        for part in re.findall(r'iov_base="(.*?)"', ",".join(arguments)))


# MARK: Images


class Disk:
    """Inodes with what was done to them."""

    def __init__(self, recording):
        self.contents = {n: bytearray(i.content) for n, i in enumerate(recording.inodes)}
        self.names = {
            n: dict(i.names) for n, i in enumerate(recording.inodes) if i.is_directory}
        self.top = recording.top

    def copy(self):
        other = object.__new__(Disk)
        other.contents = {n: bytearray(c) for n, c in self.contents.items()}
        other.names = {n: dict(c) for n, c in self.names.items()}
        other.top = self.top
        return other

    def apply(self, kind, inode, arguments, sectors=None):
        if kind == "data":
            offset, data = arguments
            content = self.contents[inode]
            for start, end in pieces(offset, len(data)):
                if sectors is not None and start // SECTOR not in sectors:
                    continue
                if len(content) < end:
                    content.extend(bytes(end - len(content)))
                content[start:end] = data[start - offset:end - offset]
        elif kind == "size":
            content = self.contents[inode]
            size = arguments[0]
            del content[size:]
            content.extend(bytes(size - len(content)))
        elif kind == "name":
            self.names[inode][arguments[0]] = arguments[1]
        elif kind == "unname":
            self.names[inode].pop(arguments[0], None)
        elif kind == "move":
            self.names[inode].pop(arguments[0], None)
            self.names[inode][arguments[1]] = arguments[2]

    def digest(self):
        hashed = hashlib.blake2b(digest_size=16)

        def visit(inode, path):
            if inode in self.names:
                hashed.update(f"{path}/\0".encode())
                for name in sorted(self.names[inode]):
                    visit(self.names[inode][name], f"{path}/{name}")
            else:
                hashed.update(f"{path}\0{len(self.contents[inode])}\0".encode())
                hashed.update(self.contents[inode])

        visit(self.top, "")
        return hashed.hexdigest()

    def write(self, path, inode=None):
        inode = self.top if inode is None else inode
        if inode in self.names:
            os.mkdir(path)
            for name, child in self.names[inode].items():
                self.write(os.path.join(path, name), child)
        else:
            with open(path, "wb") as file:
                file.write(self.contents[inode])


def pieces(offset, size):
    """The parts of a write that a disk writes whole: its sectors."""
    start = offset
    while start < offset + size:
        end = min(offset + size, (start // SECTOR + 1) * SECTOR)
        yield start, end
        start = end


def images(recording, chosen, per_point):
    """Crash images, each with the count of operations before the crash."""
    durable, pending = Disk(recording), []
    for count, operation in enumerate([None, *recording.operations]):
        if operation:
            kind, inode, arguments = operation
            if kind == "sync":
                for done in [p for p in pending if p[1] == inode]:
                    durable.apply(*done)
                pending = [p for p in pending if p[1] != inode]
            else:
                pending.append(operation)
        for kept in subsets(pending, chosen, per_point):
            disk = durable.copy()
            for index, done in enumerate(pending):
                if index not in kept:
                    continue
                sectors = None
                if done[0] == "data" and chosen.random() < 0.2:
                    every = [start // SECTOR for start, _ in pieces(done[2][0], len(done[2][1]))]
                    sectors = set(chosen.sample(every, chosen.randrange(len(every) + 1)))
                disk.apply(*done, sectors)
            yield count, disk


def subsets(pending, chosen, limit):
    """None, all, each alone, all but one, all up to one; then any, up to `limit` in all."""
    every = range(len(pending))
    wanted = [set(), set(every)]
    for index in every:
        wanted += [{index}, set(every) - {index}, set(range(index))]
    while len(wanted) < limit:
        wanted.append({index for index in every if chosen.random() < 0.5})
    return wanted[:2] + chosen.sample(wanted[2:], max(0, min(len(wanted), limit) - 2))


def record(bench, operation, made):
    store = made[operation.template].copy(bench.work / "recorded")
    recording = Recording(store.path)
    log = bench.work / "recorded.strace"
    result = operation.call(
        store, prefix=["strace", "-f", "-qq", "-xx", "-s", "10000000", "-o", str(log), "-e",
                       f"trace={CALLS}"])
    if result.status not in (0, 4):
        raise SystemExit(f"torture: {operation.name} fails by itself: {result}")
    recording.read(log)
    log.unlink()
    shutil.rmtree(store.path, ignore_errors=True)
    return recording


def torture(bench, tally, operations, made, per_point, workers, stop_early=False):
    distinct = 0
    slots = list(range(workers))

    def check(case):
        if stop_early and tally.failures:
            return
        operation, count, disk, is_acknowledged = case
        slot = slots.pop()
        path = bench.work / f"image{slot}"
        try:
            shutil.rmtree(path, ignore_errors=True)
            disk.write(path)
            store = Store(bench, path, made[operation.template].marks)
            allowed = (operation.before, operation.after)
            acknowledged = operation.after if is_acknowledged else None
            store.check(allowed, acknowledged, **operation.expects)
        except Broken as broken:
            tally.fail(broken, f"{operation.name}, after change {count}")
        finally:
            slots.append(slot)

    for operation in operations:
        recording = record(bench, operation, made)
        chosen = random.Random(bench.seed)
        seen, cases = set(), []
        for count, disk in images(recording, chosen, per_point):
            is_acknowledged = (
                recording.acknowledged is not None and count > recording.acknowledged)
            tally.add()
            key = (disk.digest(), is_acknowledged)
            if key not in seen:
                seen.add(key)
                cases.append((operation, count, disk, is_acknowledged))
        distinct += len(cases)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(check, cases))
        if stop_early and tally.failures:
            break
    tally.remark = f"{distinct} distinct"
