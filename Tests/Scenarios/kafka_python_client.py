"""kafka-python uses a broker: each codec, groups, transactions (since 2.2) and requests of an administrator."""
import threading

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.codec import has_lz4, has_snappy, has_zstd

from scenario import check, eventually

CODECS = [None, "gzip", *(name for name, exists in (("snappy", has_snappy()), ("lz4", has_lz4()), ("zstd", has_zstd())) if exists)]
LABEL = f"kafka-python {kafka.__version__}"


class Member(threading.Thread):
    """A member of a group. A poll of kafka-python 2.0 does not return during a rebalance, so that each has its thread."""

    def __init__(self, consumer):
        super().__init__(daemon=True)
        self.consumer, self.count, self.is_leaving = consumer, 0, False
        self.start()

    def run(self):
        # kafka-python 3.0 assigns nothing, for as long as its metadata is valid, if it leads before it knows the topic.
        self.consumer.partitions_for_topic("kafka-python-group")
        self.consumer.subscribe(["kafka-python-group"])
        while not self.is_leaving:
            self.consumer.poll(100)
            self.count = len(self.consumer.assignment())
        self.consumer.close()

    def leave(self):
        self.is_leaving = True
        self.join()


class KafkaPython:
    def __init__(self, address):
        self.address = address

    def consumer(self, *topics, **more):
        return KafkaConsumer(*topics, bootstrap_servers=self.address, auto_offset_reset="earliest", consumer_timeout_ms=30000, **more)

    def codecs(self):
        expected = []
        for codec in CODECS:
            producer = KafkaProducer(bootstrap_servers=self.address, compression_type=codec, acks="all")
            values = [f"{codec} {number} {'x' * 200}".encode() for number in range(200)]
            for number, value in enumerate(values):
                producer.send("kafka-python", value, key=b"key", headers=[("h", b"v")], timestamp_ms=1000 + number)
            producer.close(30)
            expected += values
        consumer = self.consumer("kafka-python", group_id="kafka-python")
        records = [next(consumer) for _ in expected]
        check([record.value for record in records] == expected, f"{LABEL} reads what it wrote, in {len(CODECS)} codecs")
        consumer.commit()
        partition = TopicPartition("kafka-python", 0)
        check(consumer.committed(partition) == len(expected), f"{LABEL} commits an offset")
        check(consumer.offsets_for_times({partition: 1100})[partition].offset == 100, f"{LABEL} finds an offset by time")
        consumer.close()

    def groups(self, admin):
        admin.create_topics([NewTopic("kafka-python-group", 4, 1)])
        members = [
            Member(self.consumer(group_id="kafka-python-group", session_timeout_ms=10000, heartbeat_interval_ms=500)) for _ in range(2)]
        eventually(f"two members of {LABEL} have two partitions each", lambda: [member.count for member in members] == [2, 2])
        members.pop().leave()
        eventually("the other one takes over", lambda: members[0].count == 4)
        members.pop().leave()
        check(True, f"two members of {LABEL} share the partitions, and take over")

    def transactions(self):
        if not hasattr(KafkaProducer, "begin_transaction"):
            print(f"kafka_python_client.py: {LABEL} has no transactions")
            return
        producer = KafkaProducer(bootstrap_servers=self.address, transactional_id="kafka-python")
        producer.init_transactions()
        for number in range(4):
            producer.begin_transaction()
            producer.send("kafka-python-transactions", str(number).encode())
            if number % 2:
                producer.flush()
                producer.abort_transaction()
            else:
                producer.commit_transaction()
        producer.begin_transaction()
        producer.send("kafka-python-transactions", b"abandoned").get(30)
        successor = KafkaProducer(bootstrap_servers=self.address, transactional_id="kafka-python")
        successor.init_transactions()
        try:
            producer.commit_transaction()
            check(False, f"{LABEL}: the earlier producer is fenced")
        except kafka.errors.KafkaError as error:
            check(True, f"{LABEL}: the earlier producer is fenced: {type(error).__name__}")
        successor.begin_transaction()
        successor.send("kafka-python-transactions", b"last")
        successor.commit_transaction()
        successor.close(30)
        consumer = self.consumer("kafka-python-transactions", isolation_level="read_committed")
        check([next(consumer).value for _ in range(3)] == [b"0", b"2", b"last"], f"{LABEL} reads committed records")
        consumer.close()

    def administer(self, admin):
        admin.create_topics([NewTopic("kafka-python-admin", 1, 1, topic_configs={"retention.ms": "1000000"})])
        admin.create_partitions({"kafka-python-admin": NewPartitions(3)})
        check("kafka-python-admin" in admin.list_topics(), f"{LABEL} lists topics")
        check(len(admin.describe_topics(["kafka-python-admin"])[0]["partitions"]) == 3, f"{LABEL} adds partitions")
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "kafka-python-admin", {"retention.ms": "2000000"})])
        described = str(admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "kafka-python-admin")]))
        check("2000000" in described, f"{LABEL} changes a setting")
        groups = admin.list_groups if hasattr(admin, "list_groups") else admin.list_consumer_groups
        check("kafka-python" in str(groups()), f"{LABEL} lists groups")
        admin.delete_topics(["kafka-python-admin"])


def run(address):
    client = KafkaPython(address)
    admin = KafkaAdminClient(bootstrap_servers=address)
    client.codecs()
    client.groups(admin)
    client.transactions()
    client.administer(admin)
    admin.close()
