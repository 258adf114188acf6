#!/usr/bin/python3
"""Each way to authenticate at a schema registry, against servers of Python's library that refuse other requests: user information in the
URL, user and password, those of the SASL configuration, a static token, a token of an identity provider, and a client certificate; with
Confluent's and Apicurio's converters. Wrong credentials fail the task. No secret is in the log at TRACE, in a state or in a trace.
"""
import base64
import http.server
import json
import ssl
import sys
import threading
import urllib.parse
import uuid

from scenario import ROOT, Broker, MySQL, Scratch, Topic, Worker, check, eventually

USER, PASSWORD, TOKEN, SECRET, WRONG = "reg user", "p:ss@w/rd&s3cret", "static-t0ken", "cl1ent=s3cret", "wr0ng-s3cret"
TLS = ROOT / "Fixtures/tls"
# One of these is in the trace of a task whose credentials are wrong.
REASONS = ("error code: 40101", "invalid_client", "the password is wrong", "client.p12")


class Registry(http.server.ThreadingHTTPServer):
    """Confluent's and Apicurio's API for registrations, and the token endpoint of an identity provider, for one kind of credentials."""

    def __init__(self, accepts, certificates=False):
        super().__init__(("127.0.0.1", 0), Handler)
        self.accepts, self.schemas, self.refused, self.tokens = accepts, [], 0, []
        self.scheme = "https" if certificates else "http"
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS / "server.pem")
            context.load_verify_locations(TLS / "ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self):
        return f"{self.scheme}://{self.address}"

    def handle_error(self, request, client_address):
        """A connection without a certificate ends with an error, which the task reports."""

    def kill(self):
        self.shutdown()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, code, body):
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer(404, {"error_code": 40401, "message": "not found"}) if self.is_accepted() else None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            return self.token(urllib.parse.parse_qs(body))
        if not self.is_accepted():
            return
        text = json.loads(body)["schema"] if self.path.startswith("/subjects") else body
        if text not in self.server.schemas:
            self.server.schemas.append(text)
        number = self.server.schemas.index(text) + 1
        self.answer(200, {"id": number, "guid": str(uuid.UUID(int=number)), "globalId": number, "contentId": number, "version": 1})

    def is_accepted(self):
        if self.server.accepts(self.server, self.headers.get("Authorization")):
            return True
        self.server.refused += 1
        # With what it was given, as some servers answer.
        self.answer(401, {"error_code": 40101, "message": f"Unauthorized: {self.headers.get('Authorization')}"})
        return False

    def token(self, form):
        """The client identifies itself by a header or in the form (RFC 6749, 2.3.1)."""
        given = self.headers.get("Authorization") or basic(form["client_id"][0], form["client_secret"][0])
        if given != basic("client", SECRET) or form["grant_type"] != ["client_credentials"]:
            return self.answer(401, {"error": "invalid_client"})
        self.server.tokens.append(f"issued-{uuid.uuid4()}")
        self.answer(200, {"access_token": self.server.tokens[-1], "expires_in": 3600})


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def by_password(server, given):
    return given == basic(USER, PASSWORD)


def by_token(server, given):
    return given == f"Bearer {TOKEN}"


def by_issued_token(server, given):
    return given in [f"Bearer {token}" for token in server.tokens]


def by_certificate(server, given):
    return given is None


def connectors(servers):
    """The properties of the value converter below its prefix, and whether they are right."""
    password, token, issuer, certificates = servers
    user_information = f"{urllib.parse.quote(USER)}:{urllib.parse.quote(PASSWORD, safe='')}"
    jaas = lambda secret: f'org.apache.kafka.common.security.plain.PlainLoginModule required username="{USER}" password="{secret}";'
    basic_of = lambda secret: {"schema.registry.url": password.url, "basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": f"{USER}:{secret}"}
    sasl = lambda secret: {"schema.registry.url": password.url, "basic.auth.credentials.source": "SASL_INHERIT", "sasl.jaas.config": jaas(secret)}
    bearer = lambda secret: {"schema.registry.url": token.url, "bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": secret}
    oauth = lambda secret: {
        "schema.registry.url": issuer.url, "bearer.auth.credentials.source": "OAUTHBEARER", "bearer.auth.issuer.endpoint.url": f"{issuer.url}/token",
        "bearer.auth.client.id": "client", "bearer.auth.client.secret": secret}
    store = lambda prefix, secret: {
        f"{prefix}ssl.truststore.location": str(TLS / "ca.pem"), f"{prefix}ssl.truststore.type": "PEM",
        f"{prefix}ssl.keystore.location": str(TLS / "client.p12"), f"{prefix}ssl.keystore.type": "PKCS12", f"{prefix}ssl.keystore.password": secret}
    apicurio = lambda server: {"apicurio.registry.url": server.url, "apicurio.registry.auto-register": "true", "apicurio.registry.headers.enabled": "false"}
    apicurio_basic = lambda secret: apicurio(password) | {"apicurio.auth.username": USER, "apicurio.auth.password": secret}
    apicurio_oauth = lambda secret: apicurio(issuer) | {
        "apicurio.auth.service.token.endpoint": f"{issuer.url}/token", "apicurio.auth.client.id": "client", "apicurio.auth.client.secret": secret}
    return {
        "url": ({"schema.registry.url": password.url.replace("://", f"://{user_information}@")}, True),
        "urlwrong": ({"schema.registry.url": password.url.replace("://", f"://{urllib.parse.quote(USER)}:{WRONG}@")}, False),
        "basic": (basic_of(PASSWORD), True), "basicwrong": (basic_of(WRONG), False), "sasl": (sasl(PASSWORD), True), "saslwrong": (sasl(WRONG), False),
        "bearer": (bearer(TOKEN), True), "bearerwrong": (bearer(WRONG), False), "oauth": (oauth(SECRET), True), "oauthwrong": (oauth(WRONG), False),
        "mtls": ({"schema.registry.url": certificates.url} | store("schema.registry.", "secret"), True),
        "mtlswrong": ({"schema.registry.url": certificates.url} | store("schema.registry.", WRONG), False),
        "apicuriobasic": (apicurio_basic(PASSWORD), True), "apicuriobasicwrong": (apicurio_basic(WRONG), False),
        "apicuriooauth": (apicurio_oauth(SECRET), True), "apicuriooauthwrong": (apicurio_oauth(WRONG), False),
        "apicuriomtls": (apicurio(certificates) | {name.replace("ssl.", "request.ssl.", 1): value for name, value in store("apicurio.registry.", "secret").items()}, True),
    }


