/// The rules and texts of Kafka's `ConfigDef`, and of its validators for topics.
extension TopicSetting {
    /// Why the value is invalid; nil if it is valid.
    func validationError(for text: String) -> String? {
        func invalid(_ shown: String, _ why: String) -> String {
            "Invalid value \(shown.prefix(256)) for configuration \(name): \(why)"
        }
        let value = Self.trimmed(text)
        switch type {
        case .boolean:
            return ["true", "false"].contains(value.lowercased())
                ? nil : invalid(text, "Expected value to be either true or false")
        case .int:
            guard let number = Int32(value) else { return invalid(text, "Not a number of type INT") }
            return rangeError(Int64(number)).map { invalid("\(number)", $0) }
        case .long:
            guard let number = Int64(value) else { return invalid(text, "Not a number of type LONG") }
            return rangeError(number).map { invalid("\(number)", $0) }
        case .double:
            guard let number = Self.double(value) else { return invalid(text, "Not a number of type DOUBLE") }
            if number < 0 { return invalid("\(number)", "Value must be at least 0") }
            return number > 1 ? invalid("\(number)", "Value must be no more than 1") : nil
        case .string:
            guard let choices, !choices.contains(value) else { return nil }
            return invalid(value, "String must be one of: \(choices.joined(separator: ", "))")
        case .list: return listError(Self.parts(of: value), invalid)
        }
    }

    private func listError(_ parts: [String], _ invalid: (String, String) -> String) -> String? {
        guard let choices else {
            // Replicas that are throttled.
            guard parts == ["*"] || parts.allSatisfy({ $0.isEmpty || Self.isReplica($0) }) else {
                return invalid(
                    "[\(parts.joined(separator: ", "))]",
                    "\(name) must be the literal '*' or a list of replicas in the following format: "
                        + "[partitionId]:[brokerId],[partitionId]:[brokerId],...")
            }
            return nil
        }
        if parts.contains("") { return "Configuration '\(name)' values must not be empty." }
        guard let unknown = parts.first(where: { !choices.contains($0) }) else { return nil }
        return invalid(unknown, "String must be one of: \(choices.joined(separator: ", "))")
    }

    private static func isReplica(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(digits.contains) }
    }

    private func rangeError(_ number: Int64) -> String? {
        guard let range, !range.contains(number), number != exception else { return nil }
        if let exception {
            return "Value must be between \(range.lowerBound) and \(range.upperBound) or equal to \(exception)"
        }
        if number < range.lowerBound { return "Value must be at least \(range.lowerBound)" }
        return "Value must be no more than \(range.upperBound)"
    }

    /// Swift reads more forms than Java.
    private static func double(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: Array("+-.eE".utf8).contains(byte)
            }
        }
        guard isDecimal, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// A valid value as it is stored and shown: without surrounding blanks, and a number without a plus sign.
    func normalized(_ text: String) -> String {
        let value = Self.trimmed(text)
        switch type {
        case .boolean: return value.lowercased()
        case .int, .long: return Int64(value).map { "\($0)" } ?? value
        case .double, .string: return value
        case .list: return Self.parts(of: value).joined(separator: ",")
        }
    }

    /// Java's `String.trim`.
    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.unicodeScalars.drop { $0.value <= 0x20 }
        return String(String.UnicodeScalarView(start.reversed().drop { $0.value <= 0x20 }.reversed()))
    }

    /// The parts of a list, with empty ones; none of an empty text.
    private static func parts(of value: String) -> [String] {
        value.isEmpty ? [] : value.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
    }

    /// The entries of a list value, without surrounding blanks.
    static func entries(of list: String) -> [String] {
        parts(of: trimmed(list)).filter { !$0.isEmpty }
    }
}
