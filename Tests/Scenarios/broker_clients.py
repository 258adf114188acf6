#!/usr/bin/python3
"""Clients that others have written use the development broker: codecs, transactions, both group protocols; it is killed in between. In the
end Kafka's own tool reads every file of every partition.

With Debian's librdkafka and kcat, or PyPI's confluent-kafka, kafka-python and aiokafka (scripts/packages python); the group protocol of
KIP-848 needs librdkafka 2.10. The tool is skipped, with a message, without the systems for comparisons (../shared/peers) and Java 17.
"""
import asyncio
import os
import pathlib
import shutil
import subprocess
import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from scenario import Broker, Scratch, check, eventually

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
RECORDS = 2000
# 1 MiB is the smallest segment that Kafka allows.
SMALL_SEGMENTS = {"segment.bytes": str(1 << 20), "index.interval.bytes": "1000"}


class ClientScenario:
    def __init__(self, scratch):
        self.broker = scratch.keep(Broker(scratch.folder))
        self.address = self.broker.address
        self.admin = AdminClient({"bootstrap.servers": self.address})

    def create(self, name, partitions=1, **config):
        for future in self.admin.create_topics([NewTopic(name, partitions, 1, config=config)]).values():
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

    async def aiokafka(self):
        import aiokafka
        producer = aiokafka.AIOKafkaProducer(bootstrap_servers=self.address, enable_idempotence=True, compression_type="gzip")
        await producer.start()
        for number in range(100):
            await producer.send_and_wait("aiokafka", str(number).encode())
        await producer.stop()
        consumer = aiokafka.AIOKafkaConsumer("aiokafka", bootstrap_servers=self.address, group_id="aiokafka", auto_offset_reset="earliest")
        await consumer.start()
        values = [int((await asyncio.wait_for(consumer.getone(), 30)).value) for _ in range(100)]
        await consumer.stop()
        check(values == list(range(100)), "aiokafka reads what it wrote")

    def kafka_python(self):
        import kafka
        producer = kafka.KafkaProducer(bootstrap_servers=self.address, compression_type="gzip")
        for number in range(100):
            producer.send("kafka-python", str(number).encode())
        producer.close(30)
        consumer = kafka.KafkaConsumer("kafka-python", bootstrap_servers=self.address, group_id="kafka-python",
                                       auto_offset_reset="earliest", consumer_timeout_ms=20000)
        values = [int(next(consumer).value) for _ in range(100)]
        consumer.close()
        check(values == list(range(100)), "kafka-python reads what it wrote")

    def kcat(self):
        lines = "".join(f"{number}\n" for number in range(1000))
        subprocess.run(["kcat", "-b", self.address, "-P", "-t", "kcat", "-z", "lz4"], input=lines, text=True, check=True)
        read = subprocess.run(["kcat", "-b", self.address, "-C", "-t", "kcat", "-e", "-q"], stdout=subprocess.PIPE, text=True,
                              check=True)
        check(read.stdout == lines, "kcat reads what it wrote")

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
        scenario.groups("classic")
        if confluent_kafka.libversion()[1] >= 0x020A0000:
            scenario.groups("consumer")
        scenario.kcat()
        for name, run in (("kafka", scenario.kafka_python), ("aiokafka", lambda: asyncio.run(scenario.aiokafka()))):
            try:
                run()
            except ImportError as error:
                print(f"broker_clients.py: {name} is skipped, {error}")
        scenario.broker.terminate()
        scenario.segments()


if __name__ == "__main__":
    main()
