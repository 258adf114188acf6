import Foundation
import WireStreams

/// Where REST listens and what other people are told to call.
struct RESTAddresses {
    let listeners: [SocketAddress]
    let workerID: String
    /// What is wrong with the advertised address, for the log; nil: nothing.
    let warning: String?

    init(_ reader: inout PropertyReader) {
        var found: [SocketAddress] = []
        let name = "listeners"
        if reader.text(name) != nil, reader.list(name).isEmpty {
            reader.refuse(name, "name at least one listener as http://host:port")
        }
        for text in reader.list(name) {
            guard let scheme = text.range(of: "://") else {
                reader.refuse(name, "\(text) is not of the form http://host:port")
                continue
            }
            guard text[..<scheme.lowerBound].lowercased() == "http" else {
                reader.refuse(name, "REST over TLS is not supported yet; use http://, or put a TLS proxy in front")
                continue
            }
            guard let address = Self.address(text[scheme.upperBound...]) else {
                reader.refuse(name, "\(text) is not of the form http://host:port")
                continue
            }
            found.append(address)
        }
        if found.isEmpty {
            // What workers before 3.0 understood where `listeners` is absent.
            let port = reader.integer("rest.port", default: 8083, in: 0...65_535)
            found = [SocketAddress(host: reader.text("rest.host.name") ?? "", port: UInt16(clamping: port))]
        }
        listeners = found
        let first = found[0]
        let host = reader.text("rest.advertised.host.name") ?? (first.isWildcard ? Self.ownHost() : first.host)
        let port = reader.integer("rest.advertised.port", default: Int(first.port), in: 1...65_535)
        let advertised = SocketAddress(host: host, port: UInt16(clamping: port))
        workerID = advertised.description
        warning = !advertised.isLoopback ? nil :
            "The advertised address \(workerID) is a loopback address: other machines cannot reach this worker by it, and "
            + "each has one of its own. Set rest.advertised.host.name to a name or address that others can reach"
    }

    /// `host:port`, `:port` for all interfaces; a slash at the end is tolerated.
    private static func address(_ text: Substring) -> SocketAddress? {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        if text.hasPrefix(":") { return UInt16(text.dropFirst()).map { SocketAddress(host: "", port: $0) } }
        return SocketAddress(text)
    }

    /// The address to which the machine's own name leads, as Java's `InetAddress.getLocalHost` gives it.
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
    /// Whether it stands for all interfaces, which nobody else can call.
    fileprivate var isWildcard: Bool { host.isEmpty || host == "0.0.0.0" || host == "::" }

    /// Whether it leads to the machine that uses it, whichever that is.
    fileprivate var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
