import Testing

@testable import cdcd

@Suite struct LibrdkafkaPropertiesTests {
    private func translated(_ given: (String, String)...) throws -> [String: String] {
        var properties = LibrdkafkaProperties()
        _ = try properties.add(given.map { ($0.0, $0.1) })
        return try properties.kafkaProperties()
    }

    @Test func namesBecomeThoseOfKafka() throws {
        let result = try translated(
            ("metadata.broker.list", "a:1"), ("compression.codec", "lz4"), ("queue.buffering.max.ms", "7"),
            ("topic.request.required.acks", "1"), ("auto.offset.reset", "smallest"), ("fetch.min.bytes", "2"),
            ("partition.assignment.strategy", "range"), ("enable.ssl.certificate.verification", "true"))
        #expect(result == [
            "bootstrap.servers": "a:1", "compression.type": "lz4", "linger.ms": "7", "acks": "1",
            "auto.offset.reset": "earliest", "fetch.min.bytes": "2",
            "partition.assignment.strategy": "org.apache.kafka.clients.consumer.RangeAssignor",
        ])
    }

    @Test func userAndPasswordBecomeALoginModule() throws {
        let result = try translated(
            ("sasl.mechanisms", "SCRAM-SHA-512"), ("sasl.username", "u"), ("sasl.password", "p\"\\"),
            ("ssl.ca.location", "/ca.pem"))
        #expect(result == [
            "sasl.mechanism": "SCRAM-SHA-512", "ssl.truststore.location": "/ca.pem", "ssl.truststore.type": "PEM",
            "sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required "
                + #"username="u" password="p\"\\";"#,
        ])
        #expect(throws: LibrdkafkaProperties.NameError.self) { try translated(("sasl.username", "u")) }
    }

    @Test func laterPropertiesReplaceEarlierOnesOfEitherName() throws {
        var properties = LibrdkafkaProperties()
        _ = try properties.add([("sasl.mechanism", "PLAIN"), ("linger.ms", "1")])
        #expect(try properties.add([("queue.buffering.max.ms", "2")]) == ["linger.ms"])
        #expect(try properties.kafkaProperties() == ["sasl.mechanism": "PLAIN", "linger.ms": "2"])
    }

    @Test(arguments: ["debug", "batch.num.messages", "enable.ssl.certificate.verification", "sasl.oauthbearer.method"])
    func whatKafkaDoesNotHaveIsRefusedByName(name: String) {
        let error = #expect(throws: LibrdkafkaProperties.NameError.self) { try translated((name, "x")) }
        #expect(error?.description.contains(name) == true)
    }

    @Test func twoNamesOfOnePropertyAreRefused() {
        #expect(throws: LibrdkafkaProperties.NameError.self) {
            try translated(("linger.ms", "1"), ("queue.buffering.max.ms", "2"))
        }
    }
}
