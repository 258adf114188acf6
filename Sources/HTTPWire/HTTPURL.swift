import WireCore
import WireStreams

/// An absolute `http` or `https` URL (RFC 3986) as the client uses it. The fragment is dropped.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https

        package var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// In lower case; IPv6 addresses without their brackets.
    package let host: String
    package let port: UInt16
    /// `user:password`, still percent-encoded; nil if the URL has none. Not part of `description`.
    package let userInfo: String?
    /// Percent-encoded, begins with a slash.
    package let path: String
    /// Percent-encoded, without the question mark.
    package let query: String?

    /// Returns nil if the text is not an absolute http(s) URL, or contains blanks, control or non-ASCII characters.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        let afterScheme = text[mark.upperBound...].prefix { $0 != "#" }
        let authorityEnd = afterScheme.firstIndex { $0 == "/" || $0 == "?" } ?? afterScheme.endIndex
        var authority = afterScheme[..<authorityEnd]
        var userInfo: String?
        if let at = authority.lastIndex(of: "@") {
            userInfo = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        guard let parsed = Authority(String(authority)), parsed.port != 0 else { return nil }
        self.scheme = scheme
        host = parsed.host
        port = parsed.port.map { UInt16($0) } ?? scheme.defaultPort
        self.userInfo = userInfo
        (path, query) = Self.split(afterScheme[authorityEnd...])
    }

    private init(_ base: HTTPURL, path: String, query: String?, userInfo: String?) {
        (scheme, host, port) = (base.scheme, base.host, base.port)
        (self.path, self.query, self.userInfo) = (path, query, userInfo)
    }

    private static func split(_ target: Substring) -> (path: String, query: String?) {
        let mark = target.firstIndex(of: "?")
        let path = mark.map { target[..<$0] } ?? target
        return (path.isEmpty ? "/" : String(path), mark.map { String(target[target.index(after: $0)...]) })
    }

    /// The URL that a reference in an answer to this one names, such as a `Location` (RFC 3986, 5.2), without user
    /// information. Returns nil if it is not http(s) or malformed.
    package func resolving(_ reference: String) -> HTTPURL? {
        guard reference.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let text = reference.prefix { $0 != "#" }
        if text.hasPrefix("//") { return HTTPURL("\(scheme.rawValue):\(text)")?.withoutUserInfo }
        if let colon = text.firstIndex(of: ":"), !text[..<colon].contains(where: { "/?".contains($0) }) {
            return HTTPURL(String(text))?.withoutUserInfo
        }
        if text.isEmpty { return withoutUserInfo }
        if text.hasPrefix("?") { return HTTPURL(self, path: path, query: String(text.dropFirst()), userInfo: nil) }
        let (target, query) = Self.split(text)
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let whole = target.hasPrefix("/") ? target : folder + target
        return HTTPURL(self, path: Self.withoutDots(whole), query: query, userInfo: nil)
    }

    package var withoutUserInfo: HTTPURL { HTTPURL(self, path: path, query: query, userInfo: nil) }

    /// The same server with another path and query.
    ///
    /// - Parameters:
    ///   - segments: not encoded; slashes within them are escaped.
    ///   - parameters: not encoded.
    package func appending(segments: [String], parameters: [(name: String, value: String)] = []) -> HTTPURL {
        let prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
        let path = prefix + segments.map { "/" + PercentEncoding.encodeComponent($0) }.joined()
        let pairs = parameters.map {
            "\(PercentEncoding.encodeComponent($0.name))=\(PercentEncoding.encodeComponent($0.value))"
        }
        let query = pairs.isEmpty ? query : pairs.joined(separator: "&")
        return HTTPURL(self, path: path.isEmpty ? "/" : path, query: query, userInfo: userInfo)
    }

    /// RFC 3986, 5.2.4.
    private static func withoutDots(_ path: String) -> String {
        var output: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { output.append("") }
            case "..":
                _ = output.popLast()
                if isLast { output.append("") }
            default: output.append(segment)
            }
        }
        return "/" + output.joined(separator: "/")
    }

    /// The request target: path and query.
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// The `Host` header: without the port if it is the scheme's.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    package var address: SocketAddress { SocketAddress(host: host, port: port) }

    package func isSameOrigin(as other: HTTPURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
}
