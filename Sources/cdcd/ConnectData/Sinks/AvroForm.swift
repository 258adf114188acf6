/// How the values of a Connect schema are written as Avro: what the mapping of a converter has decided, without the
/// names of Avro's schema.
package struct AvroForm {
    package indirect enum Kind {
        /// Avro's int or long, which have the same encoding.
        case integer
        case boolean, float32, float64, string, bytes
        /// Bytes without their length: a whole value.
        case rawBytes
        case enumeration(symbols: [String])
        case fixed(byteCount: Int)
        case array(AvroForm)
        /// A map with strings as keys.
        case map(AvroForm)
        /// Any other map: an array of records with a key and a value.
        case entries(key: AvroForm, value: AvroForm)
        case record([AvroForm])
        /// A struct of which one field is set, written as that branch of a union.
        case union([AvroForm])
    }

    package let kind: Kind
    package let schema: Schema
    /// The name of the field, for errors; empty for the whole value.
    package let name: String
    /// The branch of the union that is written before a value; nil: it is in no union.
    package let branch: Int?
    /// The bytes that are written for null; nil if null is an error.
    package let null: [UInt8]?

    package init(_ kind: Kind, _ schema: Schema, name: String, branch: Int? = nil, null: [UInt8]? = nil) {
        self.kind = kind
        self.schema = schema
        self.name = name
        self.branch = branch
        self.null = null
    }
}
