import ConnectData
import DebeziumPlugins
import Testing

@testable import BinlogSource

/// An option, a value other than its default, and what can be seen to change with it.
struct OptionEffect: Sendable, CustomTestStringConvertible {
    typealias Observation = @Sendable ([String: String]) throws -> String

    let option: String
    let value: String
    let generation: DebeziumGeneration
    /// Further properties, with the default and with the value.
    let context: [String: String]
    /// What is seen without the option; nil if that is only that it takes less time.
    let before: String?
    let after: String
    let observe: Observation

    var testDescription: String { "\(option)=\(value)" }

    init(
        _ option: String, _ value: String, _ generation: DebeziumGeneration = .v36,
        with context: [String: String] = [:], from before: String?, to after: String, _ observe: @escaping Observation
    ) {
        self.option = option
        self.value = value
        self.generation = generation
        self.context = context
        self.before = before
        self.after = after
        self.observe = observe
    }

    /// A configuration without any optional option.
    static func base(_ generation: DebeziumGeneration) -> [String: String] {
        let isModern = generation == .v36
        let history = isModern ? "schema.history.internal." : "database.history."
        return [
            isModern ? "topic.prefix" : "database.server.name": "p", "database.hostname": "127.0.0.1",
            "database.user": "root", "database.server.id": "7", history + "kafka.topic": "history",
            history + "kafka.bootstrap.servers": "b:9092",
        ]
    }

    var properties: [String: String] { Self.base(generation).merging(context) { $1 } }

    static let all = values + records + filters + connection + snapshot + history + streaming
}

/// Every option that `docs/connector-options.md` calls supported does something that can be seen.
@Suite struct OptionEffectTests {
    private static let supported = ConnectorOptions.groups.flatMap(\.options).filter { $0.support == .supported }

    @Test(arguments: OptionEffect.all) func optionHasItsDocumentedEffect(effect: OptionEffect) throws {
        if let before = effect.before {
            let seen = try effect.observe(effect.properties)
            #expect(seen == before, "without the option")
        }
        let seen = try effect.observe(effect.properties.merging([effect.option: effect.value]) { $1 })
        #expect(seen == effect.after, "with the option")
    }

    @Test func everySupportedOptionHasATest() {
        let missing = Set(Self.supported.map(\.name)).subtracting(OptionEffect.all.map(\.option))
        #expect(missing.isEmpty, "supported, and no row shows an effect: \(missing.sorted())")
    }

    @Test func everyTestedOptionIsSupportedInItsGeneration() {
        for effect in OptionEffect.all {
            let option = Self.supported.first { $0.name == effect.option }
            let presence = option?.presence(DebeziumProfile(generation: effect.generation))
            #expect(presence != nil, "\(effect.option) is not supported in \(effect.generation)")
            #expect(presence?.defaultValue != effect.value, "\(effect.option)=\(effect.value) is the default")
            #expect(effect.before != effect.after, "\(effect.option) changes nothing")
        }
    }
}
