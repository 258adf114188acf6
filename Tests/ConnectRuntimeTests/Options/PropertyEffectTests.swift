import ConnectData
import PluginTestSupport
import Testing

@testable import ConnectRuntime

extension PropertyEffect {
    init(
        _ property: String, _ value: String, of name: String? = nil, with context: [String: String] = [:],
        from before: String?, to after: String, _ observe: @escaping Observation
    ) {
        self.init(
            property, value, of: name, base: Self.base, with: context, from: before, to: after, observe)
    }

    static let base = [
        "group.id": "g", "config.storage.topic": "configs", "offset.storage.topic": "offsets",
        "status.storage.topic": "status", "key.converter": WorkerOptions.jsonConverter,
        "value.converter": WorkerOptions.jsonConverter, "listeners": "http://127.0.0.1:0",
    ]

    static func configuration(_ properties: [String: String]) throws -> WorkerConfiguration {
        try WorkerConfiguration(properties: properties, plugins: TestPlugins.registry)
    }

    static let all = providers + cluster + group + topics + converters + tasks + rest + producer + clients("")
        + clients("producer.")

    /// The properties that all Kafka clients have.
    private static func clients(_ prefix: String) -> [PropertyEffect] {
        security(prefix) + connections(prefix) + tokens(prefix)
    }
}

/// Every property that `docs/worker-properties.md` lists as supported has an observable effect.
@Suite struct PropertyEffectTests {
    private static var supported: Set<String> {
        let worker = WorkerOptions.all.options.filter(\.isConsumed).map(\.key.name)
        let producer = KafkaClientProperties.of(.producer).options.options.filter(\.isConsumed)
        return Set(worker + producer.map { "producer." + $0.key.name })
    }

    @Test(arguments: PropertyEffect.all) func propertyHasItsDocumentedEffect(effect: PropertyEffect) throws {
        try effect.verify()
    }

    @Test func everySupportedPropertyHasATest() {
        let missing = Self.supported.subtracting(PropertyEffect.all.map(\.name))
        #expect(missing.isEmpty, "supported without a test of the effect: \(missing.sorted())")
    }

    @Test func everyTestedPropertyIsSupported() {
        for effect in PropertyEffect.all {
            #expect(Self.supported.contains(effect.name), "\(effect.name) is not supported")
        }
    }
}
