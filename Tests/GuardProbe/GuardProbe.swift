import Glibc
import Nostos
import SystemPackage

/// Meets a page that cannot be read, and that the guard of tables has nothing to do with.
///
/// Run by `LostPageTests`, since it ends: `GuardProbe load|handled|sent TABLE`.
@main
struct GuardProbe {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { exit(64) }
        if arguments[1] == "handled" { signal(SIGBUS) { _ in _exit(42) } }
        // Opening a table takes the signal over.
        let table = try TableReader(opening: FilePath(arguments[2]))
        defer { withExtendedLifetime(table) {} }
        if arguments[1] == "sent" {
            raise(SIGBUS)
        } else {
            try loadBehindTheEndOfAFile(arguments[2] + ".empty")
        }
        exit(0)
    }

    private static func loadBehindTheEndOfAFile(_ path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .readWrite, options: .create, permissions: .ownerReadWrite)
        // Unsafe: a mapping of a file without a byte; the load is meant to fail.
        let mapped = unsafe mmap(nil, 4096, PROT_READ, MAP_SHARED, file.rawValue, 0)
        guard let mapped = unsafe mapped else { exit(74) }
        print(unsafe mapped.load(as: UInt8.self))
    }
}
