#!/usr/bin/python3
"""A development broker with more partitions than it may have descriptors: librdkafka writes to all of them and reads them, also after the broker
was stopped, and while it is killed. Nothing is lost, repeated or out of order, and the descriptors stay below the limit.
"""
import argparse
import pathlib
import threading
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from scenario import Broker, Scratch, check, eventually

DESCRIPTORS = 1024
TOPICS = 10
RESTART_SECONDS_MAX = 5


class Descriptors:
    """The largest number of open descriptors and the memory of a broker, whose process may be replaced by another one."""

    def __init__(self, broker):
        self.broker, self.most, self.resident_kilobytes = broker, 0, 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stopped.wait(0.02):
            try:
                process = pathlib.Path(f"/proc/{self.broker.process.pid}")
                self.most = max(self.most, sum(1 for _ in (process / "fd").iterdir()))
                status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
                self.resident_kilobytes = max(self.resident_kilobytes, int(status.get("VmHWM", "0 kB").split()[0]))
            except OSError:
                pass

    def kill(self):
        self.stopped.set()
        self.thread.join()


class Partitions:
    def __init__(self, scratch, count, nodes):
        self.broker = scratch.keep(Broker(scratch.folder, nodes, descriptors=DESCRIPTORS))
        self.descriptors = scratch.keep(Descriptors(self.broker))
        self.bootstrap = ",".join(f"127.0.0.1:{self.broker.port + node}" for node in range(nodes))
        self.all = [(f"topic-{index % TOPICS}", index // TOPICS) for index in range(count)]
        # The values of each partition, in the order in which they were sent.
        self.sent = {partition: [] for partition in self.all}
        self.failures = []
        self.acknowledged = 0

    def timed(self, what, body):
        start, process, used = time.monotonic(), self.broker.process, self.broker.processor_seconds()
        body()
        used = f", {self.broker.processor_seconds() - used:.1f} s of the broker's processor time" if self.broker.process is process else ""
        print(f"ok: {what}: {time.monotonic() - start:.1f} s{used}", flush=True)

    def create(self):
        admin = AdminClient({"bootstrap.servers": self.bootstrap, "socket.timeout.ms": 300000})
        counts = {topic: sum(1 for name, _ in self.all if name == topic) for topic in {topic for topic, _ in self.all}}
        topics = [NewTopic(topic, count, -1) for topic, count in counts.items()]
        for created in admin.create_topics(topics, request_timeout=300, operation_timeout=300).values():
            created.result()

    def producer(self):
        return Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True, "linger.ms": 50, "log_level": 0,
                         "message.timeout.ms": 300000, "reconnect.backoff.max.ms": 200, "queue.buffering.max.messages": 1000000})

    def delivered(self, error, _):
        if error:
            self.failures.append(error)
        else:
            self.acknowledged += 1

    def send(self, producer, records):
        """Writes that many records to each partition."""
        for _ in range(records):
            for topic, index in self.all:
                value = f"{topic}-{index}-{len(self.sent[topic, index])}"
                self.sent[topic, index].append(value)
                producer.produce(topic, value, partition=index, on_delivery=self.delivered)
                producer.poll(0)

    def flush(self, producer):
        check(producer.flush(300) == 0 and not self.failures, f"{self.acknowledged} records are acknowledged {self.failures[:3]}")

    def compare(self):
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "reader", "enable.auto.commit": False, "log_level": 0,
                             "isolation.level": "read_committed", "reconnect.backoff.max.ms": 200})
        consumer.assign([TopicPartition(topic, index, OFFSET_BEGINNING) for topic, index in self.all])
        found = {partition: [] for partition in self.all}
        missing, deadline = sum(map(len, self.sent.values())), time.monotonic() + 300
        while missing > 0 and time.monotonic() < deadline:
            for message in consumer.consume(10000, 0.2):
                if message.error():
                    raise KafkaException(message.error())
                found[message.topic(), message.partition()].append(message.value().decode())
                missing -= 1
        consumer.close()
        wrong = [partition for partition in self.all if found[partition] != self.sent[partition]]
        check(not wrong, f"{sum(map(len, found.values()))} records are read once and in order {wrong[:3]}")

    def restart(self, what):
        self.broker.start()
        start = time.monotonic()
        described = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 100}).list_topics(timeout=300)
        seconds, used = time.monotonic() - start, self.broker.processor_seconds()
        check(sum(len(topic.partitions) for topic in described.topics.values()) == len(self.all), "the broker has all partitions")
        # Of the processor, since other processes of the machine take theirs.
        check(used < RESTART_SECONDS_MAX, f"the broker is ready {seconds:.1f} s after it {what}, with {used:.1f} s of processor time")

    def kill_while_producing(self, records):
        """Kills the broker when some of the records are acknowledged, and starts it while the producer repeats the others."""
        producer, before = self.producer(), self.acknowledged
        sending = threading.Thread(target=self.send, args=(producer, records))
        sending.start()
        eventually("records are acknowledged", lambda: producer.poll(0) + self.acknowledged > before + len(self.all) // 2, 120)
        self.broker.kill()
        self.restart("was killed")
        sending.join()
        self.flush(producer)

    def run(self):
        self.timed(f"{len(self.all)} partitions are created", self.create)
        producer = self.producer()
        self.timed("records are sent to all partitions", lambda: (self.send(producer, 3), self.flush(producer)))
        del producer
        self.timed("all partitions are read", self.compare)
        check(True, f"the broker stops within {self.broker.terminate(60):.1f} s")
        self.restart("was stopped")
        self.timed("all partitions are read", self.compare)
        self.timed("records are sent while the broker is killed", lambda: self.kill_while_producing(3))
        self.timed("all partitions are read", self.compare)
        self.broker.terminate(60)
        most, megabytes = self.descriptors.most, self.descriptors.resident_kilobytes // 1024
        check(0 < most < DESCRIPTORS, f"the broker has at most {most} descriptors and {megabytes} MB of memory")
        problems = [line for line in self.broker.log.read_text().splitlines() if " ERROR " in line]
        check(not problems, f"the broker logs no error {problems[:3]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partitions", type=int, default=10000)
    parser.add_argument("--nodes", type=int, default=1)
    options = parser.parse_args()
    with Scratch() as scratch:
        Partitions(scratch, options.partitions, options.nodes).run()


if __name__ == "__main__":
    main()
