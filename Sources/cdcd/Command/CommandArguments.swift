import ConnectData
import ConnectRuntime
import KafkaWire
import WireCore

/// The values of a command's options, checked.
struct CommandArguments {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    func has(_ option: String) -> Bool { invocation.has(option) }
    func value(of option: String) -> String? { invocation.value(of: option) }
    func values(of option: String) -> [String] { invocation.values(of: option) }

    var writesJSON: Bool { invocation.value(of: "output") == "json" }

    func invalid(_ option: String, _ reason: String) -> UsageError {
        UsageError(message: "`--\(option)=\(invocation.value(of: option) ?? "")`: \(reason)", command: invocation.command.name)
    }

    func usage(_ message: String) -> UsageError { UsageError(message: message, command: invocation.command.name) }

    func integer(_ option: String, in range: ClosedRange<Int64>) throws(UsageError) -> Int64? {
        guard let text = invocation.value(of: option) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            let limit = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw invalid(option, "it is not an integer, \(limit)")
        }
        return number
    }

    /// The values of a repeatable option of the form NAME=VALUE.
    func pairs(_ option: String) throws(UsageError) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for text in invocation.values(of: option) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw UsageError(message: "`--\(option)=\(text)` is not of the form NAME=VALUE", command: invocation.command.name)
            }
            pairs.append((String(parts[0]), String(parts[1])))
        }
        return pairs
    }

    /// The numbers of `--partition`; none for all partitions.
    func partitions() throws(UsageError) -> [Int32] {
        var partitions: [Int32] = []
        for text in invocation.values(of: "partition") {
            guard let number = Int32(text), number >= 0 else {
                throw UsageError(message: "`--partition=\(text)` is not the number of a partition", command: invocation.command.name)
            }
            partitions.append(number)
        }
        return partitions
    }

    func delimiter(_ option: String) throws(UsageError) -> [UInt8]? {
        guard let text = invocation.value(of: option) else { return nil }
        guard let bytes = DelimiterText.bytes(of: text) else {
            throw invalid(option, "the escapes are \\n, \\r, \\t, \\0, \\\\ and \\xNN")
        }
        return bytes
    }

    func format(_ option: String) -> FieldFormat { invocation.value(of: option).flatMap(FieldFormat.init) ?? .raw }

    func position(_ option: String) throws(UsageError) -> PositionText? {
        guard let text = invocation.value(of: option) else { return nil }
        guard let position = PositionText(text) else { throw invalid(option, "the forms are \(PositionText.forms)") }
        return position
    }

    func time(_ option: String) throws(UsageError) -> Int64? {
        guard let text = invocation.value(of: option) else { return nil }
        guard case .time(let time) = PositionText("@" + text) else {
            throw invalid(option, "it is neither a number of milliseconds nor a time in ISO 8601")
        }
        return time
    }

    /// The settings of a client of Kafka.
    func settings(
        _ role: KafkaClientProperties.Role, _ arguments: ClientArguments, over base: [String: String] = [:]
    ) throws(UsageError) -> KafkaClientSettings {
        var settings = KafkaClientSettings()
        let base = ["bootstrap.servers": "localhost:9092", "client.id": "cdcd"].merging(base) { $1 }
        let findings = KafkaClientProperties.of(role).read(
            [KafkaClientProperties.Layer(arguments.properties(of: role))], over: base, into: &settings)
        if let error = findings.errors.first {
            throw UsageError(message: "property \(error.name): \(error.message)", command: invocation.command.name)
        }
        if let unknown = findings.unknown.first {
            let hint = NearestWord.of(unknown, among: KafkaClientProperties.of(role).options.options.map(\.key.name))
                .map { "; did you mean `\($0)`?" } ?? ""
            throw UsageError(message: "Kafka's \(role.rawValue) has no property `\(unknown)`\(hint)", command: invocation.command.name)
        }
        for warning in findings.warnings { StandardError.print("cdcd: \(warning)") }
        return settings
    }
}
