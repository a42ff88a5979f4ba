import ArgumentParser
import Nostos

/// `nostos verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every byte of the kept versions against its checksum.",
        discussion: """
            Every damaged page is told with its file and offset, and all versions are read, however \
            many are damaged. Nothing is repaired: a damaged version is dropped, and another one \
            promoted.
            """)

    @OptionGroup var store: StoreOptions
    @Argument(help: "The job, or JOB@VERSION; all of the store by default.")
    var job: JobReference?

    func run() throws {
        try Failure.guarded {
            let catalog = try store.open()
            var damaged: [(state: JobState, version: VersionRecord)] = []
            for state in try job.map({ [try $0.state(in: catalog)] }) ?? catalog.jobs() {
                let one = try job.flatMap { $0.selector == nil ? nil : try $0.version(in: state) }
                // A dropped version may lose its table at any moment.
                for version in one.map({ [$0] }) ?? state.versions
                where version.hasTable && version.state != .dropped {
                    if try !verify(version, of: state, catalog) {
                        damaged.append((state, version))
                    }
                }
            }
            guard !damaged.isEmpty else { return }
            let advice = damaged.map { state, version in
                let good = state.previous.first { previous in
                    !damaged.contains { $0 == (state, previous) }
                }
                return Self.advice(version, of: state, good: good)
            }
            throw Failure(
                .io,
                "\(damaged.count) damaged; tables are never repaired\n"
                    + advice.joined(separator: "\n"))
        }
    }

    /// Tells how the version is, one line for each damaged place; gives whether it is sound.
    private func verify(
        _ version: VersionRecord, of state: JobState, _ catalog: Catalog
    ) throws -> Bool {
        let name = "\(state.name)@\(version.number)"
        let path = try catalog.tablePath(job: state.name, version: version.number)
        do throws(TableError) {
            let table = try TableReader(opening: path)
            let places = DamagedPlace.all(in: table.damages())
            for place in places { Output.line("DAMAGED  \(name)  \(place)") }
            guard places.isEmpty else { return false }
            let count = try table.verify()
            let isSame = count == version.rowCount && table.info.digest == version.digest
            Output.line(
                isSame
                    ? "ok       \(name)  \(Shown.count(count)) rows, \(Shown.size(table.info.size))"
                    : "DAMAGED  \(name)  \(path): another table than the catalog's: \(count) rows, "
                        + "digest \(table.info.digest), expected \(version.rowCount), "
                        + version.digest)
            return isSame
        } catch {
            Output.line("DAMAGED  \(name)  \(error)")
            return false
        }
    }

    /// What to do about a damaged version, where `good` is the newest previous one that is sound.
    private static func advice(
        _ version: VersionRecord, of state: JobState, good: VersionRecord?
    ) -> String {
        let name = "\(state.name)@\(version.number)"
        guard version.state == .current else { return "\(name): `nostos drop \(name)`" }
        guard let good else {
            return "\(name): it is current and no previous one is sound: run the job again"
        }
        return "\(name): it is the current one: `nostos promote \(state.name)@\(good.number)`, "
            + "then `nostos drop \(name)`"
    }
}

/// Damaged pages that follow each other in one part of a table, as one line.
struct DamagedPlace: CustomStringConvertible {
    private let error: TableError
    private let offset: Int
    private var count = 1

    /// The places, in the order of the file.
    static func all(in damages: [TableError]) -> [DamagedPlace] {
        var places: [DamagedPlace] = []
        for damage in damages {
            guard case .corrupt(_, let part, let offset, _) = damage else { continue }
            if let last = places.last, last.isContinued(by: part, offset) {
                places[places.count - 1].count += 1
            } else {
                places.append(DamagedPlace(error: damage, offset: offset))
            }
        }
        return places
    }

    private func isContinued(by part: TablePart, _ offset: Int) -> Bool {
        guard case .corrupt(_, part, _, _) = error else { return false }
        return offset == self.offset + count * TableReader.pageSize
    }

    var description: String {
        count == 1
            ? "\(error)"
            : "\(error); and the \(count - 1) pages behind it, up to "
                + String(offset + count * TableReader.pageSize)
    }
}
