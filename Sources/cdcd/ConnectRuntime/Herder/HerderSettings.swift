/// The part of the worker's configuration that the herder uses.
struct HerderSettings: Equatable, Sendable {
    /// Begins every log line of the herder.
    var logPrefix: String
    var configTopic: String
    /// How long tasks and connectors may take to stop.
    var gracefulShutdownMilliseconds: Int
    /// How long a plugin's `start`, `taskConfigurations` or `alterOffsets` may take.
    var pluginCallMilliseconds: Int
    /// nil: workers do not sign their requests.
    var sessionKeyLifetimeMilliseconds: Int?
}

extension WorkerConfiguration {
    var herderSettings: HerderSettings {
        HerderSettings(
            logPrefix: "[Worker clientId=\(memberClientID), groupId=\(groupID)]", configTopic: configTopic.name,
            gracefulShutdownMilliseconds: gracefulShutdownMilliseconds,
            pluginCallMilliseconds: pluginCallMilliseconds,
            sessionKeyLifetimeMilliseconds: connectProtocol == .sessioned ? sessionKeyLifetimeMilliseconds : nil)
    }
}
