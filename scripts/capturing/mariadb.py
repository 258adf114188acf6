"""The conversations with MariaDB."""
from capturing.binlog import CHANGES, INTEGERS, METADATA, NO_METADATA_TABLES, NUMBERS, TEMPORALS, binlog, small
from capturing.mysql import RESULTS, handshake, running


def server(port):
    return running("mariadb", port)


def scenarios():
    def created(server):
        server.admin.query("CREATE USER IF NOT EXISTS wire_native IDENTIFIED BY 'secret'")

    def with_account(run):
        def scenario(server):
            created(server)
            run(server)
        return scenario

    logs = {
        "integers": {"statements": INTEGERS},
        "numbers": {"statements": NUMBERS},
        "temporals": {"statements": TEMPORALS},
        "changes": {"statements": CHANGES},
        # BINLOG_SEND_ANNOTATE_ROWS_EVENT (2) beside non-blocking (1).
        "annotated": {"statements": small("annotated"), "dump_flags": 3},
        "own-types": {"statements": [
            "CREATE TABLE own (a inet4, b inet6, c uuid, j json)",
            "INSERT INTO own VALUES ('10.0.0.0', '1::', '123e4567-e89b-12d3-a456-426655440000', '{\"a\": 1}')"]},
        "metadata-full": {
            "before": ["SET GLOBAL binlog_row_metadata = FULL", NO_METADATA_TABLES],
            "statements": [*METADATA, "CREATE TABLE own_texts (a inet6, b char(3), c uuid, d char(3) CHARACTER SET latin1)",
                           "INSERT INTO own_texts (b) VALUES ('b')"],
            "after": ["SET GLOBAL binlog_row_metadata = NO_LOG", NO_METADATA_TABLES]},
        "compressed-columns": {"statements": [
            "CREATE TABLE packed (id int, v varchar(1000) COMPRESSED, t text COMPRESSED)",
            "INSERT INTO packed VALUES (1, REPEAT('v', 500), REPEAT('t', 5000))"]},
        "compressed-events": {
            "before": ["SET GLOBAL log_bin_compress = ON", "SET GLOBAL log_bin_compress_min_len = 10"],
            "statements": ["CREATE TABLE squeezed (v varchar(1000))", "INSERT INTO squeezed VALUES (REPEAT('v', 900))"],
            "after": ["SET GLOBAL log_bin_compress = OFF"]},
        "rotate": {"statements": [*small("rotated"), "FLUSH BINARY LOGS", "INSERT INTO rotated VALUES (2, NULL)"]},
    }
    found = {
        "handshake/native-password": with_account(
            handshake("handshake/native-password", user="wire_native", password="secret")),
        "handshake/wrong-password": with_account(
            handshake("handshake/wrong-password", user="wire_native", password="wrong", expect_error=True)),
        "handshake/switch-to-native": with_account(
            handshake("handshake/switch-to-native", user="wire_native", password="secret", plugin="caching_sha2_password")),
        "query/results": handshake("query/results", statements=RESULTS[:3]),
    }
    for name, scenario in logs.items():
        found["binlog/" + name] = lambda server, name=name, scenario=scenario: binlog(server, name, **scenario)
    return found
