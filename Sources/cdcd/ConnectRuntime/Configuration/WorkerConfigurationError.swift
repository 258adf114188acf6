import ConnectData

/// Everything in a worker's properties that stops the start, each with its name, its value and the remedy.
public struct WorkerConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Problem: Equatable, Sendable, CustomStringConvertible {
        public let name: String
        /// nil where the property is missing.
        public let value: String?
        public let remedy: String

        public var description: String {
            guard let value else { return "\(name) is missing: \(remedy)" }
            return "\(name)=\(value): \(remedy)"
        }
    }

    public let problems: [Problem]

    public var description: String {
        let lines = problems.map { "\n  \($0)" }.joined()
        return "The worker's properties cannot be used, \(problems.count) of them \(problems.count == 1 ? "is" : "are") wrong:\(lines)"
    }
}

/// Reads typed values out of the properties, collecting what is wrong instead of stopping at the first fault.
struct PropertyReader {
    private(set) var problems: [WorkerConfigurationError.Problem] = []
    private let properties: [String: String]

    init(_ properties: [String: String]) { self.properties = properties }

    /// The trimmed value; nil where it is absent or blank.
    func text(_ name: String) -> String? {
        JavaText.trimmedOrNil(properties[name])
    }

    mutating func required(_ name: String, _ remedy: String) -> String {
        guard let value = text(name) else {
            refuse(name, remedy)
            return ""
        }
        return value
    }

    mutating func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = text(name) else { return fallback }
        guard let value = Int(text) else {
            refuse(name, "a whole number is expected")
            return fallback
        }
        guard range.contains(value) else {
            refuse(name, "a value from \(range.lowerBound) to \(range.upperBound) is expected")
            return fallback
        }
        return value
    }

    mutating func boolean(_ name: String, default fallback: Bool) -> Bool {
        guard let text = text(name) else { return fallback }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default:
            refuse(name, "true or false is expected")
            return fallback
        }
    }

    /// A comma-separated list, its elements trimmed.
    func list(_ name: String) -> [String] {
        JavaText.items(properties[name])
    }

    mutating func refuse(_ name: String, _ remedy: String) {
        problems.append(WorkerConfigurationError.Problem(name: name, value: properties[name], remedy: remedy))
    }
}
