import ConnectData
import Testing

@Suite struct PluginRegistryTests {
    private static let suffix = ConfigKey("suffix", .string, isRequired: true)

    /// Appends its option `suffix` to the topic.
    private final class Suffixing: Transformation {
        private let suffix: String

        init(_ properties: [String: String]) { suffix = properties["suffix"] ?? "" }

        func apply(_ record: inout ConnectRecord) -> Bool {
            record.topic += suffix
            return true
        }

        static let plugin = PluginDescriptor(
            "x.transforms.Suffixing", ConfigDefinition([PluginRegistryTests.suffix]),
            factory: .transformation { context throws(ConfigError) in Suffixing(context.properties) })
    }

    private final class IsTombstone: Predicate {
        func test(_ record: borrowing ConnectRecord) -> Bool { record.value.isNull }

        static let plugin = PluginDescriptor(
            "x.predicates.IsTombstone", ConfigDefinition([]),
            factory: .predicate { _ throws(ConfigError) in IsTombstone() })
    }

    private static let registry = PluginRegistry(
        [Suffixing.plugin, IsTombstone.plugin],
        javaClasses: [
            .transformation: ["x.Cast$Key", "x.Cast$Value", "x.Filter", "y.Filter", "y.Route"],
            .converter: ["x.AvroConverter"],
        ])

    private func message(_ name: String, _ kind: PluginKind = .transformation) -> String? {
        do throws(ConfigError) {
            return "found " + (try Self.registry.resolve(name, as: kind, property: "p").className)
        } catch {
            return error.message
        }
    }

    @Test func fullAndSimpleNamesAreResolved() {
        #expect(message("x.transforms.Suffixing") == "found x.transforms.Suffixing")
        #expect(message("Suffixing") == "found x.transforms.Suffixing")
        #expect(message("IsTombstone", .predicate) == "found x.predicates.IsTombstone")
    }

    @Test func unsupportedClassesAreRefusedByName() {
        #expect(
            message("Route")
                == "Invalid value Route for configuration p: The transform y.Route is not supported by cdcd yet")
        #expect(
            message("Avro", .converter)
                == "Invalid value Avro for configuration p: The converter x.AvroConverter is not supported by cdcd yet")
    }

    @Test func ambiguousSimpleNameIsRefused() {
        #expect(message("Filter") == "Invalid value Filter for configuration p: Class Filter could not be found.")
    }

    @Test func abstractClassIsRefusedWithItsVariants() {
        #expect(
            message("x.Cast")
                == "This class is abstract and cannot be created. Did you mean x.Cast$Key, x.Cast$Value?")
    }

    @Test func classesOfAnotherKindAreRefused() {
        #expect(
            message("x.AvroConverter") == "Class class x.AvroConverter does not implement the Transformation interface")
        #expect(message("java.lang.String") == "Class class java.lang.String does not implement the Transformation interface")
    }

    // MARK: Chains

    private static let configuration = [
        "transforms": "a,b", "transforms.a.type": "Suffixing", "transforms.a.suffix": ".a", "transforms.b.type": "Suffixing",
        "transforms.b.suffix": ".b", "predicates": "gone", "predicates.gone.type": "IsTombstone",
    ]

    private func topic(_ value: ConnectValue, _ more: [String: String]) throws -> String {
        let chain = try TransformationChain(
            configuration: Self.configuration.merging(more) { $1 }, plugins: Self.registry)
        var record = ConnectRecord(topic: "t", keySchema: nil, key: .null, valueSchema: nil, value: value)
        #expect(try chain.apply(&record))
        return record.topic
    }

    @Test func predicatesDecideWhetherATransformIsApplied() throws {
        #expect(try topic(.null, [:]) == "t.a.b")
        #expect(try topic(.null, ["transforms.a.predicate": "gone"]) == "t.a.b")
        #expect(try topic(.string("x"), ["transforms.a.predicate": "gone"]) == "t.b")
    }

    @Test func negatedPredicatesAreInverted() throws {
        let negated = ["transforms.b.predicate": "gone", "transforms.b.negate": "true"]
        #expect(try topic(.null, negated) == "t.a")
        #expect(try topic(.string("x"), negated) == "t.a.b")
    }

    @Test func undeclaredPredicateIsRefused() {
        let error = #expect(throws: ConfigError.self) { try topic(.null, ["transforms.a.predicate": "other"]) }
        #expect(error?.message == "Unknown configuration 'predicates.other.plugin.version'")
    }

    @Test func predicatesAreListedAsInConnect() {
        let validation = ConnectorValidation(
            Self.configuration, connectorVersion: "1", workerConverters: nil, plugins: Self.registry)
        let values = validation.framework.filter { $0.name.hasPrefix("predicates.") }
        #expect(values.map(\.name) == ["predicates.gone.type", "predicates.gone.plugin.version"])
        #expect(values.map(\.key?.displayName) == ["Predicate type for gone", "Predicate version for gone"])
        #expect(values.map(\.value) == ["x.predicates.IsTombstone", "4.3.1"])
        #expect(values.first?.key?.recommendedValues == ["x.predicates.IsTombstone"])
    }
}
