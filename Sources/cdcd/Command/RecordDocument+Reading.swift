import KafkaProtocol
import KafkaWire
import WireCore

extension RecordDocument {
    /// Why a line is no record.
    struct FormError: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// Reads a line that `write` wrote, or one with some of its members.
    ///
    /// - Parameter topic: the record's topic, whatever the line has.
    static func record(
        _ line: [UInt8], topic: String, key keyFormat: FieldFormat, value valueFormat: FieldFormat
    ) throws(FormError) -> KafkaRecord {
        let read = line.withUnsafeBytes { bytes in
            Result { () throws(FormError) in try record(bytes, topic, keyFormat, valueFormat) }
        }
        return try read.get()
    }

    private static func record(
        _ line: UnsafeRawBufferPointer, _ topic: String, _ keyFormat: FieldFormat, _ valueFormat: FieldFormat
    ) throws(FormError) -> KafkaRecord {
        var record = KafkaRecord(topic: topic, value: nil as [UInt8]?)
        for (name, text) in try members(line) {
            switch name {
            case "topic", "offset", "timestampType": continue
            case "partition": record.partition = Int32(exactly: try integer(name, text))
            case "timestamp": record.timestampMilliseconds = try integer(name, text)
            case "key": record.key = try field(name, text, keyFormat)
            case "value": record.value = try field(name, text, valueFormat)
            case "keyHex": record.key = try field(name, text, .hex)
            case "valueHex": record.value = try field(name, text, .hex)
            case "headers": record.headers = try headers(text)
            default: throw FormError(description: "a record has no member \"\(name)\"")
            }
        }
        return record
    }

    /// The members of an object, each with the text of its value.
    private static func members(
        _ text: UnsafeRawBufferPointer
    ) throws(FormError) -> [(String, UnsafeRawBufferPointer)] {
        do throws(JSONError) {
            var reader = JSONReader(text)
            var members: [(String, UnsafeRawBufferPointer)] = []
            guard try reader.beginObject() else {
                throw JSONError(.unexpectedByte(text.first ?? 0, expected: "an object"), at: 0)
            }
            while let name = try reader.nextMember() {
                let start = reader.position
                try reader.skip()
                members.append((name, UnsafeRawBufferPointer(rebasing: text[start..<reader.position])))
            }
            try reader.finish()
            return members
        } catch { throw FormError(description: "\(error)") }
    }

    private static func value(_ text: UnsafeRawBufferPointer) throws(FormError) -> JSONValue {
        do throws(JSONError) {
            var reader = JSONReader(text)
            return try reader.value()
        } catch { throw FormError(description: "\(error)") }
    }

    private static func integer(_ name: String, _ text: UnsafeRawBufferPointer) throws(FormError) -> Int64 {
        guard case .integer(let number) = try value(text) else {
            throw FormError(description: "the member \"\(name)\" is not an integer")
        }
        return number
    }

    private static func field(
        _ name: String, _ text: UnsafeRawBufferPointer, _ format: FieldFormat
    ) throws(FormError) -> [UInt8]? {
        if case .json = format {
            let document = format.bytes(of: [UInt8](text))
            return document == Array("null".utf8) ? nil : document
        }
        switch try value(text) {
        case .null: return nil
        case .string(let string):
            guard let bytes = format.bytes(of: Array(string.utf8)) else {
                throw FormError(description: "the member \"\(name)\" is not in the format \(format.rawValue)")
            }
            return bytes
        default:
            throw FormError(description: "the member \"\(name)\" is no string; with the format json any value is sent as it is")
        }
    }

    private static func headers(_ text: UnsafeRawBufferPointer) throws(FormError) -> [RecordHeader] {
        var headers: [RecordHeader] = []
        for item in try value(text).arrayValue ?? [.null] {
            guard let header = header(item) else {
                throw FormError(
                    description: "the member \"headers\" is not an array of objects with \"key\" and \"value\" or \"valueHex\"")
            }
            headers.append(header)
        }
        return headers
    }

    private static func header(_ item: JSONValue) -> RecordHeader? {
        guard let object = item.objectValue, let key = object["key"]?.stringValue else { return nil }
        if let digits = object["valueHex"]?.stringValue {
            return HexText.bytes(Array(digits.utf8)).map { RecordHeader(key: key, value: $0) }
        }
        switch object["value"] {
        case nil, .null: return RecordHeader(key: key, value: nil)
        case .string(let text): return RecordHeader(key: key, value: Array(text.utf8))
        default: return nil
        }
    }
}
