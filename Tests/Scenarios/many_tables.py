#!/usr/bin/python3
"""A server with many tables: how long writers are blocked by a first snapshot without data, how long that snapshot and a restart
take until the next row, and how much memory the worker uses. With --debezium the same for a Connect worker with Debezium.

    many_tables.py                     a private MySQL server and the development broker
    many_tables.py --mysql HOST:PORT --restart-mysql COMMAND --kafka HOST:PORT --debezium URL,HOST:PORT
                                       a server and Kafkas that are running: Debezium's REST address and its Kafka

Without --restart-mysql a server that is running is only measured with warm caches. --check fails if a limit is exceeded; the limits
are for 10,000 tables, the release build ($CDCD) and two cores that do nothing else.
"""
import argparse
import json
import pathlib
import subprocess
import threading
import time
import urllib.request

import pymysql

from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

BLOCKED_SECONDS_MAX = 0.2
SNAPSHOT_SECONDS_MAX = {"cold": 5.0, "warm": 3.0}
RESTART_SECONDS_MAX = 0.7
MEBIBYTES_MAX = 80
DATABASES = 5
COLUMNS = ("id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(100) NOT NULL DEFAULT '', amount decimal(12,2), "
           "created datetime(3) DEFAULT CURRENT_TIMESTAMP(3), state enum('new','paid','sent') DEFAULT 'new', note text")


class RunningMySQL:
    """A server that the scenario has not started."""

    def __init__(self, address, restart_command):
        self.host, port = address.rsplit(":", 1)
        self.port, self.restart_command = int(port), restart_command

    def connect(self):
        return pymysql.connect(host=self.host, port=self.port, user="root", autocommit=True)

    def restart(self):
        subprocess.run(self.restart_command, shell=True, check=True, stdout=subprocess.DEVNULL)


class PrivateMySQL(MySQL):
    def restart(self):
        self.database.close()
        self.servers("kill", "mysql", self.port)
        self.servers("start", "mysql", self.port)
        self.database = self.connect()


class Writer(threading.Thread):
    """Inserts single rows and measures how long each takes."""

    def __init__(self, mysql):
        super().__init__(daemon=True)
        self.connection, self.slowest, self.stopped = mysql.connect(), 0.0, threading.Event()
        self.start()

    def run(self):
        with self.connection.cursor() as cursor:
            while not self.stopped.is_set():
                start = time.monotonic()
                cursor.execute("INSERT INTO many_0.writes () VALUES ()")
                self.slowest = max(self.slowest, time.monotonic() - start)
                time.sleep(0.002)

    def stop(self):
        self.stopped.set()
        self.join()
        self.connection.close()


