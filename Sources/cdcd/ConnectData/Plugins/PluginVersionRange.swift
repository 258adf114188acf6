/// The versions of a plugin that a configuration accepts: `4.3.1`, `[4.0,5.0)`, `[4.0,4.2],[4.3,)`
/// (`PluginUtils.connectorVersionRequirement` of Connect, which uses Maven's `VersionRange`).
package struct PluginVersionRange: Sendable, CustomStringConvertible {
    /// A range that cannot be read.
    package struct SyntaxError: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    private struct Restriction {
        var lower: PluginVersion?
        var upper: PluginVersion?
        var includesLower: Bool
        var includesUpper: Bool
    }

    /// The items of a version are nested, so their number is limited.
    private static let maximumLength = 1024
    private let restrictions: [Restriction]

    /// - Parameter text: the value of `plugin.version`; nil or `latest` yields nil, which accepts every version.
    package init?(_ text: String?) throws(SyntaxError) {
        guard let text, text != "latest" else { return nil }
        let specification = JavaText.trim(text)
        guard specification.utf8.count <= Self.maximumLength else {
            throw SyntaxError(description: "Version specification longer than \(Self.maximumLength) bytes")
        }
        let isRange = specification.hasPrefix("[") || specification.hasPrefix("(")
        restrictions = try Self.restrictions(isRange ? specification : "[\(specification)]")
    }

    /// Whether the range contains the version.
    package func contains(_ version: String) -> Bool {
        let version = PluginVersion(version)
        return restrictions.contains { restriction in
            if let lower = restriction.lower, restriction.includesLower ? version < lower : version <= lower {
                return false
            }
            if let upper = restriction.upper, restriction.includesUpper ? version > upper : version >= upper {
                return false
            }
            return true
        }
    }

    package var description: String {
        restrictions.map { restriction in
            (restriction.includesLower ? "[" : "(") + (restriction.lower?.text ?? "") + ","
                + (restriction.upper?.text ?? "") + (restriction.includesUpper ? "]" : ")")
        }.joined(separator: ",")
    }

    private static func restrictions(_ specification: String) throws(SyntaxError) -> [Restriction] {
        var restrictions: [Restriction] = []
        var rest = Substring(specification)
        while let first = rest.first, first == "[" || first == "(" {
            guard let end = rest.firstIndex(where: { $0 == ")" || $0 == "]" }) else {
                throw SyntaxError(description: "Unbounded range: \(specification)")
            }
            let restriction = try Self.restriction(String(rest[...end]))
            if let upper = restrictions.last?.upper, restriction.lower.map({ $0 < upper }) ?? true {
                throw SyntaxError(description: "Ranges overlap: \(specification)")
            }
            restrictions.append(restriction)
            rest = Substring(JavaText.trim(String(rest[rest.index(after: end)...])))
            if rest.first == "," { rest = Substring(JavaText.trim(String(rest.dropFirst()))) }
        }
        guard rest.isEmpty else {
            throw SyntaxError(
                description: "Only fully-qualified sets allowed in multiple set scenario: \(specification)")
        }
        return restrictions
    }

    /// - Parameter text: with its brackets.
    private static func restriction(_ text: String) throws(SyntaxError) -> Restriction {
        let (includesLower, includesUpper) = (text.hasPrefix("["), text.hasSuffix("]"))
        let bounds = JavaText.trim(String(text.dropFirst().dropLast()))
            .split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map { JavaText.trim(String($0)) }
        guard bounds.count == 2 else {
            guard includesLower, includesUpper else {
                throw SyntaxError(description: "Single version must be surrounded by []: \(text)")
            }
            let version = PluginVersion(bounds.first ?? "")
            return Restriction(lower: version, upper: version, includesLower: true, includesUpper: true)
        }
        let lower = bounds[0].isEmpty ? nil : PluginVersion(bounds[0])
        let upper = bounds[1].isEmpty ? nil : PluginVersion(bounds[1])
        if let lower, let upper, upper < lower || upper == lower && !(includesLower && includesUpper) {
            throw SyntaxError(description: "Range defies version ordering: \(text)")
        }
        return Restriction(lower: lower, upper: upper, includesLower: includesLower, includesUpper: includesUpper)
    }
}

extension ConfigValidator {
    /// The syntax of a range of versions. An absent value is valid.
    static let pluginVersionRange = ConfigValidator { name, value in
        guard case .text(let text) = value else { return nil }
        do throws(PluginVersionRange.SyntaxError) {
            _ = try PluginVersionRange(text)
            return nil
        } catch {
            return ConfigError(name: name, value: text, message: error.description)
        }
    }
}
