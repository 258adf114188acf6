#!/usr/bin/python3
"""The schema registry is killed while a worker streams: the task waits, reports it, and continues without losing a row.

Needs the real registry beside the checkout (../shared/peers) and Java 17; says so where they are missing. The broker is the development broker.
"""
import os
import subprocess
import sys
import urllib.request

from confluent_kafka import KafkaException

from scenario import ROOT, Broker, MySQL, Scratch, Topic, Worker, check, eventually, free_port

PEERS = ROOT.parent / "shared/peers/peers"
NAME = "away"
CONVERTER = os.environ.get("CONVERTER", "io.confluent.connect.json.JsonSchemaConverter")


class Registry:
    """Apicurio Registry in a state folder of its own, which a kill does not remove."""

    def __init__(self, folder):
        self.environment = os.environ | {"PEERS_STATE": str(folder / "peers")}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/apis/ccompat/v7"
        self.run("up", "registry", self.port)
        # This registry lacks a class to compare JSON schemas with.
        subprocess.run(["curl", "-sf", "-X", "PUT", f"{self.url}/config", "-H", "Content-Type: application/json",
                        "-d", '{"compatibility":"NONE"}'], check=True, stdout=subprocess.DEVNULL)

    def run(self, *words):
        subprocess.run([PEERS, *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def subjects(self):
        with urllib.request.urlopen(f"{self.url}/subjects", timeout=10) as answer:
            return answer.read().decode()

    def kill(self):
        self.run("down", "all")


def stored(topic):
    """The number of records of a topic, which may not exist yet."""
    try:
        return topic.end()
    except KafkaException:
        return 0


def trace(worker):
    status = worker.rest("GET", f"/connectors/{NAME}/status")
    return status["tasks"][0].get("trace", "") if status and status["tasks"] else ""


def main():
    if not PEERS.exists():
        print("registry_away.py: skipped, there is no ../shared/peers")
        return
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        broker = scratch.keep(Broker(scratch.folder))
        registry = scratch.keep(Registry(scratch.folder))
        mysql.sql("CREATE DATABASE away", "CREATE TABLE away.t (id INT PRIMARY KEY)", "INSERT INTO away.t VALUES (1)")
        worker = scratch.keep(Worker(scratch.folder, broker.address))
        worker.create(NAME, mysql, database_include_list="away", value_converter=CONVERTER,
                      **{"value_converter_schema_registry_url": registry.url})
        topic = Topic(broker.address, f"{NAME}.away.t")
        eventually("the first row arrives", lambda: stored(topic) >= 1)
        check(f"{NAME}.away.t-value" in registry.subjects(), "the schema is registered")

        registry.run("kill", "registry")
        mysql.sql("INSERT INTO away.t VALUES (2)")
        eventually("a row with a known schema arrives without the registry", lambda: stored(topic) >= 2)
        mysql.sql("ALTER TABLE away.t ADD COLUMN b INT", *(f"INSERT INTO away.t VALUES ({n}, {n})" for n in range(3, 103)))
        _, seconds = eventually("the task waits", lambda: worker.state(NAME) == "RESTARTING")
        check("The schema registry does not answer" in trace(worker), f"the state is RESTARTING with the reason after {seconds:.1f} s")
        worker.rest("PUT", f"/connectors/{NAME}/pause")
        _, seconds = eventually("the task pauses", lambda: worker.state(NAME) == "PAUSED")
        worker.rest("PUT", f"/connectors/{NAME}/resume")
        eventually("the task waits again", lambda: worker.state(NAME) == "RESTARTING")
        check(stored(topic) == 2, f"no record is written meanwhile; the task was paused within {seconds:.1f} s")

        registry.run("start", "registry")
        _, seconds = eventually("the task continues", lambda: worker.state(NAME) == "RUNNING", seconds=60)
        eventually("all rows arrive", lambda: stored(topic) >= 102)
        # A repeated record would follow the last one.
        worker.rest("PUT", f"/connectors/{NAME}/pause")
        eventually("the task pauses", lambda: worker.state(NAME) == "PAUSED")
        worker.rest("PUT", f"/connectors/{NAME}/resume")
        eventually("the task runs", lambda: worker.state(NAME) == "RUNNING")
        check(stored(topic) == 102, f"every row arrives once, {seconds:.1f} s after the registry is back")

        registry.run("kill", "registry")
        mysql.sql("ALTER TABLE away.t ADD COLUMN c INT", "INSERT INTO away.t VALUES (103, 1, 1)")
        eventually("the task waits", lambda: worker.state(NAME) == "RESTARTING")
        check(worker.terminate() < 5, "the worker stops during the wait")


if __name__ == "__main__":
    sys.exit(main())
