"""Conversations of third-party clients with Kafka.

Clients connect to the addresses that a broker advertises, so the relay listens on the advertised port: start a broker whose
`advertised.listeners` has the port CAPTURE_KAFKA_ADVERTISED (21299) and that listens on CAPTURE_KAFKA (127.0.0.1:21292).
CAPTURE_KAFKA_VERSION (4.3.1) names the fixtures' folder, CAPTURE_KAFKA_TOOLS the folder with Kafka's jars.
The conversations named sasl-* are with the listener for SASL_PLAINTEXT, two ports after CAPTURE_KAFKA, which has the user cdcd with the
password cdcd-secret, and OAUTHBEARER without signatures.
Needs kcat, and from PyPI confluent-kafka, kafka-python and aiokafka.
"""
import asyncio
import contextlib
import glob
import importlib.metadata
import os
import subprocess
import time

from capturing.tee import Tee, save

BROKER = os.environ.get("CAPTURE_KAFKA", "127.0.0.1:21292")
ADVERTISED = int(os.environ.get("CAPTURE_KAFKA_ADVERTISED", "21299"))
VERSION = os.environ.get("CAPTURE_KAFKA_VERSION", "4.3.1")
BOOTSTRAP = f"127.0.0.1:{ADVERTISED}"


@contextlib.contextmanager
def server(_port):
    yield None


def version_of(package):
    return f"{package} {importlib.metadata.version(package)}"


def run(words, text=""):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def kcat(*words, text=""):
    return run(["kcat", "-b", BOOTSTRAP, *words], text)


def java(tool, *words, text=""):
    tools = os.environ.get("CAPTURE_KAFKA_TOOLS")
    if not tools:
        raise SystemExit("CAPTURE_KAFKA_TOOLS names no folder with Kafka's jars")
    return run(["java", "-cp", f"{tools}/*", tool, "--bootstrap-server", BOOTSTRAP, *words], text)


def captured(name, client, what, act):
    """A scenario: runs `act` through the relay and saves every connection with more than ApiVersions."""
    def scenario(_server):
        host, _, port = BROKER.rpartition(":")
        tee = Tee(host, int(port), ADVERTISED)
        try:
            act()
            time.sleep(0.3)
        finally:
            tee.close()
        kept = [turns for _, _, turns in tee.connections if turns]
        for number, turns in enumerate(kept, 1):
            save(f"kafka/{VERSION}/{name}/{number}", turns, server=f"Apache Kafka {VERSION}",
                 client=client() if callable(client) else client, what=what)
    return scenario


@contextlib.contextmanager
def relay():
    """A relay that saves nothing, for preparations."""
    host, _, port = BROKER.rpartition(":")
    tee = Tee(host, int(port), ADVERTISED)
    try:
        yield
    finally:
        tee.close()


def topic(name, partitions=1):
    from kafka.admin import KafkaAdminClient, NewTopic
    admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    try:
        admin.create_topics([NewTopic(name, partitions, 1)])
    except Exception as error:
        if "exists" not in str(error) and "Exists" not in type(error).__name__:
            raise
    admin.close()


def kcat_produce():
    kcat("-P", "-t", "fix-kcat", "-K", ":", "-H", "origin=kcat", text="a:one\nb:two\nc:drei \u00e4\n")


def kcat_produce_gzip():
    kcat("-P", "-t", "fix-kcat-gzip", "-z", "gzip", "-K", ":", text="".join(f"k{i}:value {i}\n" for i in range(20)))


def kcat_consume():
    kcat("-C", "-t", "fix-kcat", "-o", "beginning", "-e", "-q")


def kcat_consume_gzip():
    kcat("-C", "-t", "fix-kcat-gzip", "-o", "beginning", "-e", "-q")


def librdkafka_idempotent():
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": BOOTSTRAP, "enable.idempotence": True, "compression.type": "gzip",
                         "linger.ms": 5, "client.id": "fixture"})
    for number in range(5):
        producer.produce("fix-rdkafka", key=f"k{number}", value=None if number == 3 else f"v{number}",
                         headers=[("h", b"\x00\xff"), ("n", None)])
    producer.flush(30)


def librdkafka_group():
    from confluent_kafka import Consumer
    consumer = Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": "fix-group", "auto.offset.reset": "earliest",
                         "client.id": "fixture"})
    consumer.subscribe(["fix-rdkafka"])
    seen, deadline = 0, time.time() + 30
    while seen < 5 and time.time() < deadline:
        message = consumer.poll(1)
        seen += 1 if message is not None and not message.error() else 0
    if seen:
        consumer.commit(asynchronous=False)
    consumer.close()
    if seen < 5:
        raise SystemExit("the group got too few records")


