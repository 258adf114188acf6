import ConnectData
import Foundation
import WireStreams

/// The addresses on which REST listens, and the one that it advertises.
struct RESTAddresses {
    let listeners: [SocketAddress]
    let workerID: String
    /// The problem of the advertised address, for the log; nil if there is none.
    let warning: String?

    init(_ properties: RESTProperties) throws(ConfigError) {
        var found: [SocketAddress] = []
        for text in JavaText.items(properties.listeners) { found.append(try Self.listener(text, properties)) }
        if found.isEmpty {
            if properties.listeners != nil {
                throw properties.error("name at least one listener as http://host:port")
            }
            // What workers before Kafka 3.0 use if `listeners` is absent.
            found = [SocketAddress(host: properties.hostName ?? "", port: UInt16(clamping: properties.port))]
        }
        listeners = found
        let first = found[0]
        let host = properties.advertisedHostName ?? (first.isWildcard ? Self.ownHost() : first.host)
        let port = properties.advertisedPort ?? Int(first.port)
        let advertised = SocketAddress(host: host, port: UInt16(clamping: port))
        workerID = advertised.description
        warning = !advertised.isLoopback ? nil :
            "The advertised address \(workerID) is a loopback address: other machines cannot reach this worker by it, and "
            + "each has one of its own. Set rest.advertised.host.name to a name or address that others can reach"
    }

    private static func listener(_ text: String, _ properties: RESTProperties) throws(ConfigError) -> SocketAddress {
        guard let scheme = text.range(of: "://") else {
            throw properties.error("\(text) is not of the form http://host:port")
        }
        guard text[..<scheme.lowerBound].lowercased() == "http" else {
            throw properties.error("REST over TLS is not supported yet; use http://, or put a TLS proxy in front")
        }
        guard let address = Self.address(text[scheme.upperBound...]) else {
            throw properties.error("\(text) is not of the form http://host:port")
        }
        return address
    }

    /// `host:port`, `:port` for all interfaces; a slash at the end is tolerated.
    private static func address(_ text: Substring) -> SocketAddress? {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        if text.hasPrefix(":") { return UInt16(text.dropFirst()).map { SocketAddress(host: "", port: $0) } }
        return SocketAddress(text)
    }

    /// The address that the machine's own name resolves to, as Java's `InetAddress.getLocalHost` gives it.
    private static func ownHost() -> String {
        guard let host = WorkerHost.systemName() else { return "127.0.0.1" }
        var hints = addrinfo()
        hints.ai_family = AF_INET
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let entry = list?.pointee else { return host }
        defer { freeaddrinfo(list) }
        var numeric = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(
            entry.ai_addr, entry.ai_addrlen, &numeric, socklen_t(numeric.count), nil, 0, NI_NUMERICHOST) == 0
        else { return host }
        return String(decoding: numeric.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension SocketAddress {
    /// Whether it is the wildcard address, which is not an address for clients.
    fileprivate var isWildcard: Bool { host.isEmpty || host == "0.0.0.0" || host == "::" }

    /// Whether it is a loopback address.
    fileprivate var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
