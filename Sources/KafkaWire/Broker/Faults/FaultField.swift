import KafkaProtocol
import WireCore

/// Why a fault is invalid, and which of its fields.
package struct FaultFieldError: Error, Equatable, CustomStringConvertible {
    package let field: String
    package let reason: String

    package var description: String { "`\(field)` \(reason)" }
}

/// A field of a fault in texts and JSON.
struct FaultField: Sendable {
    let name: String
    /// Sets the field from its text. Throws why the text is invalid.
    let set: @Sendable (inout Fault, _ text: String) throws(ValueError) -> Void
    /// The field's value, or nil if it is not set.
    let value: @Sendable (Fault) -> JSONValue?

    struct ValueError: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func number<Number: FixedWidthInteger>(
        _ text: String, _ range: ClosedRange<Number>
    ) throws(ValueError) -> Number {
        guard let number = Number(text), range.contains(number) else {
            throw ValueError("is not a whole number from \(range.lowerBound) to \(range.upperBound): \(text)")
        }
        return number
    }

    private static func moment(_ text: String) throws(ValueError) -> Interception.Moment {
        guard let moment = Interception.Moment(rawValue: text) else {
            throw ValueError("is neither before nor after: \(text)")
        }
        return moment
    }

    private static func text(_ text: String) throws(ValueError) -> String {
        guard !text.isEmpty else { throw ValueError("is empty") }
        return text
    }

    private static func served(_ text: String) throws(ValueError) -> APIKey {
        let found = RequestHandler.named(text) ?? RequestHandler.all.first { String($0.apiKey.rawValue) == text }
        guard let found else { throw ValueError("is no request that the broker serves: \(text)") }
        return found.apiKey
    }

    /// `3` or `3-9`.
    private static func versions(_ text: String) throws(ValueError) -> ClosedRange<Int16> {
        guard let versions = ClosedRange(versions: text) else {
            throw ValueError("is neither a version nor a range such as 3-9: \(text)")
        }
        return versions
    }

    private static let hour = 3_600_000

    static let all: [FaultField] = [
        FaultField(name: "api") { (fault, text) throws(ValueError) in
            fault.apiKey = try served(text)
        } value: { $0.apiKey.map { .string($0.name) } },
        FaultField(name: "version") { (fault, text) throws(ValueError) in
            fault.versions = try versions(text)
        } value: {
            $0.versions.map { .string($0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)") }
        },
        FaultField(name: "topic") { (fault, text) throws(ValueError) in
            if let reason = TopicName.validationError(text) { throw ValueError("is invalid: \(reason)") }
            fault.entries.topic = text
        } value: { $0.entries.topic.map { .string($0) } },
        FaultField(name: "partition") { (fault, text) throws(ValueError) in
            fault.entries.partition = try number(text, 0...Int32.max)
        } value: { $0.entries.partition.map { .integer(Int64($0)) } },
        FaultField(name: "node") { (fault, text) throws(ValueError) in
            fault.nodeID = try number(text, 0...Int32.max)
        } value: { $0.nodeID.map { .integer(Int64($0)) } },
        FaultField(name: "client_id") { (fault, text) throws(ValueError) in
            fault.clientID = text
        } value: { $0.clientID.map { .string($0) } },
        FaultField(name: "group") { (fault, text) throws(ValueError) in
            fault.entries.group = try Self.text(text)
        } value: { $0.entries.group.map { .string($0) } },
        FaultField(name: "transactional_id") { (fault, text) throws(ValueError) in
            fault.entries.transactionalID = try Self.text(text)
        } value: { $0.entries.transactionalID.map { .string($0) } },
        FaultField(name: "skip") { (fault, text) throws(ValueError) in
            fault.skip = try number(text, 0...Int.max)
        } value: { $0.skip > 0 ? .integer(Int64($0.skip)) : nil },
        FaultField(name: "count") { (fault, text) throws(ValueError) in
            fault.count = try number(text, 1...Int.max)
        } value: { $0.count.map { .integer(Int64($0)) } },
        FaultField(name: "probability") { (fault, text) throws(ValueError) in
            guard let number = Double(text), number > 0, number <= 1 else {
                throw ValueError("is not a number above 0 and up to 1: \(text)")
            }
            fault.probability = number
        } value: { $0.probability < 1 ? .double($0.probability) : nil },
        FaultField(name: "seed") { (fault, text) throws(ValueError) in
            fault.seed = UInt64(try number(text, 0...Int64.max))
        } value: { $0.seed > 0 ? .integer(Int64(clamping: $0.seed)) : nil },
        FaultField(name: "delay_ms") { (fault, text) throws(ValueError) in
            fault.delayMilliseconds = try number(text, 1...hour)
        } value: { $0.delayMilliseconds > 0 ? .integer(Int64($0.delayMilliseconds)) : nil },
        FaultField(name: "throttle_time_ms") { (fault, text) throws(ValueError) in
            fault.throttleTimeMilliseconds = try number(text, 1...Int32(hour))
        } value: { $0.throttleTimeMilliseconds > 0 ? .integer(Int64($0.throttleTimeMilliseconds)) : nil },
        FaultField(name: "error") { (fault, text) throws(ValueError) in
            guard let code = KafkaErrorCode(name: text), code != .none else {
                throw ValueError("is not the name of an error of Kafka: \(text)")
            }
            fault.error = code
        } value: { $0.error.map { .string($0.name) } },
        FaultField(name: "disconnect") { (fault, text) throws(ValueError) in
            fault.disconnect = try moment(text)
        } value: { $0.disconnect.map { .string($0.rawValue) } },
        FaultField(name: "drop") { (fault, text) throws(ValueError) in
            fault.drop = try moment(text)
        } value: { $0.drop.map { .string($0.rawValue) } },
        FaultField(name: "move_leader") { (fault, text) throws(ValueError) in
            fault.moveLeader = try moment(text)
        } value: { $0.moveLeader.map { .string($0.rawValue) } },
    ]
}
