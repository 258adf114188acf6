/// Everything in a worker's properties that stops the start, each with its name, its value and the remedy.
public struct WorkerConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    public struct Problem: Equatable, Sendable, CustomStringConvertible {
        public let name: String
        /// nil if the property is missing.
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
        let verb = problems.count == 1 ? "is" : "are"
        return "The worker's properties cannot be used, \(problems.count) of them \(verb) wrong:\(lines)"
    }
}
