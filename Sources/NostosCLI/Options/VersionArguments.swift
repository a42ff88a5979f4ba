// Public, because both the type and the protocol are: the conformance is visible with them.
public import ArgumentParser
public import Nostos

/// The argument `JOB` or `JOB@V`, where V is a number, `current`, `previous` or `candidate`.
extension JobReference: ExpressibleByArgument {
    /// The reference of an argument; nil is a usage error.
    public init?(argument: String) { self.init(argument) }

    /// The job's name; verbs that are about no version take none.
    func name() throws -> String {
        guard selector == nil else {
            throw ValidationError("\(job)@\(selector ?? ""): expected \(job), without a version")
        }
        return job
    }

    /// The number of the version after the `@`; verbs that change one version need it.
    func number(in catalog: any CatalogAccess) throws -> Int {
        guard let selector, let reference = VersionReference(selector) else {
            throw ValidationError("expected \(job)@VERSION, with the version's number")
        }
        if case .number(let number) = reference { return number }
        return try catalog.state(of: job).version(named: selector).number
    }
}

/// The argument that is a version's number, spelled as ``VersionReference`` has it.
struct VersionNumber: ExpressibleByArgument {
    let number: Int

    init?(argument: String) {
        guard case .number(let number) = VersionReference(argument) else { return nil }
        self.number = number
    }
}
