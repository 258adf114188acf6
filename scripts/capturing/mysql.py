"""The conversations with MySQL."""
import contextlib
import os
import subprocess

from capturing.binlog import binlog, binlog_scenarios, encoded_gtids
from capturing.client import Client, ServerError
from capturing.tee import Tee, save

SERVERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "servers")


class Server:
    """A running server, with functions for captures."""

    def __init__(self, kind, port):
        self.kind, self.port = kind, port
        self.admin = Client(port)
        self.version = self.admin.query("SELECT VERSION()")[0][0]
        self.folder = f"{kind}/{self.version.split('-')[0]}"
        self.admin.query("CREATE DATABASE wire DEFAULT CHARACTER SET utf8mb4")

    def account(self, name, plugin, password="secret"):
        self.admin.query(f"CREATE USER IF NOT EXISTS '{name}'@'%' IDENTIFIED WITH {plugin} BY '{password}'")

    def capture(self, name, body, statements=()):
        """Runs `body(tee port)` through a relay and saves the conversation."""
        tee = Tee("127.0.0.1", self.port)
        try:
            user = body(tee.port)
        finally:
            tee.close()
        save(f"{self.folder}/{name}", tee.turns, server=f"{self.kind} {self.version} (Debian)", user=user or "root",
             statements=list(statements))


@contextlib.contextmanager
def running(kind, port, *options):
    subprocess.run([SERVERS, "up", kind, str(port), *options], check=True)
    try:
        yield Server(kind, port)
    finally:
        subprocess.run([SERVERS, "down", kind, str(port)], check=True)


def server(port):
    return running("mysql", port)


def handshake(name, account=None, expect_error=False, statements=("SELECT CURRENT_USER()",), **options):
    """A login, a statement and COM_QUIT."""
    def run(server):
        if account:
            server.account(*account)
        user = account[0] if account else options.get("user", "root")

        def body(port):
            try:
                client = Client(port, **{"user": user, **options})
                for statement in statements:
                    client.query(statement)
                client.quit()
            except ServerError:
                if not expect_error:
                    raise
            return user
        server.capture(name, body, () if expect_error else statements)
    return run


def forget_cached_passwords(server):
    server.admin.query("FLUSH PRIVILEGES")


def full_by_public_key(server):
    server.account("wire_sha2", "caching_sha2_password")
    forget_cached_passwords(server)
    handshake("handshake/caching-sha2-full-public-key", user="wire_sha2", password="secret")(server)


def too_many_connections(server):
    server.account("wire_sha2", "caching_sha2_password")
    server.admin.query("SET GLOBAL max_connections = 1")
    handshake("handshake/too-many-connections", user="wire_sha2", password="secret", expect_error=True)(server)
    server.admin.query("SET GLOBAL max_connections = 151")


def tls_request(server):
    """The connection up to the SSLRequest; what follows is TLS and different each time."""
    server.capture("handshake/ssl-request", lambda port: Client(port, authenticate=False).ask_for_tls())


def error_among_rows(port):
    client = Client(port)
    with contextlib.suppress(ServerError):
        client.query(ERROR_AMONG_ROWS)
    client.quit()


ERROR_AMONG_ROWS = (
    "SELECT /*+ SET_VAR(net_buffer_length=1024) */ n, REPEAT('x', 9000), EXP(n) "
    "FROM (VALUES ROW(1), ROW(2), ROW(3), ROW(1000)) AS t (n)")

RESULTS = [
    "SELECT NULL AS a, '' AS b, 'ü가😀' AS c UNION ALL SELECT 1, 2, 3",
    "SELECT * FROM information_schema.tables WHERE FALSE",
    "SELECT REPEAT('x', 250), REPEAT('y', 251), REPEAT('z', 66000)",
    "SELECT CAST(1.5 AS DECIMAL(5,2)), 1e0, DATE'2020-02-29', TIME'-12:34:56.5', TIMESTAMP'2020-02-29 12:34:56.789', b'101'",
    "SET @x = 1",
]


def gtid_start(server):
    """COM_BINLOG_DUMP_GTID: the server skips executed transactions."""
    statements = ["CREATE TABLE wire.gtids (i int)", "INSERT INTO wire.gtids VALUES (1)",
                  "INSERT INTO wire.gtids VALUES (2)"]
    server.admin.query("RESET BINARY LOGS AND GTIDS")
    uuid = server.admin.query("SELECT @@server_uuid")[0][0]
    for statement in statements:
        server.admin.query(statement)

    def body(port):
        client = Client(port)
        client.prepare_replication()
        client.dump_gtids(encoded_gtids({uuid: [(1, 2)]}))
        client.read_dump()
    server.capture("binlog/gtid-start", body, statements + [f"COM_BINLOG_DUMP_GTID after {uuid}:1-2"])


def purged_gtids(server):
    server.admin.query("RESET BINARY LOGS AND GTIDS")
    for statement in ["CREATE TABLE IF NOT EXISTS wire.purged (i int)", "FLUSH BINARY LOGS"]:
        server.admin.query(statement)
    file = server.admin.query("SHOW BINARY LOG STATUS")[0][0]
    server.admin.query(f"PURGE BINARY LOGS TO '{file}'")

    def body(port):
        client = Client(port)
        client.prepare_replication()
        client.dump_gtids(encoded_gtids({}))
        client.read_dump()
    server.capture("binlog/purged-gtids", body, ["COM_BINLOG_DUMP_GTID after the empty set, with a purged log"])


def scenarios():
    sha2 = ("wire_sha2", "caching_sha2_password")
    fast = handshake("handshake/caching-sha2-fast", sha2, password="secret")

    def fast_after_full(server):
        server.account(*sha2)
        Client(server.port, user="wire_sha2", password="secret").quit()
        fast(server)

    found = {
        "handshake/caching-sha2-full-public-key": full_by_public_key,
        "handshake/caching-sha2-fast": fast_after_full,
        "handshake/empty-password": handshake("handshake/empty-password", database="wire"),
        "handshake/switch-to-caching-sha2": handshake(
            "handshake/switch-to-caching-sha2", sha2, password="secret", plugin="mysql_native_password"),
        "handshake/switch-to-sha256": handshake(
            "handshake/switch-to-sha256", ("wire_sha256", "sha256_password"), password="secret"),
        "handshake/wrong-password": handshake(
            "handshake/wrong-password", sha2, password="wrong", expect_error=True),
        "handshake/unknown-database": handshake(
            "handshake/unknown-database", database="nowhere", expect_error=True),
        "handshake/too-many-connections": too_many_connections,
        "handshake/ssl-request": tls_request,
        "query/results": handshake("query/results", statements=RESULTS),
        "query/results-with-eof": handshake("query/results-with-eof", statements=RESULTS, eof=True),
        "query/error": handshake(
            "query/error", statements=["SELECT 1", "SELECT nonsense"], expect_error=True),
        "query/error-among-rows": lambda server: server.capture(
            "query/error-among-rows", error_among_rows, [ERROR_AMONG_ROWS]),
        "binlog/gtid-start": gtid_start,
        "binlog/purged-gtids": purged_gtids,
    }
    for name, scenario in binlog_scenarios().items():
        found["binlog/" + name] = lambda server, name=name, scenario=scenario: binlog(server, name, **scenario)
    return found
