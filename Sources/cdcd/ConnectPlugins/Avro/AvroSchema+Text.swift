import WireCore

extension AvroSchema {
    /// The schema as Java's `Schema.toString()` writes it. The first use of a named type defines it, the others refer
    /// to it by name.
    var text: String {
        var writer = ByteWriter()
        var known: Set<AvroName> = []
        write(root, namespace: nil, &known, into: &writer)
        return String(decoding: writer.array(), as: UTF8.self)
    }

    private func write(
        _ id: TypeID, namespace: String?, _ known: inout Set<AvroName>, into writer: inout ByteWriter
    ) {
        let type = types[id]
        if let name = type.name, !known.insert(name).inserted {
            return writer.string(name.reference(from: namespace))
        }
        switch type.kind {
        case .null, .boolean, .int, .long, .float, .double, .bytes, .string:
            if type.properties.isEmpty { return writer.string(type.typeName) }
            begin(type, namespace, into: &writer)
        case .union(let branches):
            writer.byte(UInt8(ascii: "["))
            for index in branches.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                write(branches[index], namespace: namespace, &known, into: &writer)
            }
            return writer.byte(UInt8(ascii: "]"))
        case .array(let items):
            begin(type, namespace, into: &writer)
            writer.literal(",\"items\":")
            write(items, namespace: namespace, &known, into: &writer)
        case .map(let values):
            begin(type, namespace, into: &writer)
            writer.literal(",\"values\":")
            write(values, namespace: namespace, &known, into: &writer)
        case .record(let fields):
            begin(type, namespace, into: &writer)
            writer.literal(",\"fields\":[")
            for index in fields.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                write(fields[index], namespace: type.name?.namespace, &known, into: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        case .enumeration(let symbols, let defaultSymbol):
            begin(type, namespace, into: &writer)
            writer.literal(",\"symbols\":")
            writer.json(.array(symbols.map { .string($0) }))
            writer.member("default", defaultSymbol)
        case .fixed(let byteCount):
            begin(type, namespace, into: &writer)
            writer.literal(",\"size\":")
            writer.decimal(Int64(byteCount))
        }
        for member in type.properties.members { writer.member(member.name, member.value) }
        writer.byte(UInt8(ascii: "}"))
    }

    /// `{"type":T`, and name, namespace and documentation if the type has them.
    private func begin(_ type: AvroType, _ namespace: String?, into writer: inout ByteWriter) {
        writer.literal("{\"type\":")
        writer.string(type.typeName)
        guard let name = type.name else { return }
        writer.member("name", name.simpleName)
        if name.namespace.map(ExactName.init) != namespace.map(ExactName.init) {
            writer.member("namespace", name.namespace ?? "")
        }
        writer.member("doc", type.documentation)
    }

    private func write(
        _ field: AvroType.Field, namespace: String?, _ known: inout Set<AvroName>, into writer: inout ByteWriter
    ) {
        writer.literal("{\"name\":")
        writer.string(field.name)
        writer.literal(",\"type\":")
        write(field.type, namespace: namespace, &known, into: &writer)
        writer.member("doc", field.documentation)
        if let value = field.defaultValue { writer.member("default", value) }
        writer.byte(UInt8(ascii: "}"))
    }
}

extension AvroName {
    private static let primitiveNames: Set<String> = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
    ]

    /// The name within a namespace: short if it is the type's own and names no primitive type.
    func reference(from other: String?) -> String {
        let isSame = namespace == nil || namespace.map(ExactName.init) == other.map(ExactName.init)
        return isSame && !Self.primitiveNames.contains(simpleName) ? simpleName : fullName
    }
}

extension ByteWriter {
    /// A string as Jackson's character generator writes it, with which Avro prints schemas.
    fileprivate mutating func string(_ text: String) { jsonStringUnescapedBeyondBMP(text) }

    fileprivate mutating func member(_ name: String, _ text: String?) {
        if let text { member(name, JSONValue.string(text)) }
    }

    fileprivate mutating func member(_ name: String, _ value: JSONValue) {
        byte(UInt8(ascii: ","))
        string(name)
        byte(UInt8(ascii: ":"))
        json(value, escapesBeyondBMP: false)
    }
}
