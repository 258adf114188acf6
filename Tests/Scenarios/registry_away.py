#!/usr/bin/python3
"""The schema registry is killed while a worker streams: the tasks of all converters that use it wait, report it, and continue without
losing a row. A task with errors.retry.timeout fails after that time, and continues when it is restarted.

Needs the real registry beside the checkout (../shared/peers) and Java 17; says so where they are missing. The broker is the development broker.
"""
import sys

from confluent_kafka import KafkaException

from registry import Registry, require
from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

# With this limit a task fails.
LIMITED, LIMIT_MILLISECONDS = "limited", 1500


def converters(registry):
    """The properties of the value converter of each connector."""
    confluent = {"schema.registry.url": registry.url}
    # The id is in the value, which is what this scenario reads.
    apicurio = {"apicurio.registry.url": registry.apicurio, "apicurio.registry.auto-register": "true", "apicurio.registry.headers.enabled": "false"}
    classes = {
        "avro": ("io.confluent.connect.avro.AvroConverter", confluent),
        "apicurio": ("io.apicurio.registry.utils.converter.AvroConverter", apicurio),
        "extjson": ("io.apicurio.registry.utils.converter.ExtJsonConverter", apicurio),
        "json": ("io.confluent.connect.json.JsonSchemaConverter", confluent),
        "protobuf": ("io.confluent.connect.protobuf.ProtobufConverter", confluent),
        LIMITED: ("io.confluent.connect.avro.AvroConverter", confluent),
    }
    return {name: {"value.converter": converter} | {f"value.converter.{key}": value for key, value in options.items()}
            for name, (converter, options) in classes.items()}


def stored(topic):
    """The number of records of a topic, which may not exist yet."""
    try:
        return topic.end()
    except KafkaException:
        return 0


def trace(worker, name):
    status = worker.rest("GET", f"/connectors/{name}/status")
    return status["tasks"][0].get("trace", "") if status and status["tasks"] else ""


def main():
    require()
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        broker = scratch.keep(Broker(scratch.folder))
        registry = scratch.keep(Registry(scratch.folder))
        registry.allow_incompatible_schemas()
        mysql.sql("CREATE DATABASE away", "CREATE TABLE away.t (id INT PRIMARY KEY)", "INSERT INTO away.t VALUES (1)")
        worker = scratch.keep(Worker(scratch.folder, broker.address))
        topics, connectors = {}, converters(registry)
        for number, (name, properties) in enumerate(connectors.items()):
            limit = {"errors.retry.timeout": str(LIMIT_MILLISECONDS)} if name == LIMITED else {}
            worker.create(name, mysql, database_include_list="away", database_server_id=str(8405 + number), **properties, **limit)
            topics[name] = Topic(broker.address, f"{name}.away.t")
        waiting = [name for name in connectors if name != LIMITED]

        def everywhere(what, names, question, seconds=30.0):
            return max(eventually(f"{what} ({name})", lambda name=name: question(name), seconds)[1] for name in names)

        def pause_and_resume():
            for name in waiting:
                worker.rest("PUT", f"/connectors/{name}/pause")
            seconds = everywhere("the task pauses", waiting, lambda name: worker.state(name) == "PAUSED")
            for name in waiting:
                worker.rest("PUT", f"/connectors/{name}/resume")
            return seconds

        everywhere("the first row arrives", connectors, lambda name: stored(topics[name]) >= 1)
        # Confluent's API does not show schemas of Connect, which ExtJsonConverter registers.
        check({f"{name}.away.t-value" for name in connectors if name != "extjson"}.issubset(registry.subjects()), "the schemas are registered")

        registry.run("kill", "registry")
        mysql.sql("INSERT INTO away.t VALUES (2)")
        everywhere("a row with a known schema arrives without the registry", connectors, lambda name: stored(topics[name]) >= 2)
        mysql.sql("ALTER TABLE away.t ADD COLUMN b INT", *(f"INSERT INTO away.t VALUES ({n}, {n})" for n in range(3, 103)))
        seconds = everywhere("the task waits", connectors, lambda name: worker.state(name) in ("RESTARTING", "FAILED"))
        check(all("The schema registry does not answer" in trace(worker, name) for name in waiting),
              f"the state is RESTARTING with the reason after {seconds:.1f} s")
        _, seconds = eventually("the task with a limit fails", lambda: worker.state(LIMITED) == "FAILED")
        check("The schema registry does not answer" in trace(worker, LIMITED),
              f"the task with errors.retry.timeout is FAILED with the reason {seconds:.1f} s later")
        seconds = pause_and_resume()
        everywhere("the task waits again", waiting, lambda name: worker.state(name) == "RESTARTING")
        check(all(stored(topic) == 2 for topic in topics.values()), f"no record is written meanwhile; the tasks were paused within {seconds:.1f} s")

        registry.run("start", "registry")
        seconds = everywhere("the task continues", waiting, lambda name: worker.state(name) == "RUNNING", seconds=60)
        worker.rest("POST", f"/connectors/{LIMITED}/tasks/0/restart")
        everywhere("all rows arrive", connectors, lambda name: stored(topics[name]) >= 102)
        # A repeated record would follow the last one.
        pause_and_resume()
        everywhere("the task runs", connectors, lambda name: worker.state(name) == "RUNNING")
        check(all(stored(topic) == 102 for topic in topics.values()), f"every row arrives once, {seconds:.1f} s after the registry is back")

        registry.run("kill", "registry")
        mysql.sql("ALTER TABLE away.t ADD COLUMN c INT", "INSERT INTO away.t VALUES (103, 1, 1)")
        everywhere("the task waits", waiting, lambda name: worker.state(name) == "RESTARTING")
        check(worker.terminate() < 5, "the worker stops during the wait")


if __name__ == "__main__":
    sys.exit(main())
