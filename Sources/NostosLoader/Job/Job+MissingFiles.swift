import Nostos
import SystemPackage

extension Job {
    /// A warning for each file of a `file` generator that cannot be opened now.
    ///
    /// Such a job file is right all the same: the file may come before the run.
    ///
    /// - Complexity: one attempt to open each file; nothing is read.
    public func missingFiles() -> [JobDiagnostic] {
        generators.compactMap { generator in
            guard case .file(let input) = generator.kind, let reason = Self.obstacle(input.path)
            else { return nil }
            let path = secrets.mask(input.path.string)
            return JobDiagnostic(
                severity: .warning, file: self.path.string,
                mark: generator.keyMarks["path"] ?? generator.mark,
                message: "the file \(quoted(path)) cannot be read now: \(reason) "
                    + "(paths are relative to the job file)")
        }
    }

    /// The reason why a file cannot be opened for reading; nil where it can.
    private static func obstacle(_ path: FilePath) -> Errno? {
        do {
            // Without O_NONBLOCK the open of a FIFO would wait for its writer.
            try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec]).close()
            return nil
        } catch {
            return error as? Errno
        }
    }
}
