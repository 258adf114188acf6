#!/usr/bin/python3
"""A session of over 300 REST calls has the same responses, byte for byte, as the recorded one.

    rest_session.py [--record] [--session FILE] [--show]

The session is made with the development broker and a MySQL server of its own. Ports, the cluster's id, dates and times are
replaced by fixed texts of the same length before answers are compared; everything else, headers included, counts.
`--record` writes the answers instead of comparing them, `--show` prints every difference in full.
"""
import argparse
import difflib
import lzma
import http.client
import json
import pathlib
import re
import sys

from scenario import ROOT, Broker, MySQL, Scratch, Topic, Worker, eventually

SESSION = ROOT / "Fixtures/rest/session.txt.xz"
MYSQL = "io.debezium.connector.mysql.MySqlConnector"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
PATHS = [
    "/", "/health", "/connectors", "/connectors/", "/connectors?expand=status", "/connectors?expand=info",
    "/connectors?expand=status&expand=info", "/connectors?expand=other", "/connectors/none", "/connectors/none/config",
    "/connectors/none/status", "/connectors/none/tasks", "/connectors/none/tasks/0/status", "/connectors/none/tasks/0/restart",
    "/connectors/none/restart", "/connectors/none/pause", "/connectors/none/resume", "/connectors/none/stop",
    "/connectors/none/topics", "/connectors/none/topics/reset", "/connectors/none/offsets", "/connectors/none/tasks-config",
    "/connector-plugins", "/connector-plugins/none/config", "/connector-plugins/none/config/validate", "/nothing", "/connectors/a/b/c",
]


class Session:
    """Calls and their responses, as text without the parts that differ between runs."""

    def __init__(self, worker, mysql, kafka):
        self.worker, self.calls = worker, []
        self.replaced = [(str(worker.port), "WPORT"), (str(mysql.port), "MPORT"), (str(kafka.port), "KPORT")]

    def call(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.worker.port, timeout=60)
        sent = json.dumps(body).encode() if isinstance(body, (dict, list)) else body.encode() if isinstance(body, str) else body
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if sent is not None:
            fields.setdefault("Content-Type", "application/json")
        connection.request(method, path, sent, fields)
        answer = connection.getresponse()
        received = answer.read()
        connection.close()
        lines = [f"{name}: {value}" for name, value in answer.getheaders()]
        asked = f"{method} {path}" + (f" {fields}" if fields else "") + (f"\n{sent.decode(errors='replace')}" if sent else "")
        text = f">>> {asked}\n<<< {answer.status} {answer.reason}\n" + "\n".join(lines) + "\n\n" + received.decode()
        self.calls.append(self.common(text))
        return answer.status

    def common(self, text):
        for value, name in self.replaced:
            text = re.sub(rf"(?<!\d){value}(?!\d)", name, text)
        text = re.sub(r"Date: [^\n]*", "Date: Thu, 01 Jan 1970 00:00:00 GMT", text)
        text = re.sub(r'("kafka_cluster_id":")([^"]*)', lambda match: match[1] + "x" * len(match[2]), text)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "00000000-0000-0000-0000-000000000000", text)
        return re.sub(r'("(?:ts_sec|ts_ms|pos)":)(\d+)', lambda match: match[1] + "0" * len(match[2]), text)

    def reaches(self, name, state):
        eventually(f"{name} is {state}", lambda: self.worker.state(name) == state)

    def connector_reaches(self, name, state):
        def now():
            status = self.worker.rest("GET", f"/connectors/{name}/status")
            return status and status["connector"]["state"] == state and all(task["state"] == state for task in status["tasks"])
        eventually(f"connector {name} is {state}", now)


def without_connectors(session):
    for path in PATHS:
        for method in METHODS:
            session.call(method, path, None if method in ("GET", "HEAD", "OPTIONS", "DELETE") else {})


def bodies(session):
    for body in ["", "{", "[]", "null", "\"x\"", "1", "{}", '{"name":1}', '{"name":""}', '{"name":" "}', '{"name":"a"}', '{"name":"a","config":1}',
                 '{"name":"a","config":{}}', '{"name":"a","config":{"x":1}}', '{"name":"a","config":{"x":null}}', '{"name":"a","config":{"x":[1]}}',
                 '{"config":{"name":"b"}}', '{"name":"a","config":{"name":"b"}}', '{"name":"a/b","config":{}}', '{"name":"a","unknown":1}',
                 '{"name":"a","config":{"connector.class":"Nope"}}', '{"name":"a","config":{},"initial_state":"NOPE"}', '{"name":"a"} x']:
        session.call("POST", "/connectors", body)
        session.call("PUT", "/connectors/a/config", body)
    session.call("POST", "/connectors", "{}", Content_Type="text/plain")
    session.call("POST", "/connectors", "{}", Content_Type="application/json; charset=utf-8")
    session.call("GET", "/connectors", Accept="text/html")
    session.call("GET", "/connectors", Accept="application/json;q=0.5, text/html")
    session.call("GET", "/connectors", Origin="http://example.org")
    session.call("POST", "/connectors", "{}", Origin="http://example.org")
    session.call("GET", "/connector-plugins?connectorsOnly=false")
    session.call("GET", "/connector-plugins?connectorsOnly=nonsense")
    session.call("GET", f"/connector-plugins/{MYSQL}/config")
    session.call("GET", "/connector-plugins/MySqlConnector/config")


