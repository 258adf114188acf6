/// A .proto file: what a schema's text declares, with types named as they are written.
struct ProtobufFile: Hashable, Sendable {
    var isProto3 = false
    var package: String?
    var imports: [String] = []
    var options: [String] = []
    var messages: [ProtobufMessage] = []
    var enumerations: [ProtobufEnumeration] = []
}

struct ProtobufMessage: Hashable, Sendable {
    var name: String
    var fields: [ProtobufField] = []
    /// In the order of declaration. The fields of a oneof are in `fields`.
    var oneofs: [String] = []
    var messages: [ProtobufMessage] = []
    var enumerations: [ProtobufEnumeration] = []
}

struct ProtobufField: Hashable, Sendable {
    enum Label: String, Sendable { case optional, required, repeated }

    var label: Label?
    var type: String
    var name: String
    var number: Int32
    /// The oneof that the field is one of, by its index.
    var oneof: Int?
    /// The parameters of the option `(confluent.field_meta)`.
    var parameters: [Parameter] = []
    /// The option `default` of proto2, unquoted.
    var defaultText: String?

    struct Parameter: Hashable, Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}

struct ProtobufEnumeration: Hashable, Sendable {
    struct Symbol: Hashable, Sendable {
        let name: String
        let number: Int32
    }

    var name: String
    var symbols: [Symbol] = []
}
