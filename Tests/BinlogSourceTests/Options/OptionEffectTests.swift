import ConnectData
import DebeziumPlugins
import PluginTestSupport
import Testing

@testable import BinlogSource

extension PropertyEffect {
    init(
        _ option: String, _ value: String, _ generation: DebeziumGeneration = .v36, of name: String? = nil,
        with context: [String: String] = [:], from before: String?, to after: String, _ observe: @escaping Observation
    ) {
        self.init(
            option, value, of: name, base: Self.base(generation), with: context, from: before, to: after, observe)
    }

    /// A configuration with required options only.
    static func base(_ generation: DebeziumGeneration) -> [String: String] {
        let isModern = generation == .v36
        let history = isModern ? "schema.history.internal." : "database.history."
        return [
            isModern ? "topic.prefix" : "database.server.name": "p", "database.hostname": "127.0.0.1",
            "database.user": "root", "database.server.id": "7", history + "kafka.topic": "history",
            history + "kafka.bootstrap.servers": "b:9092",
        ]
    }

    static let all = values + records + filters + connection + snapshot + history + streaming + other
}

/// Every option that `docs/connector-options.md` lists as supported has an observable effect.
@Suite struct OptionEffectTests {
    private static let consumed = ConnectorOptions.groups.flatMap(\.options).filter(\.isConsumed)

    @Test(arguments: PropertyEffect.all) func optionHasItsDocumentedEffect(effect: PropertyEffect) throws {
        try effect.verify()
    }

    @Test func everySupportedOptionHasATest() {
        let missing = Set(Self.consumed.map(\.name)).subtracting(PropertyEffect.all.map(\.name))
        #expect(missing.isEmpty, "supported without a test of the effect: \(missing.sorted())")
    }

    @Test func everyTestedOptionIsSupportedInItsGeneration() {
        for effect in PropertyEffect.all {
            let profile = DebeziumProfile(configuration: effect.context)
            let presence = Self.consumed.first { $0.name == effect.name }?.presence(profile)
            #expect(presence != nil, "\(effect.name) is not supported in \(profile.generation)")
            #expect(presence?.defaultValue != effect.value, "\(effect.name)=\(effect.value) is the default")
        }
    }
}