def validation(session, base):
    place = f"/connector-plugins/{MYSQL}/config/validate"
    for body in ["{", "[]", "{}", '{"connector.class":"x"}', f'{{"connector.class":"{MYSQL}"}}']:
        session.call("PUT", place, body)
    unreachable = base | {"database.port": "1"}
    for changes in [
        {}, {"tasks.max": "0"}, {"tasks.max": "x"}, {"tasks.max": "2"}, {"name": ""}, {"topic.prefix": "a b"}, {"topic.prefix": None},
        {"database.server.id": "-1"}, {"database.hostname": None}, {"database.port": "x"}, {"database.port": "99999"}, {"snapshot.mode": "nope"},
        {"snapshot.mode": "when_needed"}, {"time.precision.mode": "isostring"}, {"decimal.handling.mode": "x"}, {"binary.handling.mode": "hex"},
        {"table.include.list": "a("}, {"table.include.list": "a.b", "table.exclude.list": "c.d"}, {"column.exclude.list": "*"},
        {"key.converter": "org.apache.kafka.connect.storage.StringConverter"}, {"key.converter": "none.Such"},
        {"value.converter": "io.confluent.connect.avro.AvroConverter"}, {"value.converter.schemas.enable": "maybe"},
        {"header.converter": "org.apache.kafka.connect.storage.SimpleHeaderConverter"}, {"transforms": "a"}, {"transforms": "a,a"},
        {"transforms": "a", "transforms.a.type": "org.apache.kafka.connect.transforms.RegexRouter"},
        {"transforms": "a", "transforms.a.type": "org.apache.kafka.connect.transforms.RegexRouter", "transforms.a.regex": "(", "transforms.a.replacement": "x"},
        {"transforms": "a", "transforms.a.type": "io.debezium.transforms.ExtractNewRecordState", "transforms.a.delete.handling.mode": "x"},
        {"transforms": "a", "transforms.a.type": "org.apache.kafka.connect.transforms.Cast$Value"}, {"predicates": "p"},
        {"predicates": "p", "predicates.p.type": "org.apache.kafka.connect.transforms.predicates.TopicNameMatches"},
        {"errors.tolerance": "some"}, {"errors.retry.timeout": "x"}, {"topic.creation.default.partitions": "0"},
        {"topic.creation.enable": "x"}, {"topic.creation.groups": "g"}, {"exactly.once.support": "required"}, {"transaction.boundary": "interval"},
        {"offsets.storage.topic": "x"}, {"producer.override.compression.type": "gzip"}, {"producer.override.acks": "7"},
        {"schema.history.internal.producer.security.protocol": "SSL"}, {"heartbeat.interval.ms": "-1"}, {"unknown.option": "1"},
        {"tombstones.on.delete": "perhaps"}, {"max.batch.size": "0"}, {"converters": "x"}, {"signal.data.collection": "a.b"},
        {"provide.transaction.metadata": "true"}, {"database.ssl.mode": "required"}, {"snapshot.locking.mode": "none"},
    ]:
        config = {name: value for name, value in (unreachable | changes).items() if value is not None}
        session.call("PUT", place, config)