def librdkafka_admin():
    from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
    admin = AdminClient({"bootstrap.servers": BOOTSTRAP, "client.id": "fixture"})
    def settle(futures):
        for future in futures.values():
            future.result(30)
    settle(admin.create_topics([NewTopic("fix-admin", 3, 1, config={"cleanup.policy": "compact"})]))
    settle(admin.describe_configs([ConfigResource(ResourceType.TOPIC, "fix-admin")]))
    admin.list_consumer_groups().result(30)
    settle(admin.delete_topics(["fix-admin"]))


def transactions():
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": BOOTSTRAP, "transactional.id": "fix-transactions"})
    producer.init_transactions(30)
    for outcome in ("commit", "abort", "commit"):
        producer.begin_transaction()
        producer.produce("fix-transactions", value=outcome)
        producer.flush(30)
        producer.commit_transaction(30) if outcome == "commit" else producer.abort_transaction(30)


def librdkafka_read_committed():
    from confluent_kafka import Consumer, TopicPartition
    consumer = Consumer({"bootstrap.servers": BOOTSTRAP, "group.id": "none", "isolation.level": "read_committed",
                         "enable.auto.commit": False, "client.id": "fixture"})
    consumer.assign([TopicPartition("fix-transactions", 0, 0)])
    seen, deadline = 0, time.time() + 30
    while seen < 2 and time.time() < deadline:
        message = consumer.poll(1)
        seen += 1 if message is not None and not message.error() else 0
    consumer.close()


def kafka_python():
    from kafka import KafkaConsumer, KafkaProducer
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, compression_type="gzip", client_id="fixture")
    for number in range(3):
        producer.send("fix-python", key=b"k", value=b"v%d" % number, headers=[("h", b"1")]).get(30)
    producer.close()
    consumer = KafkaConsumer("fix-python", bootstrap_servers=BOOTSTRAP, group_id="fix-python",
                             auto_offset_reset="earliest", client_id="fixture", consumer_timeout_ms=5000)
    for number, _ in enumerate(consumer):
        if number == 2:
            break
    consumer.close()


def aiokafka():
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
    async def talk():
        producer = AIOKafkaProducer(bootstrap_servers=BOOTSTRAP, client_id="fixture", enable_idempotence=True)
        await producer.start()
        for number in range(3):
            await producer.send_and_wait("fix-aio", b"v%d" % number, key=b"k")
        await producer.stop()
        consumer = AIOKafkaConsumer("fix-aio", bootstrap_servers=BOOTSTRAP, group_id="fix-aio", client_id="fixture",
                                    auto_offset_reset="earliest")
        await consumer.start()
        for _ in range(3):
            await asyncio.wait_for(consumer.getone(), 30)
        await consumer.stop()
    asyncio.run(talk())


def java_topics():
    tool = "org.apache.kafka.tools.TopicCommand" if not VERSION.startswith("2.") else "kafka.admin.TopicCommand"
    java(tool, "--create", "--topic", "fix-java", "--partitions", "2", "--config", "retention.ms=600000")
    java(tool, "--describe", "--topic", "fix-java")


def java_produce():
    tool = "org.apache.kafka.tools.ConsoleProducer" if not VERSION.startswith("2.") else "kafka.tools.ConsoleProducer"
    java(tool, "--topic", "fix-java", "--compression-codec", "gzip",
         text="one\ntwo\n" + "three " * 20 + "\n")


def java_consume():
    tool = ("org.apache.kafka.tools.consumer.ConsoleConsumer" if not VERSION.startswith("2.")
            else "kafka.tools.ConsoleConsumer")
    java(tool, "--topic", "fix-java", "--from-beginning", "--max-messages", "3", "--group", "fix-java")


def java_groups():
    tool = ("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand" if not VERSION.startswith("2.")
            else "kafka.admin.ConsumerGroupCommand")
    java(tool, "--describe", "--group", "fix-java")


def sasl(name, mechanism, client, what, *, user="cdcd", password="cdcd-secret", jaas=None):
    """A conversation with authentication: the first connection of kcat, or of Java's tool if `jaas` is given."""
    def scenario(_server):
        host, _, port = BROKER.rpartition(":")
        tee = Tee(host, int(port) + 2)
        address = f"127.0.0.1:{tee.port}"
        if jaas is None:
            words = ["kcat", "-b", address, "-L", "-t", "none", "-m", "3", "-X", "security.protocol=SASL_PLAINTEXT", "-X",
                     f"sasl.mechanism={mechanism}", "-X", f"sasl.username={user}", "-X", f"sasl.password={password}"]
        else:
            file = os.path.join(os.environ.get("TMPDIR", "/tmp"), "capture-sasl.properties")
            with open(file, "w") as properties:
                properties.write(f"security.protocol=SASL_PLAINTEXT\nsasl.mechanism={mechanism}\nsasl.jaas.config={jaas}\n"
                                 "default.api.timeout.ms=3000\nrequest.timeout.ms=2000\n")
            words = ["java", "-cp", f"{os.environ.get('CAPTURE_KAFKA_TOOLS')}/*", "org.apache.kafka.tools.ClusterTool",
                     "cluster-id", "--bootstrap-server", address, "--config", file]
        # Refused credentials make the client fail; what counts is the conversation.
        subprocess.run(words, capture_output=True, timeout=60)
        time.sleep(0.3)
        tee.close()
        save(f"kafka/{VERSION}/{name}/1", tee.turns, server=f"Apache Kafka {VERSION}", client=client, what=what)
    return scenario


