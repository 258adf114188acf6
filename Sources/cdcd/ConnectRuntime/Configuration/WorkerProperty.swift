import WireCore

/// What the worker does with a property that Connect knows.
enum WorkerPropertyRule {
    /// Read, and it has its effect.
    case honoured
    /// Accepted, without effect here: it tunes a part that works differently or does not exist. Named in one log line.
    case withoutEffect
    /// Means something to a JVM only. Named in one log line.
    case javaOnly
    /// Only these values are built; any other stops the start. An empty value counts as absent.
    case only(Set<String>, remedy: String)
}

/// The properties that a Connect worker knows (`DistributedConfig` and `WorkerConfig` of Kafka 2.8 to 4.3).
enum WorkerPropertyCatalog {
    static func rule(for name: String) -> WorkerPropertyRule? {
        if let rule = rules[name] { return rule }
        for (prefix, rule) in prefixes where name.hasExactPrefix(prefix) && name.utf8.count > prefix.utf8.count {
            return rule
        }
        return nil
    }

    private static let plaintext = WorkerPropertyRule.only(
        ["PLAINTEXT"], remedy: "Kafka over TLS or SASL is not supported yet; use a PLAINTEXT listener of the brokers")
    private static let empty = Set<String>()
    static let jsonConverter = "org.apache.kafka.connect.json.JsonConverter"
    static let simpleHeaderConverter = "org.apache.kafka.connect.storage.SimpleHeaderConverter"

    static let rules: [String: WorkerPropertyRule] = [
        // The cluster and the group
        "bootstrap.servers": .honoured, "group.id": .honoured, "client.id": .honoured,
        "session.timeout.ms": .honoured, "heartbeat.interval.ms": .honoured, "rebalance.timeout.ms": .honoured,
        "connect.protocol": .honoured, "request.timeout.ms": .honoured, "metadata.max.age.ms": .honoured,
        "socket.connection.setup.timeout.ms": .honoured, "default.api.timeout.ms": .honoured,
        "security.protocol": plaintext,
        "worker.sync.timeout.ms": .withoutEffect, "worker.unsync.backoff.ms": .withoutEffect,
        "scheduled.rebalance.max.delay.ms": .withoutEffect, "client.dns.lookup": .withoutEffect,
        "retry.backoff.ms": .withoutEffect, "retry.backoff.max.ms": .withoutEffect,
        "reconnect.backoff.ms": .withoutEffect, "reconnect.backoff.max.ms": .withoutEffect,
        "connections.max.idle.ms": .withoutEffect, "send.buffer.bytes": .withoutEffect,
        "receive.buffer.bytes": .withoutEffect, "socket.connection.setup.timeout.max.ms": .withoutEffect,
        "metadata.recovery.strategy": .withoutEffect, "metadata.recovery.rebootstrap.trigger.ms": .withoutEffect,
        "metrics.sample.window.ms": .withoutEffect, "metrics.num.samples": .withoutEffect,
        "metrics.recording.level": .withoutEffect, "enable.metrics.push": .withoutEffect,

        // Security between workers
        "inter.worker.key.generation.algorithm": .only(["HmacSHA256"], remedy: "use HmacSHA256"),
        "inter.worker.signature.algorithm": .only(["HmacSHA256"], remedy: "use HmacSHA256"),
        "inter.worker.verification.algorithms": .only(["HmacSHA256"], remedy: "use HmacSHA256"),
        "inter.worker.key.size": .honoured, "inter.worker.key.ttl.ms": .honoured,

        // Internal topics
        "config.storage.topic": .honoured, "config.storage.replication.factor": .honoured,
        "offset.storage.topic": .honoured, "offset.storage.replication.factor": .honoured,
        "offset.storage.partitions": .honoured,
        "status.storage.topic": .honoured, "status.storage.replication.factor": .honoured,
        "status.storage.partitions": .honoured,
        "offset.storage.file.filename": .only(
            empty, remedy: "that is a property of the standalone mode, which is not supported yet; a distributed worker "
                + "needs group.id, config.storage.topic, offset.storage.topic and status.storage.topic instead"),

        // Connectors and tasks
        "key.converter": .honoured, "value.converter": .honoured, "header.converter": .honoured,
        "offset.flush.interval.ms": .honoured, "offset.flush.timeout.ms": .honoured,
        "task.shutdown.graceful.timeout.ms": .honoured, "topic.creation.enable": .honoured,
        "topic.tracking.enable": .honoured, "topic.tracking.allow.reset": .honoured,
        "connector.client.config.override.policy": .honoured,
        "exactly.once.source.support": .only(
            ["disabled"], remedy: "exactly-once delivery is not supported yet; set it to disabled"),
        "config.providers": .only(empty, remedy: "configuration providers are not supported yet; write the values out"),

        // REST
        "listeners": .honoured, "rest.advertised.host.name": .honoured, "rest.advertised.port": .honoured,
        "rest.advertised.listener": .only(["http"], remedy: "REST over TLS is not supported yet; use http"),
        "rest.host.name": .honoured, "rest.port": .honoured,
        "admin.listeners": .only(empty, remedy: "listeners of their own for /admin are not supported yet; leave it out"),
        "access.control.allow.origin": .honoured, "access.control.allow.methods": .honoured,
        "cdcd.rest.allowed.hosts": .honoured,
        "response.http.headers.config": .only(empty, remedy: "extra response headers are not supported yet; leave it out"),
        "rest.extension.classes": .only(
            empty, remedy: "REST extensions are Java classes and cannot run here; put a proxy in front for authentication"),

        // What only a JVM understands
        "plugin.path": .javaOnly, "plugin.discovery": .javaOnly, "metric.reporters": .javaOnly,
        "auto.include.jmx.reporter": .javaOnly, "internal.key.converter": .javaOnly,
        "internal.value.converter": .javaOnly,
    ]

