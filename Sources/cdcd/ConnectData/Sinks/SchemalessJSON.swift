import WireCore

/// Values without a schema, by their kind.
package enum SchemalessJSON {
    package static func write(
        _ value: ConnectValue, _ options: JSONSinkOptions, into writer: inout ByteWriter
    ) throws(DataError) {
        switch value {
        case .null: writer.literal("null")
        case .boolean(let flag): flag ? writer.literal("true") : writer.literal("false")
        case .integer(let number): writer.decimal(number)
        case .float32(let number): writer.jsonNumber(number)
        case .float64(let number): writer.jsonNumber(number)
        case .string(let text): writer.jsonString(text)
        case .bytes(let bytes):
            writer.jsonBase64(bytes)
        case .array(let items):
            writer.byte(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                try write(items[index], options, into: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        case .map(let entries): try write(entries, options, into: &writer)
        case .structure(let value):
            var sink = JSONSink(try JSONSinkPlan(value.schema, options: options.withoutSchemas), writer)
            sink.value(.structure(value))
            let error = sink.error
            writer = sink.takeWriter()
            if let error { throw error }
        case .instant:
            throw DataError("Java class class java.util.Date does not have corresponding schema type.")
        }
    }

    /// An object if every key is a string, otherwise an array of pairs.
    private static func write(
        _ entries: [ConnectValue.MapEntry], _ options: JSONSinkOptions, into writer: inout ByteWriter
    ) throws(DataError) {
        let isObject = entries.allSatisfy { $0.key.stringValue != nil }
        writer.byte(UInt8(ascii: isObject ? "{" : "["))
        for index in entries.indices {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            if !isObject { writer.byte(UInt8(ascii: "[")) }
            try write(entries[index].key, options, into: &writer)
            writer.byte(UInt8(ascii: isObject ? ":" : ","))
            try write(entries[index].value, options, into: &writer)
            if !isObject { writer.byte(UInt8(ascii: "]")) }
        }
        writer.byte(UInt8(ascii: isObject ? "}" : "]"))
    }
}