def converter(properties):
    apicurio = "apicurio.registry.url" in properties
    return "io.apicurio.registry.utils.converter.AvroConverter" if apicurio else "io.confluent.connect.avro.AvroConverter"


def main():
    with Scratch() as scratch:
        mysql = scratch.keep(MySQL())
        kafka = scratch.keep(Broker(scratch.folder))
        servers = [scratch.keep(Registry(by_password)), scratch.keep(Registry(by_token)), scratch.keep(Registry(by_issued_token)),
                   scratch.keep(Registry(by_certificate, certificates=True))]
        mysql.sql("CREATE DATABASE safe", "CREATE TABLE safe.t (id INT PRIMARY KEY)", "INSERT INTO safe.t VALUES (1)")
        worker = scratch.keep(Worker(scratch.folder, kafka.address))
        check(worker.rest("PUT", "/admin/loggers/root", {"level": "TRACE"}) is not None, "the worker logs everything")
        texts, wanted = [], connectors(servers)
        for number, (name, (properties, _)) in enumerate(wanted.items()):
            config = {"value.converter": converter(properties)} | {f"value.converter.{key}": value for key, value in properties.items()}
            base = {"connector.class": "io.debezium.connector.mysql.MySqlConnector", "database.hostname": "127.0.0.1",
                    "database.port": str(mysql.port), "database.user": "root", "database.password": "", "database.server.id": str(8600 + number),
                    "topic.prefix": name, "database.include.list": "safe", "include.schema.changes": "false",
                    "schema.history.internal.kafka.bootstrap.servers": kafka.address, "schema.history.internal.kafka.topic": f"{name}.history"}
            for validated in (converter(properties), "io.confluent.connect.json.JsonSchemaConverter"):
                answer = worker.rest("PUT", "/connector-plugins/MySqlConnector/config/validate", base | config | {"value.converter": validated})
                texts += [json.dumps(value, ensure_ascii=False) for value in answer["configs"]]
            if worker.rest("PUT", f"/connectors/{name}/config", base | config) is None:
                sys.exit(f"FAILED: {name} cannot be created")
        for name, (_, is_right) in wanted.items():
            expected = "RUNNING" if is_right else "FAILED"
            eventually(f"{name} is {expected}", lambda: worker.state(name) == expected)
            status = worker.rest("GET", f"/connectors/{name}/status")
            texts.append(json.dumps(status, ensure_ascii=False))
            if is_right:
                topic = Records(kafka.address, f"{name}.safe.t")
                eventually(f"the row of {name} arrives", lambda: topic.poll(0.1) >= 1)
                check(topic.records[0][:1] == b"\0", f"{name}: the row is written in Avro")
            else:
                trace = status["tasks"][0]["trace"]
                check(any(word in trace for word in REASONS), f"{name}: FAILED: {reason(trace)}")
        check(all(server.schemas for server in servers), "every server has registered a schema")
        worker.terminate()
        texts += worker.log.read_text().splitlines()
        check(any("DEBUG" in text for text in texts), "the log has details")
        issued = [token for server in servers for token in server.tokens]
        for secret in [PASSWORD, TOKEN, SECRET, WRONG, *issued, f"{USER}:{PASSWORD}", f"{USER}:{WRONG}", f"client:{SECRET}"]:
            for form in {secret, urllib.parse.quote(secret, safe=""), json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()}:
                for text in texts:
                    if form in text:
                        sys.exit(f"FAILED: {form} is shown: {text[:1000]}")
        check(True, "no secret is logged or shown")


def reason(trace):
    return next((line for line in trace.splitlines() if any(word in line for word in REASONS)), trace)[:200]


class Records(Topic):
    """Values as bytes."""

    def poll(self, seconds=0.0):
        while (message := self.consumer.poll(seconds)) is not None:
            seconds = 0.0
            if not message.error():
                self.records.append(message.value())
        return len(self.records)


if __name__ == "__main__":
    sys.exit(main())
