import SystemPackage

/// The kind of file system on which a file lies, by `/proc/self/mountinfo` (man 5 proc).
enum MountTable {
    /// File systems whose locks and mappings another machine can break.
    static let networkKinds: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs",
    ]

    /// The kind of the network file system that the path lies on; nil for a local one, and where
    /// the kernel does not say.
    static func networkKind(of path: FilePath) throws(CatalogError) -> String? {
        let status = try Disk.attempt("looking", path) { try path.stat() }
        let mounts = FilePath("/proc/self/mountinfo")
        guard
            let file = try? FileDescriptor.open(mounts, .readOnly, options: .closeOnExec),
            let bytes = try? file.closeAfter({ try file.bytes(count: 1 << 20) })
        else { return nil }
        let device = UInt64(status.deviceID.rawValue)
        return kind(device: device, in: String(decoding: bytes, as: UTF8.self))
            .flatMap { networkKinds.contains($0) ? $0 : nil }
    }

    /// The kind of the file system with that device number, or nil when the table has none.
    ///
    /// A line is `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`: the third word
    /// is the device, the kind follows the word `-`.
    static func kind(device: UInt64, in table: String) -> String? {
        let name = "\(major(device)):\(minor(device))"
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 3, words[2] == name,
                let dash = words.firstIndex(of: "-"), dash + 1 < words.count
            else { continue }
            return String(words[dash + 1])
        }
        return nil
    }

    private static func major(_ device: UInt64) -> UInt64 {
        (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
    }

    private static func minor(_ device: UInt64) -> UInt64 {
        device & 0xFF | (device >> 12) & 0xFFFF_FF00
    }
}
