/// The names that Confluent's mapping has put into schemas: namespaces, properties of types, and parameters.
enum AvroProperties {
    static let namespace = "io.confluent.connect.avro"
    static let defaultName = "ConnectDefault"
    static let mapEntry = "MapEntry"
    static let keyField = "key"
    static let valueField = "value"

    static let name = "connect.name"
    static let documentation = "connect.doc"
    static let version = "connect.version"
    static let defaultValue = "connect.default"
    static let parameters = "connect.parameters"
    static let type = "connect.type"
    static let internalType = "connect.internal.type"
    static let logicalType = "logicalType"
    static let scale = "scale"
    static let precision = "precision"

    static let recordDocumentation = namespace + ".record.doc"
    static let discardedRecordDocumentation = "connect.record.doc"
    static let enumDocumentation = namespace + ".enum.doc."
    static let discardedEnumDocumentation = "connect.enum.doc"
    static let enumDefault = namespace + ".enum.default."
    static let fieldDocumentation = namespace + ".field.doc."
    /// The default of a Connect schema was that of an Avro field.
    static let fieldDefault = namespace + ".field.default"
    static let decimalPrecision = "connect.decimal.precision"
    static let decimalPrecisionDefault = 64
    static let fixedSize = "connect.fixed.size"

    static let union = namespace + ".Union"
    static let enumeration = namespace + ".Enum"
    static let generalizedUnion = "org.apache.kafka.connect.data.Union"
    static let generalizedEnumeration = "org.apache.kafka.connect.data.Enum"
    static let generalizedUnionName = "connect_union_"
    static let generalizedUnionField = "connect_union_field_"

    /// Parameters with this prefix become properties.
    static let ownPrefix = "avro"
}
