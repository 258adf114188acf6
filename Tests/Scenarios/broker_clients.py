#!/usr/bin/python3
"""Clients that others have written use the development broker: codecs, transactions, both group protocols; it is killed in between, and old
records are removed. In the end Kafka's own tool reads every file of every partition.

With Debian's librdkafka and kcat, or PyPI's confluent-kafka, kafka-python and aiokafka (scripts/packages python); the group protocol of
KIP-848 needs librdkafka 2.10. The tool is skipped, with a message, without the systems for comparisons (../shared/peers) and Java 17.
"""
import importlib
import os
import pathlib
import shutil
import subprocess
import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

from scenario import Broker, Scratch, check, eventually

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
RECORDS = 2000
# 1 MiB is the smallest segment that Kafka allows.
SMALL_SEGMENTS = {"segment.bytes": str(1 << 20), "index.interval.bytes": "1000"}


class ClientScenario:
    def __init__(self, scratch):
        self.broker = scratch.keep(Broker(scratch.folder))
        self.address = self.broker.address
        self.admin_client = AdminClient({"bootstrap.servers": self.address})

    def create(self, name, partitions=1, **config):
        for future in self.admin_client.create_topics([NewTopic(name, partitions, 1, config=config)]).values():
            future.result()

    def read(self, topic, count, group, isolation="read_committed", **config):
        """The values of the topic's first records that a group gets."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": group, "auto.offset.reset": "earliest",
                             "isolation.level": isolation, "check.crcs": True, **config})
        consumer.subscribe([topic])
        values = []
        deadline = time.monotonic() + 60
        while len(values) < count and time.monotonic() < deadline:
            for message in consumer.consume(500, 0.2):
                if message.error():
                    raise KafkaException(message.error())
                values.append(message.value().decode())
        consumer.commit(asynchronous=False)
        consumer.close()
        return values

    def codecs(self):
        """Each codec of the producer in one topic, and each codec of a topic with another of the producer."""
        self.create("codecs", **SMALL_SEGMENTS)
        for topic in CODECS[1:]:
            self.create(f"as-{topic}", **{"compression.type": topic}, **SMALL_SEGMENTS)
        expected = []
        for codec in CODECS:
            producer = Producer({"bootstrap.servers": self.address, "compression.type": codec, "enable.idempotence": True,
                                 "linger.ms": 20})
            values = [f"{codec} {number} " + "x" * 1000 for number in range(RECORDS)]
            for value in values:
                for topic in ["codecs", *(f"as-{other}" for other in CODECS[1:])]:
                    producer.produce(topic, value, key=str(len(value)))
                    producer.poll(0)
            check(producer.flush(60) == 0, f"records in {codec} are acknowledged")
            expected += values
        self.restart()
        for topic in ["codecs", *(f"as-{codec}" for codec in CODECS[1:])]:
            check(self.read(topic, len(expected), f"group-{topic}") == expected, f"the records of {topic} are read back")

    def restart(self):
        self.broker.kill()
        self.broker.start()
        eventually("the broker is back", self.broker.listens)

    def transactions(self):
        self.create("transactions", 2, **SMALL_SEGMENTS)
        self.create("source")
        config = {"bootstrap.servers": self.address, "transactional.id": "scenario", "transaction.timeout.ms": 60000}
        producer = Producer(config)
        producer.init_transactions(30)
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "offsets"})
        committed = []
        for number in range(20):
            producer.begin_transaction()
            values = [f"{number}.{index}" for index in range(10)]
            for index, value in enumerate(values):
                producer.produce("transactions", value, partition=index % 2)
            producer.flush(30)
            producer.send_offsets_to_transaction([TopicPartition("source", 0, number)], consumer.consumer_group_metadata(), 30)
            if number % 3 == 1:
                producer.abort_transaction(30)
            else:
                committed += values
                producer.commit_transaction(30)
        self.restart()
        offset = consumer.committed([TopicPartition("source", 0)], 30)[0].offset
        check(offset == 18, f"the offset of the last committed transaction is stored: {offset}")
        producer.begin_transaction()
        producer.produce("transactions", "abandoned", partition=0)
        producer.flush(30)
        successor = Producer(config)
        successor.init_transactions(30)
        try:
            producer.commit_transaction(30)
            check(False, "the old producer is fenced")
        except KafkaException as error:
            check(error.args[0].fatal(), f"the old producer is fenced: {error}")
        values = self.read("transactions", len(committed), "committed")
        check(sorted(values) == sorted(committed), "a committed reader gets the committed records")

    def write_old_records(self):
        """Committed and aborted transactions in each codec, in topics whose old records are removed."""
        self.create("compacted", **{"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.01"}, **SMALL_SEGMENTS)
        self.create("retained", **{"retention.bytes": str(1 << 20)}, **SMALL_SEGMENTS)
        self.latest = {}
        for codec in CODECS:
            producer = Producer({"bootstrap.servers": self.address, "transactional.id": f"old-{codec}", "compression.type": codec})
            producer.init_transactions(30)
            for is_committed in (True, False):
                producer.begin_transaction()
                values = {}
                for number in range(1000):
                    key, value = str(number % 50), os.urandom(500).hex()
                    values[key] = value
                    producer.produce("compacted", value, key=key)
                    producer.produce("retained", value, key=key)
                    producer.poll(0)
                if is_committed:
                    producer.commit_transaction(30)
                    self.latest |= values
                else:
                    producer.abort_transaction(30)

    def old_records(self):
        """Waits until they are removed, and reads what is left."""
        def bytes_of(topic):
            return sum(path.stat().st_size for path in (self.broker.data / f"{topic}-0").glob("*.log"))

        # The last segment of 1 MiB is left, and the segment before it for the retained bytes.
        eventually("old records are removed", lambda: all(bytes_of(topic) < 3 << 20 for topic in ("compacted", "retained")), 60)
        check(True, f"of 10 MB, {bytes_of('compacted')} bytes are left by compaction, {bytes_of('retained')} by retention")
        self.restart()
        kcat = ["kcat", "-b", self.address, "-C", "-t", "compacted", "-e", "-q", "-K:", "-X", "isolation.level=read_committed"]
        lines = subprocess.run(kcat, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
        found = dict(line.split(":", 1) for line in lines)
        check(found == self.latest, f"{len(lines)} records are left, with the last committed value of each of {len(found)} keys")

    def groups(self, protocol):
        """Two members share the partitions, and take over from each other."""
        topic = f"shared-{protocol}"
        self.create(topic, 6)
        config = {"bootstrap.servers": self.address, "group.id": topic, "auto.offset.reset": "earliest"}
        config |= {"group.protocol": "consumer"} if protocol == "consumer" else {"session.timeout.ms": 6000}
        members = [Consumer(config), Consumer(config)]
        for member in members:
            member.subscribe([topic])

        def shares():
            for member in members:
                member.poll(0.1)
            return [{partition.partition for partition in member.assignment()} for member in members]

        eventually(f"both members of a {protocol} group have three partitions", lambda: [len(share) for share in shares()] == [3, 3])
        check(set.union(*shares()) == set(range(6)), "each partition has one member")
        members.pop().close()
        eventually("the other one takes over", lambda: shares() == [set(range(6))])
        members.pop().close()

    def admin(self):
        """Requests of an administrator, as far as the version of librdkafka has them."""
        self.create("administered", 2)
        producer = Producer({"bootstrap.servers": self.address})
        for number in range(10):
            producer.produce("administered", str(number), partition=0)
        check(producer.flush(30) == 0, "records are acknowledged")
        resource = ConfigResource(ConfigResource.Type.TOPIC, "administered", set_config={"retention.ms": "5000000"})
        for future in self.admin_client.alter_configs([resource]).values():
            future.result(30)
        settings = next(iter(self.admin_client.describe_configs([resource]).values())).result(30)
        check(settings["retention.ms"].value == "5000000", "a setting is changed")
        for future in self.admin_client.create_partitions([NewPartitions("administered", 3)]).values():
            future.result(30)
        check(len(self.admin_client.list_topics("administered", 30).topics["administered"].partitions) == 3, "a partition is added")
        check(self.read("administered", 10, "administered") == list(map(str, range(10))), "the records are read")
        check(any(group.id == "administered" for group in self.admin_client.list_groups(timeout=30)), "the group is listed")
        if hasattr(self.admin_client, "delete_records"):
            self.recent_admin()
        for future in self.admin_client.delete_topics(["administered"]).values():
            future.result(30)

    def recent_admin(self):
        """Requests that librdkafka 2.0 does not have."""
        from confluent_kafka import ConsumerGroupTopicPartitions
        from confluent_kafka.admin import OffsetSpec
        partition = TopicPartition("administered", 0, 4)
        low = self.admin_client.delete_records([partition])[partition].result(30).low_watermark
        earliest = self.admin_client.list_offsets({partition: OffsetSpec.earliest()})[partition].result(30).offset
        check(low == earliest == 4, "records are deleted")
        described = self.admin_client.describe_consumer_groups(["administered"])["administered"].result(30)
        check(described.state.name == "EMPTY", "a group is described")
        request = [ConsumerGroupTopicPartitions("administered", [partition])]
        self.admin_client.alter_consumer_group_offsets(request)["administered"].result(30)
        offsets = self.admin_client.list_consumer_group_offsets([ConsumerGroupTopicPartitions("administered")])["administered"].result(30)
        check([entry.offset for entry in offsets.topic_partitions] == [4], "the offset of a group is changed")
        check(len(self.admin_client.describe_cluster().result(30).nodes) == 1, "the cluster is described")
        for future in self.admin_client.delete_consumer_groups(["administered"]).values():
            future.result(30)

    def kcat(self):
        lines = "".join(f"{number}\n" for number in range(1000))
        for codec in CODECS:
            subprocess.run(["kcat", "-b", self.address, "-P", "-t", "kcat", "-z", codec], input=lines, text=True, check=True)
        read = subprocess.run(["kcat", "-b", self.address, "-C", "-t", "kcat", "-e", "-q"], stdout=subprocess.PIPE, text=True,
                              check=True)
        check(read.stdout == lines * len(CODECS), "kcat reads what it wrote, in each codec")
        group = ["kcat", "-b", self.address, "-G", "kcat", "kcat", "-e", "-q", "-X", "auto.offset.reset=earliest"]
        read = subprocess.run(group, stdout=subprocess.PIPE, text=True, check=True)
        check(read.stdout == lines * len(CODECS), "a group of kcat reads")

    def segments(self):
        """Kafka's DumpLogSegments finds no fault in any file."""
        jars = pathlib.Path(os.environ.get("CDCD_PEERS", pathlib.Path(__file__).parents[3] / "shared/peers")) / "kafka"
        if not jars.is_dir() or not shutil.which("java"):
            print("broker_clients.py: Kafka's tool is skipped, there is no Kafka in ../shared/peers")
            return
        data = self.broker.data
        for suffix, option in (("log", ["--deep-iteration"]), ("index", []), ("timeindex", []), ("txnindex", []), ("snapshot", [])):
            files = sorted(str(path) for path in data.glob(f"*/*.{suffix}"))
            check(files, f"there are files .{suffix}")
            output = subprocess.run(
                ["java", "-Xmx300m", "-cp", f"{jars}/*", "org.apache.kafka.tools.DumpLogSegments", *option, "--files", ",".join(files)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            faults = [line for line in output.stdout.splitlines()
                      if "isvalid: false" in line or line.startswith(("Mismatches", "Found", "Exception", "Error"))]
            check(output.returncode == 0 and not faults, f"{len(files)} files .{suffix} are read without a fault {faults[:3]}")


def main():
    with Scratch() as scratch:
        scenario = ClientScenario(scratch)
        scenario.codecs()
        scenario.transactions()
        scenario.write_old_records()
        scenario.groups("classic")
        if confluent_kafka.libversion()[1] >= 0x020A0000:
            scenario.groups("consumer")
        scenario.admin()
        scenario.kcat()
        for name in ("kafka_python_client", "aiokafka_client"):
            try:
                client = importlib.import_module(name)
            except ImportError as error:
                print(f"broker_clients.py: {name} is skipped, {error}")
                continue
            client.run(scenario.broker.address)
        scenario.old_records()
        scenario.broker.terminate()
        scenario.segments()


if __name__ == "__main__":
    main()
