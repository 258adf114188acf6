#!/usr/bin/python3
"""Secrets from config providers, in the worker's file and in configurations of connectors: they have their effect, configurations are
stored and shown with the variables, and the secrets are in no answer, error, trace or log line at TRACE, and in none of the broker's files.
"""
import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually

# With characters that JSON, URLs and properties files escape.
PASSWORD = 'first"s3cret %41@/\\x'
WRONG, TOKEN, USER = "wr0ng-pass'word", "regi:stry&s3cret", "reg-user"
NAMES = "alias-s3cret"


class Answers:
    """Sends requests, and keeps the texts of all answers."""

    def __init__(self, worker):
        self.worker, self.texts = worker, []

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.worker.port}{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                code, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            code, text = error.code, error.read().decode()
        self.texts.append(text)
        return code, text

    def state(self, name):
        code, text = self.call("GET", f"/connectors/{name}/status")
        tasks = json.loads(text).get("tasks") if code == 200 else None
        return tasks[0]["state"] if tasks else None


def spellings(secret):
    """The secret as it may be in JSON, in JSON within JSON, in URLs and in headers."""
    json_text = json.dumps(secret)[1:-1]
    return {secret, json_text, json.dumps(json_text)[1:-1], urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), urllib.parse.quote_plus(secret),
            base64.b64encode(secret.encode()).decode(), secret.encode().hex()}


def properties_text(value):
    return value.replace("\\", "\\\\")


def write_secrets(folder):
    (folder / "secrets").mkdir()
    (folder / "secrets/password").write_text(PASSWORD)
    # Java's properties escape a backslash with another one.
    (folder / "secrets.properties").write_text("".join(f"{name}={properties_text(value)}\n" for name, value in {
        "password": PASSWORD, "wrong": WRONG, "token": urllib.parse.quote(TOKEN, safe=""), "url": f"http://{USER}:{urllib.parse.quote(TOKEN, safe='')}@127.0.0.1:9/",
        "aliases": NAMES, "class": "io.debezium.connector.mysql.MySqlConnector", "group": "group-from-file",
        "jaas": f'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="{WRONG}" oops'}.items()))
    os.environ["SCENARIO_PASSWORD"] = PASSWORD
    return {"file": f"${{file:{folder}/secrets.properties:password}}", "env": "${env:SCENARIO_PASSWORD}",
            "directory": f"${{directory:{folder}/secrets:password}}"}


