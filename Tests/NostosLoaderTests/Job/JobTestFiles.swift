import Foundation
import SystemPackage

/// Writes a text file.
func write(_ text: String, to path: FilePath) throws {
    try write(Array(text.utf8), to: path)
}

/// Writes a file of these bytes.
func write(_ bytes: [UInt8], to path: FilePath) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path.string))
}

/// Makes a directory whose parent exists.
func makeDirectory(_ path: FilePath) throws {
    try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path.string), withIntermediateDirectories: false)
}
