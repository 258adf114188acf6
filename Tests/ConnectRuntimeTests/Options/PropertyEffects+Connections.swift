import KafkaWire
import PluginTestSupport

@testable import ConnectRuntime

extension PropertyEffect {
    /// A part of the settings of the worker's own client, or of a task's producer.
    private static func settings(
        _ prefix: String, _ show: @escaping @Sendable (KafkaClientSettings) -> String
    ) -> Observation {
        { properties in
            let worker = try configuration(properties)
            return show(prefix.isEmpty ? worker.ownClient : ClientOverride(connector: [:], worker: worker).producer)
        }
    }

    private static func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "none" }

    private typealias Show<Value> = @Sendable (Value) -> String

    /// Retries, connections and metadata under a prefix.
    static func connections(_ prefix: String) -> [PropertyEffect] {
        func effect(
            _ name: String, _ value: String, _ before: String, _ after: String = "7",
            _ show: @escaping Show<KafkaClientConfiguration>
        ) -> PropertyEffect {
            PropertyEffect(prefix + name, value, from: before, to: after, settings(prefix) { show($0.client) })
        }
        var effects: [PropertyEffect] = []
        effects.append(effect("retry.backoff.ms", "7", "100") { text($0.retryBackoffMilliseconds) })
        effects.append(effect("retry.backoff.max.ms", "7", "1000") { text($0.retryBackoffMaxMilliseconds) })
        effects.append(effect("reconnect.backoff.ms", "7", "50") { text($0.reconnectBackoffMilliseconds) })
        effects.append(effect("reconnect.backoff.max.ms", "7", "1000") { text($0.reconnectBackoffMaxMilliseconds) })
        effects.append(
            effect("socket.connection.setup.timeout.max.ms", "7", "30000") { text($0.connectTimeoutMaxMilliseconds) })
        effects.append(
            effect("connections.max.idle.ms", "-1", "540000", "2147483647") { text($0.connectionsMaxIdleMilliseconds) })
        effects.append(effect("send.buffer.bytes", "7", "none") { text($0.sendBufferBytes) })
        effects.append(effect("receive.buffer.bytes", "7", "none") { text($0.receiveBufferBytes) })
        effects.append(
            effect(
                "client.dns.lookup", "resolve_canonical_bootstrap_servers_only", "use_all_dns_ips",
                "resolve_canonical_bootstrap_servers_only"
            ) { $0.dnsLookup.rawValue })
        effects.append(
            effect("metadata.recovery.strategy", "NONE", "rebootstrap", "none") { $0.metadataRecovery.rawValue })
        effects.append(
            effect("metadata.recovery.rebootstrap.trigger.ms", "7", "300000") { text($0.rebootstrapTriggerMilliseconds) })
        return effects
    }

    /// `sasl.oauthbearer.*` and `sasl.login.*` under a prefix.
    static func tokens(_ prefix: String) -> [PropertyEffect] {
        func effect(
            _ name: String, _ value: String, _ before: String, _ after: String? = nil,
            _ show: @escaping Show<OAuthBearerProperties>
        ) -> PropertyEffect {
            PropertyEffect(
                "\(prefix)sasl.\(name)", value, from: before, to: after ?? value,
                settings(prefix) { show($0.security.sasl.oauth) })
        }
        var effects: [PropertyEffect] = []
        effects.append(effect("login.connect.timeout.ms", "7", "none") { text($0.connectTimeoutMilliseconds) })
        effects.append(effect("login.read.timeout.ms", "7", "none") { text($0.readTimeoutMilliseconds) })
        effects.append(effect("login.retry.backoff.ms", "7", "100") { text($0.retryBackoffMilliseconds) })
        effects.append(effect("login.retry.backoff.max.ms", "7", "10000") { text($0.retryBackoffMaxMilliseconds) })
        effects.append(effect("login.refresh.buffer.seconds", "7", "300") { text($0.refresh.bufferSeconds) })
        effects.append(effect("login.refresh.min.period.seconds", "7", "60") { text($0.refresh.minPeriodSeconds) })
        effects.append(effect("login.refresh.window.factor", "0.5", "0.8") { text($0.refresh.windowFactor) })
        effects.append(effect("login.refresh.window.jitter", "0", "0.05", "0.0") { text($0.refresh.windowJitter) })
        effects.append(effect("oauthbearer.token.endpoint.url", "7", "none") { text($0.endpointURL) })
        effects.append(effect("oauthbearer.client.credentials.client.id", "7", "none") { text($0.clientID) })
        effects.append(effect("oauthbearer.client.credentials.client.secret", "7", "none") { text($0.clientSecret) })
        effects.append(effect("oauthbearer.scope", "7", "none") { text($0.scope) })
        effects.append(effect("oauthbearer.scope.claim.name", "7", "scope") { $0.scopeClaim })
        effects.append(effect("oauthbearer.sub.claim.name", "7", "sub") { $0.subjectClaim })
        effects.append(effect("oauthbearer.header.urlencode", "true", "false") { text($0.encodesHeader) })
        let retriever = OAuthBearerProperties.retrieverPackage + "FileJwtRetriever"
        effects.append(
            effect("oauthbearer.jwt.retriever.class", retriever, OAuthBearerProperties.retrievers[0]) { $0.retriever })
        return effects + assertions(effect)
    }

    private static func assertions(
        _ effect: (String, String, String, String?, @escaping Show<OAuthBearerProperties>) -> PropertyEffect
    ) -> [PropertyEffect] {
        func assertion(
            _ name: String, _ value: String, _ before: String, _ show: @escaping Show<OAuthBearerProperties>
        ) -> PropertyEffect { effect("oauthbearer.assertion." + name, value, before, nil, show) }
        var effects: [PropertyEffect] = []
        effects.append(assertion("algorithm", "ES256", "RS256") { $0.assertionAlgorithm })
        effects.append(assertion("file", "u", "none") { text($0.assertionFile) })
        effects.append(assertion("private.key.file", "u", "none") { text($0.assertionKeyFile) })
        effects.append(assertion("private.key.passphrase", "u", "none") { text($0.assertionPassphrase) })
        effects.append(assertion("claim.aud", "u", "none") { text($0.assertionContent.audience) })
        effects.append(assertion("claim.iss", "u", "none") { text($0.assertionContent.issuer) })
        effects.append(assertion("claim.sub", "u", "none") { text($0.assertionContent.subject) })
        effects.append(assertion("claim.exp.seconds", "7", "300") { text($0.assertionContent.expirationSeconds) })
        effects.append(assertion("claim.nbf.seconds", "7", "60") { text($0.assertionContent.notBeforeSeconds) })
        effects.append(assertion("claim.jti.include", "true", "false") { text($0.assertionContent.includesID) })
        effects.append(assertion("template.file", "u", "none") { text($0.assertionContent.templatePath) })
        return effects
    }
}
