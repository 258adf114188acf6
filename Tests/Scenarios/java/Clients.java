import java.io.FileReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Apache Kafka's clients use a broker: codecs, groups, transactions, admin calls, and connections that authenticate again.
 *
 * Compiled and run with the jars of version 2.8 and later. The arguments are a file with the clients' properties and what is done; the
 * program ends with an exception at the first thing that is not as expected.
 */
public final class Clients {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TIMEOUT_SECONDS = 60;
    private final Properties properties;
    private final Admin admin;

    private Clients(Properties properties) {
        this.properties = properties;
        admin = Admin.create(properties);
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (FileReader reader = new FileReader(arguments[0])) {
            properties.load(reader);
        }
        Clients clients = new Clients(properties);
        for (String action : List.of(arguments).subList(1, arguments.length)) {
            switch (action) {
                case "codecs": clients.codecs(); break;
                case "classic-groups": clients.groups("classic"); break;
                case "consumer-groups": clients.groups("consumer"); break;
                case "static-members": clients.staticMembers(); break;
                case "transactions": clients.transactions(); break;
                case "admin": clients.admin(); break;
                case "exchange": clients.exchange(); break;
                case "reauthentication": clients.reauthentication(); break;
                case "refused": clients.refused(); break;
                default: throw new IllegalArgumentException(action);
            }
            System.out.println(action + " ok");
        }
        clients.admin.close(Duration.ofSeconds(10));
    }

    // MARK: Parts

