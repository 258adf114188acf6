#!/usr/bin/python3
"""SIGKILL at any moment under load loses no row, and rows arrive again within two seconds; SIGTERM repeats no row.

    kill_and_restart.py [--kills N] [--terms N] [--kafka HOST:PORT] [--seed N]
"""
import argparse
import random
import threading
import time

from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

RESTART_SECONDS_MAX = 2.0


class Writer(threading.Thread):
    """Inserts numbered rows in transactions of changing size until it is stopped."""

    def __init__(self, mysql, seed):
        super().__init__(daemon=True)
        self.connection, self.random, self.last, self.stopped = mysql.connect(), random.Random(seed), 0, threading.Event()

    def run(self):
        with self.connection.cursor() as cursor:
            while not self.stopped.is_set():
                count = self.random.choice([1, 1, 2, 5, 20, 200])
                rows = [(self.last + n + 1,) for n in range(count)]
                cursor.executemany("INSERT INTO load_test.t (id) VALUES (%s)", rows)
                self.last += count
                time.sleep(0.002)


def ids(topic):
    return [value["after"]["id"] for _, value in topic.records if value]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--terms", type=int, default=5)
    parser.add_argument("--kafka", help="a Kafka that runs already, instead of the development broker")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    dice = random.Random(options.seed)
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE load_test", "CREATE TABLE load_test.t (id int PRIMARY KEY)")
        kafka = options.kafka or scratch.keep(Broker(scratch.folder)).address
        name = f"kills{options.seed}"
        worker = scratch.keep(Worker(scratch.folder, kafka, group_id=name, **{
            f"{kind}_storage_topic": f"{name}-{kind}" for kind in ("config", "offset", "status")}))
        worker.create(name, mysql, table_include_list="load_test.t")
        topic, writer = Topic(kafka, f"{name}.load_test.t"), Writer(mysql, options.seed)
        writer.start()
        eventually("the first row is there", lambda: topic.poll(0.05))
        slowest = 0.0
        for _ in range(options.kills):
            end = time.monotonic() + dice.uniform(0.1, 1.5)
            while time.monotonic() < end:
                topic.poll(0.02)
            worker.kill()
            topic.poll(0.05)
            known = topic.poll(0.05)
            worker.start()
            _, seconds = eventually("rows arrive after a kill", lambda: topic.poll(0.005) > known)
            slowest = max(slowest, seconds)
        print(f"slowest restart to the next row: {slowest:.2f} s")
        check(slowest < RESTART_SECONDS_MAX, f"after each of {options.kills} kills rows arrive within {RESTART_SECONDS_MAX} s")
        eventually("the connector runs", lambda: worker.state(name) == "RUNNING")
        before_terms = writer.last
        longest = 0.0
        for _ in range(options.terms):
            end = time.monotonic() + dice.uniform(0.5, 1.5)
            while time.monotonic() < end:
                topic.poll(0.02)
            longest = max(longest, worker.terminate())
            worker.start()
            known = topic.poll(0.05)
            eventually("rows arrive after SIGTERM", lambda: topic.poll(0.005) > known)
        print(f"longest end after SIGTERM: {longest:.2f} s")
        check(longest < 5, "SIGTERM stops the worker cleanly within five seconds")
        writer.stopped.set()
        writer.join()
        eventually("the last row is there", lambda: topic.poll(0.05) and ids(topic)[-1] == writer.last, 60)
        seen = ids(topic)
        check(set(seen) == set(range(1, writer.last + 1)), f"none of {writer.last} rows is lost")
        after = [number for number in seen[seen.index(before_terms):] if number > before_terms]
        check(len(after) == len(set(after)), f"no row of {len(after)} is repeated after SIGTERM")
        check(all(b <= a + 1 for a, b in zip(seen, seen[1:])), "rows are in order, except for repetitions")
        print(f"repeated rows after {options.kills} kills: {len(seen) - len(set(seen))}")


if __name__ == "__main__":
    main()
