import PluginTestSupport
import Testing

@testable import ConnectRuntime

extension PropertyEffect {
    /// Whether a variable in the group's name is replaced.
    private static func isResolved(_ properties: [String: String]) throws -> String {
        let variable = "${env:PATH}"
        return try configuration(properties.merging(["group.id": variable]) { $1 }).groupID == variable ? "no" : "yes"
    }

    static let providers = [
        PropertyEffect(
            "config.providers", "env", with: ["config.providers.env.class": "EnvVarConfigProvider"], from: "no",
            to: "yes", isResolved),
        PropertyEffect(
            "config.providers.env.class", "EnvVarConfigProvider", of: "config.providers.*",
            with: ["config.providers": "env"], from: "no", to: "yes", isResolved),
    ]
}
