#!/usr/bin/python3
"""The rate and CPU time of FileStreamSink with values of 100 bytes (StringConverter) and JSON with schemas (JsonConverter).

    sink_rate.py [--records N] [--rounds N]    cdcd ($CDCD) with the development broker
    sink_rate.py --connect                     cdcd and a worker of Connect in turn, both on one Kafka (needs ../shared/peers)

The records are in one topic with one partition each. A round creates a connector with one task and waits until its file has all lines.
The rate begins with the first line; CPU is user and system time of the worker's process from the creation on.
"""
import argparse
import http.client
import json
import pathlib
import statistics
import subprocess
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from java_takeover import Peers
from scenario import Broker, Scratch, Worker, check, eventually, free_port

STRING = "org.apache.kafka.connect.storage.StringConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"
SCHEMA = ('{"type":"struct","optional":false,"name":"record","fields":[{"field":"id","type":"int64","optional":false},'
          '{"field":"name","type":"string","optional":true},{"field":"price","type":"double","optional":false},'
          '{"field":"ok","type":"boolean","optional":false}]}')
CONVERTERS = {"string": STRING, "json": JSON}
TICKS_PER_SECOND = 100


def value(kind, number):
    if kind == "string":
        return f"{number:010d}" * 10
    return f'{{"schema":{SCHEMA},"payload":{{"id":{number},"name":"name of {number}","price":{number % 1000}.25,"ok":true}}}}'


def produce(kafka, records):
    admin = AdminClient({"bootstrap.servers": kafka})
    for future in admin.create_topics([NewTopic(kind, 1, 1) for kind in CONVERTERS]).values():
        future.result()
    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 20, "queue.buffering.max.messages": 1000000})
    for number in range(records):
        for kind in CONVERTERS:
            producer.produce(kind, value(kind, number))
        if number % 1000 == 0:
            producer.poll(0)
            while len(producer) > 500000:
                producer.poll(0.1)
    producer.flush()


class Side:
    """A worker and its process."""

    def __init__(self, name, port, process):
        self.name, self.port, self.process = name, port, process

    def rest(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=100)
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status >= 400:
            raise SystemExit(f"FAILED: {method} {path}: {text}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def measure(self, kind, records, folder, round_number):
        connector, file = f"{kind}-{round_number}-{self.name}", folder / f"{kind}-{round_number}-{self.name}.lines"
        before = self.cpu_seconds()
        self.rest("PUT", f"/connectors/{connector}/config", {
            "connector.class": "FileStreamSink", "topics": kind, "file": str(file), "tasks.max": "1", "key.converter": STRING,
            "value.converter": CONVERTERS[kind], "value.converter.schemas.enable": "true",
        })
        eventually("the first line is written", lambda: file.exists() and file.stat().st_size > 0, 60)
        start = time.monotonic()
        last = f"{records - 1:010d}\n" if kind == "string" else f"Struct{{id={records - 1},"
        eventually("all lines are written", lambda: last in tail(file), 600)
        seconds, used = time.monotonic() - start, self.cpu_seconds() - before
        lines = int(subprocess.run(["wc", "-l", file], capture_output=True, text=True, check=True).stdout.split()[0])
        if lines != records:
            raise SystemExit(f"FAILED: {file} has {lines} lines")
        self.rest("DELETE", f"/connectors/{connector}")
        file.unlink()
        return records / seconds, used / records * 1e6


def tail(file):
    time.sleep(0.01)
    with open(file, "rb") as opened:
        opened.seek(max(0, file.stat().st_size - 300))
        return opened.read().decode(errors="replace")


def java(scratch):
    """Kafka and a worker of Connect."""
    peers = scratch.keep(Peers(scratch.folder))
    kafka_port, rest_port = free_port(5), free_port()
    peers.run("up", "kafka", kafka_port)
    kafka = f"127.0.0.1:{kafka_port}"
    peers.run("up", "connect", rest_port, f"bootstrap.servers={kafka}", "group.id=connect-java")
    return kafka, rest_port, int((peers.folder / "connect/pid").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connect", action="store_true")
    parser.add_argument("--records", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with Scratch() as scratch:
        if options.connect:
            kafka, rest_port, process = java(scratch)
        else:
            kafka = scratch.keep(Broker(scratch.folder)).address
        worker = scratch.keep(Worker(scratch.folder, kafka, config_storage_topic="c-configs", offset_storage_topic="c-offsets",
                                     status_storage_topic="c-status"))
        sides = [Side("cdcd", worker.port, worker.process.pid)]
        if options.connect:
            sides.append(Side("Connect", rest_port, process))
        produce(kafka, options.records)
        print("| value | worker | records/s | CPU, µs a record |\n|---|---|---|---|")
        for kind in CONVERTERS:
            found = {side.name: [] for side in sides}
            for round_number in range(options.rounds):
                for side in sides:
                    found[side.name].append(side.measure(kind, options.records, scratch.folder, round_number))
            for name, measured in found.items():
                rate, cpu = (statistics.median(column) for column in zip(*measured))
                print(f"| {kind} | {name} | {rate:,.0f} | {cpu:.2f} |", flush=True)
        check(True, f"{options.rounds} rounds of {options.records} records; medians")


if __name__ == "__main__":
    main()
