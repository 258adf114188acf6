/// All problems of a worker's properties that stop the start, each with name, value and remedy.
package struct WorkerConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        package let name: String
        /// nil if the property is missing.
        package let value: String?
        package let remedy: String

        package var description: String {
            guard let value else { return "\(name) is missing: \(remedy)" }
            return "\(name)=\(value): \(remedy)"
        }
    }

    package let problems: [Problem]

    package var description: String {
        let lines = problems.map { "\n  \($0)" }.joined()
        let verb = problems.count == 1 ? "is" : "are"
        return "The worker's properties cannot be used, \(problems.count) of them \(verb) wrong:\(lines)"
    }
}
