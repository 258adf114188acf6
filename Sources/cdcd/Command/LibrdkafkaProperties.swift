import ConnectData
import WireCore

/// Translates librdkafka's names of properties, which users of kcat and rpk have, to Kafka's.
///
/// Source: librdkafka's CONFIGURATION.md.
struct LibrdkafkaProperties {
    /// Why a property cannot be translated. Has no secrets.
    struct NameError: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    private static let renamed = [
        "metadata.broker.list": "bootstrap.servers", "sasl.mechanisms": "sasl.mechanism",
        "compression.codec": "compression.type", "queue.buffering.max.ms": "linger.ms",
        "request.required.acks": "acks", "message.timeout.ms": "delivery.timeout.ms",
        "message.max.bytes": "max.request.size", "message.send.max.retries": "retries",
        "max.in.flight": "max.in.flight.requests.per.connection", "fetch.wait.max.ms": "fetch.max.wait.ms",
        "fetch.message.max.bytes": "max.partition.fetch.bytes", "auto.commit.enable": "enable.auto.commit",
        "topic.metadata.refresh.interval.ms": "metadata.max.age.ms", "socket.timeout.ms": "request.timeout.ms",
        "socket.send.buffer.bytes": "send.buffer.bytes", "socket.receive.buffer.bytes": "receive.buffer.bytes",
        "sasl.oauthbearer.client.id": "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.secret": "sasl.oauthbearer.client.credentials.client.secret",
        "ssl.ca.pem": "ssl.truststore.certificates", "ssl.certificate.pem": "ssl.keystore.certificate.chain",
        "ssl.key.pem": "ssl.keystore.key",
    ]

    private static let refused = [
        "batch.num.messages": "Kafka's batch.size limits batches by their bytes",
        "queue.buffering.max.messages": "Kafka's buffer.memory limits the buffer by its bytes",
        "queue.buffering.max.kbytes": "use Kafka's buffer.memory, in bytes",
        "compression.level": "use Kafka's compression.gzip.level, compression.lz4.level or compression.zstd.level",
        "enable.partition.eof": "`cdcd consume` ends at the end of the partitions unless it has --follow",
        "enable.auto.offset.store": "use Kafka's enable.auto.commit",
        "sasl.oauthbearer.config": "use the options of Kafka's sasl.jaas.config",
        "partitioner": "use Kafka's partitioner.class", "ssl.crl.location": "Kafka has no property for it",
        "ssl.curves.list": "Kafka has no property for it", "ssl.sigalgs.list": "Kafka has no property for it",
        "ssl.providers": "Kafka has no property for it", "ssl.engine.location": "Kafka has no property for it",
        "queued.min.messages": "use Kafka's fetch.max.bytes", "queued.max.messages.kbytes": "use Kafka's fetch.max.bytes",
        "reconnect.backoff.jitter.ms": "use Kafka's reconnect.backoff.ms",
        "api.version.request": "versions are always negotiated", "broker.version.fallback": "versions are always negotiated",
        "broker.address.family": "use Kafka's client.dns.lookup", "debug": "there is no debug output",
        "statistics.interval.ms": "there are no statistics",
    ]

    /// Properties that are translated together, when all are known.
    private static let combined: Set<String> = [
        "sasl.username", "sasl.password", "sasl.oauthbearer.method", "sasl.oauthbearer.extensions",
        "ssl.ca.location", "ssl.certificate.location", "ssl.key.location",
    ]

    private var given: [String: String] = [:]

    /// Adds properties of either name over those that were added before. Returns their names now.
    mutating func add(_ added: [(name: String, value: String)]) throws -> Set<String> {
        var origins: [String: String] = [:]
        for (original, value) in added {
            let plain = original.dropping(prefix: "topic.").flatMap { Self.renamed[$0] == nil ? nil : $0 } ?? original
            if let reason = Self.refused[plain] {
                throw NameError(description: "property \(original) of librdkafka is not supported: \(reason)")
            }
            guard let (name, text) = try Self.translated(plain, value) else { continue }
            if let other = origins[name], other != original {
                throw NameError(description: "\(other) and \(original) are two names of one property")
            }
            origins[name] = original
            given[name] = text
        }
        return Set(origins.keys)
    }

