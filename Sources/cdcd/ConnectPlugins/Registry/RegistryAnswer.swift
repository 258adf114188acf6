import ConnectData
import WireCore

/// The JSON object of an answer, whose members are checked when they are read. Unknown members are ignored.
struct RegistryAnswer {
    let object: JSONObject
    private let request: String

    /// - Parameter request: for messages.
    /// - Throws: `DataError` if the answer is no JSON object.
    init(_ body: [UInt8], to request: RegistryRequest) throws(DataError) {
        try self.init(Self.parse(body, request).objectValue, request.summary)
    }

    private init(_ object: JSONObject?, _ request: String) throws(DataError) {
        guard let object else { throw DataError("The schema registry answers \(request) with no JSON object") }
        self.object = object
        self.request = request
    }

    /// The objects of an answer that is an array.
    static func array(_ body: [UInt8], to request: RegistryRequest) throws(DataError) -> [RegistryAnswer] {
        guard let items = try parse(body, request).arrayValue else {
            throw DataError("The schema registry answers \(request.summary) with no JSON array")
        }
        var answers: [RegistryAnswer] = []
        for item in items { answers.append(try RegistryAnswer(item.objectValue, request.summary)) }
        return answers
    }

    private static func parse(_ body: [UInt8], _ request: RegistryRequest) throws(DataError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(body)
        } catch {
            throw DataError("The schema registry answers \(request.summary) with invalid JSON: \(error)")
        }
    }

    /// The member's objects; none if it is absent or null.
    func objects(_ name: String) throws(DataError) -> [RegistryAnswer] {
        guard let value = object[name], !value.isNull else { return [] }
        guard let items = value.arrayValue else { throw invalid(name) }
        var answers: [RegistryAnswer] = []
        for item in items { answers.append(try RegistryAnswer(item.objectValue, request)) }
        return answers
    }

    func text(_ name: String) throws(DataError) -> String {
        guard let text = try optionalText(name) else { throw invalid(name) }
        return text
    }

    /// nil if the member is absent or null.
    func optionalText(_ name: String) throws(DataError) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw invalid(name) }
        return text
    }

    func number<Number: FixedWidthInteger>(_ name: String) throws(DataError) -> Number {
        guard let number: Number = try optionalNumber(name) else { throw invalid(name) }
        return number
    }

    func optionalNumber<Number: FixedWidthInteger>(_ name: String) throws(DataError) -> Number? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let integer = value.integerValue, integer >= 0, let number = Number(exactly: integer) else {
            throw invalid(name)
        }
        return number
    }

    /// A version, which is a number in Confluent's API and mostly a number as text in Apicurio's.
    func optionalVersion(_ name: String) throws(DataError) -> String? {
        if let number = object[name]?.integerValue { return String(number) }
        return try optionalText(name)
    }

    func language(_ name: String) throws(DataError) -> RegisteredSchema.Language {
        // Confluent leaves it out for Avro.
        guard let text = try optionalText(name) else { return .avro }
        guard let language = RegisteredSchema.Language(rawValue: text) else {
            throw DataError("The schema registry answers \(request) with the unknown schema type \(text.prefix(100))")
        }
        return language
    }

    private func invalid(_ name: String) -> DataError {
        DataError("The schema registry answers \(request) with a missing or invalid \"\(name)\"")
    }
}
