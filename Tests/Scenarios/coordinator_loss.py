#!/usr/bin/python3
"""A worker whose brokers are silent for longer than its session stops its tasks, says so, and goes on without losing a row.

    coordinator_loss.py [--kafka-pid PID --kafka HOST:PORT]

Two connectors: one streams, one is in the middle of its snapshot. The broker is stopped (SIGSTOP) and goes on after the session's
end: the development broker, or a real Kafka of one's own.
"""
import argparse
import os
import signal
import time

from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

SNAPSHOT_ROWS = 60_000
SESSION_SECONDS = 6


def states(worker, name):
    status = worker.rest("GET", f"/connectors/{name}/status") or {"connector": {"state": None}, "tasks": []}
    return [status["connector"]["state"]] + [task["state"] for task in status["tasks"]]


def trace(worker, name):
    return worker.rest("GET", f"/connectors/{name}/status")["tasks"][0].get("trace", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka")
    parser.add_argument("--kafka-pid", type=int)
    options = parser.parse_args()
    name = f"loss{int(time.time())}"
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE loss", "CREATE TABLE loss.streamed (id int PRIMARY KEY)",
                  "CREATE TABLE loss.large (id int PRIMARY KEY, filler varchar(1000))", "SET SESSION cte_max_recursion_depth = 1000000",
                  "INSERT INTO loss.large WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                  f"{SNAPSHOT_ROWS}) SELECT i, REPEAT('x', 1000) FROM n")
        if options.kafka:
            kafka, pid = options.kafka, options.kafka_pid
        else:
            broker = scratch.keep(Broker(scratch.folder))
            kafka, pid = broker.address, broker.process.pid
        worker = scratch.keep(Worker(scratch.folder, kafka, group_id=name, session_timeout_ms=SESSION_SECONDS * 1000,
                                     heartbeat_interval_ms=1000, **{
            f"{kind}_storage_topic": f"{name}-{kind}" for kind in ("config", "offset", "status")}))
        worker.create(f"{name}-s", mysql, table_include_list="loss.streamed")
        streamed = Topic(kafka, f"{name}-s.loss.streamed")
        mysql.sql("INSERT INTO loss.streamed VALUES (1)")
        eventually("the first row streams", lambda: streamed.poll(0.05))
        # Little memory, so that the snapshot waits for the broker soon.
        worker.create(f"{name}-l", mysql, table_include_list="loss.large", database_server_id="8406",
                      **{"producer_override_buffer_memory": "1000000"})
        large = Topic(kafka, f"{name}-l.loss.large")
        eventually("the snapshot has begun", lambda: large.poll(0.01))
        os.kill(pid, signal.SIGSTOP)
        try:
            # The consumer would wait for the broker too.
            check(len(large.records) < SNAPSHOT_ROWS, "the broker stops in the middle of the snapshot")
            both = [f"{name}-s", f"{name}-l"]
            _, seconds = eventually("all tasks are shown as not running",
                                    lambda: all(set(states(worker, one)) == {"UNASSIGNED"} for one in both), 30)
            check(SESSION_SECONDS - 2 < seconds < SESSION_SECONDS + 3, f"{seconds:.1f} s after the broker's end, the session being {SESSION_SECONDS} s")
            check(all("left the group" in trace(worker, one) for one in both), "the status says why")
            check(worker.status("GET", "/health") == 500, "/health is 500")
            check(worker.status("PUT", f"/connectors/{name}-s/pause") == 409, "a change is answered 409")
            mysql.sql("INSERT INTO loss.streamed VALUES (2)")
            time.sleep(2)
        finally:
            os.kill(pid, signal.SIGCONT)
        _, seconds = eventually("all tasks run again", lambda: all(set(states(worker, one)) == {"RUNNING"} for one in both), 60)
        print(f"running again after {seconds:.1f} s")
        mysql.sql("INSERT INTO loss.streamed VALUES (3)")
        eventually("no streamed row is lost", lambda: streamed.poll(0.05)
                   and {value["after"]["id"] for _, value in streamed.records} == {1, 2, 3})
        eventually("no row of the snapshot is lost", lambda: large.poll(0.05) and len({
            value["after"]["id"] for _, value in large.records}) == SNAPSHOT_ROWS, 120)
        large.poll(1.0)
        check(len(large.records) == SNAPSHOT_ROWS, f"the snapshot went on: {SNAPSHOT_ROWS} rows, none twice")
        check(worker.status("GET", "/health") == 200, "/health is 200")


if __name__ == "__main__":
    main()
