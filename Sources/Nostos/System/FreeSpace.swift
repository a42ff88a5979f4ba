public import SystemPackage

/// The free room on disks.
public enum FreeSpace {
    /// Bytes that this user can still write on the file system of that path; nil where the system
    /// does not report it.
    ///
    /// The path need not exist yet: its nearest existing parent counts.
    public static func bytes(at path: FilePath) -> Int? {
        var place = path.isEmpty ? FilePath(".") : path
        while (try? place.stat()) == nil {
            let parent = place.removingLastComponent()
            guard parent != place else { return nil }
            place = parent.isEmpty ? "." : parent
        }
        return FileCall.freeBytes(at: place).map { Int(clamping: $0) }
    }
}
