import WireCore

/// Unparsed properties.
package enum ConfigProperties {
    /// The properties whose names begin with `prefix`; their names without it.
    package static func below(_ prefix: String, in properties: [String: String]) -> [String: String] {
        var rest: [String: String] = [:]
        for (name, value) in properties {
            if let suffix = name.dropping(prefix: prefix), !suffix.isEmpty { rest[suffix] = value }
        }
        return rest
    }
}
