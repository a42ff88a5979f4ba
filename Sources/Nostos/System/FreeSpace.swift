import Glibc
public import SystemPackage

/// The free space of disks.
public enum FreeSpace {
    /// Bytes that this user can still write on the file system of that path; nil where the system
    /// does not tell.
    ///
    /// The path need not exist yet: its nearest parent that does is asked.
    public static func bytes(at path: FilePath) -> Int? {
        var place = path.isEmpty ? FilePath(".") : path
        while (try? place.stat()) == nil {
            let parent = place.removingLastComponent()
            guard parent != place else { return nil }
            place = parent.isEmpty ? "." : parent
        }
        var status = statvfs()
        // Unsafe: both pointers are used during the call only.
        guard unsafe place.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        let (bytes, isOver) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isOver ? Int.max : Int(clamping: bytes)
    }
}
