"""Disks that lose power, and disks that are full. Both need root, for their mounts."""

import ctypes
import fcntl
import os
import random
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import damage
from harness import Broken, Server
from points import strace

# Shut down at once, without flushing the journal of the file system: what a power cut leaves.
SHUTDOWN = 0x8004587D
NO_FLUSH = 2


class Mount:
    """A file system of its own in a file; gone with the block."""

    def __init__(self, bench, kind, megabytes, name="disk"):
        self.image = bench.work / f"{name}.img"
        self.path = bench.work / f"{name}.mnt"
        self.kind = kind
        self.path.mkdir(exist_ok=True)
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        make = ["mkfs.ext4", "-q", "-F"] if kind == "ext4" else ["mkfs.xfs", "-q", "-f"]
        subprocess.run([*make, str(self.image)], check=True, capture_output=True)

    def mount(self):
        command = ["mount", "-o", "loop", str(self.image), str(self.path)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Broken("lost", f"{self.kind} cannot be mounted: {done.stderr.strip()}")

    def unmount(self):
        # Between its fork and its exec another worker's process has our descriptors too.
        end = time.monotonic() + 10
        while True:
            done = subprocess.run(["umount", str(self.path)], capture_output=True, text=True)
            if done.returncode == 0:
                return
            if time.monotonic() > end:
                raise Broken("leaks", f"{self.kind} cannot be unmounted: {done.stderr.strip()}")
            time.sleep(0.01)

    def sync(self):
        """Makes what is there now durable, on this disk only."""
        directory = os.open(self.path, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(directory) != 0:
                raise OSError(ctypes.get_errno(), "syncfs")
        finally:
            os.close(directory)

    def cut_power(self):
        directory = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(directory, SHUTDOWN, struct.pack("I", NO_FLUSH))
        finally:
            os.close(directory)

    def __enter__(self):
        self.mount()
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.path)], capture_output=True)
        self.image.unlink(missing_ok=True)


def why_not(kind):
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which(f"mkfs.{kind}") is None:
        return f"mkfs.{kind} is missing"
    try:
        loop = subprocess.run(["losetup", "-f"], capture_output=True)
    except OSError:
        return "losetup is missing"
    return None if loop.returncode == 0 else "no loop devices"


# What a cut may come between: all that changes files, and one of each kind that does not.
CHANGES = {
    "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate", "link",
    "unlink", "rename", "renameat2", "mkdir", "rmdir", "fchmod", "close", "flock", "openat"}


def power_cuts(bench, tally, kind, cases, limit, made, workers):
    """Kills the operation before a call and cuts the power at that moment."""
    cases = [case for case in cases if case[1] in CHANGES]
    random.Random(bench.seed).shuffle(cases)
    megabytes = 64 if kind == "ext4" else 320

    def cut(worker):
        with Mount(bench, kind, megabytes, f"{kind}{worker}") as disk:
            for operation, call, injection in cases[worker:limit:workers]:
                try:
                    cut_once(disk, made[operation.template], operation, call, injection)
                except Broken as broken:
                    tally.fail(broken, f"{kind}, {operation.name}, {call}: {injection}")
                tally.add()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(cut, range(workers)))


def cut_once(disk, template, operation, call, injection):
    store = template.copy(disk.path / "store")
    disk.sync()
    result = operation.call(store, prefix=strace(call, injection))
    disk.cut_power()
    disk.unmount()
    disk.mount()
    acknowledged = operation.after if result.status == 0 else None
    store.check((operation.before, operation.after), acknowledged, **operation.expects)


