import ConnectData
import Foundation
import KafkaWire
import PluginTestSupport
import WireStreams
import WireTestSupport

@testable import ConnectRuntime

extension PropertyEffect {
    /// TLS and authentication of the worker's own client, or of a task's producer; an error's property.
    private static func secured(
        _ prefix: String, _ show: @escaping @Sendable (KafkaClientConfiguration) -> String
    ) -> Observation {
        { properties in
            do throws(WorkerConfigurationError) {
                // What connectors cannot complete is an error of the worker.
                let fixed = properties.merging(["connector.client.config.override.policy": "None"]) { $1 }
                let worker = try WorkerConfiguration(properties: fixed, plugins: TestPlugins.registry)
                if prefix.isEmpty { return show(worker.client) }
                return show(ClientOverride(connector: [:], worker: worker).producer.client)
            } catch {
                return error.problems.map { "\($0.name) \($0.remedy)" }.joined()
            }
        }
    }

    /// `security.protocol`, `ssl.*` and `sasl.*` under a prefix.
    static func security(_ prefix: String) -> [PropertyEffect] {
        let tls = ["security.protocol": "SSL"]
        let module = "org.apache.kafka.common.security.plain.PlainLoginModule required username=u password=p;"
        let sasl = ["security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.jaas.config": module]
        let folder = Fixtures.folder.appending(path: "tls").path
        func effect(
            _ name: String, _ value: String, with context: [String: String], from before: String, to after: String,
            _ show: @escaping @Sendable (KafkaClientConfiguration) -> String
        ) -> PropertyEffect {
            let named = Dictionary(uniqueKeysWithValues: context.map { (prefix + $0.key, $0.value) })
            return PropertyEffect(
                prefix + name, value, with: named, from: before, to: after, secured(prefix, show))
        }
        let trust: @Sendable (KafkaClientConfiguration) -> String = { $0.tls?.trust.map { "\($0)" } ?? "system" }
        let identity: @Sendable (KafkaClientConfiguration) -> String = { $0.tls?.identity.map { "\($0)" } ?? "none" }
        let mechanism: @Sendable (KafkaClientConfiguration) -> String = { $0.authentication?.name ?? "none" }
        let keyStore = tls.merging(["ssl.keystore.type": "PKCS12", "ssl.keystore.location": folder + "/client.p12"]) { $1 }
        let inline = tls.merging(["ssl.keystore.type": "PEM", "ssl.keystore.key": "key"]) { $1 }
        let jks = tls.merging(["ssl.truststore.location": folder + "/trust.jks"]) { $1 }
        func message(_ name: String, _ text: String) -> String { "\(prefix)\(name) \(text)" }
        return [
            effect("security.protocol", "SSL", with: [:], from: "plaintext", to: "TLS") {
                $0.tls == nil ? "plaintext" : "TLS"
            },
            effect(
                "ssl.truststore.location", folder + "/trust.jks", with: tls, from: "system",
                to: "JKS \(folder)/trust.jks", trust),
            effect(
                "ssl.truststore.type", "PEM", with: jks, from: "JKS \(folder)/trust.jks",
                to: "PEM \(folder)/trust.jks", trust),
            effect("ssl.truststore.password", "p", with: jks, from: "none", to: "p") {
                if case .jks(_, let password, _) = $0.tls?.trust { password ?? "none" } else { "" }
            },
            effect(
                "ssl.truststore.certificates", "pem", with: tls.merging(["ssl.truststore.type": "PEM"]) { $1 },
                from: "system", to: "PEM text", trust),
            effect(
                "ssl.keystore.location", "/k", with: tls.merging(["ssl.keystore.type": "PEM"]) { $1 }, from: "none",
                to: "PEM /k", identity),
            effect(
                "ssl.keystore.password", "p", with: keyStore,
                from: message(
                    "ssl.keystore.location", "SSL key store is specified, but key store password is not specified."),
                to: "PKCS12 \(folder)/client.p12", identity),
            effect(
                "ssl.keystore.type", "PEM", with: tls.merging(["ssl.keystore.location": "/k"]) { $1 },
                from: message(
                    "ssl.keystore.location", "SSL key store is specified, but key store password is not specified."),
                to: "PEM /k", identity),
            effect(
                "ssl.keystore.certificate.chain", "chain", with: inline,
                from: message("ssl.keystore.key", "SSL private key is specified, but certificate chain is not specified."),
                to: "PEM text", identity),
            effect(
                "ssl.keystore.key", "key",
                with: tls.merging(["ssl.keystore.type": "PEM", "ssl.keystore.certificate.chain": "chain"]) { $1 },
                from: message(
                    "ssl.keystore.certificate.chain", "SSL certificate chain is specified, but private key is not specified"),
                to: "PEM text", identity),
            effect(
                "ssl.key.password", "p",
                with: tls.merging(["ssl.keystore.type": "PEM", "ssl.keystore.location": "/k"]) { $1 }, from: "none", to: "p"
            ) { if case .pem(_, let password) = $0.tls?.identity { password ?? "none" } else { "" } },
            effect("ssl.enabled.protocols", "TLSv1.3", with: tls, from: "2", to: "1") { "\($0.tls?.protocols.count ?? 0)" },
            effect("ssl.protocol", "TLSv1.2", with: tls, from: "2", to: "1") { "\($0.tls?.protocols.count ?? 0)" },
            effect("ssl.cipher.suites", "TLS_AES_256_GCM_SHA384", with: tls, from: "", to: "TLS_AES_256_GCM_SHA384") {
                $0.tls?.cipherSuites.joined() ?? "none"
            },
            effect("ssl.endpoint.identification.algorithm", " ", with: tls, from: "host", to: "authority") {
                if case .authority = $0.tls?.verification { "authority" } else { "host" }
            },
            effect("sasl.mechanism", "SCRAM-SHA-512", with: sasl, from: "PLAIN", to: "SCRAM-SHA-512", mechanism),
            effect(
                "sasl.jaas.config", module, with: ["security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"],
                from: message(
                    "sasl.jaas.config", "the mechanism PLAIN needs a login module with its options; name it"),
                to: "PLAIN", mechanism),
            effect(
                "sasl.client.callback.handler.class", "a.B", with: sasl, from: "PLAIN",
                to: message(
                    "sasl.client.callback.handler.class",
                    "callback handlers for PLAIN are Java classes and cannot run here; leave it out"), mechanism),
            effect(
                "sasl.login.callback.handler.class", "a.B", with: sasl, from: "PLAIN",
                to: message(
                    "sasl.login.callback.handler.class",
                    "callback handlers for PLAIN are Java classes and cannot run here; leave it out"), mechanism),
        ]
    }
}
