/// A schema as a registry stores it: a text of one of the schema languages, and the schemas that it refers to.
package struct RegisteredSchema: Hashable, Sendable {
    /// The language; the raw value is the registry's name of it.
    package enum Language: String, Sendable {
        case avro = "AVRO"
        case json = "JSON"
        case protobuf = "PROTOBUF"
        /// Schemas of Connect as JsonConverter writes them. Only Apicurio's registry has them.
        case kafkaConnect = "KCONNECT"
    }

    /// Another schema that is registered on its own.
    package struct Reference: Hashable, Sendable {
        /// The name by which the text refers to it: a full name in Avro, a URL in JSON Schema, an import in Protobuf.
        package let name: String
        package let subject: SchemaSubject
        /// A number in Confluent's API.
        package let version: String

        package init(name: String, subject: SchemaSubject, version: String) {
            self.name = name
            self.subject = subject
            self.version = version
        }
    }

    package let language: Language
    package let text: String
    package let references: [Reference]

    package init(_ language: Language, text: String, references: [Reference] = []) {
        self.language = language
        self.text = text
        self.references = references
    }
}

/// A schema that others refer to, with the name that they use.
package struct ReferencedSchema: Hashable, Sendable {
    package let name: String
    package let schema: RegisteredSchema
}

/// Under what a registry keeps the versions of a schema: a subject of Confluent's API, or an artifact of Apicurio's.
package struct SchemaSubject: Hashable, Sendable, CustomStringConvertible {
    /// Apicurio's group; nil is the default group. Confluent's API has none.
    package let group: String?
    package let name: String

    package init(_ name: String, group: String? = nil) {
        self.name = name
        self.group = group
    }

    package var description: String { group.map { "\($0)/\(name)" } ?? name }
}
