#!/usr/bin/python3
"""Clients that others have written use a development broker of three nodes while they move the leaders of its partitions: nothing is lost,
repeated or out of order. With Debian's librdkafka or PyPI's confluent-kafka, and PyPI's kafka-python (scripts/packages python).
"""
import threading
import time

from confluent_kafka import Consumer, KafkaException, Producer

from scenario import Broker, Scratch, check, eventually

NODES = 3
PARTITIONS = 3
RECORDS = 6000


class Nodes:
    def __init__(self, scratch):
        self.broker = scratch.keep(Broker(scratch.folder, NODES))
        self.bootstrap = ",".join(f"127.0.0.1:{self.broker.port + node}" for node in range(NODES))
        import kafka
        self.kafka = kafka
        self.admin = kafka.KafkaAdminClient(bootstrap_servers=self.bootstrap)

    def create(self, topic):
        from kafka.admin import NewTopic
        self.admin.create_topics([NewTopic(topic, PARTITIONS, NODES)])

    def partitions(self, topic):
        """Each partition's replicas, of which the first leads it after an election, and its leader."""
        [described] = self.admin.describe_topics([topic])
        return sorted((entry["partition_index"], entry["leader_id"], entry["replica_nodes"]) for entry in described["partitions"])

    def move(self, topic):
        """Every partition gets another leader."""
        wanted = {self.kafka.TopicPartition(topic, index): replicas[1:] + replicas[:1] for index, _, replicas in self.partitions(topic)}
        errors = {str(error) for error in self.admin.alter_partition_reassignments(wanted).values() if error}
        check(not errors, f"the replicas of {topic} are reassigned {errors}")
        self.admin.elect_leaders(0, {topic: list(range(PARTITIONS))})
        leaders = [leader for _, leader, _ in self.partitions(topic)]
        check(leaders == [replicas[0] for replicas in wanted.values()], f"the leaders of {topic} have moved to {leaders}")

    def while_moving(self, topic, produce):
        """Runs `produce` in a thread and moves the leaders until it ends."""
        thread = threading.Thread(target=produce)
        thread.start()
        moves = 0
        while thread.is_alive() or moves < 5:
            self.move(topic)
            moves += 1
        thread.join()
        check(True, f"{moves} moves while {RECORDS} records were written")

    def librdkafka(self):
        topic = "librdkafka"
        self.create(topic)
        failures = []

        def produce():
            producer = Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True, "linger.ms": 5})
            for number in range(RECORDS):
                producer.produce(topic, str(number), partition=number % PARTITIONS,
                                 on_delivery=lambda error, _: failures.append(error) if error else None)
                producer.poll(0.0005)
            check(producer.flush(60) == 0, "librdkafka's records are acknowledged")

        self.while_moving(topic, produce)
        check(not failures, f"librdkafka's records are written {failures[:3]}")
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": topic, "auto.offset.reset": "earliest",
                             "isolation.level": "read_committed"})
        consumer.subscribe([topic])
        values = [[] for _ in range(PARTITIONS)]
        deadline = time.monotonic() + 60
        while sum(map(len, values)) < RECORDS and time.monotonic() < deadline:
            for message in consumer.consume(500, 0.2):
                if message.error():
                    raise KafkaException(message.error())
                values[message.partition()].append(int(message.value()))
        consumer.close()
        self.compare("librdkafka", values)

    def kafka_python(self):
        topic = "kafka-python"
        self.create(topic)
        futures = []

        def produce():
            producer = self.kafka.KafkaProducer(bootstrap_servers=self.bootstrap, enable_idempotence=True)
            for number in range(RECORDS):
                futures.append(producer.send(topic, str(number).encode(), partition=number % PARTITIONS))
            producer.close(60)

        self.while_moving(topic, produce)
        failures = [future.exception for future in futures if not future.succeeded()]
        check(not failures, f"kafka-python's records are written {failures[:3]}")
        consumer = self.kafka.KafkaConsumer(topic, bootstrap_servers=self.bootstrap, group_id=topic, auto_offset_reset="earliest",
                                            consumer_timeout_ms=20000)
        values = [[] for _ in range(PARTITIONS)]
        for message in consumer:
            values[message.partition].append(int(message.value))
            if sum(map(len, values)) == RECORDS:
                break
        consumer.close()
        self.compare("kafka-python", values)

    @staticmethod
    def compare(client, values):
        expected = [list(range(index, RECORDS, PARTITIONS)) for index in range(PARTITIONS)]
        check(values == expected, f"{client} reads every record once and in order {[len(part) for part in values]}")


def main():
    try:
        import kafka
        if not hasattr(kafka.KafkaAdminClient, "alter_partition_reassignments"):
            raise ImportError(f"kafka-python {kafka.__version__} cannot move leaders")
    except ImportError as error:
        print(f"broker_nodes.py: skipped, {error}")
        return
    with Scratch() as scratch:
        nodes = Nodes(scratch)
        eventually("all nodes are there", lambda: len(nodes.admin.describe_cluster()["brokers"]) == NODES)
        nodes.librdkafka()
        nodes.kafka_python()
        nodes.broker.terminate()


if __name__ == "__main__":
    main()
