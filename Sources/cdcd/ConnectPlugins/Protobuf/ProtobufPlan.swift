import ConnectData
import WireCore

/// How values of one Connect schema are written as a message: computed once with the schema's text.
final class ProtobufPlan {
    /// How one value is written.
    indirect enum Kind {
        case scalar(ProtobufScalar)
        /// The message that holds one scalar; a value that is null is no message.
        case wrapper(ProtobufScalar)
        /// By the symbols' names.
        case enumeration([String: Int32])
        /// Integers are the symbols' numbers.
        case enumerationNumber
        case decimal(scale: Int)
        case date, time, timestamp
        case structure(ProtobufPlan)
        case array(Kind)
        case map(ProtobufPlan)
    }

    struct Field {
        /// The place in the struct; 0 is the key and 1 the value of a map's entry.
        let index: Int
        /// The place in a union, if the value in that place is one: of its values the first that is not null is
        /// written.
        var member: Int?
        let number: Int32
        let name: String
        let kind: Kind
        /// Whether zero and the empty text are written.
        let hasPresence: Bool
        /// What a null becomes.
        let defaultValue: ConnectValue?
    }

    /// By number, in which order messages are written.
    let fields: [Field]
    /// Whose names and numbers the fields have.
    let schemaFields: [Schema.Field]
    /// The message's name without its package.
    let name: String

    init(name: String, schemaFields: [Schema.Field], fields: [Field]) {
        self.name = name
        self.schemaFields = schemaFields
        self.fields = fields.sorted { $0.number < $1.number }
    }
}

/// What is derived from a Connect schema.
struct ProtobufDerivation {
    let file: ProtobufFile
    /// The full name of the message.
    let messageName: String
    /// The message's place in the file: of nested messages the index at each level.
    let messageIndexes: [Int]
    let kind: ProtobufPlan.Kind
}
