"""The rows of the instruction counts (scripts/count-instructions), as a MySQL server sends them.

Fixtures/workloads/TABLE: `table.sql` (the definition), `binlog.bin` (the events of one transaction of INSERT ... SELECT, from
the log's format description on) and, for the table that a snapshot reads, `rows.bin` (the packets of `SELECT`, headers
included). The values are computed from an id of six digits, so that no two rows are equal.
"""
import json
import os
import time

from capturing.client import Client
from capturing.mysql import running

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures", "workloads")
FIRST_ID = 100_000

ROW = {
    "a": ("int", "id % 1000"),
    "b": ("bigint", "id * 1000003"),
    "c": ("varchar(64)", "CONCAT('customer-', id)"),
    "d": ("varchar(200)", "REPEAT(CHAR(97 + id % 26), 40 + id % 60)"),
    "e": ("decimal(12,2)", "id / 7"),
    "f": ("datetime(6)", "'2026-01-02 03:04:05.678901'"),
    "g": ("timestamp(3) NULL", "'2026-01-02 03:04:05.678'"),
    "h": ("double", "id / 3"),
    "i": ("tinyint", "id % 100"),
}
WIDE_KINDS = [
    ("int", "id"), ("bigint", "id * 1000003"), ("varchar(40)", "CONCAT('value-', id)"),
    ("datetime", "'2026-01-02 03:04:05'"), ("decimal(10,2)", "id / 7"), ("double", "id / 3"),
]
WIDE = {f"c{index}": kind for index, kind in enumerate(WIDE_KINDS * 10)}


def server(port):
    return running("mysql", port)


def capture(server, table, columns, row_count, reads_rows):
    work = Client(server.port, database="wire")
    work.query("SET time_zone = '+00:00'")
    definition = (f"CREATE TABLE {table} (\n  id bigint PRIMARY KEY AUTO_INCREMENT,\n"
                  + ",\n".join(f"  {name} {kind}" for name, (kind, _) in columns.items()) + "\n)")
    fill = (f"INSERT INTO {table} SELECT id, {', '.join(value for _, value in columns.values())} FROM ("
            f"WITH RECURSIVE n (id) AS (SELECT {FIRST_ID} UNION ALL SELECT id + 1 FROM n WHERE id < {FIRST_ID + row_count - 1}) "
            "SELECT id FROM n) AS ids")
    work.query(definition)
    work.query("RESET BINARY LOGS AND GTIDS")
    work.query(fill)
    folder = os.path.join(FIXTURES, table)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "table.sql"), "w") as file:
        file.write(definition + ";\n")
    with open(os.path.join(folder, "binlog.bin"), "wb") as file:
        file.writelines(events(server, work.query("SHOW BINARY LOG STATUS")[0][0]))
    if reads_rows:
        with open(os.path.join(folder, "rows.bin"), "wb") as file:
            file.writelines(packets(server, f"SELECT * FROM {table} ORDER BY id"))
    with open(os.path.join(folder, "capture.json"), "w") as file:
        json.dump({"date": time.strftime("%Y-%m-%d"), "captured_by": "scripts/capture",
                   "server": f"mysql {server.version} (Debian)", "user": "root", "rows": row_count,
                   "statements": [definition, fill]}, file, indent=2)
        file.write("\n")
    work.quit()


def events(server, file):
    """The events of a binlog, without the artificial rotations and heartbeats of a dump."""
    client = Client(server.port)
    client.prepare_replication()
    client.dump(file, 4)
    while (packet := client.receive())[0] == 0x00:
        is_artificial = packet[1 + 17] & 0x20
        if not is_artificial:
            yield packet[1:]


def packets(server, sql):
    """The packets that answer a query, each with its header."""
    client = Client(server.port, database="wire")
    client.query("SET time_zone = '+00:00'")
    client.command(b"\x03" + sql.encode())
    answered = 0
    while True:
        packet = client.receive()
        yield len(packet).to_bytes(3, "little") + bytes([(client.sequence - 1) & 255]) + packet
        answered += 1
        if packet[0] == 0xFE and answered > 1:
            return client.quit()


def scenarios():
    return {
        "small": lambda server: capture(server, "small", ROW, 200, True),
        "wide": lambda server: capture(server, "wide", WIDE, 100, False),
    }
