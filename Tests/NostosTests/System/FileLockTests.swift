import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite struct FileLockTests {
    /// A child process has all opened files from its fork to its exec.
    @Test(arguments: [FileLock.Mode.exclusive, .shared])
    func aLockThatGoesIsFreeThoughAChildStillHasTheFile(mode: FileLock.Mode) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("lock")
        let file = try FileDescriptor.open(
            path, .readWrite, options: .create, permissions: .ownerReadWrite)
        let childs = try file.duplicate()
        defer { try? childs.close() }
        var lock = try FileLock.lock(file, path, mode)
        #expect(lock != nil)
        #expect(try FileLock.tryLock(path, .exclusive) == nil)
        lock = nil
        #expect(try FileLock.tryLock(path, .exclusive) != nil)
    }
}
