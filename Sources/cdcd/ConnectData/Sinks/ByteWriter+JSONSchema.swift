import WireCore

extension ByteWriter {
    /// A schema as `JsonConverter.asJsonSchema` writes it:
    /// `{"type":T,[items|keys,values|fields],"optional":B,[name],[version],[doc],[parameters],[default],[field]}`.
    package mutating func jsonSchema(
        _ schema: Schema, fieldName: String?, options: JSONSinkOptions
    ) throws(DataError) {
        literal("{\"type\":\"")
        utf8(schema.type.rawValue)
        byte(UInt8(ascii: "\""))
        switch schema.type {
        case .array: try jsonMember(",\"items\":", schema.valueSchema, options)
        case .map:
            try jsonMember(",\"keys\":", schema.keySchema, options)
            try jsonMember(",\"values\":", schema.valueSchema, options)
        case .structure:
            literal(",\"fields\":[")
            for index in schema.fields.indices {
                if index > 0 { byte(UInt8(ascii: ",")) }
                try jsonSchema(schema.fields[index].schema, fieldName: schema.fields[index].name, options: options)
            }
            byte(UInt8(ascii: "]"))
        default: break
        }
        literal(schema.isOptional ? ",\"optional\":true" : ",\"optional\":false")
        jsonMember(",\"name\":", schema.name)
        if let version = schema.version {
            literal(",\"version\":")
            decimal(Int64(version))
        }
        jsonMember(",\"doc\":", schema.documentation)
        if !schema.parameters.isEmpty {
            literal(",\"parameters\":{")
            for index in schema.parameters.indices {
                if index > 0 { byte(UInt8(ascii: ",")) }
                jsonString(schema.parameters[index].name)
                byte(UInt8(ascii: ":"))
                jsonString(schema.parameters[index].value)
            }
            byte(UInt8(ascii: "}"))
        }
        if let value = schema.defaultValue, !value.isNull {
            literal(",\"default\":")
            bytes(try JSONSink.text(of: value, schema.optional(droppingDefault: true), options))
        }
        jsonMember(",\"field\":", fieldName)
        byte(UInt8(ascii: "}"))
    }

    private mutating func jsonMember(
        _ name: StaticString, _ schema: Schema?, _ options: JSONSinkOptions
    ) throws(DataError) {
        literal(name)
        guard let schema else { return literal("null") }
        try jsonSchema(schema, fieldName: nil, options: options)
    }

    private mutating func jsonMember(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        literal(name)
        jsonString(value)
    }
}
