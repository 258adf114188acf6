#!/usr/bin/python3
"""Clients that others have written use listeners of the development broker with TLS, required client certificates and SASL: each security
protocol with each mechanism, wrong passwords and missing certificates, users that clients create, and limited authentications.

With Debian's librdkafka, kcat and kafka-python, or PyPI's confluent-kafka, kafka-python and aiokafka (scripts/packages python).
"""
import asyncio
import re
import subprocess
import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from scenario import Scratch, check
from secured import COMBINATIONS, MECHANISMS, PASSWORD, SecuredBroker

RECORDS = [f"value {number}" for number in range(50)]
LIBRDKAFKA = f"librdkafka {confluent_kafka.libversion()[0]}"
# librdkafka's SCRAM before this version repeats the client's nonce, which RFC 5802 does not allow; Kafka refuses it since 4.0, as the
# development broker does (https://github.com/confluentinc/librdkafka/pull/4895).
SCRAM_VERSION = 0x02060100


def name(protocol, mechanism):
    return protocol if mechanism is None else f"{protocol} with {mechanism}"


class Librdkafka:
    """Python's confluent-kafka."""

    label = LIBRDKAFKA
    has_scram = confluent_kafka.libversion()[1] >= SCRAM_VERSION
    names_cause = True

    def __init__(self, broker):
        self.broker = broker

    def exchange(self, topic, *security):
        properties = self.broker.librdkafka(*security)
        producer = Producer(properties | {"compression.type": "lz4"})
        for value in RECORDS:
            producer.produce(topic, value)
        producer.flush(30)
        consumer = Consumer(properties | {"group.id": topic, "auto.offset.reset": "earliest"})
        consumer.subscribe([topic])
        values = []
        deadline = time.monotonic() + 60
        while len(values) < len(RECORDS) and time.monotonic() < deadline:
            values += [message.value().decode() for message in consumer.consume(100, 0.2) if not message.error()]
        consumer.close()
        return values

    def error(self, *security, **more):
        """The error that the client reports."""
        errors = []
        properties = self.broker.librdkafka(*security, **more) | {"error_cb": errors.append, "log_level": 0}
        producer = Producer(properties)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            producer.poll(0.1)
            for error in errors:
                if error.code() in (KafkaError._AUTHENTICATION, KafkaError._SSL) or "SSL alert" in error.str():
                    return error.str()
        return None


class KafkaPython:
    has_scram = True
    # Its error is that there are no brokers, with those of Kafka, too.
    names_cause = False

    def __init__(self, broker):
        import kafka
        self.broker, self.kafka = broker, kafka
        self.label = f"kafka-python {kafka.__version__}"

    def exchange(self, topic, *security):
        arguments = self.broker.python(*security)
        producer = self.kafka.KafkaProducer(**arguments, compression_type="gzip")
        for value in RECORDS:
            producer.send(topic, value.encode())
        producer.close(30)
        consumer = self.kafka.KafkaConsumer(
            topic, **arguments, group_id=topic, auto_offset_reset="earliest", consumer_timeout_ms=30000)
        values = [next(consumer).value.decode() for _ in RECORDS]
        consumer.close()
        return values

    def error(self, *security, **more):
        timeout = {"bootstrap_timeout_ms": 5000} if self.kafka.__version__ >= "3" else {}
        try:
            self.kafka.KafkaConsumer(**self.broker.python(*security, **more), **timeout).topics()
        except (self.kafka.errors.KafkaError, OSError) as error:
            return f"{type(error).__name__} {error}"
        return None


class Aiokafka:
    has_scram, names_cause = True, False

    def __init__(self, broker):
        import aiokafka
        self.broker, self.aiokafka = broker, aiokafka
        self.label = f"aiokafka {aiokafka.__version__}"

    def arguments(self, *security, **more):
        from aiokafka.helpers import create_ssl_context
        arguments = self.broker.python(*security, **more)
        files = {key: arguments.pop(f"ssl_{key}") for key in ("cafile", "certfile", "keyfile") if f"ssl_{key}" in arguments}
        return arguments | ({"ssl_context": create_ssl_context(**files)} if files else {})

    def exchange(self, topic, *security):
        async def run():
            producer = self.aiokafka.AIOKafkaProducer(**self.arguments(*security), compression_type="gzip")
            await producer.start()
            for value in RECORDS:
                await producer.send_and_wait(topic, value.encode())
            await producer.stop()
            consumer = self.aiokafka.AIOKafkaConsumer(
                topic, **self.arguments(*security), group_id=topic, auto_offset_reset="earliest")
            await consumer.start()
            values = [(await asyncio.wait_for(consumer.getone(), 30)).value.decode() for _ in RECORDS]
            await consumer.stop()
            return values
        return asyncio.run(run())

    def error(self, *security, **more):
        async def run():
            producer = self.aiokafka.AIOKafkaProducer(**self.arguments(*security, **more))
            try:
                await producer.start()
            except (self.aiokafka.errors.KafkaError, OSError) as error:
                return f"{type(error).__name__} {error}"
            finally:
                await producer.stop()
        return asyncio.run(run())


