import Foundation
import KafkaBroker
import WireCore
import WireStreams

/// The options of `cdcd broker` for listeners, users and TLS.
struct BrokerSecurityOptions {
    private let invocation: Invocation

    init(_ invocation: Invocation) { self.invocation = invocation }

    private func invalid(_ option: String, _ text: String, _ reason: String) -> UsageError {
        UsageError(message: "`--\(option)=\(text)` \(reason)", command: "broker")
    }

    /// The listeners of `--listen` with the addresses of `--advertised`.
    func listeners() throws(UsageError) -> [BrokerListener] {
        var listeners: [BrokerListener] = []
        for text in invocation.values(of: "listen") {
            guard let listener = BrokerListener(text) else {
                throw invalid("listen", text, "is not of the form HOST:PORT or [NAME=]PROTOCOL://HOST:PORT")
            }
            guard !listeners.contains(where: { $0.name == listener.name }) else {
                throw invalid("listen", text, "is the second listener \(listener.name): give it a name")
            }
            listeners.append(listener)
        }
        if listeners.isEmpty {
            listeners = [BrokerListener(.plaintext, SocketAddress(host: "127.0.0.1", port: 9092))]
        }
        for text in invocation.values(of: "advertised") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = SocketAddress(String(parts.last ?? "")) else {
                throw invalid("advertised", text, "is not of the form [NAME=]HOST:PORT")
            }
            let index = listeners.firstIndex { parts.count == 2 ? $0.name == parts[0] : listeners.count == 1 }
            guard let index else { throw invalid("advertised", text, "does not name a listener") }
            listeners[index].advertised = address
        }
        return listeners
    }

    /// The number of nodes, whose ports must be valid and different.
    func nodeCount(_ listeners: [BrokerListener]) throws(UsageError) -> Int32 {
        guard let text = invocation.value(of: "nodes") else { return 1 }
        guard let count = Int32(text), (1...100).contains(count) else {
            throw invalid("nodes", text, "is not a number from 1 to 100")
        }
        let configuration = DevelopmentBrokerConfiguration(listeners: listeners, dataDirectory: "")
        let last = Int(count - 1) * listeners.count
        for listener in listeners {
            for address in [listener.address, listener.advertised].compactMap(\.self) where address.port != 0 {
                guard Int(address.port) + last <= Int(UInt16.max) else {
                    throw invalid("nodes", text, "needs ports above 65535 for the listener \(listener.name)")
                }
            }
        }
        let ports = (1...count).flatMap { configuration.listeners(ofNode: $0) }.map(\.address.port).filter { $0 != 0 }
        guard Set(ports).count == ports.count else {
            throw invalid("nodes", text, "lets two listeners have the same port: choose consecutive ports")
        }
        return count
    }

    func security(for listeners: [BrokerListener]) throws(UsageError) -> BrokerSecurity {
        var security = BrokerSecurity()
        security.passwords = try passwords()
        if let text = invocation.value(of: "reauth-ms") {
            guard let milliseconds = Int(text), milliseconds >= 0 else {
                throw invalid("reauth-ms", text, "is not a number of milliseconds")
            }
            security.reauthenticationMilliseconds = milliseconds
        }
        security.tls = try tls()
        if let listener = listeners.first(where: \.securityProtocol.usesTLS), security.tls == nil {
            throw UsageError(message: "the listener \(listener.name) needs `--tls-cert`", command: "broker")
        }
        return security
    }

    /// The message of an error names no password.
    private func passwords() throws(UsageError) -> [String: String] {
        var lines = invocation.values(of: "user")
        if let path = invocation.value(of: "users") {
            lines += try text(ofFile: path, option: "users").split(whereSeparator: \.isNewline).map(String.init)
        }
        var passwords: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw UsageError(message: "a user is not of the form NAME:PASSWORD", command: "broker")
            }
            passwords[String(parts[0])] = String(parts[1])
        }
        return passwords
    }

    private func tls() throws(UsageError) -> TLSServerConfiguration? {
        var authentication = TLSServerConfiguration.ClientAuthentication.none
        if let text = invocation.value(of: "tls-client-auth") {
            guard let mode = TLSServerConfiguration.ClientAuthentication(rawValue: text) else {
                throw invalid("tls-client-auth", text, "is not none, requested or required")
            }
            authentication = mode
        }
        guard let certificate = invocation.value(of: "tls-cert") else {
            guard !["tls-key", "tls-ca", "tls-client-auth"].contains(where: invocation.has) else {
                throw UsageError(message: "the options of TLS need `--tls-cert`", command: "broker")
            }
            return nil
        }
        var identity = TLSConfiguration.Store.pem(path: certificate)
        if let key = invocation.value(of: "tls-key") {
            identity = .inline(
                certificates: try text(ofFile: certificate, option: "tls-cert"),
                privateKey: try text(ofFile: key, option: "tls-key"))
        }
        return TLSServerConfiguration(
            identity: identity, clientAuthentication: authentication,
            trust: invocation.value(of: "tls-ca").map { .pem(path: $0) })
    }

    private func text(ofFile path: String, option: String) throws(UsageError) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw invalid(option, path, "cannot be read")
        }
        return text
    }
}
