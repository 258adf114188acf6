import KafkaProtocol
import WireCore

/// How `cdcd consume` writes a record.
struct RecordPrinter {
    private enum Form {
        case document
        case format(RecordFormat)
    }

    private let form: Form
    private let key: FieldFormat
    private let value: FieldFormat
    private let null: String

    init(_ arguments: CommandArguments) throws(UsageError) {
        key = arguments.format("key-format")
        value = arguments.format("value-format")
        null = arguments.value(of: "null") ?? (arguments.has("tombstone") ? "NULL" : "")
        let delimiters = ["key-delimiter", "delimiter"].filter { arguments.has($0) }
        if arguments.writesJSON {
            if let other = (delimiters + ["format", "null", "tombstone"]).first(where: { arguments.has($0) }) {
                throw arguments.usage("--\(other) has no meaning with --output=json")
            }
            form = .document
        } else if let text = arguments.value(of: "format") {
            if let other = delimiters.first { throw arguments.usage("--\(other) has no meaning with --format") }
            do throws(RecordFormat.SyntaxError) { form = .format(try RecordFormat(parsing: text)) } catch {
                throw arguments.invalid("format", error.description)
            }
        } else {
            form = .format(
                RecordFormat(
                    keyDelimiter: try arguments.delimiter("key-delimiter"),
                    recordDelimiter: try arguments.delimiter("delimiter") ?? [0x0A]))
        }
    }

    /// Writes a record, or nothing of it.
    ///
    /// - Throws: `CommandError` if a key or value does not have its format.
    func write(_ record: ConsumedRecord, to writer: inout ByteWriter) throws(CommandError) {
        let start = writer.count
        do throws(JSONError) {
            switch form {
            case .document:
                try RecordDocument.write(record, topic: record.topic, key: key, value: value, to: &writer)
            case .format(let format): try format.write(record, key: key, value: value, null: null, to: &writer)
            }
        } catch {
            writer.truncate(to: start)
            let place = "\(record.topic)-\(record.partition) at offset \(record.offset)"
            throw CommandError("\(place): it is no JSON document (\(error)); --key-format and --value-format have other formats")
        }
    }
}