def full_disk(bench, tally, made, step):
    """Fills a small disk up to every level; the run that does not fit is refused with 74."""
    path = bench.work / "full"
    path.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={4 << 20}", "tmpfs", str(path)]
    subprocess.run(mount, check=True)
    file, _ = damage.job_files(bench)
    wide = ["run", str(file), "--store"]
    source = made["three"].copy(bench.work / "filled")
    bench.call([*wide, str(source.path)])
    size = os.path.getsize(source.path / "tables/wide_1.table")
    refused = done = early = 0
    try:
        for free in range(0, 3 * size, step):
            try:
                store = source.copy(path / "store")
                available = os.statvfs(path).f_bavail * os.statvfs(path).f_frsize
                with open(path / "filler", "wb") as filler:
                    os.posix_fallocate(filler.fileno(), 0, max(4096, available - free))
                result = bench.call([*wide, str(store.path)])
                if result.status not in (0, 74):
                    raise Broken("wrong", f"a full disk is told as {result}")
                is_done = result.status == 0
                refused, done = refused + (not is_done), done + is_done
                early += "are free, the current version has" in result.errors
                with Server(store) as server:
                    status, answer = server.ask("GET", "/v1/jobs/wide/keys/5")
                    if status != 200 or answer["version"] != (2 if is_done else 1):
                        raise Broken("lost", f"{status} {answer} after {result}")
                os.unlink(path / "filler")
                again = bench.call([*wide, str(store.path)])
                if again.status != 0 or "promoted wide" not in again.output:
                    raise Broken("lost", f"with room again: {again}")
                store.check((3,))
            except Broken as broken:
                tally.fail(broken, f"{free} bytes free")
            except OSError as error:
                tally.fail(Broken("wrong", str(error)), f"{free} bytes free")
            finally:
                (path / "filler").unlink(missing_ok=True)
            tally.add()
    finally:
        subprocess.run(["umount", "-l", str(path)], capture_output=True)
    tally.remark = f"{refused} refused, {early} of them before a row was read; {done} done"
    if not early or not done:
        tally.fail(Broken("wrong", "the levels do not reach from refused to done"), "full disk")


def no_inodes(bench, tally, made):
    """A file system on which so many more files can be made, from none to as many as a run needs."""
    path = bench.work / "inodes"
    path.mkdir(exist_ok=True)
    template = made["three"].path
    taken = 2 + sum(len(folders) + len(files) for _, folders, files in os.walk(template))
    done = refused = 0
    for free in range(12):
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size=16m,nr_inodes={taken + free}", "tmpfs", str(path)],
            check=True)
        try:
            store = made["three"].copy(path / "store")
            result = store.run(14)
            if result.status not in (0, 74):
                raise Broken("wrong", f"no inodes are told as {result}")
            done, refused = done + (result.status == 0), refused + (result.status == 74)
            subprocess.run(["mount", "-o", "remount,nr_inodes=10000", str(path)], check=True)
            store.check((4,) if result.status == 0 else (3,))
        except Broken as broken:
            tally.fail(broken, f"{free} inodes free")
        except OSError as error:
            tally.fail(Broken("wrong", str(error)), f"{free} inodes free")
        finally:
            subprocess.run(["umount", "-l", str(path)], capture_output=True)
        tally.add()
    tally.remark = f"{refused} refused, {done} done"
    if not refused or not done:
        tally.fail(Broken("wrong", "the levels do not reach from refused to done"), "inodes")


def really_free(bench, tally, made, rounds):
    """A dropped table's space is back a second after its delay, though a reader has it mapped."""
    path = bench.work / "space"
    path.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(path)], check=True)
    file, _ = damage.job_files(bench)
    try:
        store = made["three"].copy(path / "store")
        wide = ["run", str(file), "--store", str(store.path)]
        for _ in range(3):
            bench.call(wide)
        for number in range(1, rounds + 1):
            drop_one(store, wide, number, delay=number % 2)
            tally.add()
    except Broken as broken:
        tally.fail(broken, f"drop {tally.points}")
    finally:
        subprocess.run(["umount", "-l", str(path)], capture_output=True)


def drop_one(store, wide, number, delay):
    """Drops the version of that number while a reader reads it."""
    # The journal and its kin may grow; a table is much more than that.
    table = os.path.getsize(store.path / f"tables/wide_{number}.table")
    with Server(store) as server:
        status, _ = server.ask("GET", f"/v1/jobs/wide/versions/{number}/keys/5")
        if status != 200 or f"wide_{number}.table" not in mapped(server):
            raise Broken("wrong", f"status {status}: the reader has not mapped version {number}")
        before = used(store.path)
        begin = time.monotonic()
        result = store.bench.call([*wide, "--drop-delay", f"{delay}s"])
        if f"dropped {number}" not in result.output:
            raise Broken("wrong", f"nothing is dropped: {result}")
        end = time.monotonic() + delay + 1
        while used(store.path) - before > table // 3:
            if time.monotonic() > end:
                raise Broken("leaks", f"{used(store.path) - before} bytes more, a table has {table}")
            time.sleep(0.02)
        if time.monotonic() - begin < delay:
            raise Broken("wrong", f"version {number} is gone before its delay of {delay} s")


def used(path):
    status = os.statvfs(path)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


def mapped(server):
    with open(f"/proc/{server.process.pid}/maps") as maps:
        return maps.read()