def scenarios():
    def prepared(scenario, *names):
        def with_topics(running):
            with relay():
                for name in names:
                    name() if callable(name) else topic(name)
            scenario(running)
        return with_topics

    rdkafka = lambda: version_of("confluent-kafka")
    javas = f"Apache Kafka's tools {VERSION}"
    return {
        "kcat-produce": prepared(captured("kcat-produce", "kcat 1.7.1 (Debian)", "three keyed records with a header",
                                          kcat_produce), "fix-kcat"),
        "kcat-produce-gzip": prepared(captured("kcat-produce-gzip", "kcat 1.7.1 (Debian)", "twenty records in gzip",
                                               kcat_produce_gzip), "fix-kcat-gzip"),
        "kcat-consume": captured("kcat-consume", "kcat 1.7.1 (Debian)", "reads fix-kcat to its end", kcat_consume),
        "kcat-consume-gzip": captured("kcat-consume-gzip", "kcat 1.7.1 (Debian)", "reads fix-kcat-gzip to its end",
                                      kcat_consume_gzip),
        "librdkafka-idempotent": prepared(captured("librdkafka-idempotent", rdkafka,
                                                   "five records, idempotent, gzip, null value and header",
                                                   librdkafka_idempotent), "fix-rdkafka"),
        "librdkafka-group": captured("librdkafka-group", rdkafka, "a group of one reads five records and commits",
                                     librdkafka_group),
        "librdkafka-admin": captured("librdkafka-admin", rdkafka, "creates, describes and deletes a topic; lists groups",
                                     librdkafka_admin),
        "librdkafka-read-committed": prepared(captured("librdkafka-read-committed", rdkafka,
                                                       "reads a committed, an aborted and a committed transaction",
                                                       librdkafka_read_committed), "fix-transactions", transactions),
        "kafka-python": prepared(captured("kafka-python", lambda: version_of("kafka-python"),
                                          "three records in gzip, read by a group", kafka_python), "fix-python"),
        "aiokafka": prepared(captured("aiokafka", lambda: version_of("aiokafka"),
                                      "three idempotent records, read by a group", aiokafka), "fix-aio"),
        "java-topics": captured("java-topics", javas, "creates and describes a topic", java_topics),
        "java-produce": captured("java-produce", javas, "three records in gzip", java_produce),
        "java-consume": captured("java-consume", javas, "a group of one reads three records", java_consume),
        "sasl-plain": sasl("sasl-plain", "PLAIN", "kcat 1.7.1 (Debian)", "PLAIN"),
        "sasl-plain-refused": sasl("sasl-plain-refused", "PLAIN", "kcat 1.7.1 (Debian)", "PLAIN with a wrong password",
                                   password="other-secret"),
        # Not with kcat 1.7.1: librdkafka 2.0 repeats its nonce, which Kafka refuses.
        "sasl-scram-256": sasl("sasl-scram-256", "SCRAM-SHA-256", javas, "SCRAM-SHA-256",
                               jaas="org.apache.kafka.common.security.scram.ScramLoginModule required username=\"cdcd\" "
                                    "password=\"cdcd-secret\";"),
        "sasl-scram-512": sasl("sasl-scram-512", "SCRAM-SHA-512", javas, "SCRAM-SHA-512",
                               jaas="org.apache.kafka.common.security.scram.ScramLoginModule required username=\"cdcd\" "
                                    "password=\"cdcd-secret\";"),
        "sasl-scram-refused": sasl("sasl-scram-refused", "SCRAM-SHA-256", javas, "SCRAM-SHA-256 with a wrong password",
                                   jaas="org.apache.kafka.common.security.scram.ScramLoginModule required username=\"cdcd\" "
                                        "password=\"other-secret\";"),
        "sasl-oauthbearer": sasl("sasl-oauthbearer", "OAUTHBEARER", javas, "OAUTHBEARER with an unsecured token and an extension",
                                 jaas="org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
                                      "unsecuredLoginStringClaim_sub=\"cdcd\" unsecuredLoginExtension_traceId=\"123\";"),
        "java-groups": captured("java-groups", javas, "describes that group", java_groups),
    }
