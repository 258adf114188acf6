import static java.util.Optional.empty;

import java.io.FileReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Calls each method of Kafka's AdminClient, with what succeeds and with what the broker refuses, and prints the answers.
 *
 * The argument is a file with the client's properties. The cluster should be new: its topics and groups are listed.
 */
public final class AdminAnswers {
    static final int NODE = 1;
    final Properties properties;
    final Admin admin;
    final Answers answers = new Answers();

    private AdminAnswers(Properties properties) {
        this.properties = properties;
        properties.setProperty("request.timeout.ms", "10000");
        properties.setProperty("default.api.timeout.ms", "10000");
        admin = Admin.create(properties);
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (FileReader reader = new FileReader(arguments[0])) {
            properties.load(reader);
        }
        AdminAnswers run = new AdminAnswers(properties);
        run.answers.call(Answers.get(run.admin.describeCluster().clusterId()), "CLUSTER");
        run.createTopics();
        run.describeTopics();
        run.createPartitions();
        run.configs();
        run.changeConfigs();
        run.otherConfigs();
        run.records();
        run.logDirectories();
        run.replicas();
        run.cluster();
        new GroupAnswers(run).print();
        new TransactionAnswers(run).print();
        new SecurityAnswers(run).print();
        run.deleteTopics();
        run.admin.close();
    }

    // MARK: Topics

    private void create(String question, CreateTopicsOptions options, NewTopic... topics) throws Exception {
        CreateTopicsResult result = admin.createTopics(List.of(topics), options);
        answers.askEach("createTopics " + question, result::values);
        for (NewTopic topic : topics) {
            try {
                Answers.get(result.values().get(topic.name()));
            } catch (Exception refused) {
                continue;
            }
            answers.ask("createTopics " + question + " " + topic.name() + " answer", () -> {
                Config config = Answers.get(result.config(topic.name()));
                return List.of(
                    Answers.get(result.topicId(topic.name())), Answers.get(result.numPartitions(topic.name())),
                    Answers.get(result.replicationFactor(topic.name())),
                    config.entries().size(), Answers.sorted(entries(config).stream().filter(entry -> !entry.isDefault())
                        .map(entry -> entry.name() + "=" + entry.value() + " " + entry.source()).toList()));
            });
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, 1, (short) 1);
    }

    private void createTopics() throws Exception {
        CreateTopicsOptions options = new CreateTopicsOptions();
        create("configured", options, new NewTopic("orders", 3, (short) 1).configs(Map.of("retention.ms", "3600000", "max.message.bytes", "2000000")));
        create("defaults", options, new NewTopic("defaults", empty(), empty()));
        create("assigned", options, new NewTopic("assigned", Map.of(0, List.of(NODE), 1, List.of(NODE))));
        create("compacted", options, topic("compacted").configs(Map.of("cleanup.policy", "compact")));
        create("tried", new CreateTopicsOptions().validateOnly(true), topic("tried"), topic("orders"));
        create("existing", options, topic("orders"));
        create("names", options, topic("a/b"), topic(""), topic("."), topic(".."), topic("x".repeat(250)), topic("x".repeat(249)), topic("ü"));
        create("dotted", options, topic("a.b"));
        create("colliding", options, topic("a_b"));
        create("replicas", options, new NewTopic("replicas3", 1, (short) 3), new NewTopic("replicas0", 1, (short) 0), new NewTopic("replicas-2", 1, (short) -2));
        create("partitions", options, new NewTopic("partitions0", 0, (short) 1), new NewTopic("partitions-2", -2, (short) 1));
        create("gap", options, new NewTopic("gap", Map.of(0, List.of(NODE), 2, List.of(NODE))));
        create("late", options, new NewTopic("late", Map.of(1, List.of(NODE))));
        create("unknown broker", options, new NewTopic("elsewhere", Map.of(0, List.of(9))));
        create("repeated broker", options, new NewTopic("twice", Map.of(0, List.of(NODE, NODE))));
        create("no replicas", options, new NewTopic("none", Map.of(0, List.of())));
        create("unequal replicas", options, new NewTopic("unequal", Map.of(0, List.of(NODE), 1, List.of(NODE, 9))));
        create("unknown config", options, topic("strange").configs(Map.of("strange.setting", "1")));
        create("invalid config", options, topic("invalid").configs(Map.of("retention.ms", "long")));
        create("low config", options, topic("low").configs(Map.of("segment.bytes", "10")));
        create("contradicting config", options, topic("locals").configs(Map.of("local.retention.ms", "5000", "retention.ms", "1000")));
        create("policy", options, topic("policy").configs(Map.of("cleanup.policy", "shrink")));
        create("remote", options, topic("remote").configs(Map.of("remote.storage.enable", "true")));
        create("__consumer_offsets", new CreateTopicsOptions().validateOnly(true), topic("__cluster_metadata"));
    }