def lifecycle(session, base, mysql, kafka):
    call, name = session.call, "session"
    call("POST", "/connectors", {"name": name, "config": base})
    session.reaches(name, "RUNNING")
    # After a streamed row, the stored offset has the same members in every run.
    topic = Topic(kafka, f"{name}.shop.t")
    eventually("the snapshot's row is there", lambda: topic.poll(0.05) >= 1)
    mysql.sql("INSERT INTO shop.t VALUES (2, 'b')")
    eventually("the inserted row is there", lambda: topic.poll(0.05) >= 2)
    call("POST", "/connectors", {"name": name, "config": base})
    for path in ["", "/config", "/status", "/tasks", "/tasks/0/status", "/tasks/1/status", "/tasks/x/status", "/tasks-config"]:
        for method in ["GET", "HEAD", "POST"]:
            call(method, f"/connectors/{name}{path}", None if method != "POST" else {})
    for query in ["", "?expand=status", "?expand=info", "?expand=info&expand=status"]:
        call("GET", f"/connectors{query}")
    call("PUT", f"/connectors/{name}/topics/reset")
    call("GET", f"/connectors/{name}/topics")
    call("PUT", f"/connectors/{name}/pause")
    session.connector_reaches(name, "PAUSED")
    for method, path, body in [("GET", "/status", None), ("PATCH", "/offsets", {"offsets": []}), ("DELETE", "/offsets", None), ("GET", "/tasks/0/status", None)]:
        call(method, f"/connectors/{name}{path}", body)
    call("PUT", f"/connectors/{name}/resume")
    session.connector_reaches(name, "RUNNING")
    call("GET", f"/connectors/{name}/status")
    call("POST", f"/connectors/{name}/restart")
    session.connector_reaches(name, "RUNNING")
    call("POST", f"/connectors/{name}/restart?includeTasks=true&onlyFailed=true")
    call("POST", f"/connectors/{name}/restart?includeTasks=perhaps")
    call("POST", f"/connectors/{name}/tasks/0/restart")
    session.connector_reaches(name, "RUNNING")
    call("POST", f"/connectors/{name}/tasks/7/restart")
    call("PATCH", f"/connectors/{name}/config", {"poll.interval.ms": "400"})
    session.connector_reaches(name, "RUNNING")
    call("PATCH", f"/connectors/{name}/config", {"poll.interval.ms": None})
    call("PUT", f"/connectors/{name}/config", base | {"max.queue.size": "100"})
    call("PUT", f"/connectors/{name}/config", base | {"max.queue.size": "9000"})
    session.connector_reaches(name, "RUNNING")
    call("GET", f"/connectors/{name}/config")
    call("PUT", f"/connectors/{name}/stop")
    eventually("it is stopped", lambda: (session.worker.rest("GET", f"/connectors/{name}/status") or {}).get("tasks") == [])
    call("GET", f"/connectors/{name}/status")
    call("GET", f"/connectors/{name}/tasks")
    call("GET", f"/connectors/{name}/offsets")
    partition = {"server": name}
    for body in ["", "{}", '{"offsets":[]}', '{"offsets":[{}]}', '{"offsets":[{"partition":{}}]}', '{"offsets":1}',
                 {"offsets": [{"partition": partition, "offset": None}]}, {"offsets": [{"partition": partition, "offset": {"file": 1}}]},
                 {"offsets": [{"partition": {"other": "x"}, "offset": {"file": "binlog.000001", "pos": 4}}]},
                 {"offsets": [{"partition": partition, "offset": {"file": "binlog.000001", "pos": 4}}]}]:
        call("PATCH", f"/connectors/{name}/offsets", body)
    call("GET", f"/connectors/{name}/offsets")
    call("DELETE", f"/connectors/{name}/offsets")
    call("GET", f"/connectors/{name}/offsets")
    for state in ["PAUSED", "STOPPED", "RUNNING"]:
        other = f"initially-{state.lower()}"
        call("POST", "/connectors", {"name": other, "config": base | {"topic.prefix": other, "schema.history.internal.kafka.topic": other}, "initial_state": state})
        call("GET", f"/connectors/{other}/config")
        call("DELETE", f"/connectors/{other}")
        call("GET", f"/connectors/{other}")
    call("DELETE", f"/connectors/{name}")
    call("DELETE", f"/connectors/{name}")
    call("GET", "/connectors")
    wrong = base | {"database.password": "wrong", "database.user": "nobody"}
    call("POST", "/connectors", {"name": "wrong", "config": wrong})
    call("GET", "/connectors")


def play():
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE shop", "CREATE TABLE shop.t (id int PRIMARY KEY, name varchar(20))", "INSERT INTO shop.t VALUES (1, 'a')")
        broker = scratch.keep(Broker(scratch.folder))
        worker = scratch.keep(Worker(scratch.folder, broker.address))
        session = Session(worker, mysql, broker)
        base = {
            "connector.class": MYSQL, "database.hostname": "127.0.0.1", "database.port": str(mysql.port), "database.user": "root",
            "database.password": "", "database.server.id": "8406", "topic.prefix": "session", "table.include.list": "shop.t",
            "schema.history.internal.kafka.bootstrap.servers": broker.address, "schema.history.internal.kafka.topic": "session.history",
        }
        without_connectors(session)
        bodies(session)
        validation(session, base)
        lifecycle(session, base, mysql, broker.address)
        return session.calls


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--session", type=pathlib.Path, default=SESSION)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    calls = play()
    if len(calls) < 300:
        sys.exit(f"FAILED: the session has {len(calls)} calls")
    mark = "\n\x1e\n"
    if options.record:
        options.session.parent.mkdir(parents=True, exist_ok=True)
        options.session.write_bytes(lzma.compress(mark.join(calls).encode(), preset=9))
        print(f"recorded {len(calls)} calls")
        return
    recorded = lzma.decompress(options.session.read_bytes()).decode().split(mark)
    different = [(old, new) for old, new in zip(recorded, calls) if old != new]
    for old, new in different:
        lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "recorded", "now", lineterm="", n=0))
        print(old.split("\n", 1)[0])
        print("\n".join(line if options.show else line[:300] for line in lines[2:]))
    if different or len(recorded) != len(calls):
        sys.exit(f"FAILED: {len(different)} of {len(calls)} answers differ ({len(recorded)} are recorded)")
    print(f"ok: {len(calls)} answers are byte for byte those recorded")


if __name__ == "__main__":
    main()
