#!/usr/bin/python3
"""A worker without its group coordinator for longer than its session stops its tasks, reports it, and resumes without losing a row.

    coordinator_loss.py [--kafka HOST:PORT --kafka-pid PID]

Two connectors: one streams, one is in the middle of its snapshot. First the broker is stopped (SIGSTOP) and continued after the
session has expired, then the worker, then the worker while another one takes over its group. The broker is the development broker, or the
Kafka at --kafka.
"""
import argparse
import os
import signal
import time

from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

SNAPSHOT_ROWS = 60_000
SESSION_SECONDS = 6


class LossScenario:
    """The connectors of one group, and their rows."""

    def __init__(self, scratch, mysql, kafka):
        self.scratch, self.mysql, self.kafka, self.rows = scratch, mysql, kafka, 0
        self.group = f"loss{int(time.time())}"
        self.worker = self.start_worker("one")
        self.streaming = f"{self.group}-s"
        self.worker.create(self.streaming, mysql, table_include_list="loss.streamed")
        self.streamed = Topic(kafka, f"{self.streaming}.loss.streamed")
        self.insert()

    def start_worker(self, name):
        folder = self.scratch.folder / name
        folder.mkdir()
        return self.scratch.keep(Worker(folder, self.kafka, group_id=self.group, session_timeout_ms=SESSION_SECONDS * 1000,
                                        heartbeat_interval_ms=1000, **{
            f"{kind}_storage_topic": f"{self.group}-{kind}" for kind in ("config", "offset", "status")}))

    def insert(self):
        """Inserts a row that must be streamed."""
        self.rows += 1
        self.mysql.sql(f"INSERT INTO loss.streamed VALUES ({self.rows})")

    def begin_snapshot(self, name, server_id):
        """A small buffer, so that the snapshot soon waits for an unresponsive broker."""
        self.snapshotting = f"{self.group}-{name}"
        self.worker.create(self.snapshotting, self.mysql, table_include_list="loss.large", database_server_id=server_id,
                           producer_override_buffer_memory="1000000")
        self.large = Topic(self.kafka, f"{self.snapshotting}.loss.large")
        eventually("the snapshot has begun", lambda: self.large.poll(0.01, records_max=1))

    def states(self, name):
        status = self.worker.rest("GET", f"/connectors/{name}/status") or {"connector": {"state": None}, "tasks": []}
        return {status["connector"]["state"], *(task["state"] for task in status["tasks"])}

    def all_are(self, state):
        return all(self.states(name) == {state} for name in (self.streaming, self.snapshotting))

    def trace(self, name):
        return self.worker.rest("GET", f"/connectors/{name}/status")["tasks"][0].get("trace", "")

    def check_all_rows_arrive(self):
        _, seconds = eventually("all tasks run again", lambda: self.all_are("RUNNING"), 60)
        print(f"running again after {seconds:.1f} s")
        self.insert()
        wanted = set(range(1, self.rows + 1))
        eventually("no streamed row is lost", lambda: self.streamed.poll(0.05) and wanted == {
            value["after"]["id"] for _, value in self.streamed.records}, 60)
        eventually("no row of the snapshot is lost", lambda: self.large.poll(0.05) and len({
            value["after"]["id"] for _, value in self.large.records}) == SNAPSHOT_ROWS, 120)
        self.large.poll(1.0)
        check(self.worker.status("GET", "/health") == 200, "no row is lost, and /health is 200")

    def check_snapshot_continued(self):
        check(len(self.large.records) == SNAPSHOT_ROWS, f"the snapshot continued: {SNAPSHOT_ROWS} rows, none twice")


def broker_stops(scenario, pid):
    scenario.begin_snapshot("broker", "8501")
    os.kill(pid, signal.SIGSTOP)
    try:
        _, seconds = eventually("all tasks are shown as not running", lambda: scenario.all_are("UNASSIGNED"), 30)
        check(f"[{scenario.snapshotting}|task-0] Snapshot completed" not in scenario.worker.log.read_text(),
              "the broker stops in the middle of the snapshot")
        check(SESSION_SECONDS - 2 < seconds < SESSION_SECONDS + 1, f"they are {seconds:.1f} s later, the session being {SESSION_SECONDS} s")
        check("left the group" in scenario.trace(scenario.streaming) and "left the group" in scenario.trace(scenario.snapshotting), "the status has the reason")
        check(scenario.worker.status("GET", "/health") == 500, "/health is 500")
        check(scenario.worker.status("PUT", f"/connectors/{scenario.streaming}/pause") == 409, "a change is answered 409")
        scenario.insert()
        time.sleep(2)
    finally:
        os.kill(pid, signal.SIGCONT)
    scenario.check_all_rows_arrive()
    scenario.check_snapshot_continued()


def worker_stops(scenario):
    """The session expires: the group is empty in between, which explains one generation."""
    scenario.begin_snapshot("worker", "8502")
    scenario.worker.process.send_signal(signal.SIGSTOP)
    scenario.insert()
    time.sleep(SESSION_SECONDS + 3)
    scenario.worker.process.send_signal(signal.SIGCONT)
    eventually("the worker detects it", lambda: scenario.worker.log.read_text().count("The worker has left the group") == 2)
    scenario.check_all_rows_arrive()
    scenario.check_snapshot_continued()


def another_takes_over(scenario):
    scenario.begin_snapshot("other", "8503")
    scenario.worker.process.send_signal(signal.SIGSTOP)
    other = scenario.start_worker("two")
    eventually("the other worker runs the tasks", lambda: other.state(scenario.streaming) == "RUNNING", 60)
    scenario.insert()
    other.kill()
    scenario.worker.process.send_signal(signal.SIGCONT)
    eventually("the worker detects the other one", lambda: "other workers may have been in the group" in scenario.worker.log.read_text(), 60)
    scenario.check_all_rows_arrive()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka")
    parser.add_argument("--kafka-pid", type=int)
    options = parser.parse_args()
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE loss", "CREATE TABLE loss.streamed (id int PRIMARY KEY)",
                  "CREATE TABLE loss.large (id int PRIMARY KEY, filler varchar(1000))", "SET SESSION cte_max_recursion_depth = 1000000",
                  "INSERT INTO loss.large WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                  f"{SNAPSHOT_ROWS}) SELECT i, REPEAT('x', 1000) FROM n")
        broker = None if options.kafka else scratch.keep(Broker(scratch.folder))
        scenario = LossScenario(scratch, mysql, options.kafka or broker.address)
        eventually("the first row streams", lambda: scenario.streamed.poll(0.05))
        broker_stops(scenario, options.kafka_pid or broker.process.pid)
        worker_stops(scenario)
        another_takes_over(scenario)


if __name__ == "__main__":
    main()