    /// Longest prefixes first where one contains the other.
    static let prefixes: [(String, WorkerPropertyRule)] = [
        ("key.converter.", .honoured), ("value.converter.", .honoured), ("header.converter.", .honoured),
        ("internal.key.converter.", .javaOnly), ("internal.value.converter.", .javaOnly),
        ("config.storage.", .honoured), ("offset.storage.", .honoured), ("status.storage.", .honoured),
        ("config.providers.", .withoutEffect), ("metrics.context.", .javaOnly),
        // Without TLS or SASL, which `security.protocol` and `listeners` refuse, these have no effect in Java either.
        ("ssl.", .withoutEffect), ("sasl.", .withoutEffect), ("listeners.https.", .withoutEffect),
        ("admin.listeners.https.", .withoutEffect),
        ("producer.", .honoured),
        // What every Kafka client knows is checked, and refused where it would matter (`clientRule`).
        ("consumer.", .withoutEffect), ("admin.", .withoutEffect),
    ]

    /// Properties below `producer.`, and below `producer.override.` of a connector.
    static func producerRule(for name: String) -> WorkerPropertyRule? {
        producerRules[name] ?? clientRule(for: name)
    }

    static let producerRules: [String: WorkerPropertyRule] = [
        "acks": .only(["all", "-1"], remedy: "only acks=all is supported yet; anything less may lose rows"),
        "compression.type": .only(["none", "gzip"], remedy: "only none and gzip are supported yet"),
        "linger.ms": .honoured, "batch.size": .honoured, "buffer.memory": .honoured, "max.request.size": .honoured,
        "request.timeout.ms": .honoured, "delivery.timeout.ms": .honoured,
        "max.in.flight.requests.per.connection": .withoutEffect, "enable.idempotence": .withoutEffect,
        "retries": .withoutEffect, "max.block.ms": .withoutEffect, "partitioner.ignore.keys": .only(
            ["false"], remedy: "records are always partitioned by their key"),
        "partitioner.class": .only(empty, remedy: "partitioners are Java classes; records are partitioned by their key"),
        "partitioner.adaptive.partitioning.enable": .withoutEffect,
        "partitioner.availability.timeout.ms": .withoutEffect,
        "interceptor.classes": .only(empty, remedy: "interceptors are Java classes and cannot run here"),
        "transactional.id": .only(empty, remedy: "transactions are not supported yet"),
        "transaction.timeout.ms": .withoutEffect, "transaction.two.phase.commit.enable": .withoutEffect,
        "compression.gzip.level": .withoutEffect, "compression.lz4.level": .withoutEffect,
        "compression.zstd.level": .withoutEffect,
        "key.serializer": .only([byteArraySerializer], remedy: "leave it out"),
        "value.serializer": .only([byteArraySerializer], remedy: "leave it out"),
    ]
    private static let byteArraySerializer = "org.apache.kafka.common.serialization.ByteArraySerializer"

    /// What every Kafka client knows. Below `consumer.` and `admin.` nothing else matters to source connectors.
    static func clientRule(for name: String) -> WorkerPropertyRule? {
        switch name {
        case "security.protocol": plaintext
        case "bootstrap.servers":
            .only(empty, remedy: "clients of a cluster other than the worker's are not supported yet; leave it out")
        case "client.id", "client.rack", "request.timeout.ms", "metadata.max.age.ms", "metadata.max.idle.ms",
            "client.dns.lookup", "retry.backoff.ms", "retry.backoff.max.ms", "reconnect.backoff.ms",
            "reconnect.backoff.max.ms", "connections.max.idle.ms", "send.buffer.bytes", "receive.buffer.bytes",
            "socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms", "metrics.sample.window.ms",
            "metrics.num.samples", "metrics.recording.level", "metric.reporters", "auto.include.jmx.reporter",
            "enable.metrics.push", "metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms",
            "default.api.timeout.ms":
            .withoutEffect
        default: name.hasExactPrefix("ssl.") || name.hasExactPrefix("sasl.") ? .withoutEffect : nil
        }
    }
}
