import ConnectData
import HTTPWire

/// The worker's properties about its REST API, as given.
struct RESTProperties: Sendable {
    var listeners: String?
    var hostName: String?
    var port = 8083
    var advertisedHostName: String?
    var advertisedPort: Int?
    var allowedOrigins: String?
    var allowedMethods: String?

    func error(_ remedy: String) -> ConfigError { ConfigError(name: "listeners", value: listeners, message: remedy) }

    func crossOrigin() throws(ConfigError) -> CrossOrigin? {
        let origins = JavaText.items(allowedOrigins)
        guard !origins.isEmpty else { return nil }
        do throws(JavaPattern.SyntaxError) {
            var patterns: [JavaPattern] = []
            for origin in origins where origin != "*" { patterns.append(try JavaPattern(origin, caseInsensitive: true)) }
            return CrossOrigin(
                patterns: patterns, allowsAny: origins.contains("*"), methods: JavaText.items(allowedMethods))
        } catch {
            throw ConfigError(name: "access.control.allow.origin", value: allowedOrigins, message: "\(error)")
        }
    }

    /// Parses `cdcd.rest.allowed.hosts`; nil: all hosts.
    static func hosts(_ input: ConfigInput) throws(ConfigError) -> Set<String>? {
        let texts = JavaText.items(input.text)
        var hosts: Set<String> = []
        for text in texts {
            // An IPv6 address may come with or without the brackets that it has in a URL.
            let isBareIPv6 = text.split(separator: ":", omittingEmptySubsequences: false).count > 2 && text.first != "["
            guard let authority = Authority(isBareIPv6 ? "[\(text)]" : text), authority.port == nil else {
                throw ConfigError(
                    name: input.name, value: input.text,
                    message: "\(text) is no host name and no address; name hosts without ports, separated by commas")
            }
            hosts.insert(authority.host)
        }
        return texts.isEmpty ? nil : hosts
    }
}
