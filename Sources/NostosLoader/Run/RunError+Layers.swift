import Nostos

extension RunError {
    /// The failure that an error of any layer is.
    init(_ error: any Error, _ mask: SecretMask) {
        let (kind, message) = Self.parts(of: error)
        self.init(kind, mask.mask(message))
    }

    private static func parts(of error: any Error) -> (Kind, String) {
        switch error {
        case let error as RunError: (error.kind, error.message)
        case let error as LocatedSourceError: (error.kind, error.description)
        case let error as ConnectionError: (.configuration, error.description)
        case let error as LocatedPlanError: (.badJob, error.description)
        case let error as ExtractionError: (.badJob, error.description)
        case let error as MergeError: (.badJob, error.description)
        case let error as SortError: (.io, error.description)
        case let error as TableError: (.io, error.description)
        case let error as CatalogError: (kind(of: error), error.description)
        case is CancellationError: (.cancelled, "stopped; nothing was published")
        // Any type may be an error; every layer that a run calls is above.
        default: (.failed, "\(error)")
        }
    }

    private static func kind(of error: CatalogError) -> Kind {
        switch error {
        case .busy, .locked: .busy
        case .noStore, .newerFormat, .networkFileSystem: .configuration
        case .badJobName, .badArgument: .badJob
        case .io, .damaged, .lost, .exists: .io
        case .unknownJob, .unknownVersion, .goneVersion, .badVersion, .noVersion, .moved, .held,
            .notHeld, .rolledBack, .failedChecks, .noPrevious, .refused:
            .failed
        }
    }
}
