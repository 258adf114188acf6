#!/usr/bin/python3
"""FileStreamSink on cdcd answers, writes and commits what it does on a worker of Kafka Connect, and loses nothing when it is killed.

    file_sink.py [--record] [--show]

A session of REST calls, produced records, files and dead letter queues (here and in `sink_behaviour.py`) is played on cdcd with the
development broker and compared with `Fixtures/connect/file-sink.txt`, which `--record` plays on a worker of Connect (needs
../shared/peers). Then the worker is killed while
records are produced: every record is in the file at least once, and its offset is committed.
"""
import argparse
import difflib
import http.client
import json
import pathlib
import sys

from confluent_kafka import Producer, TopicPartition, Consumer
from confluent_kafka.admin import AdminClient, NewTopic

import sink_behaviour
from java_takeover import Peers
from scenario import ROOT, Broker, Scratch, Worker, check, eventually, free_port

FIXTURE = ROOT / "Fixtures/connect/file-sink.txt"
STRING = "org.apache.kafka.connect.storage.StringConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"
TRANSFORMS = "org.apache.kafka.connect.transforms."


class Player:
    """Plays the session on one worker, and writes down what can be seen."""

    def __init__(self, folder, rest_port, kafka):
        self.folder, self.rest_port, self.kafka, self.lines = folder, rest_port, kafka, []
        self.admin = AdminClient({"bootstrap.servers": kafka})
        self.producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0})

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.rest_port, timeout=100)
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        connection.request(method, path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        received = answer.read().decode()
        connection.close()
        return answer.status, received

    def show(self, method, path, body=None):
        status, text = self.call(method, path, body)
        sent = "" if body is None else " " + (body if isinstance(body, str) else json.dumps(body))
        if text:
            answer = json.loads(text)
            # Those that Java's JSON library and virtual machine find have texts of their own.
            if status == 500 and not answer["message"].startswith("Failed to"):
                answer["message"] = "…"
            text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
        self.say(f"{method} {path}{sent}", f"{status} {text}".replace(str(self.folder), "FOLDER"))

    def say(self, what, answer):
        self.lines.append(f"> {what}\n{answer}")

    def create_topics(self, **partitions):
        # The timestamps of the records are old.
        topics = [NewTopic(name, count, 1, config={"retention.ms": "-1"}) for name, count in partitions.items()]
        for future in self.admin.create_topics(topics).values():
            future.result()

    def produce(self, topic, *values, partition=0, key=None, headers=None):
        for value in values:
            self.producer.produce(topic, value, key, partition=partition, headers=headers, timestamp=1700000000000)
        self.producer.flush()

    def config(self, name, **config):
        return {
            "connector.class": "FileStreamSink", "file": str(self.folder / f"{name}.lines"), "tasks.max": "1", "value.converter": STRING,
        } | {key.replace("_", "."): value for key, value in config.items()}

    def create(self, name, **config):
        config = self.config(name, **config)
        status, text = self.call("PUT", f"/connectors/{name}/config", config)
        if status != 201:
            sys.exit(f"FAILED: {name} cannot be created: {text}")
        self.reaches(name, "RUNNING", int(config["tasks.max"]))

    def change(self, name, **config):
        status, text = self.call("GET", f"/connectors/{name}/config")
        return self.call("PUT", f"/connectors/{name}/config", json.loads(text) | config)

    def delete_topic(self, name):
        self.admin.delete_topics([name])[name].result()

    def awaits_topics(self, name, *topics):
        def found():
            return sorted(json.loads(self.call("GET", f"/connectors/{name}/topics")[1])[name]["topics"])
        eventually(f"the topics of {name} are {topics}", lambda: found() == sorted(topics), 90)
        self.say(f"topics of {name}", found())

    def reset_until_consumed(self, name, topic, value):
        """Produces a record until the connector, which begins at the end, has written it; only it is written."""
        def written():
            self.produce(topic, value)
            return value in self.file(name)
        eventually(f"{name} has written {value}", written, 90)
        self.say(f"lines of {name}", sorted(set(self.file(name))))

    def count(self, topic):
        """The number of records in the topic's only partition; 0 if it does not exist."""
        if topic not in self.admin.list_topics(timeout=10).topics:
            return 0
        reader = Consumer({"bootstrap.servers": self.kafka, "group.id": "reader"})
        low, high = reader.get_watermark_offsets(TopicPartition(topic, 0), timeout=10)
        reader.close()
        return high - low

    def states(self, name):
        status, text = self.call("GET", f"/connectors/{name}/status")
        status = json.loads(text) if status == 200 else {"connector": {"state": text}, "tasks": []}
        return [status["connector"]["state"]] + [task["state"] for task in status["tasks"]]

    def say_trace(self, name, lines):
        """The first lines of the trace of the first task, without the calls."""
        trace = json.loads(self.call("GET", f"/connectors/{name}/status")[1])["tasks"][0]["trace"]
        found = [line for line in trace.split("\n") if not line.startswith("\t")][:lines]
        self.say(f"trace of {name}", "\n".join(found).replace(str(self.folder), "FOLDER"))

    def reaches(self, name, state, tasks=1):
        if state == "FAILED":
            wanted = ["RUNNING"] + ["FAILED"] * tasks
        else:
            wanted = [state] * (1 + (0 if state == "STOPPED" else tasks))
        eventually(f"{name} is {wanted}", lambda: self.states(name) == wanted, 90)

    def file(self, name):
        place = self.folder / f"{name}.lines"
        return place.read_text().splitlines() if place.exists() else []

    def awaits(self, name, *lines):
        """Waits until the file has these lines."""
        eventually(f"{name} has written {lines}", lambda: sorted(self.file(name)) == sorted(lines), 90)
        self.say(f"lines of {name}", "\n".join(sorted(self.file(name))))

    def committed(self, name):
        return {(item["partition"]["kafka_topic"], item["partition"]["kafka_partition"]): item["offset"]["kafka_offset"]
                for item in json.loads(self.call("GET", f"/connectors/{name}/offsets")[1])["offsets"]}

    def awaits_offsets(self, name, offsets):
        eventually(f"the offsets of {name} are {offsets}", lambda: self.committed(name) == offsets, 90)

    def stop(self, name):
        self.call("PUT", f"/connectors/{name}/stop")
        self.reaches(name, "STOPPED")
        group = f"connect-{name}"
        eventually(f"{group} has no members", lambda: self.has_no_members(group), 90)

    def has_no_members(self, group):
        return not any(found.members for found in self.admin.list_groups(group, timeout=10))

    def dead_letters(self, topic, count):
        consumer = Consumer({"bootstrap.servers": self.kafka, "group.id": "reader", "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(topic, 0, 0)])
        found = []
        while len(found) < count:
            message = consumer.poll(30)
            if message is None:
                sys.exit(f"FAILED: only {len(found)} records are in {topic}")
            if not message.error():
                found.append(message)
        consumer.close()
        for message in found:
            parts = [f"key {message.key()}", f"value {message.value()}", f"timestamp {message.timestamp()}"]
            for name, value in message.headers() or []:
                text = value.decode() if value is not None else "null"
                if name == "__connect.errors.exception.stacktrace":
                    text = text.split("\n")[0]
                parts.append(f"{name}: {text}")
            self.say(f"record of {topic}", "\n".join(parts))


def partition(topic="alpha", number=0):
    return {"kafka_topic": topic, "kafka_partition": number}


def item(place, offset):
    return {"partition": place, "offset": offset}


def offset(value):
    return {"kafka_offset": value}


CHANGES = [
    [item(partition(), offset(1))], [item(partition(), offset("1"))], [item(partition(number="0"), offset(1))],
    [item(partition(), offset(" 1"))], [item(partition(), offset("+1"))], [item(partition(), offset("x"))],
    [item(partition(), offset(1.5))], [item(partition(), offset(1.0))], [item(partition(), offset(True))],
    [item(partition(), offset(None))], [item(partition(number=1.5), offset(1))], [item(partition(number=True), offset(1))],
    [item(partition(number=None), offset(1))], [item(partition(number="x"), offset(1))],
    [item(partition(number=3000000000), offset(1))], [item(partition(None), offset(1))], [item(partition(5), offset(1))],
    [item(partition(True), offset(1))], [item(partition(""), offset(1))], [item({"kafka_topic": "alpha"}, offset(1))],
    [item({"kafka_partition": 0}, offset(1))], [item({}, offset(1))], [item(None, offset(1))], [{"offset": offset(1)}],
    [{"partition": partition()}], [item(partition(), {})], [item(partition(), {"x": 1})],
    [item(partition(), {"kafka_offset": 1, "x": 2})], [item(partition() | {"x": 1}, offset(1))], [item(partition(), offset(-1))],
    [item(partition(), offset(999))], [item(partition(number=-1), offset(1))], [item(partition(number=9), offset(1))],
    [item(partition("none"), offset(1))], [item(partition("none"), None)], [item(partition(number=9), None)],
    [item(partition(number=-1), None)], [item(partition(), offset(2)), item(partition(), offset(1))],
    [item(partition(), offset(2)), item(partition("beta"), offset(1))], [item(partition(), offset("9223372036854775808"))],
    [item(partition(), offset(9223372036854775807))], [item(partition(), offset(1)), item(partition("beta"), None)],
    [item(partition(), offset([1]))], [item(partition(), offset({"a": 1}))], [item(partition(number=[0]), offset(1))],
    [item(partition(["alpha"]), offset(1))], [item(partition(), offset(1)), item(None, offset(1))],
    [item(partition(number="x"), None)], [],
]
BODIES = ["{}", "[]", "null", '{"offsets":null}', '{"offsets":{}}', '{"offsets":["x"]}', '{"offsets":[5]}', '{"x":1}',
          '{"offsets":[{"partition":"x","offset":null}]}', '{"offsets":[{"partition":{"kafka_topic":"alpha","kafka_partition":0},"offset":"x"}]}']


def lines_and_states(player):
    player.create_topics(alpha=1, beta=1)
    player.show("GET", "/connectors/files/offsets")
    player.show("DELETE", "/connectors/files/offsets")
    player.show("PATCH", "/connectors/files/offsets", {"offsets": [item(partition(), None)]})
    player.create("files", topics="alpha,beta")
    player.show("GET", "/connectors/files")
    player.show("GET", "/connectors/files/tasks")
    player.produce("alpha", "a1", "a2", "a3", None)
    player.produce("beta", "b1")
    player.awaits("files", "a1", "a2", "a3", "null", "b1")
    player.awaits_offsets("files", {("alpha", 0): 4, ("beta", 0): 1})
    player.show("GET", "/connectors/files/offsets")
    topics = json.loads(player.call("GET", "/connectors/files/topics")[1])["files"]["topics"]
    player.say("topics of files", sorted(topics))
    player.show("PATCH", "/connectors/files/offsets", {"offsets": [item(partition(), offset(1))]})
    player.show("DELETE", "/connectors/files/offsets")
    player.call("PUT", "/connectors/files/pause")
    player.reaches("files", "PAUSED")
    player.produce("beta", "b2")
    player.call("PUT", "/connectors/files/resume")
    player.awaits("files", "a1", "a2", "a3", "null", "b1", "b2")


def offsets(player):
    player.stop("files")
    player.show("GET", "/connectors/files/offsets")
    for change in CHANGES:
        player.show("PATCH", "/connectors/files/offsets", {"offsets": change})
        player.say("offsets of files", sorted(player.committed("files").items()))
    for body in BODIES:
        player.show("PATCH", "/connectors/files/offsets", body)
    player.show("DELETE", "/connectors/files/offsets")
    player.show("GET", "/connectors/files/offsets")
    player.show("DELETE", "/connectors/files/offsets")
    player.show("PATCH", "/connectors/files/offsets", {"offsets": [item(partition(), None)]})
    player.show("PATCH", "/connectors/files/offsets", {"offsets": [item(partition(), offset(2))]})
    player.call("PUT", "/connectors/files/resume")
    # Those without an offset are consumed from the beginning.
    player.awaits("files", "a1", "a2", "a3", "null", "b1", "b2", "a3", "null", "b1", "b2")
    player.call("DELETE", "/connectors/files")


def errors(player):
    player.create_topics(gamma=1)
    player.produce("gamma", '{"n":1}', "{bad", '{"n":2}', key=b"k", headers=[("h", b"1"), ("i", None)])
    common = {
        "topics.regex": "gam.*", "value.converter": JSON, "value.converter.schemas.enable": "false", "key.converter": STRING,
    }
    player.create("dead", **common, **{
        "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "letters", "errors.deadletterqueue.topic.replication.factor": "1",
        "errors.deadletterqueue.context.headers.enable": "true", "errors.log.enable": "true", "errors.log.include.messages": "true",
    })
    player.awaits("dead", "{n=1}", "{n=2}")
    player.dead_letters("letters", 1)
    player.awaits_offsets("dead", {("gamma", 0): 3})
    player.call("DELETE", "/connectors/dead")
    player.create("changed", **common, **{
        "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "others", "errors.deadletterqueue.topic.replication.factor": "1",
        "errors.deadletterqueue.context.headers.enable": "true", "transforms": "number,where", "predicates": "gamma",
        "transforms.number.type": TRANSFORMS + "Cast$Value", "transforms.number.spec": "n:int8", "transforms.number.predicate": "gamma",
        "transforms.where.type": TRANSFORMS + "InsertField$Value", "transforms.where.offset.field": "o",
        "transforms.where.partition.field": "p", "transforms.where.topic.field": "t", "transforms.where.timestamp.field": "ts",
        "predicates.gamma.type": TRANSFORMS + "predicates.TopicNameMatches", "predicates.gamma.pattern": "g.*",
    })
    player.produce("gamma", '{"n":"x"}', '{"n":"7"}')
    eventually("the last record is written", lambda: any("n=7" in line for line in player.file("changed")), 90)
    player.say("lines of changed", "\n".join(player.file("changed")))
    player.dead_letters("others", 2)
    player.call("DELETE", "/connectors/changed")
    config = {"connector.class": "FileStreamSink", "file": str(player.folder / "fails.lines"), **common}
    player.call("PUT", "/connectors/fails/config", config)
    player.reaches("fails", "FAILED")
    # Records of the same poll before it are not written.
    player.say("lines of fails", player.file("fails"))
    player.say("offsets of fails", sorted(player.committed("fails").items()))
    player.call("DELETE", "/connectors/fails")


def overrides(player):
    player.create_topics(delta=2)
    player.produce("delta", "d0", partition=0)
    player.produce("delta", "d1", partition=1)
    player.create("own", topics="delta", **{"consumer.override.group.id": "own-group", "consumer.override.max.poll.records": "1"})
    player.awaits("own", "d0", "d1")
    player.awaits_offsets("own", {("delta", 0): 1, ("delta", 1): 1})
    player.call("PUT", "/connectors/own/stop")
    player.reaches("own", "STOPPED")
    member = Consumer({"bootstrap.servers": player.kafka, "group.id": "own-group"})
    member.subscribe(["delta"])
    eventually("the member has partitions", lambda: member.poll(0.1) is None and len(member.assignment()) == 2, 90)
    player.show("PATCH", "/connectors/own/offsets", {"offsets": [item(partition("delta"), offset(0))]})
    player.show("PATCH", "/connectors/own/offsets", {"offsets": [item(partition("delta"), None)]})
    player.show("DELETE", "/connectors/own/offsets")
    member.close()
    player.call("DELETE", "/connectors/own")


def play(player):
    plugins = json.loads(player.call("GET", "/connector-plugins")[1])
    player.say("plugin", [plugin for plugin in plugins if "FileStreamSink" in plugin["class"]])
    for body in [{"topics": "t"}, {"topics": ""}, {"topics": "t", "topics.regex": "t"}, {"topics.regex": "("},
                 {"topics": "t", "errors.deadletterqueue.topic.name": "t"}, {"topics": "t", "consumer.override.group.id": "GROUP"}]:
        body = body | {"connector.class": "FileStreamSink", "name": "x"}
        if body.get("consumer.override.group.id"):
            body["consumer.override.group.id"] = player.group
        status, text = player.call("PUT", "/connector-plugins/FileStreamSink/config/validate", body)
        found = [(config["value"]["name"], config["value"]["errors"]) for config in json.loads(text)["configs"] if config["value"]["errors"]]
        player.say(f"validation of {json.dumps(body)}".replace(player.group, "GROUP"), f"{status} {found}".replace(player.group, "GROUP"))
    lines_and_states(player)
    offsets(player)
    errors(player)
    overrides(player)
    for part in sink_behaviour.PARTS:
        part(player)
    return player.lines


def kill(scratch, broker, worker):
    """The worker is killed while it writes: nothing is lost, and the next one continues after the group's session has ended."""
    player = Player(scratch.folder, worker.port, broker.address)
    player.create_topics(kill=3)
    player.create("killed", topics="kill", **{"tasks.max": "2", "consumer.override.session.timeout.ms": "6000"})
    expected = set()

    def produce(round_number):
        for number in range(3000):
            value = f"{round_number}-{number}"
            expected.add(value)
            player.producer.produce("kill", value, partition=number % 3)
            player.producer.poll(0)

    for round_number in range(3):
        before = len(player.file("killed"))
        produce(round_number)
        eventually("lines are written", lambda: len(player.file("killed")) > before, 60)
        worker.kill()
        player.producer.flush()
        worker.start()
        eventually("the worker answers", lambda: worker.rest("GET", "/connectors") is not None)
    eventually("every record is in the file", lambda: expected <= set(player.file("killed")), 90)
    player.awaits_offsets("killed", {("kill", number): 3000 for number in range(3)})
    check(True, f"three kills lost none of {len(expected)} records; {len(player.file('killed'))} lines are written")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    with Scratch() as scratch:
        if options.record:
            peers = scratch.keep(Peers(scratch.folder))
            kafka_port, rest_port = free_port(5), free_port()
            peers.run("up", "kafka", kafka_port)
            kafka = f"127.0.0.1:{kafka_port}"
            peers.run("up", "connect", rest_port, f"bootstrap.servers={kafka}", "offset.flush.interval.ms=500", "group.id=scenario")
            player = Player(scratch.folder, rest_port, kafka)
            player.group = "scenario"
            FIXTURE.write_text("\n\n".join(play(player)) + "\n")
            print(f"recorded {len(player.lines)} answers")
            return
        broker = scratch.keep(Broker(scratch.folder))
        worker = scratch.keep(Worker(scratch.folder, broker.address, offset_flush_interval_ms="500"))
        player = Player(scratch.folder, worker.port, broker.address)
        player.group = "scenario"
        now, recorded = "\n\n".join(play(player)) + "\n", FIXTURE.read_text()
        if now != recorded:
            lines = difflib.unified_diff(recorded.splitlines(), now.splitlines(), "Connect", "cdcd", lineterm="", n=2)
            print("\n".join(line if options.show else line[:300] for line in lines))
            sys.exit("FAILED: the answers differ from Connect's")
        check(True, f"{len(player.lines)} answers and files are those of Connect")
        kill(scratch, broker, worker)


if __name__ == "__main__":
    main()
