import ConnectData
import Glibc
import WireCore

/// The beginnings of documents with a schema, from the first byte to that before the payload: `{"schema":…,"payload":`.
/// Most documents of a topic begin with the same bytes, whose schema then is read and looked up once.
struct JSONBeginnings {
    private struct Beginning {
        let text: [UInt8]
        let schema: Schema
        let needsTexts: Bool
    }

    /// A document whose beginning is known.
    struct Document {
        let schema: Schema
        let payload: JSONValue
        /// The payload with numbers as texts; nil if they are not needed.
        let texts: JSONValue?
    }

    /// Topics with different schemas may alternate.
    private static let countMax = 4
    private static let textBytesMax = 1 << 20

    private var known: [Beginning] = []
    private var next = 0

    /// Returns nil if the beginning is unknown, or if the document is not an object that ends after the payload: then
    /// it must be read as a whole.
    func read(_ bytes: UnsafeRawBufferPointer) -> Document? {
        guard let beginning = known.first(where: { Self.begins(bytes, with: $0.text) }) else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[beginning.text.count...])
        guard let payload = Self.payload(rest, numbersAsText: false) else { return nil }
        var texts: JSONValue?
        if beginning.needsTexts {
            texts = Self.payload(rest, numbersAsText: true)
            if texts == nil { return nil }
        }
        return Document(schema: beginning.schema, payload: payload, texts: texts)
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, with text: [UInt8]) -> Bool {
        guard bytes.count > text.count, let start = bytes.baseAddress else { return false }
        return text.withUnsafeBytes { text in text.baseAddress.map { memcmp(start, $0, text.count) == 0 } ?? false }
    }

    private static func payload(_ bytes: UnsafeRawBufferPointer, numbersAsText: Bool) -> JSONValue? {
        var reader = WireCore.JSONReader(bytes, numbersAsText: numbersAsText, depthMax: JSONValue.depthMax - 1)
        guard let value = try? reader.value() else { return nil }
        var isClosed = false
        for byte in bytes[reader.position...] {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "}") where !isClosed: isClosed = true
            default: return nil
            }
        }
        return isClosed ? value : nil
    }

    /// Keeps the beginning of a document that was read as a whole, if its members are in the usual order.
    mutating func keep(_ bytes: UnsafeRawBufferPointer, _ schema: Schema) {
        guard let length = Self.beginningBytes(bytes), length <= Self.textBytesMax else { return }
        let beginning = Beginning(
            text: Array(bytes[..<length]), schema: schema, needsTexts: JSONValueReader.needsNumberTexts(schema))
        if known.count < Self.countMax {
            known.append(beginning)
        } else {
            known[next] = beginning
            next = (next + 1) % Self.countMax
        }
    }

    private static func beginningBytes(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var reader = WireCore.JSONReader(bytes)
        guard (try? reader.beginObject()) == true, (try? reader.nextMember()) == "schema", (try? reader.skip()) != nil,
            (try? reader.nextMember()) == "payload"
        else { return nil }
        return reader.position
    }
}
