import ConnectData

/// What depends on the generation of Debezium in `Filter` and `ContentBasedRouter`.
struct ScriptingProfile: Sendable {
    private let isModern: Bool

    init(_ generation: DebeziumGeneration) { isModern = generation == .v36 }

    /// Whether Debezium has WebAssembly modules as a language.
    var hasWebAssembly: Bool { isModern }
}
