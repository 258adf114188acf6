#!/usr/bin/python3
"""The commands produce and consume with the mock cluster of librdkafka: another implementation of the protocol, with other versions of it,
that answers with errors, closes connections, moves leaders and stops brokers on request.

With Debian's librdkafka 2.0, or PyPI's confluent-kafka (scripts/packages python).
"""
import ctypes
import ctypes.util
import glob
import os
import random
import subprocess
import sys
import threading
import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaException, TopicPartition

from scenario import CDCD, check

PRODUCE, FETCH, LIST_OFFSETS, METADATA, OFFSET_COMMIT, OFFSET_FETCH = 0, 1, 2, 3, 8, 9
JOIN_GROUP, HEARTBEAT, SYNC_GROUP, INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, END_TXN = 11, 12, 14, 22, 24, 26
# Closes the connection.
DISCONNECT = -195
COORDINATOR_LOADING, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, REBALANCE_IN_PROGRESS, CONCURRENT_TRANSACTIONS = 14, 15, 16, 27, 51
UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE, NOT_LEADER, TIMED_OUT, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND = 3, 5, 6, 7, 19, 20
OF_COORDINATOR = [COORDINATOR_LOADING, NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, DISCONNECT]
BROKERS = 3
PARTITIONS = 4
RECORDS = 20_000
LINES = [f"record {number}" for number in range(RECORDS)]


def library():
    """The librdkafka that confluent_kafka uses."""
    bundled = glob.glob(os.path.join(os.path.dirname(confluent_kafka.__file__), "..", "confluent_kafka.libs", "librdkafka-*.so*"))
    return ctypes.CDLL((bundled or [ctypes.util.find_library("rdkafka")])[0])


