"""Servers and workers for the scenarios in this folder.

Needs Debian's python3-pymysql and python3-confluent-kafka. The program under test is $CDCD, else the debug build.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pymysql
from confluent_kafka import Consumer, TopicPartition

ROOT = pathlib.Path(__file__).resolve().parents[2]
CDCD = os.environ.get("CDCD", str(ROOT / ".build/debug/cdcd"))
# Multiplies the time limits, for a program that runs under valgrind.
SLOWNESS = 1


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


# Below the range of ephemeral ports, so that an outgoing connection cannot take a chosen port before it is used.
PORTS = iter(range(int(os.environ.get("CDCD_TEST_PORTS_FROM", 15000 + os.getpid() % 500 * 10)), 30000))


def free_port(count=1):
    """The first of `count` consecutive unused ports; no two calls return the same."""
    while True:
        block = [next(PORTS) for _ in range(count)]
        if all(is_free(port) for port in block):
            return block[0]


def eventually(what, question, seconds=30.0):
    """Calls `question` until its result is true; returns the result and the elapsed seconds."""
    start = time.monotonic()
    while True:
        answer = question()
        if answer:
            return answer, time.monotonic() - start
        if time.monotonic() - start > seconds * SLOWNESS:
            sys.exit(f"FAILED: {what} did not come true within {seconds * SLOWNESS} s")
        time.sleep(0.005)


def check(truth, what):
    if not truth:
        sys.exit(f"FAILED: {what}")
    print(f"ok: {what}", flush=True)


class MySQL:
    """A private server from scripts/servers, removed at the end."""

    def __init__(self, *options):
        self.port = free_port()
        self.servers("up", "mysql", self.port, *options)
        self.database = self.connect()

    def servers(self, *words):
        subprocess.run([ROOT / "scripts/servers", *map(str, words)], check=True, stdout=subprocess.DEVNULL)

    def connect(self, **more):
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", autocommit=True, **more)

    def sql(self, *statements):
        with self.database.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    def close(self):
        self.servers("down", "mysql", self.port)


class Process:
    """A process of cdcd with its log in the scratch folder, and with at most that many descriptors."""

    def __init__(self, folder, name, *arguments, descriptors=None):
        self.command, self.log = [CDCD, *map(str, arguments)], folder / f"{name}.log"
        if descriptors:
            self.command = ["prlimit", f"--nofile={descriptors}:{descriptors}", *self.command]
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds=10):
        """Sends SIGTERM; returns the seconds until the process ended."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        if code != 0:
            sys.exit(f"FAILED: exit code {code} after SIGTERM; log: {self.log}")
        return time.monotonic() - start


