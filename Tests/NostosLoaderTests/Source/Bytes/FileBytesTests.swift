import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct FileBytesTests {
    @Test func whatIsNoFileIsRefusedAtOnceAndSaysSo() throws {
        try withTemporaryDirectory { directory in
            let pipe = directory.appending("pipe.csv")
            #expect(unsafe mkfifo(pipe.string, 0o600) == 0)
            let reasons = [
                (pipe, "found a pipe or a device, expected a file; a command can read one"),
                (directory, "Is a directory"),
                (directory.appending("none.csv"), "No such file or directory"),
            ]
            for (path, reason) in reasons {
                #expect(throws: UnreadableFile(reason: reason)) { try FileBytes(path) }
            }
        }
    }
}
