import Nostos
public import SystemPackage

/// Job files: YAML in, typed jobs out.
public enum JobFile {
    /// The contents of a file.
    public struct Contents: Sendable {
        /// The jobs in the file's order: one for each document in the full form, and one for each
        /// `nostos-v2` step of one in the Dataduct form.
        ///
        /// At least one; all names are different.
        public let jobs: [Job]
        /// The warnings about ignored or doubtful parts, in order of position.
        public let warnings: [JobDiagnostic]
    }

    /// Reads a job file, and the `.sql` files that it names.
    ///
    /// - Parameters:
    ///   - path: the file, at most 1 MiB of UTF-8.
    ///   - vars: the variables of `--var`; they win over the file's.
    ///   - environment: what `env_var` reads; nothing else is read from it.
    /// - Returns: at least one job.
    /// - Throws: every error of the file, in order of position. No source was touched.
    public static func load(
        _ path: FilePath, vars: [String: String] = [:], environment: [String: String]
    ) throws(JobFileErrors) -> Contents {
        let text = try readFile(path)
        return try parse(text, path: path, vars: vars, environment: environment)
    }

    /// Reads the text of a job file as if it stood at that path.
    ///
    /// Otherwise as ``load(_:vars:environment:)``.
    public static func parse(
        _ text: String, path: FilePath, vars: [String: String] = [:],
        environment: [String: String]
    ) throws(JobFileErrors) -> Contents {
        let log = DiagnosticLog(file: path.string)
        let lines = TextLines(text)
        let context = ReadingContext(
            log: log, lines: lines, directory: path.removingLastComponent(),
            scope: TemplateScope(vars: vars, environment: environment))
        var jobs: [Job] = []
        if text.utf8.count > YAMLNode.maxSize {
            let error = FileTextError.tooLarge(maxSize: YAMLNode.maxSize)
            log.error(at: .wholeFile, found: error.found, expected: "a job file")
        } else {
            let documents = YAMLReader.readAll(lines, log: log)
            for document in documents { jobs += read(document, context, path: path, text: text) }
            if documents.isEmpty, !log.hasErrors {
                log.error(
                    at: TextMark(line: 1, column: 1), found: "nothing",
                    expected: "a job file: a mapping with \"job\" or \"steps\"")
            }
            refuseRepeatedNames(jobs, log)
            warnOfUnusedVars(vars, log)
        }
        guard !log.hasErrors, !jobs.isEmpty else { throw log.failure() }
        for index in jobs.indices { jobs[index].secrets = log.secrets }
        return Contents(jobs: jobs, warnings: log.sorted(.warning))
    }

    /// The text of a job or connections file.
    static func readFile(_ path: FilePath) throws(JobFileErrors) -> String {
        do {
            return try readText(path, maxSize: YAMLNode.maxSize)
        } catch {
            let log = DiagnosticLog(file: path.string)
            switch error {
            case .notUTF8(let mark):
                log.error(at: mark, found: "bytes that are not UTF-8", expected: "text in UTF-8")
                throw log.failure()
            case .tooLarge:
                log.error(at: .wholeFile, found: error.found, expected: "less")
                throw log.failure()
            case .unreadable(let cause):
                log.error(at: .wholeFile, found: error.found)
                throw log.failure(cause: cause)
            }
        }
    }
}

extension JobFile {
    private static func read(
        _ root: YAMLNode, _ context: ReadingContext, path: FilePath, text: String
    ) -> [Job] {
        guard case .mapping(let entries) = root.content,
            let mapping = MappingReader(root, "a job", log: context.log)
        else {
            context.mismatch(root, expected: "a job file: a mapping with \"job\" or \"steps\"")
            return []
        }
        let keys = Set(entries.map(\.key))
        guard keys.isDisjoint(with: ["steps", "Steps"]) else {
            return readPipeline(root, context, path: path, text: text)
        }
        var reader = JobReader(context: context, form: .full, path: path, text: text)
        return [reader.read(mapping)]
    }

    private static func readPipeline(
        _ root: YAMLNode, _ context: ReadingContext, path: FilePath, text: String
    ) -> [Job] {
        guard let pipeline = MappingReader(root, "a pipeline", log: context.log) else { return [] }
        var context = context
        context.readsYAML11 = true
        return DataductReader(context: context).read(pipeline).map { step in
            var reader = JobReader(
                context: context, form: .dataduct, path: path, text: text, stepChecks: step.checks)
            return reader.read(step.mapping)
        }
    }

    private static func refuseRepeatedNames(_ jobs: [Job], _ log: DiagnosticLog) {
        var marks: [String: TextMark] = [:]
        for job in jobs where !job.name.isEmpty {
            if let first = marks[job.name] {
                log.error(
                    at: job.mark, found: "a second job \(quoted(job.name))",
                    expected: "another name than that of line \(first.line)")
            }
            marks[job.name] = job.mark
        }
        if jobs.count > Job.maxJobsPerFile {
            log.error(
                at: jobs[Job.maxJobsPerFile].mark, found: "\(jobs.count) jobs",
                expected: "at most \(Job.maxJobsPerFile)")
        }
    }

    /// Warns of variables from outside that this file neither declares nor names: a misspelt
    /// `--var` would otherwise change nothing, silently.
    private static func warnOfUnusedVars(
        _ vars: [String: String], _ log: DiagnosticLog
    ) {
        for name in vars.keys.sorted() where !log.knownVars.contains(name) {
            let suggestion = nearestWord(to: name, among: log.knownVars.sorted())
            let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
            log.warning(
                at: .wholeFile, "the variable \(quoted(name)) is not used in this file\(hint)")
        }
    }
}
