import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireStreams

/// The development broker with third-party clients.
@Suite(.serialized) struct ThirdPartyClientTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func run(_ body: (String) throws -> Void) throws {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: scratch.path + "/data")
        broker.start()
        defer { broker.stop() }
        try body(broker.address.description)
    }

    @Test func kcatReadsItsRecordsBeforeAndAfterARestart() throws {
        let kcat = try ExternalProgram.kcat()
        let lines = (0..<2000).map { "key\($0 % 10):value \($0)" }.joined(separator: "\n") + "\n"
        try run { address in
            for options in [["-z", "none"], ["-z", "gzip"], ["-z", "zstd"], ["-X", "enable.idempotence=true"], ["-X", "acks=0"]] {
                try kcat.run(["-b", address, "-P", "-t", "lines", "-K:"] + options, input: lines)
            }
            let read = try kcat.run(["-b", address, "-C", "-t", "lines", "-K:", "-e", "-q", "-X", "check.crcs=true"])
            #expect(read == String(repeating: lines, count: 5))
        }
        try run { address in
            let offsets = try kcat.run(["-b", address, "-C", "-t", "lines", "-e", "-q", "-o", "9990", "-f", "%o "])
            #expect(offsets == (9990..<10000).map { "\($0) " }.joined())
            #expect(try kcat.run(["-b", address, "-Q", "-t", "lines:0:-1"]).contains("offset 10000"))
        }
    }

    @Test func kcatsGroupContinuesAtItsCommittedOffset() throws {
        let kcat = try ExternalProgram.kcat()
        let read = ["-G", "group", "lines", "-e", "-q", "-X", "auto.offset.reset=earliest"]
        try run { address in
            try kcat.run(["-b", address, "-P", "-t", "lines"], input: "1\n2\n")
            #expect(try kcat.run(["-b", address] + read) == "1\n2\n")
        }
        try run { address in
            try kcat.run(["-b", address, "-P", "-t", "lines"], input: "3\n")
            #expect(try kcat.run(["-b", address] + read) == "3\n")
        }
    }

    @Test func kafkaPythonProducesConsumesInAGroupAndFindsOffsetsByTime() throws {
        let python = try ExternalProgram.kafkaPython()
        let script = """
            import sys
            from kafka import KafkaConsumer, KafkaProducer, TopicPartition
            broker = sys.argv[1]
            producer = KafkaProducer(bootstrap_servers=broker, acks='all', compression_type='gzip')
            for i in range(500):
                producer.send('python', key=b'k%d' % i, value=b'v%d' % i, timestamp_ms=1000 + i, headers=[('h', b'x')])
            producer.flush()
            consumer = KafkaConsumer('python', bootstrap_servers=broker, group_id='pg', auto_offset_reset='earliest',
                                     consumer_timeout_ms=30000)
            values = []
            for record in consumer:
                values.append(record.value)
                if len(values) == 500:
                    break
            consumer.commit()
            part = TopicPartition('python', 0)
            found = consumer.offsets_for_times({part: 1250})[part]
            print(values == [b'v%d' % i for i in range(500)], consumer.committed(part), found.offset, found.timestamp)
            consumer.close()
            """
        try run { address in
            let printed = try python.run(["-c", script, address])
            #expect(printed == "True 500 250 1250\n")
        }
    }
}