class Broker(Process):
    """A development broker; with a control port if it is to be controlled."""

    def __init__(self, folder, nodes=1, controlled=False, **limits):
        self.port, self.data = free_port(nodes), folder / "broker"
        self.control_port = free_port() if controlled else None
        control = ["--control", f"127.0.0.1:{self.control_port}"] if controlled else []
        super().__init__(folder, "broker", "broker", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.data,
                         "--nodes", nodes, *control, **limits)
        self.address = f"127.0.0.1:{self.port}"
        eventually("the broker listens", self.listens)

    def listens(self):
        def is_open(port):
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        return is_open(self.port) and (self.control_port is None or is_open(self.control_port))

    def control(self, method, path, body=None):
        """The JSON of the control port's answer; raises an exception if it is an error."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.control_port}{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None


class Worker(Process):
    def __init__(self, folder, kafka, **properties):
        self.port = free_port()
        settings = {
            "bootstrap.servers": kafka, "group.id": "scenario", "listeners": f"http://127.0.0.1:{self.port}",
            "key.converter": "org.apache.kafka.connect.json.JsonConverter", "key.converter.schemas.enable": "false",
            "value.converter": "org.apache.kafka.connect.json.JsonConverter", "value.converter.schemas.enable": "false",
            "config.storage.topic": "connect-configs", "offset.storage.topic": "connect-offsets", "status.storage.topic": "connect-status",
            "config.storage.replication.factor": "1", "offset.storage.replication.factor": "1", "status.storage.replication.factor": "1",
        } | {name.replace("_", "."): value for name, value in properties.items()}
        file = folder / "connect-distributed.properties"
        file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        super().__init__(folder, "worker", "worker", file)
        eventually("the worker answers", lambda: self.rest("GET", "/connectors") is not None)

    def rest(self, method, path, body=None):
        """The JSON of the response; None if there is none or it is an error."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10 * SLOWNESS) as answer:
                text = answer.read()
                return json.loads(text) if text.strip() else {}
        except (urllib.error.URLError, OSError):
            return None

    def status(self, method, path):
        """The status code of the response; None if there is no response."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def state(self, name):
        status = self.rest("GET", f"/connectors/{name}/status")
        return status["tasks"][0]["state"] if status and status["tasks"] else None

    def create(self, name, mysql, **config):
        base = {
            "connector.class": "io.debezium.connector.mysql.MySqlConnector", "database.hostname": "127.0.0.1",
            "database.port": str(mysql.port), "database.user": "root", "database.password": "", "database.server.id": "8405",
            "topic.prefix": name, "schema.history.internal.kafka.bootstrap.servers": self.settings("bootstrap.servers"),
            "schema.history.internal.kafka.topic": f"{name}.history",
        } | {key.replace("_", "."): value for key, value in config.items()}
        if self.rest("POST", "/connectors", {"name": name, "config": base}) is None:
            sys.exit(f"FAILED: the connector {name} cannot be created; log: {self.log}")
        eventually(f"{name} runs", lambda: self.state(name) == "RUNNING")

    def settings(self, name):
        lines = (self.log.parent / "connect-distributed.properties").read_text().splitlines()
        return next(line.split("=", 1)[1] for line in lines if line.startswith(name + "="))


class Topic:
    """One partition of a topic, read from its beginning by librdkafka."""

    def __init__(self, kafka, name):
        self.consumer = Consumer({"bootstrap.servers": kafka, "group.id": "scenario-reader", "enable.auto.commit": False,
                                  "log_level": 0, "fetch.wait.max.ms": 5, "topic.metadata.refresh.interval.ms": 200,
                                  "allow.auto.create.topics": False, "reconnect.backoff.max.ms": 100})
        self.partition = TopicPartition(name, 0, 0)
        self.consumer.assign([self.partition])
        self.records = []

    def poll(self, seconds=0.0, records_max=None):
        """Reads available records, at most until there are `records_max`; returns the number of records so far.

        Without a maximum it does not return while records arrive faster than they are read.
        """
        # A message without a value, a tombstone, is false.
        while records_max is None or len(self.records) < records_max:
            if (message := self.consumer.poll(seconds)) is None:
                break
            seconds = 0.0
            if not message.error():
                value = message.value()
                self.records.append((json.loads(message.key() or b"null"), json.loads(value) if value else None))
        return len(self.records)

    def end(self):
        """The number of records that the broker has stored."""
        return self.consumer.get_watermark_offsets(self.partition, timeout=10)[1]


class BytesTopic(Topic):
    """Keys, values and headers as they are stored."""

    def poll(self, seconds=0.0):
        while (message := self.consumer.poll(seconds)) is not None:
            seconds = 0.0
            if not message.error():
                self.records.append((message.key(), message.value(), message.headers() or []))
        return len(self.records)


class Scratch:
    """A folder that is removed unless the scenario fails."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cdcd-scenario-"))
        self.closing = []
        return self

    def keep(self, closing):
        self.closing.append(closing)
        return closing

    def __exit__(self, kind, error, trace):
        for resource in reversed(self.closing):
            (resource.close if isinstance(resource, MySQL) else resource.kill)()
        if kind is None:
            shutil.rmtree(self.folder)
        else:
            print(f"logs are kept in {self.folder}", file=sys.stderr)
