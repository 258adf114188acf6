import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The methods of AdminClient for groups and their offsets, with groups of both protocols that have members. */
final class GroupAnswers {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0), LAST = new TopicPartition("orders", 2),
        OTHER = new TopicPartition("assigned", 0), ABSENT = new TopicPartition("absent", 0);
    private final AdminAnswers run;
    private final Admin admin;
    private final Answers answers;

    GroupAnswers(AdminAnswers run) {
        this.run = run;
        admin = run.admin;
        answers = run.answers;
    }

    private KafkaConsumer<String, String> consumer(String group, String protocol, String instance) {
        Properties properties = new Properties();
        properties.putAll(run.properties);
        properties.put("group.id", group);
        properties.put("group.protocol", protocol);
        properties.put("client.id", "member");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        if (instance != null) properties.put("group.instance.id", instance);
        if (protocol.equals("classic")) properties.put("session.timeout.ms", "30000");
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of("orders"));
        return consumer;
    }

    private static void pollUntil(BooleanSupplier condition, List<KafkaConsumer<String, String>> consumers) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new IllegalStateException("the group does not become stable");
            for (KafkaConsumer<String, String> consumer : consumers) consumer.poll(Duration.ofMillis(50));
        }
    }

    void print() throws Exception {
        absentGroups();
        KafkaConsumer<String, String> classic = consumer("classic", "classic", "static"), modern = consumer("modern", "consumer", null);
        List<KafkaConsumer<String, String>> consumers = new ArrayList<>(List.of(classic, modern));
        pollUntil(() -> classic.assignment().size() == 3 && modern.assignment().size() == 3, consumers);
        classic.commitSync(Map.of(FIRST, new OffsetAndMetadata(5, "note")));
        modern.commitSync(Map.of(FIRST, new OffsetAndMetadata(6, "")));
        for (String group : List.of("classic", "modern")) withMembers(group);
        list("listGroups", new ListGroupsOptions());
        list("listGroups stable", new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE)));
        list("listGroups empty", new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY)));
        list("listGroups classic", new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC)));
        list("listGroups consumer", ListGroupsOptions.forConsumerGroups());
        list("listGroups share", ListGroupsOptions.forShareGroups());
        list("listGroups streams", ListGroupsOptions.forStreamsGroups());
        list("listGroups protocol type", new ListGroupsOptions().withProtocolTypes(Set.of("connect")));
        otherKinds();
        answers.ask("removeMembers static", () -> Answers.get(admin.removeMembersFromConsumerGroup(
            "classic", new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("static")))).all()));
        answers.ask("removeMembers absent", () -> Answers.get(admin.removeMembersFromConsumerGroup(
            "classic", new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("absent")))).all()));
        answers.ask("removeMembers all", () -> Answers.get(admin.removeMembersFromConsumerGroup("modern", new RemoveMembersFromConsumerGroupOptions()).all()));
        for (KafkaConsumer<String, String> consumer : consumers) consumer.close();
        for (String group : List.of("classic", "modern")) withoutMembers(group);
        offsets("assigning");
        list("listGroups in the end", new ListGroupsOptions());
    }

    private void absentGroups() {
        answers.askEach("describeConsumerGroups", () -> admin.describeConsumerGroups(List.of("absent", "")).describedGroups());
        answers.askEach("describeClassicGroups", () -> admin.describeClassicGroups(List.of("absent")).describedGroups());
        answers.ask("listConsumerGroupOffsets absent", () -> Answers.get(admin.listConsumerGroupOffsets("absent").partitionsToOffsetAndMetadata()));
        answers.askEach("deleteConsumerGroups", () -> admin.deleteConsumerGroups(List.of("absent", "")).deletedGroups());
        answers.ask("deleteConsumerGroupOffsets absent", () -> Answers.get(admin.deleteConsumerGroupOffsets("absent", Set.of(FIRST)).all()));
        answers.ask("removeMembers of absent", () -> Answers.get(admin.removeMembersFromConsumerGroup(
            "absent", new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("i")))).all()));
        answers.ask("removeMembers of an absent group, all", () -> Answers.get(admin.removeMembersFromConsumerGroup(
            "absent", new RemoveMembersFromConsumerGroupOptions()).all()));
    }

    private static String text(MemberDescription member) {
        return "client=" + member.clientId() + " host=" + member.host() + " instance=" + Answers.text(member.groupInstanceId()) + " rack="
            + Answers.text(member.rackId()) + " assignment=" + Answers.sorted(member.assignment().topicPartitions()) + " target="
            + member.targetAssignment().map(target -> Answers.sorted(target.topicPartitions()).toString()).orElse("none") + " epoch="
            + member.memberEpoch().isPresent() + " upgraded=" + Answers.text(member.upgraded());
    }

    private static String text(ConsumerGroupDescription group) {
        return group.groupId() + " simple=" + group.isSimpleConsumerGroup() + " " + group.members().stream().map(GroupAnswers::text).toList()
            + " assignor=" + group.partitionAssignor() + " " + group.type() + " " + group.groupState() + " coordinator="
            + Answers.text(group.coordinator()) + " operations=" + Answers.text(group.authorizedOperations()) + " epochs="
            + group.groupEpoch().isPresent() + "," + group.targetAssignmentEpoch().isPresent();
    }

    private void describe(String question, String group, boolean includesOperations) {
        answers.ask(question, () -> text(Answers.get(admin.describeConsumerGroups(
            List.of(group), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(includesOperations)).all()).get(group)));
        answers.ask(question + " as a classic group", () -> {
            ClassicGroupDescription description = Answers.get(admin.describeClassicGroups(
                List.of(group), new DescribeClassicGroupsOptions().includeAuthorizedOperations(includesOperations)).all()).get(group);
            return description.groupId() + " protocol=" + description.protocol() + " data=" + description.protocolData() + " simple="
                + description.isSimpleConsumerGroup() + " " + description.members().stream().map(GroupAnswers::text).toList() + " "
                + description.state() + " coordinator=" + Answers.text(description.coordinator()) + " operations="
                + Answers.text(description.authorizedOperations());
        });
    }

    private void withMembers(String group) {
        describe("describe " + group + " with a member", group, false);
        describe("describe " + group + " with operations", group, true);
        answers.ask("listConsumerGroupOffsets " + group, () -> Answers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        answers.ask("listConsumerGroupOffsets " + group + " of partitions", () -> Answers.get(admin.listConsumerGroupOffsets(
            Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(FIRST, LAST, ABSENT)))).all()));
        answers.ask("alterConsumerGroupOffsets " + group + " with a member", () -> Answers.get(
            admin.alterConsumerGroupOffsets(group, Map.of(FIRST, new OffsetAndMetadata(1))).all()));
        answers.ask("deleteConsumerGroupOffsets " + group + " with a member", () -> Answers.get(
            admin.deleteConsumerGroupOffsets(group, Set.of(FIRST)).partitionResult(FIRST)));
        answers.ask("deleteConsumerGroupOffsets " + group + " of another topic", () -> Answers.get(
            admin.deleteConsumerGroupOffsets(group, Set.of(OTHER)).partitionResult(OTHER)));
        answers.askEach("deleteConsumerGroups with a member", () -> admin.deleteConsumerGroups(List.of(group)).deletedGroups());
    }

    private void withoutMembers(String group) {
        describe("describe " + group + " without members", group, false);
        offsets(group);
        answers.askEach("deleteConsumerGroups without members", () -> admin.deleteConsumerGroups(List.of(group)).deletedGroups());
        describe("describe " + group + " after its deletion", group, false);
    }

    private void offsets(String group) {
        answers.ask("alterConsumerGroupOffsets " + group, () -> Answers.get(admin.alterConsumerGroupOffsets(
            group, Map.of(FIRST, new OffsetAndMetadata(3, "m"), OTHER, new OffsetAndMetadata(1))).all()));
        for (TopicPartition partition : List.of(ABSENT, new TopicPartition("orders", 99))) {
            answers.ask("alterConsumerGroupOffsets " + group + " " + partition, () -> Answers.get(admin.alterConsumerGroupOffsets(
                group, Map.of(partition, new OffsetAndMetadata(3))).partitionResult(partition)));
        }
        answers.ask("listConsumerGroupOffsets " + group + " altered", () -> Answers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        for (TopicPartition partition : List.of(OTHER, LAST, ABSENT)) {
            answers.ask("deleteConsumerGroupOffsets " + group + " " + partition, () -> Answers.get(
                admin.deleteConsumerGroupOffsets(group, Set.of(partition)).partitionResult(partition)));
        }
        answers.ask("listConsumerGroupOffsets " + group + " deleted", () -> Answers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        describe("describe " + group + " with offsets", group, false);
    }

    private void list(String question, ListGroupsOptions options) {
        // Real Kafka has begun a share group.
        answers.ask(question, () -> Answers.get(admin.listGroups(options).all()).stream().filter(group -> !group.groupId().equals("shared")).map(group -> group.groupId() + " "
            + Answers.text(group.type()) + " protocol=" + group.protocol() + " " + Answers.text(group.groupState()) + " simple="
            + group.isSimpleConsumerGroup()).sorted().toList());
    }

    /** Share groups and the groups of Kafka Streams. */
    private void otherKinds() {
        for (String group : List.of("shared", "classic")) {
            answers.askEach("describeShareGroups", () -> admin.describeShareGroups(List.of(group)).describedGroups());
            answers.askEach("deleteShareGroups", () -> admin.deleteShareGroups(List.of(group)).deletedGroups());
            answers.ask("listShareGroupOffsets " + group, () -> Answers.get(admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec())).all()));
            answers.ask("alterShareGroupOffsets " + group, () -> Answers.get(admin.alterShareGroupOffsets(group, Map.of(FIRST, 1L)).all()));
            answers.ask("deleteShareGroupOffsets " + group, () -> Answers.get(admin.deleteShareGroupOffsets(group, Set.of("orders")).all()));
            answers.askEach("describeStreamsGroups", () -> admin.describeStreamsGroups(List.of(group)).describedGroups());
            answers.ask("listStreamsGroupOffsets " + group, () -> Answers.get(admin.listStreamsGroupOffsets(Map.of(group, new ListStreamsGroupOffsetsSpec())).all()));
        }
        answers.askEach("deleteStreamsGroups", () -> admin.deleteStreamsGroups(List.of("absent", "classic")).deletedGroups());
        answers.ask("alterStreamsGroupOffsets", () -> Answers.get(admin.alterStreamsGroupOffsets("streams", Map.of(FIRST, new OffsetAndMetadata(1))).all()));
        answers.askEach("deleteConsumerGroups", () -> admin.deleteConsumerGroups(List.of("streams")).deletedGroups());
        answers.ask("deleteStreamsGroupOffsets", () -> Answers.get(admin.deleteStreamsGroupOffsets("streams", Set.of(FIRST)).all()));
    }
}
