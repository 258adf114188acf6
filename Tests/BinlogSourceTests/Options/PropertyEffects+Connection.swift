import ConnectData
import Foundation
import MySQLWire
import PluginTestSupport
import WireCore
import WireStreams
import WireTestSupport

@testable import BinlogSource

extension PropertyEffect {
    /// What the server observes of a query connection, or the error.
    private struct Attempt {
        var server = FakeMySQLServer.Observations()
        var failure: String?

        /// - Parameter reaches: whether host and port of the configuration are replaced by the server's.
        init(
            _ properties: [String: String], _ script: FakeMySQLServer.Script = .init(), reaches: Bool = true
        ) throws {
            let server = try FakeMySQLServer(script)
            var properties = properties
            if reaches { properties["database.hostname"] = script.host }
            properties["database.port"] = "\(server.address.port)"
            do {
                let configuration = try MySQLConnectorConfig(configuration: properties)
                try ServerSession.open(configuration, TaskControl()).close()
            } catch let error as SessionError {
                failure = "\(error.error)"
            } catch {
                failure = "\(error)"
            }
            self.server = server.observations
        }
    }

    private static func tls(_ name: String) -> String { Fixtures.folder.appending(path: "tls/\(name)").path }

    private static func encrypting(verifiesClients: Bool = false) -> FakeMySQLServer.Script {
        var script = FakeMySQLServer.Script()
        script.tls = TLSServerConfiguration(
            identity: .pem(path: tls("server.pem")), clientAuthentication: verifiesClients ? .requested : .none,
            trust: .pem(path: tls("ca.pem")))
        return script
    }

    private static let logsIn: Observation = { properties in
        let attempt = try Attempt(properties)
        return attempt.server.logins.map(\.user).joined() + (attempt.failure ?? "")
    }

    /// Where and as whom the connector connects.
    static let connection = [
        // At the port of a server that listens on 127.0.0.2 alone.
        PropertyEffect("database.hostname", "127.0.0.2", from: "0 logins", to: "1 logins") { properties in
            var script = FakeMySQLServer.Script()
            script.host = "127.0.0.2"
            let attempt = try Attempt(properties, script, reaches: false)
            return "\(attempt.server.logins.count) logins"
        },
        PropertyEffect("database.port", "1", from: nil, to: "connect to 127.0.0.1:1: Connection refused") { properties in
            do {
                let configuration = try MySQLConnectorConfig(configuration: properties)
                try ServerSession.open(configuration, TaskControl()).close()
            } catch let error as SessionError {
                return "\(error.error)"
            }
            return "connected"
        },
        PropertyEffect("database.user", "reader", from: "root", to: "reader", logsIn),
        PropertyEffect(
            "database.password", "secret", from: "", to: "0f8b9033e0897c0a8338ebe3dea9010dda47ab56"
        ) { properties in
            try Attempt(properties).server.logins.first?.proof.hex ?? "no login"
        },
        PropertyEffect("database.initial.statements", "SET a = 1;SET b = ';;'", from: "", to: "SET a = 1|SET b = ';'") {
            try Attempt($0).server.statements.map(\.text).filter { $0.hasPrefix("SET a") || $0.hasPrefix("SET b") }
                .joined(separator: "|")
        },
        PropertyEffect("database.server.id", "4711", from: "7", to: "4711") { properties in
            let run = try TaskRun(properties.merging(["snapshot.mode": "no_data"]) { $1 })
            return run.server.replicaID.map { "\($0)" } ?? run.failure ?? "no replica"
        },
        PropertyEffect("connect.timeout.ms", "200", from: nil, to: "no answer within 200 ms") { properties in
            var script = FakeMySQLServer.Script()
            script.greets = false
            return try Attempt(properties, script).failure ?? "connected"
        },
        PropertyEffect("database.ssl.mode", "disabled", from: "encrypted", to: "open") { properties in
            let attempt = try Attempt(properties, encrypting())
            return attempt.server.logins.map { $0.isEncrypted ? "encrypted" : "open" }.joined() + (attempt.failure ?? "")
        },
        PropertyEffect(
            "database.ssl.truststore", tls("ca.pem"), with: ["database.ssl.mode": "verify_ca"], from: "refused",
            to: "encrypted"
        ) { properties in
            try Attempt(properties, encrypting()).server.logins.map { $0.isEncrypted ? "encrypted" : "open" }.first
                ?? "refused"
        },
        PropertyEffect(
            "database.ssl.truststore.password", "secret",
            with: ["database.ssl.mode": "verify_ca", "database.ssl.truststore": tls("trust.p12")], from: "refused",
            to: "encrypted"
        ) { properties in
            try Attempt(properties, encrypting()).server.logins.map { $0.isEncrypted ? "encrypted" : "open" }.first
                ?? "refused"
        },
        // The server accepts clients without a certificate and refuses expired certificates.
        PropertyEffect(
            "database.ssl.keystore", tls("expired.pem"), with: ["database.ssl.mode": "required"], from: "encrypted",
            to: "refused"
        ) { properties in
            try Attempt(properties, encrypting(verifiesClients: true)).server.logins
                .map { $0.isEncrypted ? "encrypted" : "open" }.first ?? "refused"
        },
        PropertyEffect(
            "database.ssl.keystore.password", "secret",
            with: ["database.ssl.mode": "required", "database.ssl.keystore": tls("client.p12")], from: "refused",
            to: "encrypted"
        ) { properties in
            try Attempt(properties, encrypting(verifiesClients: true)).server.logins
                .map { $0.isEncrypted ? "encrypted" : "open" }.first ?? "refused"
        },
    ]
}
