import KafkaProtocol
import WireCore

/// The format string of `cdcd consume --format`, with kcat's tokens: `%s` value, `%k` key, `%S` and `%K` their sizes in
/// bytes (-1 for null), `%R` the value's size as a 32-bit big-endian integer, `%h` headers (`name=value,…`), `%T`
/// timestamp, `%t` topic, `%p` partition, `%o` offset, `%%`; and the escapes of `DelimiterText`.
struct RecordFormat: Equatable {
    private enum Token: Equatable {
        case literal([UInt8])
        case value, valueBytes, valueBytesBinary, key, keyBytes, headers, timestamp, topic, partition, offset
    }

    private var tokens: [Token] = []

    /// Why a text is no format.
    struct SyntaxError: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    init(parsing text: String) throws(SyntaxError) {
        var literal = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                literal.append(character)
                // An escaped backslash must not be taken for the beginning of an escape.
                if character == "\\", let next = rest.popFirst() { literal.append(next) }
                continue
            }
            guard let letter = rest.popFirst() else { throw SyntaxError(description: "the format ends with a single %") }
            if letter == "%" {
                literal.append("%")
                continue
            }
            guard let token = Self.token(letter) else { throw SyntaxError(description: "the format has no token %\(letter)") }
            try append(literal)
            literal = ""
            tokens.append(token)
        }
        try append(literal)
    }

    /// The format without a format string: the value, preceded by the key if there is a delimiter for it.
    init(keyDelimiter: [UInt8]?, recordDelimiter: [UInt8]) {
        if let keyDelimiter { tokens = [.key, .literal(keyDelimiter)] }
        tokens += [.value, .literal(recordDelimiter)]
    }

    private mutating func append(_ literal: String) throws(SyntaxError) {
        guard !literal.isEmpty else { return }
        guard let bytes = DelimiterText.bytes(of: literal) else {
            throw SyntaxError(description: "the format has an unknown escape in \"\(literal)\"")
        }
        tokens.append(.literal(bytes))
    }

    private static func token(_ letter: Character) -> Token? {
        switch letter {
        case "s": .value
        case "S": .valueBytes
        case "R": .valueBytesBinary
        case "k": .key
        case "K": .keyBytes
        case "h": .headers
        case "T": .timestamp
        case "t": .topic
        case "p": .partition
        case "o": .offset
        default: nil
        }
    }

    /// - Parameter null: what is written for a key or value that is null.
    func write(
        _ record: ConsumedRecord, key: FieldFormat, value: FieldFormat, null: String,
        to writer: inout ByteWriter
    ) throws(JSONError) {
        for token in tokens {
            switch token {
            case .literal(let bytes): writer.bytes(bytes)
            case .value: try Self.write(record.value, value, null, to: &writer)
            case .key: try Self.write(record.key, key, null, to: &writer)
            case .valueBytes: writer.decimal(Int64(record.value?.count ?? -1))
            case .keyBytes: writer.decimal(Int64(record.key?.count ?? -1))
            case .valueBytesBinary: writer.bigEndian(Int32(clamping: record.value?.count ?? -1))
            case .timestamp: writer.decimal(record.timestampMilliseconds)
            case .topic: writer.utf8(record.topic)
            case .partition: writer.decimal(Int64(record.partition))
            case .offset: writer.decimal(record.offset)
            case .headers:
                for (index, header) in record.headers.enumerated() {
                    writer.utf8((index == 0 ? "" : ",") + header.key + "=")
                    try Self.write(header.value, .raw, "NULL", to: &writer)
                }
            }
        }
    }

    private static func write(
        _ bytes: [UInt8]?, _ format: FieldFormat, _ null: String, to writer: inout ByteWriter
    ) throws(JSONError) {
        guard let bytes else { return writer.utf8(null) }
        switch format {
        case .raw: writer.bytes(bytes)
        case .hex: writer.utf8(HexText.text(bytes))
        case .json, .payload:
            try bytes.span.bytes.withUnsafeBytes { (bytes) throws(JSONError) in
                writer.bytes(try format.document(bytes))
            }
        }
    }
}
