import ConnectData
import Foundation
import Testing
import WireTestSupport

@testable import ConnectRuntime

/// The declarations of the clients' properties agree with the `ConfigDef`s of kafka-clients 4.3.
@Suite struct ClientPropertyDefinitionTests {
    /// A line of `Fixtures/java/client-properties.jsonl`.
    struct Definition: Decodable {
        var client: String
        var name: String
        var type: String
        var required: Bool
        var `default`: String?
        var importance: String
        var accepted: [String]
        /// By the messages, in which VALUE and NAME stand for the value and the property.
        var refused: [String: [String]]
    }

    static let definitions: [Definition] = {
        let text = try? Fixtures.text("java/client-properties.jsonl")
        return (text ?? "").split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Definition.self, from: Data($0.utf8))
        }
    }()

    /// Properties that other versions of Kafka have.
    private static let others: Set = ["auto.include.jmx.reporter"]

    private func key(_ definition: Definition) throws -> ConfigKey {
        let role = try #require(KafkaClientProperties.Role(rawValue: definition.client))
        return try #require(
            KafkaClientProperties.of(role).options[definition.name]?.key,
            "\(definition.client) has no declaration of \(definition.name)")
    }

    @Test(arguments: [KafkaClientProperties.Role.producer, .consumer, .admin])
    func declarationsAreThoseOfKafka(role: KafkaClientProperties.Role) {
        let names = Self.definitions.filter { $0.client == role.rawValue }.map(\.name)
        let declared = KafkaClientProperties.of(role).options.options.map(\.key.name)
        #expect(names.count > 70)
        #expect(Set(names).subtracting(declared).sorted() == [])
        #expect(Set(declared).subtracting(names).subtracting(Self.others).sorted() == [])
    }

    @Test func typesDefaultsAndImportancesAgree() throws {
        for definition in Self.definitions {
            let (key, place) = (try key(definition), "\(definition.client) \(definition.name)")
            #expect(key.type.rawValue == definition.type, "\(place)")
            // Items that are classes are shown as Java prints a class.
            #expect(key.defaultValue == definition.default?.replacing("class ", with: ""), "\(place)")
            #expect(key.importance.rawValue == definition.importance, "\(place)")
            // The serializers are always those of byte arrays.
            let isSerializer = definition.name.hasSuffix("serializer")
            #expect(key.isRequired == (definition.required && !isSerializer), "\(place)")
        }
    }

    @Test func valuesAreAcceptedAndRefusedAsByKafka() throws {
        for definition in Self.definitions {
            let key = try key(definition)
            func messages(_ value: String) -> [String] {
                ConfigConventions.kafka.read(key, name: key.name, in: [key.name: value]).errors.map(\.message)
            }
            for value in definition.accepted {
                #expect(messages(value) == [], "\(definition.client) \(key.name)=\(value)")
            }
            for (message, values) in definition.refused {
                for value in values {
                    let expected = message.split(separator: "|").map { text in
                        String(text).replacing("NAME", with: key.name).replacing("`VALUE`", with: "`\(JavaText.trim(value))`")
                    }
                    let found = messages(value).map { text in
                        text.replacing("value \(value) for", with: "value VALUE for")
                            .replacing("value \(JavaText.trim(value)) for", with: "value VALUE for")
                    }
                    #expect(found == expected, "\(definition.client) \(key.name)=\(value)")
                }
            }
        }
    }
}