class Kcat:
    names_cause = True

    def __init__(self, broker):
        self.broker = broker
        # kcat - Apache Kafka producer and consumer tool … Version 1.7.1 (… librdkafka 2.0.2 …)
        text = subprocess.run(["kcat", "-V"], capture_output=True, text=True).stdout
        self.version = tuple(map(int, re.search(r"librdkafka (\d+)\.(\d+)\.(\d+)", text).groups()))
        self.label = "kcat with librdkafka " + ".".join(map(str, self.version))
        self.has_scram = self.version >= (2, 6, 1)

    def run(self, security, *words, text=None, **more):
        properties = self.broker.librdkafka(*security, **more)
        options = [word for key, value in properties.items() for word in ("-X", f"{key}={value}")]
        return subprocess.run(["kcat", *options, *words], input=text, capture_output=True, text=True, timeout=60)

    def exchange(self, topic, *security):
        self.run(security, "-P", "-t", topic, "-z", "zstd", text="\n".join(RECORDS)).check_returncode()
        return self.run(security, "-C", "-t", topic, "-e", "-q").stdout.splitlines()

    def error(self, *security, **more):
        run = self.run(security, "-L", "-m", "2", **more)
        return f"kcat {run.stderr}" if run.returncode else None


def clients(broker):
    result = [Librdkafka(broker), Kcat(broker)]
    for kind in (KafkaPython, Aiokafka):
        try:
            result.append(kind(broker))
        except ImportError as error:
            print(f"secured_clients.py: {kind.__name__} is skipped, {error}")
    return result


def combinations(broker):
    for client in clients(broker):
        for number, (protocol, mechanism) in enumerate(COMBINATIONS):
            if (mechanism or "").startswith("SCRAM") and not client.has_scram:
                error = client.error(protocol, mechanism) or ""
                check("invalid credentials" in error, f"{client.label}: its SCRAM is refused, as by Kafka")
                continue
            topic = f"{type(client).__name__}-{number}"
            check(client.exchange(topic, protocol, mechanism) == RECORDS, f"{client.label}: {name(protocol, mechanism)}")
        for mechanism in MECHANISMS:
            error = client.error("SASL_PLAINTEXT", mechanism, "wrong") or ""
            check("uthentication" in error if client.names_cause else error,
                  f"{client.label}: a wrong password is refused by {mechanism}")
        check(client.error("SSL", has_certificate=False), f"{client.label}: a client without a certificate is refused")


def reauthentication(broker):
    """Records are neither lost nor repeated while authentications end: the client repeats them, or connects again."""
    topic, count = "reauthentication", 0
    logs = []

    class Log:
        def log(self, level, pattern, *arguments):
            logs.append(pattern % arguments)

    mechanism = "SCRAM-SHA-512" if Librdkafka.has_scram else "PLAIN"
    properties = broker.librdkafka("SASL_SSL", mechanism) | {"debug": "security", "reconnect.backoff.max.ms": 100}
    producer = Producer(properties | {"enable.idempotence": True, "linger.ms": 0}, logger=Log())
    consumer = Consumer(properties | {"group.id": topic, "auto.offset.reset": "earliest", "enable.auto.commit": False}, logger=Log())
    consumer.subscribe([topic])
    values = []
    # Three times the broker's limit.
    end = time.monotonic() + 3
    while time.monotonic() < end or len(values) < count:
        if time.monotonic() < end:
            producer.produce(topic, str(count))
            count += 1
        producer.poll(0)
        values += [int(message.value()) for message in consumer.consume(10, 0.05) if not message.error()]
        if time.monotonic() > end + 30:
            break
    consumer.close()
    check(values == list(range(count)), f"{LIBRDKAFKA}: {count} records are read once, in order, across authentications")
    if confluent_kafka.libversion()[1] >= 0x020B0000:
        check(any("reauth" in line.lower() for line in logs), f"{LIBRDKAFKA} authenticates again")


def users(broker):
    """A user that a client creates authenticates with SCRAM."""
    try:
        from confluent_kafka.admin import (AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialDeletion,
                                           UserScramCredentialUpsertion)
    except ImportError:
        print(f"secured_clients.py: {LIBRDKAFKA} does not change users")
        return
    admin = AdminClient(broker.librdkafka("SASL_SSL", "SCRAM-SHA-256"))
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
    for future in admin.alter_user_scram_credentials([UserScramCredentialUpsertion("bob", info, b"bob-secret")]).values():
        future.result(30)
    described = admin.describe_user_scram_credentials(["bob"])["bob"].result(30)
    check([credential.iterations for credential in described.scram_credential_infos] == [8192], "the user is described")
    properties = broker.librdkafka("SASL_PLAINTEXT", "SCRAM-SHA-512") | {"sasl.username": "bob", "sasl.password": "bob-secret"}
    check(AdminClient(properties).list_topics(timeout=30).brokers, "the user authenticates")
    for future in admin.alter_user_scram_credentials([UserScramCredentialDeletion("bob", info.mechanism)]).values():
        future.result(30)
    try:
        AdminClient(properties | {"log_level": 0}).list_topics(timeout=3)
        check(False, "the user that was removed is refused")
    except KafkaException:
        check(True, "the user that was removed is refused")


def main():
    with Scratch() as scratch:
        broker = scratch.keep(SecuredBroker(scratch.folder))
        combinations(broker)
        users(broker)
        broker.terminate()
        check(PASSWORD not in broker.log.read_text(), "the broker's log has no password")
        broker = scratch.keep(SecuredBroker(scratch.folder, authentication_ms=1000))
        reauthentication(broker)
        broker.terminate()


if __name__ == "__main__":
    main()
