import Foundation
import WireStreams

/// An address that the broker listens on, and how its connections are secured. (`listeners`)
package struct BrokerListener: Sendable, Equatable {
    package enum SecurityProtocol: String, Sendable, CaseIterable {
        case plaintext = "PLAINTEXT"
        case ssl = "SSL"
        case saslPlaintext = "SASL_PLAINTEXT"
        case saslSSL = "SASL_SSL"

        package var usesTLS: Bool { self == .ssl || self == .saslSSL }
        package var usesSASL: Bool { self == .saslPlaintext || self == .saslSSL }
    }

    /// Unique in a broker; usually the protocol's name.
    package var name: String
    package var securityProtocol: SecurityProtocol
    /// The system chooses the port if it is 0.
    package var address: SocketAddress
    /// The address that clients of this listener receive. If nil, the one that it listens on. (`advertised.listeners`)
    package var advertised: SocketAddress?

    package init(
        _ securityProtocol: SecurityProtocol, _ address: SocketAddress,
        name: String? = nil, advertised: SocketAddress? = nil
    ) {
        self.name = name ?? securityProtocol.rawValue
        self.securityProtocol = securityProtocol
        self.address = address
        self.advertised = advertised
    }

    /// Parses `HOST:PORT` or `[NAME=]PROTOCOL://HOST:PORT`; nil if the text has neither form.
    package init?(_ text: String) {
        guard let separator = text.range(of: "://") else {
            guard let address = SocketAddress(text) else { return nil }
            self.init(.plaintext, address)
            return
        }
        let names = text[..<separator.lowerBound].split(separator: "=", omittingEmptySubsequences: false)
        guard let last = names.last, let securityProtocol = SecurityProtocol(rawValue: String(last)), names.count <= 2,
            let address = SocketAddress(text[separator.upperBound...]), names.first?.isEmpty == false
        else { return nil }
        self.init(securityProtocol, address, name: names.count == 2 ? String(names[0]) : nil)
    }
}

/// What listeners with TLS and SASL require.
package struct BrokerSecurity: Sendable {
    /// The certificate of the listeners with TLS, and what they require of clients.
    package var tls: TLSServerConfiguration?
    /// Passwords by user name, for every mechanism. Users of SCRAM that clients create are in the data directory.
    package var passwords: [String: String] = [:]
    /// How long an authentication is valid; 0 without a limit. (`connections.max.reauth.ms`)
    package var reauthenticationMilliseconds = 0

    package init() {}
}

extension BrokerSecurity: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
