import ConnectData
import HTTPWire
import WireCore

/// The URLs of registries in configurations. Errors do not quote user information.
enum RegistryURL {
    static func parse(_ texts: [String], name: String) throws(ConfigError) -> [HTTPURL] {
        var urls: [HTTPURL] = []
        for text in texts where !text.isEmpty {
            if text.hasExactPrefix("mock://") {
                throw .notSupported(name, value: "mock://", what: "A registry within the worker (mock://)")
            }
            guard let url = HTTPURL(text) else {
                throw ConfigError(name: name, message: "Invalid value for configuration \(name): not an http(s) URL")
            }
            urls.append(url)
        }
        guard !urls.isEmpty else {
            throw ConfigError(name: name, message: "Missing required \(name)")
        }
        return urls
    }
}
