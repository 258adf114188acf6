import ConnectData
import KafkaWire

/// The properties of every client, apart from security.
extension KafkaClientOptions {
    static func common(_ role: KafkaClientProperties.Role) -> [Option] {
        addresses(role) + timeouts(role) + backoffs + sockets(role) + metrics(role) + [
            refused(
                key("config.providers", .list, ""),
                "the worker's providers resolve the variables in all properties; leave it out"),
        ]
    }

    private static func addresses(_ role: KafkaClientProperties.Role) -> [Option] {
        let isRequired = role == .producer || role == .consumer
        let servers = key(
            "bootstrap.servers", .list, role == .client ? "localhost:9092" : role == .admin ? "" : nil, .high,
            isRequired: isRequired, .distinctItems(allowsEmpty: !isRequired))
        let lookups = ["use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"]
        return [
            Option(servers) { (input, settings) throws(ConfigError) in
                settings.client.bootstrapServers = try KafkaClientProperties.bootstrapServers(input)
            },
            Option(
                key("client.dns.lookup", .string, lookups[0], .medium, .oneOf(lookups)),
                choice: \.client.dnsLookup),
            Option(
                key("client.id", .string, "", role == .consumer ? .low : .medium), into: \.client.clientID),
        ]
    }

    private static func timeouts(_ role: KafkaClientProperties.Role) -> [Option] {
        // The worker's own default is that of Connect.
        let requestTimeout = key(
            "request.timeout.ms", .int, role == .client ? "40000" : "30000", .medium, .atLeast(0))
        let apiTimeout = key("default.api.timeout.ms", .int, "60000", .medium, .atLeast(0))
        return [
            milliseconds(requestTimeout, into: \.client.requestTimeoutMilliseconds),
            milliseconds(
                key("socket.connection.setup.timeout.ms", .long, "10000", .medium),
                into: \.client.connectTimeoutMilliseconds),
            milliseconds(
                key("socket.connection.setup.timeout.max.ms", .long, "30000", .medium),
                into: \.client.connectTimeoutMaxMilliseconds),
            milliseconds(
                key("metadata.max.age.ms", .long, "300000", .low, .atLeast(0)),
                into: \.client.metadataMaxAgeMilliseconds),
        ] + (role == .producer ? [] : [milliseconds(apiTimeout, into: \.client.apiTimeoutMilliseconds)])
    }

    private static let backoffs = [
        milliseconds(
            key("retry.backoff.ms", .long, "100", .low, .atLeast(0)), into: \.client.retryBackoffMilliseconds),
        milliseconds(
            key("retry.backoff.max.ms", .long, "1000", .low, .atLeast(0)), into: \.client.retryBackoffMaxMilliseconds),
        milliseconds(
            key("reconnect.backoff.ms", .long, "50", .low, .atLeast(0)), into: \.client.reconnectBackoffMilliseconds),
        milliseconds(
            key("reconnect.backoff.max.ms", .long, "1000", .low, .atLeast(0)),
            into: \.client.reconnectBackoffMaxMilliseconds),
    ]

    private static func sockets(_ role: KafkaClientProperties.Role) -> [Option] {
        let receiveBytes = role == .client || role == .producer ? "32768" : "65536"
        let maxIdle = key("connections.max.idle.ms", .long, role == .admin ? "300000" : "540000", .medium)
        let strategy = key(
            "metadata.recovery.strategy", .string, "rebootstrap", .low, .oneOfIgnoringCase(["REBOOTSTRAP", "NONE"]))
        return [
            Option(maxIdle) { input, settings in
                // As in Java, a negative time is endless.
                guard let value = input.integer else { return }
                settings.client.connectionsMaxIdleMilliseconds = value < 0 ? Int(Int32.max) : min(value, Int(Int32.max))
            },
            bufferSize("send.buffer.bytes", "131072", into: \.client.sendBufferBytes),
            bufferSize("receive.buffer.bytes", receiveBytes, into: \.client.receiveBufferBytes),
            Option(strategy, choice: \.client.metadataRecovery),
            milliseconds(
                key("metadata.recovery.rebootstrap.trigger.ms", .long, "300000", .low, .atLeast(0)),
                into: \.client.rebootstrapTriggerMilliseconds),
        ]
    }

    /// The system adapts its buffers to the connection, which a size prevents: Kafka's defaults are not applied.
    private static func bufferSize(
        _ name: String, _ defaultValue: String, into path: ConfigPath<KafkaClientSettings, Int?>
    ) -> Option {
        Option(key(name, .int, defaultValue, .medium, .atLeast(-1))) { input, settings in
            settings[keyPath: path] = input.isGiven && input.integer != -1 ? input.integer : nil
        }
    }

    private static func metrics(_ role: KafkaClientProperties.Role) -> [Option] {
        let reason = "metrics are not sampled"
        return [
            withoutEffect(key("metrics.sample.window.ms", .long, "30000", .low, .atLeast(0)), reason),
            withoutEffect(key("metrics.num.samples", .int, "2", .low, .atLeast(1)), reason),
            withoutEffect(
                key("metrics.recording.level", .string, "INFO", .low, .oneOf(["INFO", "DEBUG", "TRACE"])), reason),
            javaOnly(key("metric.reporters", .list, "org.apache.kafka.common.metrics.JmxReporter")),
            // Until Kafka 3.9.
            javaOnly(key("auto.include.jmx.reporter", .boolean, "true")),
            withoutEffect(
                key("enable.metrics.push", .boolean, role == .admin ? "false" : "true"),
                "client metrics are not pushed to brokers"),
        ]
    }
}