    private static String text(TopicDescription topic) {
        return topic.name() + " internal=" + topic.isInternal() + " id=" + Answers.text(topic.topicId()) + " operations="
            + Answers.text(topic.authorizedOperations()) + " "
            + topic.partitions().stream().map(partition -> partition.partition() + " leader=" + Answers.text(partition.leader()) + " replicas="
                + Answers.text(partition.replicas()) + " isr=" + Answers.text(partition.isr()) + " elr=" + Answers.text(partition.elr())).toList();
    }

    private void describeTopics() throws Exception {
        Map<String, Uuid> ids = new java.util.TreeMap<>();
        answers.ask("listTopics", () -> {
            for (TopicListing topic : Answers.get(admin.listTopics().listings())) ids.put(topic.name(), topic.topicId());
            return ids;
        });
        answers.ask("describeTopics", () -> Answers.get(admin.describeTopics(List.of("orders", "a.b", "compacted")).allTopicNames())
            .values().stream().map(AdminAnswers::text).sorted().toList());
        answers.ask("describeTopics operations", () -> text(Answers.get(admin.describeTopics(
            List.of("orders"), new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames()).get("orders")));
        answers.ask("describeTopics one partition a response", () -> text(Answers.get(admin.describeTopics(
            TopicCollection.ofTopicNames(List.of("orders")), new DescribeTopicsOptions().partitionSizeLimitPerResponse(1)).allTopicNames()).get("orders")));
        answers.askEach("describeTopics", () -> admin.describeTopics(List.of("absent", "a/b", "")).topicNameValues());
        Uuid known = ids.get("orders"), unknown = new Uuid(1, 2);
        answers.ask("describeTopics by id", () -> text(Answers.get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(known))).allTopicIds()).get(known)));
        answers.ask("describeTopics by an unknown id", () -> text(Answers.get(
            admin.describeTopics(TopicCollection.ofTopicIds(List.of(unknown))).allTopicIds()).get(unknown)));
    }

    private void createPartitions() {
        CreatePartitionsOptions try_ = new CreatePartitionsOptions().validateOnly(true);
        answers.askEach("createPartitions tried", () -> admin.createPartitions(Map.of("assigned", NewPartitions.increaseTo(9)), try_).values());
        answers.askEach("createPartitions", () -> admin.createPartitions(Map.of("assigned", NewPartitions.increaseTo(3, List.of(List.of(NODE))))).values());
        for (int count : new int[] {3, 2, 0, -1}) {
            answers.askEach("createPartitions " + count, () -> admin.createPartitions(Map.of("assigned", NewPartitions.increaseTo(count))).values());
        }
        answers.askEach("createPartitions", () -> admin.createPartitions(Map.of("absent", NewPartitions.increaseTo(2), "a/b", NewPartitions.increaseTo(2))).values());
        answers.askEach("createPartitions wrong count", () -> admin.createPartitions(
            Map.of("assigned", NewPartitions.increaseTo(5, List.of(List.of(NODE))))).values());
        answers.askEach("createPartitions unknown broker", () -> admin.createPartitions(
            Map.of("assigned", NewPartitions.increaseTo(4, List.of(List.of(9))))).values());
        answers.askEach("createPartitions unequal replicas", () -> admin.createPartitions(
            Map.of("assigned", NewPartitions.increaseTo(4, List.of(List.of(NODE, 9))))).values());
        answers.askEach("createPartitions no replicas", () -> admin.createPartitions(
            Map.of("assigned", NewPartitions.increaseTo(4, List.of(List.of())))).values());
    }

    private void deleteTopics() {
        answers.ask("deleteTopics by id", () -> {
            Uuid id = Answers.get(admin.describeTopics(List.of("a.b")).allTopicNames()).get("a.b").topicId();
            return Answers.get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
        });
        answers.askEach("deleteTopics by an unknown id", () -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(new Uuid(1, 2)))).topicIdValues());
        answers.askEach("deleteTopics", () -> admin.deleteTopics(List.of("orders", "absent", "a/b", "")).topicNameValues());
    }

    // MARK: Configurations

    private static String text(ConfigEntry entry) {
        return entry.name() + "=" + entry.value() + " " + entry.source() + " " + entry.type() + (entry.isReadOnly() ? " read-only" : "")
            + (entry.isSensitive() ? " sensitive" : "") + (entry.synonyms().isEmpty() ? "" : " " + entry.synonyms())
            + (entry.documentation() == null ? "" : " documented");
    }

    /** Without the one that real Kafka changes with the version of its feature eligible.leader.replicas. */
    private static List<ConfigEntry> entries(Config config) {
        return config.entries().stream().filter(entry -> !entry.name().equals("min.insync.replicas"))
            .sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    private void describe(ConfigResource resource, DescribeConfigsOptions options, String suffix) {
        String question = "describeConfigs " + resource.type() + " " + resource.name() + suffix;
        try {
            Config config = Answers.get(admin.describeConfigs(List.of(resource), options).all()).get(resource);
            for (ConfigEntry entry : entries(config)) answers.print(question, text(entry));
            if (entries(config).isEmpty()) answers.print(question, "nothing");
        } catch (Throwable error) {
            answers.print(question, Answers.error(error));
        }
    }

    private void configs() {
        DescribeConfigsOptions plain = new DescribeConfigsOptions();
        ConfigResource orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        describe(orders, plain, "");
        describe(orders, new DescribeConfigsOptions().includeSynonyms(true), " with synonyms");
        describe(orders, new DescribeConfigsOptions().includeDocumentation(true), " with documentation");
        for (String name : List.of("absent", "a/b")) describe(new ConfigResource(ConfigResource.Type.TOPIC, name), plain, "");
        for (String name : List.of("7", "x", "")) describe(new ConfigResource(ConfigResource.Type.BROKER, name), plain, "");
        for (ConfigResource.Type type : List.of(ConfigResource.Type.BROKER_LOGGER, ConfigResource.Type.CLIENT_METRICS, ConfigResource.Type.GROUP)) {
            describe(new ConfigResource(type, "absent"), plain, "");
        }
        answers.ask("describeConfigs BROKER", () -> Answers.get(admin.describeConfigs(
            List.of(new ConfigResource(ConfigResource.Type.BROKER, "" + NODE))).all()).values().iterator().next().get("num.partitions").value());
    }

    private void alter(String question, ConfigResource resource, AlterConfigOp... operations) {
        answers.ask("incrementalAlterConfigs " + question, () -> Answers.get(admin.incrementalAlterConfigs(Map.of(resource, List.of(operations))).all()));
    }

    private static AlterConfigOp operation(String name, String value, AlterConfigOp.OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void changeConfigs() {
        ConfigResource orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        AlterConfigOp.OpType set = AlterConfigOp.OpType.SET, delete = AlterConfigOp.OpType.DELETE;
        AlterConfigOp.OpType append = AlterConfigOp.OpType.APPEND, subtract = AlterConfigOp.OpType.SUBTRACT;
        alter("set", orders, operation("retention.ms", "7200000", set), operation("max.message.bytes", "", delete));
        alter("append", orders, operation("cleanup.policy", "compact", append));
        alter("append again", orders, operation("cleanup.policy", "compact", append));
        describe(orders, new DescribeConfigsOptions(), " after the changes");
        alter("subtract", orders, operation("cleanup.policy", "compact", subtract));
        alter("subtract all", orders, operation("cleanup.policy", "delete", subtract));
        alter("append to a number", orders, operation("retention.ms", "1", append));
        alter("subtract from a number", orders, operation("retention.ms", "1", subtract));
        alter("unknown", orders, operation("strange.setting", "1", set));
        alter("delete unknown", orders, operation("strange.setting", "", delete));
        alter("invalid", orders, operation("retention.ms", "long", set));
        alter("low", orders, operation("segment.bytes", "10", set));
        alter("null", orders, operation("retention.ms", null, set));
        alter("twice", orders, operation("retention.ms", "1", set), operation("retention.ms", "2", set));
        alter("nothing", orders);
        alter("absent", new ConfigResource(ConfigResource.Type.TOPIC, "absent"), operation("retention.ms", "1", set));
        alter("name", new ConfigResource(ConfigResource.Type.TOPIC, "a/b"), operation("retention.ms", "1", set));
        answers.ask("incrementalAlterConfigs tried", () -> Answers.get(admin.incrementalAlterConfigs(
            Map.of(orders, List.of(operation("retention.ms", "5", set))), new AlterConfigsOptions().validateOnly(true)).all()));
        answers.ask("incrementalAlterConfigs tried invalid", () -> Answers.get(admin.incrementalAlterConfigs(
            Map.of(orders, List.of(operation("retention.ms", "x", set))), new AlterConfigsOptions().validateOnly(true)).all()));
        describe(orders, new DescribeConfigsOptions(), " after all changes");
    }

    private void otherConfigs() {
        AlterConfigOp.OpType set = AlterConfigOp.OpType.SET, delete = AlterConfigOp.OpType.DELETE;
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "" + NODE), all = new ConfigResource(ConfigResource.Type.BROKER, "");
        alter("broker read-only", broker, operation("log.dirs", "elsewhere", set));
        alter("broker unknown id", new ConfigResource(ConfigResource.Type.BROKER, "7"), operation("log.retention.ms", "1000000", set));
        alter("broker", broker, operation("log.cleaner.threads", "2", set));
        alter("broker delete", broker, operation("log.cleaner.threads", "", delete));
        alter("brokers", all, operation("log.retention.ms", "1000000", set));
        alter("brokers delete", all, operation("log.retention.ms", "", delete));
        alter("logger", new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "" + NODE), operation("kafka.server.KafkaApis", "DEBUG", set));
        alter("logger level", new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "" + NODE), operation("kafka.server.KafkaApis", "LOUD", set));
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "configured");
        alter("group", group, operation("consumer.session.timeout.ms", "50000", set));
        alter("group invalid", group, operation("consumer.session.timeout.ms", "1", set));
        alter("group unknown", group, operation("strange.setting", "1", set));
        describe(group, new DescribeConfigsOptions(), "");
        ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "configured");
        alter("metrics", metrics, operation("interval.ms", "50000", set));
        alter("metrics invalid", metrics, operation("interval.ms", "1", set));
        describe(metrics, new DescribeConfigsOptions(), "");
        answers.ask("listConfigResources", () -> Answers.sorted(Answers.get(admin.listConfigResources().all())));
        for (ConfigResource.Type type : ConfigResource.Type.values()) {
            answers.ask("listConfigResources " + type, () -> Answers.sorted(Answers.get(
                admin.listConfigResources(Set.of(type), new ListConfigResourcesOptions()).all())));
        }
        alter("metrics delete", metrics, operation("interval.ms", "", delete));
        alter("group delete", group, operation("consumer.session.timeout.ms", "", delete));
    }

    // MARK: Records and logs

    private void records() throws Exception {
        Properties producerProperties = new Properties();
        producerProperties.putAll(properties);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(producerProperties, new StringSerializer(), new StringSerializer())) {
            for (int number = 0; number < 10; number++) {
                producer.send(new ProducerRecord<>("orders", 0, 1000L * number, "k", "value " + number)).get();
                producer.send(new ProducerRecord<>("compacted", 0, 1000L * number, "k", "value " + number)).get();
            }
        }
        TopicPartition orders = new TopicPartition("orders", 0), none = new TopicPartition("orders", 1);
        Map<String, OffsetSpec> specs = Map.of("earliest", OffsetSpec.earliest(), "latest", OffsetSpec.latest(), "timestamp",
            OffsetSpec.forTimestamp(3500), "late timestamp", OffsetSpec.forTimestamp(99000), "maximum", OffsetSpec.maxTimestamp(), "local",
            OffsetSpec.earliestLocal(), "tiered", OffsetSpec.latestTiered(), "pending", OffsetSpec.earliestPendingUpload());
        for (String name : specs.keySet().stream().sorted().toList()) {
            for (TopicPartition partition : List.of(orders, none, new TopicPartition("absent", 0), new TopicPartition("orders", 99))) {
                if (!name.equals("latest") && (partition.partition() == 99 || partition.topic().equals("absent"))) continue;
                answers.ask("listOffsets " + name + " " + partition, () -> text(Answers.get(admin.listOffsets(
                    Map.of(partition, specs.get(name)), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(2000)).partitionResult(partition))));
            }
        }
        for (long offset : new long[] {4, 2, 11, -1, -2}) {
            answers.ask("deleteRecords before " + offset, () -> "low watermark " + Answers.get(
                admin.deleteRecords(Map.of(orders, RecordsToDelete.beforeOffset(offset))).lowWatermarks().get(orders)).lowWatermark());
        }
        for (TopicPartition partition : List.of(new TopicPartition("compacted", 0), new TopicPartition("absent", 0), new TopicPartition("orders", 99))) {
            answers.ask("deleteRecords " + partition, () -> "low watermark " + Answers.get(admin.deleteRecords(
                Map.of(partition, RecordsToDelete.beforeOffset(1)), new DeleteRecordsOptions().timeoutMs(2000)).lowWatermarks().get(partition)).lowWatermark());
        }
        answers.ask("listOffsets after deleteRecords", () -> text(Answers.get(admin.listOffsets(Map.of(orders, OffsetSpec.earliest())).partitionResult(orders))));
    }

    private static String text(ListOffsetsResult.ListOffsetsResultInfo offset) {
        return offset.offset() + " time " + offset.timestamp() + " epoch " + Answers.text(offset.leaderEpoch());
    }

    private void logDirectories() throws Exception {
        Map<String, LogDirDescription> directories = Answers.get(admin.describeLogDirs(List.of(NODE)).descriptions().get(NODE));
        for (String directory : directories.keySet()) answers.call(directory, "DIRECTORY");
        answers.ask("describeLogDirs", () -> directories.values().stream().map(directory -> Answers.text(directory.error()) + " cordoned="
            + directory.isCordoned() + " total>0=" + (directory.totalBytes().getAsLong() > 0) + " usable>0=" + (directory.usableBytes().getAsLong() > 0)
            + " " + directory.replicaInfos().keySet().stream().filter(partition -> !partition.topic().startsWith("__")).map(Object::toString).sorted().toList()
            + " " + directory.replicaInfos().get(new TopicPartition("orders", 0))).toList());
        answers.askEach("describeLogDirs", () -> admin.describeLogDirs(List.of(9), new DescribeLogDirsOptions().timeoutMs(2000)).descriptions());
        for (String topic : List.of("orders", "absent")) {
            TopicPartitionReplica replica = new TopicPartitionReplica(topic, 1, NODE);
            answers.ask("describeReplicaLogDirs " + topic, () -> Answers.get(admin.describeReplicaLogDirs(List.of(replica)).all()).values());
            for (String directory : List.of(directories.keySet().iterator().next(), "/absent")) {
                answers.ask("alterReplicaLogDirs " + topic + " to " + (directory.equals("/absent") ? "another" : "the same"),
                    () -> Answers.get(admin.alterReplicaLogDirs(Map.of(replica, directory)).all()));
            }
        }
    }

    private void replicas() {
        TopicPartition orders = new TopicPartition("orders", 0), absent = new TopicPartition("absent", 0);
        for (org.apache.kafka.common.ElectionType type : org.apache.kafka.common.ElectionType.values()) {
            answers.ask("electLeaders " + type, () -> Answers.get(admin.electLeaders(type, Set.of(orders, absent)).partitions()));
        }
        answers.ask("electLeaders of all", () -> Answers.get(admin.electLeaders(org.apache.kafka.common.ElectionType.PREFERRED, null).partitions()));
        answers.askEach("alterPartitionReassignments", () -> admin.alterPartitionReassignments(Map.of(
            orders, Optional.of(new NewPartitionReassignment(List.of(NODE))), absent, Optional.of(new NewPartitionReassignment(List.of(NODE))),
            new TopicPartition("orders", 1), Optional.of(new NewPartitionReassignment(List.of(9))), new TopicPartition("orders", 2), empty())).values());
        answers.askEach("alterPartitionReassignments repeated", () -> admin.alterPartitionReassignments(Map.of(
            orders, Optional.of(new NewPartitionReassignment(List.of(NODE, NODE))))).values());
        answers.ask("listPartitionReassignments", () -> Answers.get(admin.listPartitionReassignments().reassignments()));
        answers.ask("listPartitionReassignments of one", () -> Answers.get(admin.listPartitionReassignments(Set.of(orders, absent)).reassignments()));
    }

    // MARK: Cluster

    private void cluster() {
        DescribeClusterResult cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true).includeFencedBrokers(true));
        answers.ask("describeCluster", () -> List.of(Answers.get(cluster.clusterId()), Answers.get(cluster.controller()), Answers.get(cluster.nodes()),
            Answers.text(Answers.get(cluster.authorizedOperations()))));
        answers.ask("describeCluster without operations", () -> Answers.get(admin.describeCluster().authorizedOperations()));
        answers.ask("describeFeatures", () -> {
            FeatureMetadata features = Answers.get(admin.describeFeatures().featureMetadata());
            return List.of(features.finalizedFeatures(), features.supportedFeatures(), features.finalizedFeaturesEpoch().isPresent());
        });
        FeatureUpdate.UpgradeType upgrade = FeatureUpdate.UpgradeType.UPGRADE, downgrade = FeatureUpdate.UpgradeType.SAFE_DOWNGRADE;
        UpdateFeaturesOptions trying = new UpdateFeaturesOptions().validateOnly(true);
        answers.askEach("updateFeatures same", () -> admin.updateFeatures(Map.of("transaction.version", new FeatureUpdate((short) 2, upgrade)), trying).values());
        answers.askEach("updateFeatures high", () -> admin.updateFeatures(Map.of("transaction.version", new FeatureUpdate((short) 9, upgrade)), trying).values());
        answers.askEach("updateFeatures down", () -> admin.updateFeatures(Map.of("transaction.version", new FeatureUpdate((short) 1, downgrade)), trying).values());
        answers.askEach("updateFeatures unknown", () -> admin.updateFeatures(Map.of("strange.version", new FeatureUpdate((short) 1, upgrade)), trying).values());
        answers.ask("describeMetadataQuorum", () -> {
            QuorumInfo quorum = Answers.get(admin.describeMetadataQuorum().quorumInfo());
            return "leader " + quorum.leaderId() + " voters " + quorum.voters().stream().map(QuorumInfo.ReplicaState::replicaId).toList()
                + " observers " + quorum.observers().size() + " nodes " + quorum.nodes().keySet();
        });
        answers.ask("unregisterBroker", () -> Answers.get(admin.unregisterBroker(9).all()));
        answers.ask("addRaftVoter", () -> Answers.get(admin.addRaftVoter(9, new Uuid(1, 2), Set.of(new RaftVoterEndpoint("CONTROLLER", "127.0.0.1", 1))).all()));
        answers.ask("removeRaftVoter", () -> Answers.get(admin.removeRaftVoter(9, new Uuid(1, 2)).all()));
        answers.ask("listClientMetricsResources", () -> Answers.get(admin.listConfigResources(
            Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions()).all()));
        answers.ask("clientInstanceId", () -> admin.clientInstanceId(java.time.Duration.ofSeconds(2)));
    }
}
