#!/usr/bin/python3
"""The walkthrough with Apache Kafka over SASL_SSL with SCRAM, with the properties of a Java worker.

Worker, task producer, admin client and schema history (under 1.9's names) authenticate by SCRAM-SHA-512 over TLS, with the CA in
a JKS trust store of keytool's if there is one, otherwise in PEM. No log and no answer contains the password; a wrong one is reported
with its remedy.

Needs the real systems beside the checkout (../shared/peers) and Java 17; says so where they are missing.
"""
import json
import os
import shutil
import subprocess
import sys

from scenario import ROOT, MySQL, Process, Scratch, Topic, Worker, check, eventually, free_port

PEERS = ROOT.parent / "shared/peers/peers"
TABLE, NAME = "htl_v_city_mast_temp_20220825", "dz-mysql-source-connector_01"
USER, PASSWORD = "cdcd", "cdcd-secret"
TOPIC = f"dwserver.dwdata.{TABLE}"


class Kafka:
    """Apache Kafka in a state folder of its own: plaintext, TLS, SASL and SASL over TLS on four ports."""

    def __init__(self, folder, *properties):
        self.folder = folder / "peers"
        self.environment = os.environ | {"PEERS_STATE": str(self.folder), "KAFKA_HEAP": "500m"}
        self.port = free_port(5)
        self.run("up", "kafka", self.port, *properties)
        self.trust = self.trust_store()
        self.plaintext, self.secure = f"127.0.0.1:{self.port}", f"localhost:{self.port + 3}"

    def run(self, *words):
        subprocess.run([PEERS, *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def kill(self):
        self.run("down", "all")

    def trust_store(self):
        """The properties of a trust store with Kafka's CA."""
        ca = self.folder / "tls/ca.pem"
        if shutil.which("keytool") is None:
            return {"ssl.truststore.type": "PEM", "ssl.truststore.location": ca}
        store = self.folder / "trust.jks"
        subprocess.run(
            ["keytool", "-importcert", "-noprompt", "-storetype", "JKS", "-alias", "ca", "-file", ca, "-keystore", store,
             "-storepass", "changeit"], check=True, capture_output=True)
        return {"ssl.truststore.location": store, "ssl.truststore.password": "changeit"}

    def security(self, password=PASSWORD):
        module = "org.apache.kafka.common.security.scram.ScramLoginModule"
        return {
            "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.jaas.config": f'{module} required username="{USER}" password="{password}";',
        } | self.trust


def prefixed(prefix, properties):
    return {prefix + name: str(value) for name, value in properties.items()}


def connector(kafka, mysql):
    """The body of the walkthrough, with the security of the schema history."""
    converter = "org.apache.kafka.connect.json.JsonConverter"
    return {
        "connector.class": "io.debezium.connector.mysql.MySqlConnector", "tasks.max": "1",
        "database.hostname": "localhost", "database.port": str(mysql.port), "database.user": "root", "database.password": "",
        "database.server.id": "8405", "database.server.name": "dwserver", "database.allowPublicKeyRetrieval": "true",
        "table.include.list": f"dwdata.{TABLE}", "database.history.kafka.bootstrap.servers": kafka.secure,
        "database.history.kafka.topic": "dbhistory.dwdata", "key.converter": converter, "key.converter.schemas.enable": "true",
        "value.converter": converter, "value.converter.schemas.enable": "true", "transforms": "unwrap,addTopicPrefix",
        "transforms.unwrap.type": "io.debezium.transforms.ExtractNewRecordState", "transforms.unwrap.add.fields": "op,table",
        "transforms.unwrap.drop.tombstones": "false", "transforms.unwrap.delete.handling.mode": "rewrite",
        "transforms.addTopicPrefix.type": "org.apache.kafka.connect.transforms.RegexRouter",
        "transforms.addTopicPrefix.regex": "(.*)", "transforms.addTopicPrefix.replacement": "$1",
        "database.serverTimezone": "Asia/Seoul", "producer.override.compression.type": "lz4",
    } | prefixed("database.history.producer.", kafka.security()) | prefixed("database.history.consumer.", kafka.security())


def main():
    if not PEERS.exists() or shutil.which("java") is None:
        print("skipped: sasl_ssl needs ../shared/peers and Java 17")
        return
    with Scratch() as scratch:
        kafka, mysql = scratch.keep(Kafka(scratch.folder)), scratch.keep(MySQL())
        mysql.sql("CREATE DATABASE dwdata", f"CREATE TABLE dwdata.{TABLE} (id INT PRIMARY KEY, name VARCHAR(20))",
                  f"INSERT INTO dwdata.{TABLE} VALUES (1, 'Seoul')")
        security = kafka.security()
        properties = security | prefixed("producer.", security) | prefixed("consumer.", security) | prefixed("admin.", security)
        worker = scratch.keep(Worker(scratch.folder, kafka.secure, **properties))
        check(worker.rest("GET", "/")["kafka_cluster_id"], "the worker reaches the cluster over SASL_SSL")
        body = {"name": NAME, "config": connector(kafka, mysql)}
        check(worker.rest("POST", "/connectors", body) is not None, "the connector is created")
        eventually("the connector runs", lambda: worker.state(NAME) == "RUNNING")
        topic = Topic(kafka.plaintext, TOPIC)
        eventually("the snapshot's row is there", lambda: topic.poll(0.1) >= 1)
        mysql.sql(f"INSERT INTO dwdata.{TABLE} VALUES (2, 'Busan')", f"UPDATE dwdata.{TABLE} SET name = 'Daegu' WHERE id = 2",
                  f"DELETE FROM dwdata.{TABLE} WHERE id = 2")
        eventually("the changes are there", lambda: topic.poll(0.1) >= 5)
        values = [value["payload"] if value else None for _, value in topic.records]
        operations = [value["__op"] if value else None for value in values]
        check(operations[0] in ("r", "c") and operations[1:] == ["c", "u", "d", None], "the changes are in their order")
        check(values[2]["name"] == "Daegu" and values[3]["__deleted"] == "true", "rows have their values")
        history = Topic(kafka.plaintext, "dbhistory.dwdata")
        eventually("the schema history is written", lambda: history.poll(0.1) >= 1)
        worker.terminate()
        mysql.sql(f"INSERT INTO dwdata.{TABLE} VALUES (3, 'Jeju')")
        worker.start()
        eventually("streaming continues after a restart", lambda: topic.poll(0.1) >= 6)
        check(topic.records[5][1]["payload"]["name"] == "Jeju", "at the next row")
        check(PASSWORD not in worker.log.read_text(), "the log has no password")
        status = json.dumps(worker.rest("GET", f"/connectors/{NAME}/status"))
        check(PASSWORD not in status and "changeit" not in status, "the status has no password")
        worker.terminate()

        wrong = security | {"sasl.jaas.config": security["sasl.jaas.config"].replace(PASSWORD, "wrong-secret")}
        file = scratch.folder / "wrong.properties"
        lines = (scratch.folder / "connect-distributed.properties").read_text().splitlines()
        kept = [line for line in lines if not line.startswith("sasl.jaas.config=")]
        file.write_text("\n".join(kept + [f"sasl.jaas.config={wrong['sasl.jaas.config']}"]) + "\n")
        failing = scratch.keep(Process(scratch.folder, "wrong", "worker", file))
        eventually("a wrong password ends the worker", lambda: failing.process.poll() is not None)
        text = failing.log.read_text()
        check("SCRAM-SHA-512" in text and "authentication" in text.lower(), "the log names the mechanism")
        check("wrong-secret" not in text, "and not the password")


if __name__ == "__main__":
    sys.exit(main())