class CDCD:
    label = "cdcd"

    def __init__(self, scratch, kafka):
        self.kafka, name = kafka, f"many{int(time.time())}"
        self.worker = scratch.keep(Worker(scratch.folder, kafka, group_id=name, **{
            f"{kind}_storage_topic": f"{name}-{kind}" for kind in ("config", "offset", "status")}))

    def rest(self, method, path, body=None):
        return self.worker.rest(method, path, body)

    def stop(self, name):
        self.worker.kill()

    def start(self, name):
        """A new process."""
        self.worker.start()

    def mebibytes(self):
        lines = pathlib.Path(f"/proc/{self.worker.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


class Debezium:
    label = "Debezium"

    def __init__(self, url, kafka):
        self.url, self.kafka = url, kafka

    def rest(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=90) as answer:
            text = answer.read()
            return json.loads(text) if text.strip() else {}

    def stop(self, name):
        """The connector only: the process is not this scenario's."""
        self.rest("PUT", f"/connectors/{name}/stop")
        eventually("the task has stopped", lambda: not self.rest("GET", f"/connectors/{name}/status")["tasks"], 60)

    def start(self, name):
        self.rest("PUT", f"/connectors/{name}/resume")

    def mebibytes(self):
        return None


def create_tables(mysql, count):
    with mysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 0, GLOBAL sync_binlog = 0")
        for database in range(DATABASES):
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS many_{database}")
            for table in range(count // DATABASES):
                cursor.execute(f"CREATE TABLE IF NOT EXISTS many_{database}.t{table:05d} ({COLUMNS})")
        cursor.execute("CREATE TABLE IF NOT EXISTS many_0.writes (id int AUTO_INCREMENT PRIMARY KEY)")
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL sync_binlog = 1")


def measure(side, mysql, name, server_id):
    """The seconds that the slowest write took, those until the first row after the connector's creation and after a restart, and the
    worker's peak memory in MiB."""
    topic, writer = Topic(side.kafka, f"{name}.many_0.writes"), Writer(mysql)
    try:
        config = {
            "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "1", "snapshot.mode": "no_data",
            "database.hostname": "127.0.0.1", "database.port": str(mysql.port), "database.user": "root", "database.password": "",
            "database.server.id": str(server_id), "topic.prefix": name, "database.include.list": "many_.*",
            "schema.history.internal.kafka.bootstrap.servers": side.kafka, "schema.history.internal.kafka.topic": f"{name}.history",
        }
        start = time.monotonic()
        side.rest("POST", "/connectors", {"name": name, "config": config})
        eventually("a row follows the snapshot", lambda: topic.poll(0.005), 300)
        snapshot, blocked = time.monotonic() - start, writer.slowest
        memory = side.mebibytes()
        side.stop(name)
        known = -1
        while known < len(topic.records):
            known = len(topic.records)
            topic.poll(0.5)
        start = time.monotonic()
        side.start(name)
        eventually("rows follow a restart", lambda: topic.poll(0.005) > known, 300)
        return blocked, snapshot, time.monotonic() - start, memory and max(memory, side.mebibytes())
    finally:
        writer.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--mysql", help="a server that is running, with a root account without a password")
    parser.add_argument("--restart-mysql", help="the shell command that restarts it")
    parser.add_argument("--kafka", help="a Kafka that is running, instead of the development broker")
    parser.add_argument("--debezium", help="URL,HOST:PORT of a Connect worker with Debezium, and of its Kafka")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with Scratch() as scratch:
        mysql = RunningMySQL(options.mysql, options.restart_mysql) if options.mysql else scratch.keep(PrivateMySQL())
        create_tables(mysql, options.tables)
        sides = [CDCD(scratch, options.kafka or scratch.keep(Broker(scratch.folder)).address)]
        if options.debezium:
            sides.append(Debezium(*options.debezium.split(",")))
        else:
            print("skipped: Debezium, which needs --debezium")
        for state in ["cold", "warm"]:
            if state == "cold" and isinstance(mysql, RunningMySQL) and not mysql.restart_command:
                print("skipped: cold caches, which need --restart-mysql")
                continue
            for number, side in enumerate(sides):
                if state == "cold":
                    mysql.restart()
                name = f"many_{state}_{side.label.lower()}_{int(time.time())}"
                blocked, snapshot, restart, memory = measure(side, mysql, name, 8410 + number)
                side.rest("DELETE", f"/connectors/{name}")
                print(f"{state:4} {side.label:8} writers blocked {blocked:6.3f} s   snapshot {snapshot:6.2f} s   restart {restart:5.2f} s"
                      + (f"   peak memory {memory:.1f} MiB" if memory else ""), flush=True)
                if options.check and side is sides[0]:
                    check(blocked <= BLOCKED_SECONDS_MAX, f"writers are blocked for at most {BLOCKED_SECONDS_MAX} s")
                    limit = SNAPSHOT_SECONDS_MAX[state]
                    check(snapshot <= limit, f"the first row follows within {limit} s, with {state} caches")
                    check(restart <= RESTART_SECONDS_MAX, f"the first row after a restart follows within {RESTART_SECONDS_MAX} s")
                    check(memory <= MEBIBYTES_MAX, f"the worker needs at most {MEBIBYTES_MAX} MiB")


if __name__ == "__main__":
    main()