    private KafkaProducer<String, String> producer(String... more) {
        return new KafkaProducer<>(with(more), new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(String group, String... more) {
        Properties settings = with(more);
        settings.putIfAbsent("group.id", group);
        settings.putIfAbsent("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private Properties with(String... more) {
        Properties settings = new Properties();
        settings.putAll(properties);
        for (int index = 0; index < more.length; index += 2) settings.put(more[index], more[index + 1]);
        return settings;
    }

    private static void check(boolean truth, String what) {
        if (!truth) throw new IllegalStateException(what);
    }

    private static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(TIMEOUT_SECONDS).toNanos();
        while (!condition.getAsBoolean()) check(System.nanoTime() < end, what + " did not come true in " + TIMEOUT_SECONDS + " s");
    }

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }

    private List<String> read(String topic, int count, String... more) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer("read-" + topic, more)) {
            consumer.subscribe(List.of(topic));
            until("the end of " + topic, () -> {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) values.add(record.value());
                return values.size() >= count;
            });
            consumer.commitSync();
        }
        return values;
    }

    // MARK: Actions

    private void codecs() throws Exception {
        create("codecs", 1);
        List<String> expected = new ArrayList<>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<String, String> producer = producer("compression.type", codec, "linger.ms", "20", "acks", "all",
                    "enable.idempotence", codec.equals("gzip") ? "false" : "true")) {
                for (int number = 0; number < 1000; number++) {
                    expected.add(codec + " " + number + " " + "x".repeat(500));
                    producer.send(new ProducerRecord<>("codecs", 0, 1000L + number, "key", expected.get(expected.size() - 1)));
                }
            }
        }
        check(read("codecs", expected.size()).equals(expected), "the records of all codecs are read in their order");
        TopicPartition partition = new TopicPartition("codecs", 0);
        try (KafkaConsumer<String, String> consumer = consumer("offsets")) {
            check(consumer.offsetsForTimes(Map.of(partition, 1500L)).get(partition).offset() == 500, "an offset is found by time");
            check(consumer.endOffsets(List.of(partition)).get(partition) == expected.size(), "the end is known");
        }
    }

    private void groups(String protocol) throws Exception {
        String topic = protocol + "-groups";
        create(topic, 6);
        String[] settings = protocol.equals("consumer") ? new String[] {"group.protocol", "consumer"} : new String[] {"session.timeout.ms",
            "10000", "partition.assignment.strategy", CooperativeStickyAssignor.class.getName()};
        List<KafkaConsumer<String, String>> members = new ArrayList<>();
        for (int number = 0; number < 3; number++) members.add(consumer(topic, settings));
        for (KafkaConsumer<String, String> member : members) member.subscribe(List.of(topic));
        Runnable poll = () -> members.forEach(member -> member.poll(POLL));
        until("three members with two partitions each", () -> {
            poll.run();
            return members.stream().allMatch(member -> member.assignment().size() == 2);
        });
        try (KafkaProducer<String, String> producer = producer()) {
            for (int number = 0; number < 60; number++) producer.send(new ProducerRecord<>(topic, number % 6, null, "value " + number));
        }
        Set<String> values = new HashSet<>();
        until("all records", () -> {
            for (KafkaConsumer<String, String> member : members) member.poll(POLL).forEach(record -> values.add(record.value()));
            return values.size() == 60;
        });
        for (KafkaConsumer<String, String> member : members) member.commitSync();
        members.remove(2).close();
        until("two members with three partitions each", () -> {
            poll.run();
            return members.stream().allMatch(member -> member.assignment().size() == 3);
        });
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
        check(committed.values().stream().mapToLong(OffsetAndMetadata::offset).sum() == 60, "offsets are committed: " + committed);
        for (KafkaConsumer<String, String> member : members) member.close();
    }

    /** A member with an instance id keeps its partitions while it restarts. */
    private void staticMembers() throws Exception {
        create("static", 2);
        KafkaConsumer<String, String> first = consumer("static", "group.instance.id", "one"), second = consumer("static", "group.instance.id", "two");
        first.subscribe(List.of("static"));
        second.subscribe(List.of("static"));
        until("both have a partition", () -> {
            first.poll(POLL);
            second.poll(POLL);
            return first.assignment().size() == 1 && second.assignment().size() == 1;
        });
        Set<TopicPartition> before = second.assignment();
        second.close();
        KafkaConsumer<String, String> returned = consumer("static", "group.instance.id", "two");
        returned.subscribe(List.of("static"));
        until("the member returns", () -> {
            first.poll(POLL);
            returned.poll(POLL);
            check(first.assignment().size() == 1, "the other member keeps its partition only");
            return returned.assignment().equals(before);
        });
        first.close();
        returned.close();
    }

    private void transactions() throws Exception {
        create("transactions", 2);
        create("source", 1);
        KafkaProducer<String, String> producer = producer("transactional.id", "java");
        producer.initTransactions();
        KafkaConsumer<String, String> member = consumer("transactional");
        List<String> committed = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            producer.beginTransaction();
            List<String> values = new ArrayList<>();
            for (int index = 0; index < 10; index++) values.add(number + "." + index);
            for (int index = 0; index < 10; index++) producer.send(new ProducerRecord<>("transactions", index % 2, null, values.get(index)));
            producer.sendOffsetsToTransaction(Map.of(new TopicPartition("source", 0), new OffsetAndMetadata(number)), member.groupMetadata());
            if (number % 3 == 1) {
                producer.flush();
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
                committed.addAll(values);
            }
        }
        member.close();
        long offset = admin.listConsumerGroupOffsets("transactional").partitionsToOffsetAndMetadata().get().get(new TopicPartition("source", 0)).offset();
        check(offset == 9, "the offset of the last committed transaction is stored: " + offset);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("transactions", 0, null, "abandoned")).get();
        try (KafkaProducer<String, String> successor = producer("transactional.id", "java")) {
            successor.initTransactions();
            try {
                producer.commitTransaction();
                check(false, "the earlier producer is fenced");
            } catch (ProducerFencedException expected) {
                producer.close(Duration.ZERO);
            }
            successor.beginTransaction();
            successor.send(new ProducerRecord<>("transactions", 1, null, "last"));
            successor.commitTransaction();
            committed.add("last");
        }
        List<String> values = read("transactions", committed.size(), "isolation.level", "read_committed");
        Collections.sort(values);
        Collections.sort(committed);
        check(values.equals(committed), "a committed reader gets the committed records");
        check(read("transactions", committed.size() + 31, "group.id", "uncommitted").size() == committed.size() + 31,
            "an uncommitted reader gets the aborted records, too");
    }

    private void admin() throws Exception {
        create("administered", 2);
        check(admin.listTopics().names().get().contains("administered"), "the topic is listed");
        try (KafkaProducer<String, String> producer = producer()) {
            for (int number = 0; number < 10; number++) producer.send(new ProducerRecord<>("administered", 0, null, "v")).get();
        }
        TopicPartition partition = new TopicPartition("administered", 0);
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).all().get();
        check(admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).partitionResult(partition).get().offset() == 4, "records are deleted");
        admin.createPartitions(Map.of("administered", NewPartitions.increaseTo(3))).all().get();
        org.apache.kafka.common.config.ConfigResource topic = new org.apache.kafka.common.config.ConfigResource(
            org.apache.kafka.common.config.ConfigResource.Type.TOPIC, "administered");
        admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "5000000"), AlterConfigOp.OpType.SET)))).all().get();
        check(admin.describeConfigs(List.of(topic)).all().get().get(topic).get("retention.ms").value().equals("5000000"), "a setting is changed");
        check(admin.describeCluster().nodes().get().size() == 1, "there is one broker");
        read("administered", 6);
        check(admin.describeConsumerGroups(List.of("read-administered")).all().get().get("read-administered").members().isEmpty(), "the group is described");
        admin.alterConsumerGroupOffsets("read-administered", Map.of(partition, new OffsetAndMetadata(5))).all().get();
        admin.deleteConsumerGroupOffsets("read-administered", Set.of(partition)).all().get();
        admin.deleteConsumerGroups(List.of("read-administered")).all().get();
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("java", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "pw"))).all().get();
        check(admin.describeUserScramCredentials(List.of("java")).all().get().get("java").credentialInfos().size() == 1, "the user is there");
        admin.alterUserScramCredentials(List.of(new UserScramCredentialDeletion("java", ScramMechanism.SCRAM_SHA_512))).all().get();
        admin.deleteTopics(List.of("administered")).all().get();
    }

    private void exchange() throws Exception {
        String topic = properties.getProperty("client.id") + "-exchange";
        create(topic, 1);
        List<String> expected = IntStream.range(0, 100).mapToObj(number -> "value " + number).toList();
        try (KafkaProducer<String, String> producer = producer("compression.type", "zstd")) {
            for (String value : expected) producer.send(new ProducerRecord<>(topic, value));
        }
        check(read(topic, expected.size()).equals(expected), "the records are read in their order");
    }

    /** The broker limits the time of an authentication: clients authenticate again on the same connections. */
    private void reauthentication() throws Exception {
        String topic = properties.getProperty("client.id") + "-reauthentication";
        create(topic, 1);
        List<String> expected = new ArrayList<>(), values = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(); KafkaConsumer<String, String> consumer = consumer(topic)) {
            consumer.subscribe(List.of(topic));
            until("three authentications of each client", () -> {
                expected.add("value " + expected.size());
                producer.send(new ProducerRecord<>(topic, expected.get(expected.size() - 1)));
                producer.flush();
                consumer.poll(POLL).forEach(record -> values.add(record.value()));
                return reauthentications(producer.metrics()) >= 3 && reauthentications(consumer.metrics()) >= 3;
            });
            until("the last record", () -> {
                consumer.poll(POLL).forEach(record -> values.add(record.value()));
                return values.size() == expected.size();
            });
            check(values.equals(expected), "each record is read once, in its order");
            check(closed(producer.metrics()) == 0 && closed(consumer.metrics()) == 0, "no connection is closed");
        }
    }

    private static double metric(Map<?, ? extends org.apache.kafka.common.Metric> metrics, String name) {
        return metrics.values().stream().filter(metric -> metric.metricName().name().equals(name) && metric.metricName().tags().size() == 1)
            .mapToDouble(metric -> (double) metric.metricValue()).sum();
    }

    private static double reauthentications(Map<?, ? extends org.apache.kafka.common.Metric> metrics) {
        return metric(metrics, "successful-reauthentication-total");
    }

    private static double closed(Map<?, ? extends org.apache.kafka.common.Metric> metrics) {
        return metric(metrics, "connection-close-total");
    }

    /** The broker refuses the client's password or certificate. */
    private void refused() throws Exception {
        try (Admin refused = Admin.create(with("request.timeout.ms", "10000", "default.api.timeout.ms", "10000"))) {
            refused.describeCluster().clusterId().get();
            check(false, "the client is refused");
        } catch (java.util.concurrent.ExecutionException error) {
            check(error.getCause() instanceof AuthenticationException, "the client is told why: " + error.getCause());
        }
    }
}
