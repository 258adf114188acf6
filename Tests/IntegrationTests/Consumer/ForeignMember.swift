import Foundation
import Synchronization
import Testing

/// A member of a consumer group that is another project's client, in a process of its own. It prints `assigned 0,1`
/// after each change and `got N` for each record, and commits and leaves when its input ends.
final class ForeignMember {
    enum Client: String, CaseIterable, CustomTestStringConvertible {
        case java
        /// Debian's librdkafka, by confluent-kafka.
        case librdkafka
        case kafkaPython = "kafka-python"

        var testDescription: String { rawValue }
    }

    let client: Client
    private let process: ChildProcess
    private let output: MemberOutput

    var assigned: Set<Int32> { output.state.withLock { $0.assigned } }
    var received: [Int] { output.state.withLock { $0.received } }
    var complaints: String { output.state.withLock { $0.complaints } }

    static var hasJava: Bool { absence(of: .java) == nil }

    /// Why the client cannot be used here; nil if it can.
    static func absence(of client: Client) -> String? {
        switch client {
        case .java:
            if ExternalProgram("java") == nil { return "Java is not installed" }
            return FileManager.default.fileExists(atPath: kafkaJars) ? nil : "\(kafkaJars) does not exist"
        case .librdkafka:
            return hasModule("confluent_kafka") ? nil : "Debian's python3-confluent-kafka is not installed"
        case .kafkaPython: return hasModule("kafka") ? nil : "Debian's python3-kafka is not installed"
        }
    }

    private static let kafkaJars = {
        let peers = ProcessInfo.processInfo.environment["CDCD_PEERS"] ?? "../shared/peers"
        return "\(peers)/kafka"
    }()

    private static func hasModule(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/\(name)")
    }

    /// - Parameter assignor: nil for a group of KIP-848.
    init(_ client: Client, broker: String, topic: String, assignor: String?, scratch: ScratchDirectory) throws {
        self.client = client
        let arguments = [broker, topic, assignor ?? "consumer"]
        let command: [String]
        switch client {
        case .java:
            let source = scratch.path + "/Member.java"
            try Self.javaProgram.write(toFile: source, atomically: true, encoding: .utf8)
            command = ["java", "-Xmx128m", "-cp", "\(Self.kafkaJars)/*", source]
        case .librdkafka: command = ["/usr/bin/python3", "-u", "-c", Self.librdkafkaProgram]
        case .kafkaPython: command = ["/usr/bin/python3", "-u", "-c", Self.kafkaPythonProgram]
        }
        let output = MemberOutput()
        self.output = output
        process = try ChildProcess("/usr/bin/env", command + arguments) { output.take($0) }
    }

    /// Lets the member commit and leave, and waits for its end.
    func leave() {
        _ = process.finish()
        output.state.withLock { $0.assigned = [] }
    }

    private static let javaProgram = """
        import java.time.Duration;
        import java.util.*;
        import java.util.stream.Collectors;
        import org.apache.kafka.clients.consumer.*;
        import org.apache.kafka.common.TopicPartition;

        public class Member {
            static volatile boolean done;

            public static void main(String[] arguments) throws Exception {
                Properties p = new Properties();
                p.put("bootstrap.servers", arguments[0]);
                p.put("group.id", arguments[1]);
                p.put("auto.offset.reset", "earliest");
                p.put("enable.auto.commit", "false");
                p.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
                p.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
                if (arguments[2].equals("consumer")) {
                    p.put("group.protocol", "consumer");
                } else {
                    String name = arguments[2].equals("range") ? "RangeAssignor" : "CooperativeStickyAssignor";
                    p.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + name);
                    p.put("heartbeat.interval.ms", "100");
                }
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(p);
                consumer.subscribe(List.of(arguments[1]), new ConsumerRebalanceListener() {
                    public void onPartitionsRevoked(Collection<TopicPartition> given) { consumer.commitSync(); }
                    public void onPartitionsAssigned(Collection<TopicPartition> added) {}
                });
                Thread input = new Thread(() -> {
                    try { while (System.in.read() >= 0) {} } catch (java.io.IOException e) {}
                    done = true;
                });
                input.setDaemon(true);
                input.start();
                Set<TopicPartition> last = null;
                while (!done) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50)))
                        System.out.println("got " + record.value());
                    if (!consumer.assignment().equals(last)) {
                        last = new HashSet<>(consumer.assignment());
                        System.out.println(last.stream().map(t -> "" + t.partition())
                            .collect(Collectors.joining(",", "assigned ", "")));
                    }
                    System.out.flush();
                }
                consumer.commitSync();
                consumer.close();
            }
        }
        """

    private static let librdkafkaProgram = """
        import select, sys
        from confluent_kafka import Consumer, KafkaException
        broker, topic, assignor = sys.argv[1:]
        consumer = Consumer({'bootstrap.servers': broker, 'group.id': topic, 'auto.offset.reset': 'earliest',
                             'enable.auto.commit': False, 'partition.assignment.strategy': assignor,
                             'heartbeat.interval.ms': 100})
        def commit(*_):
            try:
                consumer.commit(asynchronous=False)
            except KafkaException as error:
                print(error, file=sys.stderr)
        consumer.subscribe([topic], on_revoke=commit)
        last = None
        while not select.select([sys.stdin], [], [], 0)[0]:
            record = consumer.poll(0.05)
            if record is not None and record.error() is None:
                print('got', record.value().decode())
            now = sorted(part.partition for part in consumer.assignment())
            if now != last:
                last = now
                print('assigned', ','.join(map(str, now)))
        commit()
        consumer.close()
        """

    private static let kafkaPythonProgram = """
        import select, sys
        from kafka import ConsumerRebalanceListener, KafkaConsumer
        from kafka.coordinator.assignors.range import RangePartitionAssignor
        broker, topic, _ = sys.argv[1:]
        consumer = KafkaConsumer(bootstrap_servers=broker, group_id=topic, auto_offset_reset='earliest',
                                 enable_auto_commit=False, heartbeat_interval_ms=100,
                                 partition_assignment_strategy=[RangePartitionAssignor])
        class Listener(ConsumerRebalanceListener):
            def on_partitions_revoked(self, revoked):
                consumer.commit()
            def on_partitions_assigned(self, assigned):
                pass
        consumer.subscribe([topic], listener=Listener())
        last = None
        while not select.select([sys.stdin], [], [], 0)[0]:
            for records in consumer.poll(50).values():
                for record in records:
                    print('got', record.value.decode())
            now = sorted(part.partition for part in consumer.assignment())
            if now != last:
                last = now
                print('assigned', ','.join(map(str, now)))
        consumer.commit()
        consumer.close()
        """
}

/// What a member has printed.
private final class MemberOutput: Sendable {
    struct State {
        var assigned: Set<Int32> = []
        var received: [Int] = []
        var complaints = ""
    }

    let state = Mutex(State())

    func take(_ line: String) {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().joined(separator: ",").split(separator: ",").compactMap { Int($0) }
        state.withLock { state in
            switch words.first {
            case "assigned": state.assigned = Set(numbers.map { Int32($0) })
            case "got": state.received += numbers
            default: state.complaints = String((state.complaints + line + "\n").suffix(2000))
            }
        }
    }
}
