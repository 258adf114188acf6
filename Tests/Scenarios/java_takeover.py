#!/usr/bin/python3
"""A Java worker with Debezium stops, cdcd starts with the same properties, and streaming continues at the same row; and vice versa.

Needs the real systems beside the checkout (../shared/peers) and Java 17; says so where they are missing.
"""
import os
import shutil
import subprocess
import sys

from scenario import ROOT, MySQL, Process, Scratch, Topic, check, eventually, free_port

PEERS = ROOT.parent / "shared/peers/peers"
NAME = "takeover"


class Peers:
    """Apache Kafka and Connect in a state folder of their own."""

    def __init__(self, folder):
        self.environment = os.environ | {"PEERS_STATE": str(folder / "peers")}
        self.folder = folder / "peers"

    def run(self, *words):
        subprocess.run([PEERS, *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def kill(self):
        self.run("down", "all")


class Sides:
    """The two workers, which use one REST port in turn."""

    def __init__(self, scratch):
        self.peers = scratch.keep(Peers(scratch.folder))
        # Kafka listens on five consecutive ports.
        self.kafka_port, self.rest_port = free_port(5), free_port()
        self.peers.run("up", "kafka", self.kafka_port)
        self.peers.run("up", "connect", self.rest_port, f"bootstrap.servers=127.0.0.1:{self.kafka_port}")
        self.kafka, self.scratch, self.cdcd = f"127.0.0.1:{self.kafka_port}", scratch, None

    def java_to_cdcd(self):
        self.peers.run("stop", "connect")
        properties = self.peers.folder / "connect/connect-distributed.properties"
        self.cdcd = self.scratch.keep(Process(self.scratch.folder, "cdcd", "worker", properties))

    def cdcd_to_java(self):
        self.cdcd.terminate()
        self.peers.run("start", "connect")

    def curl(self, method, path, body=None):
        data = [] if body is None else ["-H", "Content-Type: application/json", "-d", body]
        return subprocess.run(["curl", "-s", "-X", method, *data, f"http://127.0.0.1:{self.rest_port}{path}"],
                              capture_output=True, text=True).stdout

    def runs(self):
        status = self.curl("GET", f"/connectors/{NAME}/status")
        return status.count('"RUNNING"') == 2


def insert(mysql, first, last):
    for number in range(first, last + 1):
        mysql.sql(f"INSERT INTO takeover.t (id, v) VALUES ({number}, {number})")


def main():
    if not PEERS.exists() or not shutil.which("java"):
        print("skipped: needs ../shared/peers and Java 17")
        return
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE takeover", "CREATE TABLE takeover.t (id int PRIMARY KEY, v int)",
                  "CREATE USER cdc@'%' IDENTIFIED BY 'secret'", "GRANT ALL ON *.* TO cdc@'%'")
        sides = Sides(scratch)
        insert(mysql, 1, 10)
        answer = sides.curl("POST", "/connectors", f"""{{"name": "{NAME}", "config": {{
            "connector.class": "io.debezium.connector.mysql.MySqlConnector", "database.hostname": "127.0.0.1",
            "database.port": "{mysql.port}", "database.user": "cdc", "database.password": "secret", "database.server.id": "7001",
            "topic.prefix": "{NAME}", "table.include.list": "takeover.t", "driver.allowPublicKeyRetrieval": "true",
            "schema.history.internal.kafka.bootstrap.servers": "{sides.kafka}",
            "schema.history.internal.kafka.topic": "{NAME}.history"}}}}""")
        check('"name"' in answer, "the Java worker creates the connector")
        topic = Topic(sides.kafka, f"{NAME}.takeover.t")
        eventually("the Java worker snapshots", lambda: topic.poll(0.05) >= 10, 60)
        insert(mysql, 11, 20)
        eventually("the Java worker streams", lambda: topic.poll(0.05) >= 20, 60)
        last = 20
        for turn in range(2):
            sides.java_to_cdcd()
            insert(mysql, last + 1, last + 10)
            eventually("cdcd resumes", lambda: topic.poll(0.05) >= last + 10)
            eventually("cdcd reports RUNNING", sides.runs)
            mysql.sql(f"ALTER TABLE takeover.t ADD COLUMN c{turn} varchar(5) DEFAULT 'x'")
            insert(mysql, last + 11, last + 20)
            eventually("cdcd applies DDL", lambda: topic.poll(0.05) >= last + 20)
            sides.cdcd_to_java()
            insert(mysql, last + 21, last + 30)
            eventually("the Java worker resumes", lambda: topic.poll(0.05) >= last + 30, 90)
            eventually("the Java worker reports RUNNING", sides.runs, 90)
            last += 30
        topic.poll(1.0)
        ids = [value["payload"]["after"]["id"] for _, value in topic.records]
        check(ids == list(range(1, last + 1)), f"{last} rows in order, none lost, none repeated, over two turns of both workers")


if __name__ == "__main__":
    sys.exit(main())
