import Nostos
import SystemPackage

/// The rows of a file.
struct FileSource: Sendable {
    /// The file, and how it holds rows.
    let file: FileInput
    /// The job's contract for the columns.
    let contract: TextContract

    /// Opens the file and reads its first rows.
    func open() throws(SourceError) -> any RowCursor {
        let name = file.path.string
        let bytes: FileBytes
        do throws(UnreadableFile) {
            bytes = try FileBytes(file.path)
        } catch {
            throw .unavailable(
                source: name, reason: "\(error.reason) (paths are relative to the job file)")
        }
        let input: any ByteInput =
            switch file.compression {
            case .none: bytes
            case .gzip: GzipBytes(bytes)
            case .zstd: ZstdBytes(bytes)
            }
        return try TextRows.open(input, file.format, source: name, contract: contract)
    }
}
