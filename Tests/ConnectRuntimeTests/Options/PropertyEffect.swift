import ConnectData
import PluginTestSupport
import Testing

@testable import ConnectRuntime

/// A property of the worker, a value other than its default, and what can be seen to change with it.
struct PropertyEffect: Sendable, CustomTestStringConvertible {
    typealias Observation = @Sendable ([String: String]) throws -> String

    /// As the page names it: `config.storage.*` for all properties below.
    let name: String
    let property: String
    let value: String
    /// Further properties, with the default and with the value; an empty value stands for none.
    let context: [String: String]
    /// What is seen without the property; nil if that is only that it takes longer.
    let before: String?
    let after: String
    let observe: Observation

    var testDescription: String { "\(property)=\(value)" }

    /// - Parameter name: of the row on the page, where it is not the property's.
    init(
        _ property: String, _ value: String, of name: String? = nil, with context: [String: String] = [:],
        from before: String?, to after: String, _ observe: @escaping Observation
    ) {
        self.name = name ?? property
        self.property = property
        self.value = value
        self.context = context
        self.before = before
        self.after = after
        self.observe = observe
    }

    static let base = [
        "group.id": "g", "config.storage.topic": "configs", "offset.storage.topic": "offsets",
        "status.storage.topic": "status", "key.converter": WorkerOptions.jsonConverter,
        "value.converter": WorkerOptions.jsonConverter, "listeners": "http://127.0.0.1:0",
    ]

    static func configuration(_ properties: [String: String]) throws -> WorkerConfiguration {
        try WorkerConfiguration(properties: properties, plugins: TestPlugins.registry)
    }

    static let all = cluster + group + topics + converters + tasks + rest + producer
}

/// Every property that `docs/worker-properties.md` calls supported does something that can be seen.
@Suite struct PropertyEffectTests {
    private static var supported: Set<String> {
        let worker = WorkerOptions.all.options.filter(\.isConsumed).map(\.key.name)
        let producer = KafkaClientProperties.of(.producer).options.options.filter(\.isConsumed)
        return Set(worker + producer.map { "producer." + $0.key.name })
    }

    @Test(arguments: PropertyEffect.all) func thePropertyChangesWhatItSays(effect: PropertyEffect) throws {
        let properties = PropertyEffect.base.merging(effect.context) { $1 }.filter { !$0.value.isEmpty }
        if let before = effect.before {
            let seen = try effect.observe(properties)
            #expect(seen == before, "without the property")
        }
        let seen = try effect.observe(properties.merging([effect.property: effect.value]) { $1 })
        #expect(seen == effect.after, "with the property")
    }

    @Test func everySupportedPropertyHasARow() {
        let missing = Self.supported.subtracting(PropertyEffect.all.map(\.name))
        #expect(missing.isEmpty, "supported, and no row shows an effect: \(missing.sorted())")
    }

    @Test func everyRowIsAboutASupportedProperty() {
        for effect in PropertyEffect.all {
            #expect(Self.supported.contains(effect.name), "\(effect.name) is not supported")
            #expect(effect.before != effect.after, "\(effect.property) changes nothing")
        }
    }
}
