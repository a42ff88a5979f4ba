"""Disks that lose power, and disks that are full. Both need root, for their mounts."""

import fcntl
import os
import random
import shutil
import struct
import subprocess
import time

import damage
from harness import Broken, Server
from points import strace

# Shut down at once, without flushing the journal of the file system: what a power cut leaves.
SHUTDOWN = 0x8004587D
NO_FLUSH = 2


class Mount:
    """A file system of its own in a file; gone with the block."""

    def __init__(self, bench, kind, megabytes):
        self.image = bench.work / f"{kind}.img"
        self.path = bench.work / f"{kind}.mnt"
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
        subprocess.run(["umount", str(self.path)], check=True, capture_output=True)

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


def power_cuts(bench, tally, kind, cases, limit, made):
    """Kills the operation before a call and cuts the power at that moment."""
    cases = [case for case in cases if case[1] in CHANGES]
    random.Random(bench.seed).shuffle(cases)
    with Mount(bench, kind, 64 if kind == "ext4" else 320) as disk:
        for ordinal, (operation, call, injection) in enumerate(cases[:limit]):
            try:
                store = made[operation.template].copy(disk.path / "store")
                os.sync()
                result = operation.call(store, prefix=strace(call, injection))
                disk.cut_power()
                disk.unmount()
                disk.mount()
                acknowledged = operation.after if result.status == 0 else None
                store.check(
                    (operation.before, operation.after), acknowledged, **operation.expects)
            except Broken as broken:
                tally.fail(broken, f"{kind}, {operation.name}, {call}: {injection}")
            tally.add()


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
    refused = done = 0
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
    tally.remark = f"{refused} refused, {done} done"
    if not refused or not done:
        tally.fail(Broken("wrong", "the levels do not reach from refused to done"), "full disk")


def really_free(bench, tally, made, rounds):
    """The space of a dropped table is back within a second, while a reader has it mapped or not."""
    path = bench.work / "space"
    path.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(path)], check=True)
    file, _ = damage.job_files(bench)
    wide = ["run", str(file), "--store"]

    def used():
        status = os.statvfs(path)
        return (status.f_blocks - status.f_bfree) * status.f_frsize

    try:
        store = made["three"].copy(path / "store")
        for _ in range(3):
            bench.call([*wide, str(store.path)])
        table = os.path.getsize(store.path / "tables/wide_1.table")
        for ordinal in range(rounds):
            with Server(store) as server:
                server.ask("GET", "/v1/jobs/wide/keys/5")
                before = used()
                result = bench.call([*wide, str(store.path)])
                if f"dropped {ordinal + 1}" not in result.output:
                    raise Broken("wrong", f"nothing is dropped: {result}")
                end = time.monotonic() + 1
                # The journal and its kin may grow; a table is much more than that.
                while used() - before > table // 3:
                    if time.monotonic() > end:
                        raise Broken("leaks", f"{used() - before} bytes more, a table has {table}")
                    time.sleep(0.02)
            tally.add()
    except Broken as broken:
        tally.fail(broken, f"drop {tally.points}")
    finally:
        subprocess.run(["umount", "-l", str(path)], capture_output=True)