def main():
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        kafka = scratch.keep(Broker(scratch.folder))
        with mysql.database.cursor() as cursor:
            cursor.execute("CREATE USER reader@'%%' IDENTIFIED BY %s", (PASSWORD,))
        mysql.sql("GRANT ALL ON *.* TO reader@'%'", "CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)", "INSERT INTO shop.t VALUES (1)")
        passwords = write_secrets(scratch.folder)
        variable = lambda key: f"${{file:{scratch.folder}/secrets.properties:{key}}}"
        package = "org.apache.kafka.common.config.provider."
        worker = scratch.keep(Worker(scratch.folder, kafka.address, config_providers="file,env,directory", **{
            "config.providers.file.class": package + "FileConfigProvider", "config.providers.env.class": package + "EnvVarConfigProvider",
            "config.providers.directory.class": package + "DirectoryConfigProvider",
            "config.providers.env.param.allowlist.pattern": "SCENARIO_.*", "group.id": variable("group")}))
        answers = Answers(worker)
        code, _ = answers.call("PUT", "/admin/loggers/root", {"level": "TRACE"})
        check(code == 200, "the worker starts with a variable in its file, and logs everything")

        def config(name, number, **more):
            return {
                "connector.class": "io.debezium.connector.mysql.MySqlConnector", "database.hostname": "127.0.0.1", "database.port": str(mysql.port),
                "database.user": "reader", "database.password": variable("password"), "database.server.id": str(8500 + number), "topic.prefix": name,
                "database.include.list": "shop", "schema.history.internal.kafka.bootstrap.servers": kafka.address,
                "schema.history.internal.kafka.topic": f"{name}.history"} | {key.replace("_", "."): value for key, value in more.items()}

        names = list(passwords)
        for number, name in enumerate(names):
            code, text = answers.call("PUT", f"/connectors/{name}/config", config(name, number, database_password=passwords[name]))
            check(code == 201 and json.loads(text)["config"]["database.password"] == passwords[name], f"a connector with a password from {name} is created")
        # Connect does not resolve the class to find out the type.
        code, text = answers.call("PUT", "/connectors/class/config", config("class", 4, connector_class=variable("class")))
        check(code == 201 and json.loads(text)["type"] == "unknown", "a connector whose class is a variable is created")
        names.append("class")
        for name in names:
            eventually(f"{name} runs", lambda: answers.state(name) == "RUNNING")
            topic = Topic(kafka.address, f"{name}.shop.t")
            eventually(f"the row of {name} arrives", lambda: topic.poll(0.1) >= 1)
        mysql.sql("INSERT INTO shop.t VALUES (2)")
        for name in names:
            topic = Topic(kafka.address, f"{name}.shop.t")
            eventually(f"the change of {name} arrives", lambda: topic.poll(0.1) >= 2)
            for path in ("", "/config", "/tasks", "/status", "/offsets", "/topics"):
                answers.call("GET", f"/connectors/{name}{path}")
        answers.call("GET", "/connectors?expand=info&expand=status")
        check(True, "the rows arrive")

        # A registry that is not there, with user information.
        for number, (name, url) in enumerate({"user": f"http://{USER}:{variable('token')}@127.0.0.1:9/", "url": variable("url")}.items()):
            avro = {"value.converter": "io.confluent.connect.avro.AvroConverter", "value.converter.schema.registry.url": url}
            answers.call("PUT", f"/connectors/{name}/config", config(name, 10 + number, **avro))
            eventually(f"{name} waits for the registry", lambda: answers.state(name) == "RESTARTING")
        check("127.0.0.1:9" in answers.texts[-1], "errors of a registry name it")

        # Errors.
        code, text = answers.call("PUT", "/connectors/wrong/config", config("wrong", 20, database_password=variable("wrong")))
        check(code == 400 and "Access denied for user 'reader'" in text, "a wrong password is refused")
        for key, name in (("password", "database.port"), ("wrong", "tasks.max"), ("password", "snapshot.mode"), ("wrong", "database.include.list")):
            code, text = answers.call("PUT", "/connector-plugins/MySqlConnector/config/validate", config("wrong", 21, **{name: variable(key)}))
            shown = next(each["value"] for each in json.loads(text)["configs"] if each["value"]["name"] == name)
            check(code == 200 and shown["value"] == variable(key), f"{name} is shown as a variable: {shown['errors']}")
        more = [{"transforms": variable("aliases")}, {"value.converter": variable("wrong")}, {"connector.class": variable("wrong")},
                {"producer.override.sasl.jaas.config": variable("jaas"), "producer.override.security.protocol": "SASL_PLAINTEXT"},
                {"key.converter": "io.confluent.connect.avro.AvroConverter", "key.converter.schema.registry.url": variable("wrong")},
                {"topic.prefix": variable("wrong")}, {"database.hostname": variable("wrong")}]
        for properties in more:
            for method, path in (("PUT", "/connector-plugins/MySqlConnector/config/validate"), ("PUT", "/connectors/wrong/config")):
                code, text = answers.call(method, path, config("wrong", 22, **properties))
                check(code in (200, 201, 400), f"{method} {path} with {list(properties)[0]}: {code}")
            answers.call("DELETE", "/connectors/wrong")

        # The account has another password: tasks that start again fail with MySQL's error.
        mysql.sql("ALTER USER reader@'%' IDENTIFIED BY 'another'")
        for name in passwords:
            answers.call("POST", f"/connectors/{name}/restart?includeTasks=true")
            # RESTARTING without a trace is the restart itself.
            eventually(f"{name} fails with the reason", lambda: answers.state(name) in ("FAILED", "RESTARTING") and "reader" in answers.texts[-1])
        (scratch.folder / "secrets.properties").unlink()
        answers.call("POST", "/connectors/file/restart?includeTasks=true")
        answers.call("PUT", "/connectors/file/config", config("file", 0))
        worker.terminate()

        log = worker.log.read_text()
        check("DEBUG" in log, "the log has details")
        stored = b"".join(path.read_bytes() for path in (scratch.folder / "broker").rglob("*") if path.is_file())
        check(variable("password").encode() in stored, "the broker's files have the variables")
        for secret in (PASSWORD, WRONG, TOKEN, NAMES, f"{USER}:{TOKEN}"):
            for text in spellings(secret):
                check_absent(text, log.splitlines(), "the log")
                check_absent(text, answers.texts, "an answer")
                if text.encode() in stored:
                    sys.exit(f"FAILED: the broker's files have {text}")
        check(True, "no secret is shown or stored")


def check_absent(secret, lines, where):
    for line in lines:
        if secret in line:
            sys.exit(f"FAILED: {where} shows {secret}: {line[:1000]}")


if __name__ == "__main__":
    sys.exit(main())
