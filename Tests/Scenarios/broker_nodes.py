#!/usr/bin/python3
"""Clients that others have written use a development broker of three nodes while the leaders of its partitions move and its nodes are stopped and
started: nothing is lost, repeated or out of order. With Debian's librdkafka or PyPI's confluent-kafka, and, if it can reassign partitions, PyPI's
kafka-python (scripts/packages python).
"""
import threading
import time

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from scenario import Broker, Scratch, check, eventually

NODES = 3
PARTITIONS = 3
RECORDS = 6000
FAULTS = [
    {"api": "Produce", "move_leader": "before", "skip": 10, "count": 5},
    {"api": "Produce", "move_leader": "after", "disconnect": "after", "skip": 30, "count": 5},
    {"api": "Fetch", "move_leader": "after", "skip": 1, "count": 5},
]


class Nodes:
    def __init__(self, scratch):
        self.broker = scratch.keep(Broker(scratch.folder, NODES, controlled=True))
        self.bootstrap = ",".join(f"127.0.0.1:{self.broker.port + node}" for node in range(NODES))
        self.control = self.broker.control
        eventually("all nodes run", lambda: [node["running"] for node in self.control("GET", "/nodes")] == [True] * NODES)

    def create(self, topic):
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        admin.create_topics([NewTopic(topic, PARTITIONS, NODES)])[topic].result(30)

    def leaders(self, topic):
        return [self.control("GET", f"/leaders/{topic}/{index}")["node"] for index in range(PARTITIONS)]

    def move(self, topic):
        """Every partition gets another leader."""
        wanted = [leader % NODES + 1 for leader in self.leaders(topic)]
        for index, node in enumerate(wanted):
            self.control("PUT", f"/leaders/{topic}/{index}", {"node": node})
        check(self.leaders(topic) == wanted, f"the leaders of {topic} have moved to {wanted}")

    def restart(self, topic):
        """The leader of a partition is stopped and started, and the first replicas lead again."""
        node = self.leaders(topic)[0]
        self.control("POST", f"/nodes/{node}/stop")
        check(node not in self.leaders(topic), f"node {node} is stopped, and {self.leaders(topic)} lead {topic}")
        self.control("POST", f"/nodes/{node}/start")
        self.control("POST", "/leaders/preferred")
        check(sorted(self.leaders(topic)) == [1, 2, 3], f"node {node} is started, and {self.leaders(topic)} lead {topic}")

    def while_changing(self, produce, *changes):
        """Runs `produce` in a thread and makes one change after the other until it ends."""
        thread = threading.Thread(target=produce)
        thread.start()
        count = 0
        while thread.is_alive() or count < 5:
            changes[count % len(changes)]()
            count += 1
        thread.join()
        check(True, f"{count} changes while {RECORDS} records were written")

    # MARK: librdkafka

    def write(self, topic):
        """Returns a function that writes the records."""
        def produce():
            failures = []
            producer = Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True, "linger.ms": 5, "log_level": 0, "batch.num.messages": 20,
                                 "reconnect.backoff.max.ms": 200, "retry.backoff.ms": 20})
            for number in range(RECORDS):
                producer.produce(topic, str(number), partition=number % PARTITIONS,
                                 on_delivery=lambda error, _: failures.append(error) if error else None)
                producer.poll(0.0005)
            check(producer.flush(60) == 0 and not failures, f"librdkafka's records are acknowledged {failures[:3]}")
        return produce

    def read(self, topic):
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": topic, "auto.offset.reset": "earliest",
                             "isolation.level": "read_committed", "log_level": 0, "reconnect.backoff.max.ms": 200})
        consumer.subscribe([topic])
        values = [[] for _ in range(PARTITIONS)]
        deadline = time.monotonic() + 60
        while sum(map(len, values)) < RECORDS and time.monotonic() < deadline:
            for message in consumer.consume(500, 0.2):
                if message.error():
                    raise KafkaException(message.error())
                values[message.partition()].append(int(message.value()))
        consumer.close()
        self.compare(topic, values)

    def librdkafka(self):
        self.create("moves")
        self.while_changing(self.write("moves"), lambda: self.move("moves"), lambda: self.restart("moves"))
        self.read("moves")

    def librdkafka_with_faults(self):
        """Leaders move because of the requests themselves."""
        self.create("faults")
        self.control("POST", "/faults", FAULTS)
        self.write("faults")()
        self.read("faults")
        applied = [fault["applied"] for fault in self.control("GET", "/faults")]
        self.control("DELETE", "/faults")
        check(all(applied), f"leaders were moved by {applied} requests")

    # MARK: kafka-python

    def kafka_python(self, kafka):
        topic = "kafka-python"
        self.create(topic)
        admin = kafka.KafkaAdminClient(bootstrap_servers=self.bootstrap)
        futures = []

        def reassign():
            """Every partition gets its next replica as the first one, which an election makes the leader."""
            [described] = admin.describe_topics([topic])
            replicas = {entry["partition_index"]: entry["replica_nodes"] for entry in described["partitions"]}
            wanted = {kafka.TopicPartition(topic, index): nodes[1:] + nodes[:1] for index, nodes in replicas.items()}
            errors = {str(error) for error in admin.alter_partition_reassignments(wanted).values() if error}
            check(not errors, f"the replicas of {topic} are reassigned {errors}")
            admin.elect_leaders(0, {topic: list(range(PARTITIONS))})
            expected = [wanted[kafka.TopicPartition(topic, index)][0] for index in range(PARTITIONS)]
            check(self.leaders(topic) == expected, f"the leaders of {topic} have moved to {expected}")

        def produce():
            producer = kafka.KafkaProducer(bootstrap_servers=self.bootstrap, enable_idempotence=True)
            for number in range(RECORDS):
                futures.append(producer.send(topic, str(number).encode(), partition=number % PARTITIONS))
            producer.close(60)

        self.while_changing(produce, reassign)
        failures = [future.exception for future in futures if not future.succeeded()]
        check(not failures, f"kafka-python's records are written {failures[:3]}")
        consumer = kafka.KafkaConsumer(topic, bootstrap_servers=self.bootstrap, group_id=topic, auto_offset_reset="earliest",
                                       consumer_timeout_ms=20000)
        values = [[] for _ in range(PARTITIONS)]
        for message in consumer:
            values[message.partition].append(int(message.value))
            if sum(map(len, values)) == RECORDS:
                break
        consumer.close()
        self.compare(topic, values)

    @staticmethod
    def compare(topic, values):
        expected = [list(range(index, RECORDS, PARTITIONS)) for index in range(PARTITIONS)]
        check(values == expected, f"every record of {topic} is read once and in order {[len(part) for part in values]}")


def main():
    with Scratch() as scratch:
        nodes = Nodes(scratch)
        nodes.librdkafka()
        nodes.librdkafka_with_faults()
        try:
            import kafka
            if not hasattr(kafka.KafkaAdminClient, "alter_partition_reassignments"):
                raise ImportError(f"kafka-python {kafka.__version__} cannot move leaders")
            nodes.kafka_python(kafka)
        except ImportError as error:
            print(f"broker_nodes.py: without kafka-python, {error}")
        nodes.broker.terminate()


if __name__ == "__main__":
    main()
