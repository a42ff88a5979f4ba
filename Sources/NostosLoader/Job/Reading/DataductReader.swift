import Nostos

/// Reads the Dataduct form: a pipeline, each of whose `nostos-v2` steps is a job.
struct DataductReader {
    /// The type of the steps that are jobs.
    static let stepType = "nostos-v2"
    /// A pipeline's keys that mean nothing here: Dataduct runs pipelines on AWS, by the clock.
    static let headerKeys = [
        "name", "frequency", "description", "topic_arn", "emr_cluster_config",
        "ec2_resource_config", "ec2_resource_terminate_after", "delay", "time_delta",
        "max_retries", "retry_delay", "timeout", "bootstrap", "teardown", "tags",
    ]

    let context: ReadingContext

    /// The steps that are jobs, with the checks of the QA steps around them.
    func read(_ mapping: MappingReader) -> [DataductJob] {
        for key in Self.headerKeys {
            guard let entry = mapping.take(key, isListed: false) else { continue }
            warnOfHeaderKey(entry, value: nil)
        }
        if let entry = mapping.take("load_time", isListed: false), let time = loadTime(entry.value)
        {
            warnOfHeaderKey(entry, value: time)
        }
        // Its anchors were resolved already: that is all that Dataduct uses it for.
        _ = mapping.take("variables", isListed: false)
        let steps = mapping.require("steps", or: "Steps")
        mapping.finish()
        guard let steps else { return [] }
        return readSteps(steps.value)
    }

    private func warnOfHeaderKey(_ entry: YAMLEntry, value: String?) {
        let shown = value.map { " (\($0))" } ?? ""
        context.log.warning(
            at: entry.mark,
            "the key \"\(entry.key)\"\(shown) is ignored: "
                + "Nostos neither schedules jobs nor runs them on AWS")
    }

    private func readSteps(_ node: YAMLNode) -> [DataductJob] {
        let nodes = context.list(node, "a list of steps", maxCount: Job.maxGenerators) ?? []
        var jobs: [DataductJob] = []
        var checks: [DataductCheck] = []
        var others: [(node: YAMLNode, type: String)] = []
        for node in nodes {
            guard let mapping = MappingReader(node, "a nostos-v2 step", log: context.log) else {
                continue
            }
            guard let entry = mapping.take("step_type", or: "type") else {
                context.log.error(
                    at: node.mark, found: "a step without \"step_type\"",
                    expected: "\"step_type\" or \"type\"")
                continue
            }
            guard let type = context.text(entry.value, "a step's type") else { continue }
            if type == Self.stepType {
                jobs.append(DataductJob(node, mapping))
            } else if DataductCheckReader.types.contains(type) {
                mapping.what = "a \(type) step"
                checks.append(
                    DataductCheck(node, mapping, type, at: entry.value.mark, after: jobs.count))
            } else {
                others.append((entry.value, type))
            }
        }
        if jobs.isEmpty { others = checks.map { ($0.node, $0.type) } + others }
        reportOthers(others, hasJobs: !jobs.isEmpty)
        if !jobs.isEmpty { DataductCheckReader(context: context).read(checks, into: &jobs) }
        return jobs
    }

    /// Steps of other types are ignored, unless there is nothing else.
    private func reportOthers(_ others: [(node: YAMLNode, type: String)], hasJobs: Bool) {
        let known = [Self.stepType] + DataductCheckReader.types
        for (node, type) in others {
            let suggestion = nearestWord(to: type, among: known)
            if suggestion != nil || !hasJobs {
                context.log.error(
                    at: node.mark, found: "a step of type \(quoted(type))",
                    expected: hasJobs
                        ? alternatives(known) : "at least one step of type \(Self.stepType)",
                    suggestion: suggestion)
            } else {
                context.log.warning(
                    at: node.mark,
                    "the step of type \(quoted(type)) is ignored: "
                        + "only \(Self.stepType) steps are jobs")
            }
        }
    }

    /// `12:00`, or 720, which is what YAML 1.1 makes of it; nil after an error.
    private func loadTime(_ node: YAMLNode) -> String? {
        if case .scalar(let text, _) = node.content {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if parts.allSatisfy({ NumberText.isDigits($0) && $0.count <= 4 }) {
                let numbers = parts.compactMap { Int($0) }
                let minutes: Int? =
                    switch numbers.count {
                    case 1: numbers[0]
                    case 2 where numbers[1] < 60: numbers[0] * 60 + numbers[1]
                    default: nil
                    }
                if let minutes, minutes < 24 * 60 {
                    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
                    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
                }
            }
        }
        context.mismatch(node, expected: "a time of day such as 12:00")
        return nil
    }
}