class MockCluster:
    def __init__(self):
        self.library = library()
        for name in ("rd_kafka_new", "rd_kafka_mock_cluster_new"):
            getattr(self.library, name).restype = ctypes.c_void_p
        self.library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
        self.library.rd_kafka_version_str.restype = ctypes.c_char_p
        error = ctypes.create_string_buffer(200)
        client = self.library.rd_kafka_new(0, None, error, ctypes.c_size_t(len(error)))
        check(client, f"a client of librdkafka {self.library.rd_kafka_version_str().decode()} starts")
        self.cluster = ctypes.c_void_p(self.library.rd_kafka_mock_cluster_new(ctypes.c_void_p(client), BROKERS))
        self.address = self.library.rd_kafka_mock_cluster_bootstraps(self.cluster).decode()
        if self.library.rd_kafka_version() < 0x02010000:
            # Its responses of later versions have a field too many for each partition.
            self.limit(LIST_OFFSETS, 3)
        # It announces later versions, and closes the connection when it is asked with them.
        self.limit(JOIN_GROUP, 5)
        self.limit(SYNC_GROUP, 3)

    def limit(self, api, version):
        self.library.rd_kafka_mock_set_apiversion(self.cluster, *map(ctypes.c_int16, (api, 0, version)))

    def create(self, topic):
        self.library.rd_kafka_mock_topic_create(self.cluster, topic.encode(), PARTITIONS, BROKERS)

    def fail(self, api, *errors):
        """The next requests are refused with these errors."""
        array = (ctypes.c_int * len(errors))(*errors)
        self.library.rd_kafka_mock_push_request_errors_array(self.cluster, ctypes.c_int16(api), ctypes.c_size_t(len(errors)), array)

    def lead(self, topic, partition, broker):
        self.library.rd_kafka_mock_partition_set_leader(self.cluster, topic.encode(), partition, broker)

    def slow_down(self, milliseconds):
        for broker in range(BROKERS):
            self.library.rd_kafka_mock_broker_set_rtt(self.cluster, broker + 1, milliseconds)

    def set_down(self, broker, is_down):
        name = "rd_kafka_mock_broker_set_down" if is_down else "rd_kafka_mock_broker_set_up"
        getattr(self.library, name)(self.cluster, broker)

    def command(self, *words):
        return [CDCD, words[0], "-b", self.address, *words[1:]]

    def produce(self, topic, *options, lines=LINES):
        """Each line with its number as the key. The outcome may take some attempts, and is complete."""
        data = "".join(f"{number}:{line}\n" for number, line in enumerate(lines))
        process = subprocess.run(self.command("produce", topic, "-K", ":", *options), input=data.encode(), capture_output=True, timeout=120)
        check(process.returncode == 0, f"records are produced with {' '.join(options)}" + process.stderr.decode())

    def consume(self, topic, *options):
        process = subprocess.run(self.command("consume", topic, "-f", "%p %o %s\n", *options), capture_output=True, timeout=120)
        check(process.returncode == 0, f"they are consumed with {' '.join(options) or 'no options'}" + process.stderr.decode())
        return [line.split(" ", 2) for line in process.stdout.decode().splitlines()]

    def read(self, topic, count, checks=True):
        """What librdkafka reads, which checks every checksum."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "none", "check.crcs": checks})
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
        found, deadline = [], time.monotonic() + 60
        while len(found) < count and time.monotonic() < deadline:
            for message in consumer.consume(1000, 0.2):
                if message.error():
                    raise KafkaException(message.error())
                found.append([str(message.partition()), str(message.offset()), message.value().decode()])
        consumer.close()
        return found


class Disturbance:
    """Calls `step` every 50 ms while the body runs, with brokers that take some time for each request."""

    def __init__(self, cluster, step):
        self.cluster, self.step, self.count, self.end = cluster, step, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.end.wait(0.05):
            self.step()
            self.count += 1

    def __enter__(self):
        self.cluster.slow_down(10)
        self.thread.start()

    def __exit__(self, *error):
        self.end.set()
        self.thread.join()
        self.cluster.slow_down(0)
        check(self.count > 5, f"{self.count} times something changed")


def expect_once(records, what):
    """Each line once. The mock does not check the sequences of idempotent producers: it keeps no order of batches that are retried."""
    found = sorted(value for _, _, value in records)
    if found != sorted(LINES):
        sys.exit(f"FAILED: {what}: {len(found)} records, {len(set(found))} different ones, of {RECORDS}")
    print(f"ok: {what}", flush=True)


def expect_in_order(records, what):
    expect_once(records, what)
    for partition in range(PARTITIONS):
        numbers = [int(value.split()[1]) for found, _, value in records if found == str(partition)]
        check(numbers == sorted(numbers), f"in order in partition {partition}")


def codecs(cluster):
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        topic = f"codec-{codec}"
        cluster.create(topic)
        cluster.produce(topic, "-z", codec)
        expect_in_order(cluster.read(topic, RECORDS), f"librdkafka reads batches in {codec}")
        expect_in_order(cluster.consume(topic), f"and so does cdcd")


def errors_of_a_producer(cluster):
    """One request in flight, as the mock keeps no order otherwise."""
    in_order = ["-X", "max.in.flight.requests.per.connection=1", "-X", "batch.size=20000", "-X", "retry.backoff.ms=10"]
    for error in [UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE, NOT_LEADER, TIMED_OUT, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                  DISCONNECT]:
        topic = f"error{error}"
        cluster.create(topic)
        cluster.fail(METADATA, LEADER_NOT_AVAILABLE)
        cluster.fail(INIT_PRODUCER_ID, COORDINATOR_LOADING, COORDINATOR_NOT_AVAILABLE)
        cluster.fail(PRODUCE, *[error, error, 0, 0] * 4)
        cluster.produce(topic, *in_order)
        expect_in_order(cluster.read(topic, RECORDS), f"and stored once in spite of error {error}")


def moving_leaders(cluster, generator):
    cluster.create("moving")
    def step():
        cluster.lead("moving", generator.randrange(PARTITIONS), generator.randrange(BROKERS) + 1)
    with Disturbance(cluster, step):
        cluster.produce("moving", "-X", "batch.size=2000", "-X", "retry.backoff.ms=10")
        expect_once(cluster.consume("moving"), "while leaders move")


def brokers_go_and_come(cluster, generator):
    cluster.create("restarts")
    down = []
    def step():
        if down:
            cluster.set_down(down.pop(), False)
        else:
            down.append(generator.randrange(BROKERS) + 1)
            cluster.set_down(down[0], True)
    with Disturbance(cluster, step):
        cluster.produce("restarts", "-X", "batch.size=2000", "-X", "retry.backoff.ms=10")
        # The mock stores a batch that is sent again as another one.
        values = {value for _, _, value in cluster.consume("restarts")}
        check(values == set(LINES), "while brokers are stopped and started, and nothing is lost")
    for broker in down:
        cluster.set_down(broker, False)


def errors_of_a_consumer(cluster):
    cluster.create("read")
    cluster.produce("read")
    for api, errors in {LIST_OFFSETS: [NOT_LEADER, LEADER_NOT_AVAILABLE, DISCONNECT], FETCH: [NOT_LEADER, UNKNOWN_TOPIC, DISCONNECT],
                        METADATA: [LEADER_NOT_AVAILABLE, DISCONNECT]}.items():
        cluster.fail(api, *errors)
        expect_in_order(cluster.consume("read", "-X", "max.partition.fetch.bytes=20000"), f"in spite of errors of API {api}")


def transactions(cluster):
    cluster.create("transactions")
    cluster.fail(INIT_PRODUCER_ID, *OF_COORDINATOR)
    cluster.fail(ADD_PARTITIONS_TO_TXN, CONCURRENT_TRANSACTIONS, *OF_COORDINATOR)
    cluster.fail(END_TXN, *OF_COORDINATOR)
    cluster.produce("transactions", "-X", "transactional.id=t1", "-X", "retry.backoff.ms=10")
    # The mock's markers have no checksum.
    expect_in_order(cluster.read("transactions", RECORDS, checks=False), "and the transaction is complete")


def group(cluster):
    """A member of a classic group whose coordinator fails. (For KIP-848 the mock expects exactly the requests of librdkafka's consumer.)"""
    cluster.create("group")
    cluster.produce("group")
    cluster.fail(HEARTBEAT, COORDINATOR_LOADING, REBALANCE_IN_PROGRESS)
    cluster.fail(OFFSET_FETCH, *OF_COORDINATOR)
    cluster.fail(OFFSET_COMMIT, *OF_COORDINATOR)
    records = cluster.consume("group", "-g", "group", "-X", "retry.backoff.ms=10", "-X", "heartbeat.interval.ms=100")
    expect_in_order(records, "as a member of a group whose coordinator fails")
    consumer = Consumer({"bootstrap.servers": cluster.address, "group.id": "group"})
    committed = consumer.committed([TopicPartition("group", partition) for partition in range(PARTITIONS)], 10)
    check(sum(partition.offset for partition in committed) == RECORDS, "and the offsets are committed")
    consumer.close()


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    generator = random.Random(seed)
    cluster = MockCluster()
    codecs(cluster)
    errors_of_a_producer(cluster)
    moving_leaders(cluster, generator)
    brokers_go_and_come(cluster, generator)
    errors_of_a_consumer(cluster)
    transactions(cluster)
    group(cluster)


if __name__ == "__main__":
    main()
