/// The part of the worker's configuration that the herder uses.
struct HerderSettings: Equatable, Sendable {
    /// Begins every log line of the herder.
    var logPrefix: String
    var configTopic: String
    /// How long tasks and connectors may take to stop.
    var gracefulShutdownMilliseconds: Int
    /// How long a plugin's `start` or `taskConfigurations` may take.
    var pluginCallMilliseconds: Int
    /// nil: workers do not sign their requests.
    var sessionKeyLifetimeMilliseconds: Int?
}

extension WorkerConfiguration {
    /// The limit for one call of a plugin: shorter than that for REST requests, which report the failure then.
    private static let pluginCallMilliseconds = 60_000

    var herderSettings: HerderSettings {
        HerderSettings(
            logPrefix: "[Worker clientId=\(memberClientID), groupId=\(groupID)]", configTopic: configTopic.name,
            gracefulShutdownMilliseconds: gracefulShutdownMilliseconds,
            pluginCallMilliseconds: Self.pluginCallMilliseconds,
            sessionKeyLifetimeMilliseconds: connectProtocol == .sessioned ? sessionKeyLifetimeMilliseconds : nil)
    }
}