    private static func translated(_ name: String, _ value: String) throws -> (String, String)? {
        switch name {
        case "enable.ssl.certificate.verification":
            if value.lowercased() == "true" { return nil }
            throw NameError(
                description: "property \(name): certificates are always verified; name the CA by ssl.truststore.location, and "
                    + "set ssl.endpoint.identification.algorithm to nothing if only the host name is wrong")
        case "ssl.endpoint.identification.algorithm" where value == "none": return (name, "")
        case "auto.offset.reset":
            let values = ["smallest": "earliest", "beginning": "earliest", "largest": "latest", "end": "latest", "error": "none"]
            return (name, values[value] ?? value)
        case "partition.assignment.strategy":
            let classes = [
                "range": "RangeAssignor", "roundrobin": "RoundRobinAssignor",
                "cooperative-sticky": "CooperativeStickyAssignor",
            ]
            let names = value.split(separator: ",").map { name in
                classes[name.filter { $0 != " " }].map { "org.apache.kafka.clients.consumer." + $0 } ?? String(name)
            }
            return (name, names.joined(separator: ","))
        default: return (renamed[name] ?? name, value)
        }
    }

    /// All properties by Kafka's names.
    func kafkaProperties() throws -> [String: String] {
        var result = given.filter { !Self.combined.contains($0.key) }
        try addLogin(to: &result)
        try addCertificates(to: &result)
        return result
    }

    private func set(_ name: String, _ value: String, from origin: String, in result: inout [String: String]) throws {
        guard result[name] == nil else {
            throw NameError(description: "property \(origin) sets \(name), which is given, too; give one of them")
        }
        result[name] = value
    }

    private static let security = "org.apache.kafka.common.security."

    private func addLogin(to result: inout [String: String]) throws {
        if let user = given["sasl.username"] ?? given["sasl.password"].map({ _ in "" }) {
            guard let password = given["sasl.password"], !user.isEmpty else {
                throw NameError(description: "sasl.username and sasl.password are needed together")
            }
            let module = result["sasl.mechanism"]?.hasPrefix("SCRAM") == true ? "scram.Scram" : "plain.Plain"
            let options = "username=\(Self.quoted(user)) password=\(Self.quoted(password))"
            let jaas = "\(Self.security)\(module)LoginModule required \(options);"
            try set("sasl.jaas.config", jaas, from: "sasl.username", in: &result)
        }
        switch given["sasl.oauthbearer.method"] {
        case nil: break
        case "oidc":
            var options = ""
            for item in given["sasl.oauthbearer.extensions"]?.split(separator: ",") ?? [] {
                let parts = item.split(separator: "=", maxSplits: 1)
                options += " extension_\(parts[0])=\(Self.quoted(parts.count == 2 ? String(parts[1]) : ""))"
            }
            let origin = "sasl.oauthbearer.method"
            let package = Self.security + "oauthbearer."
            try set(
                "sasl.jaas.config", "\(package)OAuthBearerLoginModule required\(options);", from: origin, in: &result)
            try set(
                "sasl.login.callback.handler.class", "\(package)OAuthBearerLoginCallbackHandler", from: origin,
                in: &result)
        case let method?: throw NameError(description: "property sasl.oauthbearer.method=\(method): only oidc is supported")
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    private func addCertificates(to result: inout [String: String]) throws {
        if let path = given["ssl.ca.location"], path != "probe" {
            try set("ssl.truststore.location", path, from: "ssl.ca.location", in: &result)
            result["ssl.truststore.type"] = result["ssl.truststore.type"] ?? "PEM"
        }
        for (name, target) in [
            ("ssl.certificate.location", "ssl.keystore.certificate.chain"), ("ssl.key.location", "ssl.keystore.key"),
        ] {
            guard let path = given[name] else { continue }
            let pem = String(decoding: try PropertiesFile.contents(of: path), as: UTF8.self)
            try set(target, pem, from: name, in: &result)
        }
        // What is given as text is PEM.
        if result["ssl.truststore.certificates"] != nil { result["ssl.truststore.type"] = "PEM" }
        if result["ssl.keystore.key"] != nil { result["ssl.keystore.type"] = "PEM" }
    }
}
