import Foundation

/// A host and a port in their usual notation: `localhost:9092`, `10.0.0.5:3306`, `[::1]:8083`.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Returns nil if the text is not `host:port`.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains(" ") else { return nil }
        self.init(host: String(host), port: port)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The numeric addresses of the host, in the system's order of preference.
    ///
    /// `localhost` is resolved without a resolver, since an empty root file system has no `/etc/hosts`.
    func resolve(forListening: Bool = false) throws(StreamError) -> [ResolvedAddress] {
        let name = host.lowercased() == "localhost" ? "127.0.0.1" : host
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (forListening ? AI_PASSIVE : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name.isEmpty ? nil : name, String(port), &hints, &list)
        guard code == 0 else { throw .unresolvable(host: host, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [ResolvedAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
                found.append(ResolvedAddress(family: entry.ai_family, bytes: [UInt8](bytes)))
            }
            next = entry.ai_next
        }
        return found
    }
}

extension SocketAddress {
    /// The canonical name of each of the host's addresses, as its reverse record gives it; the numeric address if there
    /// is none.
    package func canonicalNames() throws(StreamError) -> [SocketAddress] {
        var found: [SocketAddress] = []
        for address in try resolve() {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = address.withSockaddr { getnameinfo($0, $1, &name, socklen_t(name.count), nil, 0, 0) }
            guard code == 0 else { continue }
            let host = name.withUnsafeBytes { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
            let named = SocketAddress(host: host, port: port)
            if !found.contains(named) { found.append(named) }
        }
        return found
    }
}

/// A `sockaddr` of any family, as its bytes.
struct ResolvedAddress {
    let family: Int32
    let bytes: [UInt8]

    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { target in
            target.copyBytes(from: bytes.prefix(target.count))
            return target.withMemoryRebound(to: sockaddr.self) { pointer in
                guard let address = pointer.baseAddress else { preconditionFailure("sockaddr_storage has a size") }
                return body(address, socklen_t(bytes.count))
            }
        }
    }
}
