import WireCore

/// Properties as a whole, before they are read.
package enum ConfigProperties {
    /// The properties whose names begin with `prefix`, without it.
    package static func below(_ prefix: String, in properties: [String: String]) -> [String: String] {
        var rest: [String: String] = [:]
        for (name, value) in properties {
            if let suffix = name.dropping(prefix: prefix), !suffix.isEmpty { rest[suffix] = value }
        }
        return rest
    }
}
