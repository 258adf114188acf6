import java.nio.ByteBuffer;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.*;

/**
 * Prints the assignments of Kafka's assignors for random groups, a line for each:
 *
 * assignor | topic=racks of partition 0,racks of partition 1 ... | member;instance;rack;generation;topics;owned ... | member=partitions ...
 *
 * Racks of a partition are separated by "+", partitions are written as topic-number. Absent fields are empty.
 */
public class GroupAssignments {
    static final Random random = new Random(20260901);

    static final class Member {
        String id, instance, rack;
        int generation;
        List<String> topics = new ArrayList<>();
        List<TopicPartition> owned = new ArrayList<>();
    }

    public static void main(String[] args) {
        ConsumerPartitionAssignor[] assignors = {
            new RangeAssignor(), new RoundRobinAssignor(), new StickyAssignor(), new CooperativeStickyAssignor()};
        for (int round = 0; round < 160; round++) {
            for (ConsumerPartitionAssignor assignor : assignors) print(assignor, round);
        }
    }

    static void print(ConsumerPartitionAssignor assignor, int round) {
        boolean hasRacks = round % 4 == 3, isEqual = round % 2 == 0;
        String[] racks = {"a", "b", "c"};
        List<String> names = new ArrayList<>();
        List<PartitionInfo> infos = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        for (int id = 0; id < 6; id++) nodes.add(new Node(id, "host" + id, 9092, hasRacks ? racks[id % 3] : null));
        int topicCount = 1 + random.nextInt(4), same = 1 + random.nextInt(9);
        List<String> topicTexts = new ArrayList<>();
        for (int topic = 0; topic < topicCount; topic++) {
            String name = "t" + topic;
            names.add(name);
            int count = random.nextBoolean() ? same : 1 + random.nextInt(12);
            List<String> texts = new ArrayList<>();
            for (int partition = 0; partition < count; partition++) {
                int first = random.nextInt(6);
                Node[] replicas = {nodes.get(first), nodes.get((first + 1 + random.nextInt(5)) % 6)};
                infos.add(new PartitionInfo(name, partition, replicas[0], replicas, replicas));
                TreeSet<String> own = new TreeSet<>();
                for (Node node : replicas) if (node.rack() != null) own.add(node.rack());
                texts.add(String.join("+", own));
            }
            topicTexts.add(name + "=" + String.join(",", texts));
        }
        List<Member> members = new ArrayList<>();
        int memberCount = 1 + random.nextInt(7), generation = random.nextInt(5);
        List<PartitionInfo> free = new ArrayList<>(infos);
        Collections.shuffle(free, random);
        for (int number = 0; number < memberCount; number++) {
            Member member = new Member();
            member.id = "m" + (char) ('a' + random.nextInt(26)) + number;
            if (random.nextInt(4) == 0) member.instance = "i" + (char) ('a' + random.nextInt(26)) + number;
            if (hasRacks && random.nextInt(5) > 0) member.rack = racks[random.nextInt(3)];
            for (String name : names) if (isEqual || random.nextInt(3) > 0) member.topics.add(name);
            if (member.topics.isEmpty()) member.topics.add(names.get(0));
            member.generation = random.nextInt(4) == 0 ? -1 : Math.max(0, generation - random.nextInt(2));
            if (assignor instanceof StickyAssignor || assignor instanceof CooperativeStickyAssignor) {
                int count = member.generation < 0 ? 0 : random.nextInt(infos.size() + 1) / (1 + random.nextInt(memberCount));
                for (int i = 0; i < count && !free.isEmpty(); i++) {
                    PartitionInfo info = random.nextInt(20) == 0
                        ? infos.get(random.nextInt(infos.size())) : free.remove(free.size() - 1);
                    TopicPartition partition = new TopicPartition(info.topic(), info.partition());
                    if (!member.owned.contains(partition)) member.owned.add(partition);
                }
            }
            members.add(member);
        }
        Cluster cluster = new Cluster("c", nodes, infos, Set.of(), Set.of());
        Map<String, ConsumerPartitionAssignor.Subscription> subscriptions = new HashMap<>();
        List<String> memberTexts = new ArrayList<>();
        for (Member member : members) {
            ByteBuffer data = assignor instanceof StickyAssignor ? stickyData(member) : null;
            List<TopicPartition> owned = assignor instanceof CooperativeStickyAssignor ? member.owned : List.of();
            ConsumerPartitionAssignor.Subscription subscription = new ConsumerPartitionAssignor.Subscription(
                member.topics, data, owned, member.generation, Optional.ofNullable(member.rack));
            subscription.setGroupInstanceId(Optional.ofNullable(member.instance));
            subscriptions.put(member.id, subscription);
            memberTexts.add(String.join(";", member.id, member.instance == null ? "" : member.instance,
                member.rack == null ? "" : member.rack, "" + member.generation, String.join(",", member.topics), text(member.owned)));
        }
        Map<String, ConsumerPartitionAssignor.Assignment> result;
        try {
            result = assignor.assign(cluster, new ConsumerPartitionAssignor.GroupSubscription(subscriptions)).groupAssignment();
        } catch (NullPointerException e) {
            return; // Kafka's sticky assignors fail if a partition is owned whose topic no member is subscribed to.
        }
        List<String> resultTexts = new ArrayList<>();
        for (String id : new TreeSet<>(result.keySet())) resultTexts.add(id + "=" + text(result.get(id).partitions()));
        System.out.println(String.join("|", assignor.name(), String.join(" ", topicTexts), String.join(" ", memberTexts),
            String.join(" ", resultTexts)));
    }

    static String text(List<TopicPartition> partitions) {
        List<TopicPartition> sorted = new ArrayList<>(partitions);
        sorted.sort(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        List<String> texts = new ArrayList<>();
        for (TopicPartition partition : sorted) texts.add(partition.toString());
        return String.join(",", texts);
    }

    /** The user data of a sticky member, version 1, as the assignor writes it. */
    static ByteBuffer stickyData(Member member) {
        StickyAssignor writer = new StickyAssignor();
        writer.onAssignment(new ConsumerPartitionAssignor.Assignment(member.owned),
            new ConsumerGroupMetadata("g", member.generation, member.id, Optional.empty()));
        ByteBuffer data = writer.subscriptionUserData(Set.copyOf(member.topics));
        if (member.owned.isEmpty() || member.generation < 0) return data;
        StringBuilder hex = new StringBuilder();
        for (int i = data.position(); i < data.limit(); i++) hex.append(String.format("%02x", data.get(i)));
        System.out.println("data|" + member.generation + "|" + text(member.owned) + "|" + hex);
        return data;
    }
}
