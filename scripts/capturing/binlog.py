"""Binlogs: runs statements on an empty binlog, which is then read over the replication protocol."""
import struct
import uuid

from capturing.client import Client, ServerError


def encoded_gtids(sets):
    """COM_BINLOG_DUMP_GTID's encoding of {uuid: [(first, last)]}."""
    data = struct.pack("<Q", len(sets))
    for name, intervals in sorted(sets.items()):
        data += uuid.UUID(name).bytes + struct.pack("<Q", len(intervals))
        for first, last in intervals:
            data += struct.pack("<QQ", first, last + 1)
    return data


def binlog(server, name, statements, before=(), after=(), refused=(), dump_flags=1, expect=None, **replication):
    """Runs `before` without logging, then `statements` and `after`, and captures the whole dump. The server
    answers those of `refused` with an error."""
    work = Client(server.port, database="wire")
    for statement in before:
        work.query(statement)
    is_mariadb = server.kind == "mariadb"
    work.query("RESET MASTER" if is_mariadb else "RESET BINARY LOGS AND GTIDS")
    file = work.query("SHOW MASTER STATUS" if is_mariadb else "SHOW BINARY LOG STATUS")[0][0]
    for statement in statements:
        try:
            work.query(statement)
        except ServerError:
            if statement not in refused:
                raise

    def body(port):
        client = Client(port)
        client.prepare_replication(**replication)
        if is_mariadb:
            client.query("SET @mariadb_slave_capability = 4")
        client.dump(file, 4, dump_flags)
        # HEARTBEAT_EVENT (27) or its second version (41).
        client.read_dump(lambda event: expect == "heartbeat" and event[4] in (27, 41))
    try:
        server.capture("binlog/" + name, body, [s if isinstance(s, str) else s.decode("euckr") for s in statements])
    finally:
        for statement in after:
            work.query(statement)
        work.quit()


INTEGERS = [
    """CREATE TABLE integers (a tinyint, b tinyint unsigned, c smallint, d smallint unsigned, e mediumint,
      f mediumint unsigned, g int, h int unsigned, i bigint, j bigint unsigned, k bool, l year, m bit(1), n bit(10), o bit(64))""",
    """INSERT INTO integers VALUES
      (-128, 0, -32768, 0, -8388608, 0, -2147483648, 0, -9223372036854775808, 0, false, 0, b'0', b'0', b'0'),
      (127, 255, 32767, 65535, 8388607, 16777215, 2147483647, 4294967295, 9223372036854775807, 18446744073709551615,
       true, 2155, b'1', b'1111111111', b'1000000000000000000000000000000000000000000000000000000000000001'),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
      (-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, 1, 1901, b'1', b'1010101010', b'1')""",
]

NUMBERS = [
    """CREATE TABLE numbers (a decimal(1,0), b decimal(9,9), c decimal(18,9), d decimal(65,30), e decimal(10,2) unsigned,
      f decimal(20,5), g float, h double, i float(10,3), j numeric(38,0))""",
    """INSERT INTO numbers VALUES
      (9, 0.999999999, 999999999.999999999, 99999999999999999999999999999999999.999999999999999999999999999999, 12345678.90,
       -12345.6789, 3.402823466e38, 1.7976931348623157e308, 1234567.891, 12345678901234567890123456789012345678),
      (-9, -0.000000001, -1.5, -99999999999999999999999999999999999.999999999999999999999999999999, 0, 0, -1.17549e-38,
       2.2250738585072014e-308, -0.001, -1),
      (0, 0, 0, 0, 0.01, 0.00001, 0.1, -0.0, 0, 0),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
]

TEMPORALS = [
    "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'",
    """CREATE TABLE temporals (a date, b time, c time(1), d time(3), e time(6), f datetime, g datetime(2), h datetime(6),
      i timestamp NULL, j timestamp(1) NULL, k timestamp(3) NULL, l timestamp(6) NULL)""",
    """INSERT INTO temporals VALUES
      ('1000-01-01', '-838:59:59', '-00:00:00.1', '-12:34:56.789', '-838:59:58.999999', '1000-01-01 00:00:00',
       '1000-01-01 00:00:00.01', '1000-01-01 00:00:00.000001', '1970-01-01 00:00:01', '1970-01-01 00:00:01.1',
       '1970-01-01 00:00:01.001', '1970-01-01 00:00:01.000001'),
      ('9999-12-31', '838:59:59', '838:59:58.9', '00:00:00.001', '00:00:00.000001', '9999-12-31 23:59:59',
       '9999-12-31 23:59:59.99', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '2038-01-19 03:14:06.9',
       '2038-01-19 03:14:06.999', '2038-01-19 03:14:06.999999'),
      ('0000-00-00', '00:00:00', '-00:00:01.0', '-00:00:00.999', '-00:00:01.000001', '0000-00-00 00:00:00',
       '2024-02-31 00:00:00', '2024-00-00 00:00:00', '0000-00-00 00:00:00', '2000-02-29 12:34:56.7',
       '2000-02-29 12:34:56.789', '2000-02-29 12:34:56.789012'),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
]

TEXTS = [
    """CREATE TABLE texts (a char(10), b varchar(20), c varchar(300), d tinytext, e text, f mediumtext, g longtext,
      h char(255) CHARACTER SET utf8mb4, i char(5) CHARACTER SET latin1, j varchar(10) CHARACTER SET euckr,
      k text CHARACTER SET sjis, l varchar(10) CHARACTER SET gbk, m varchar(10) CHARACTER SET utf16,
      n enum('x','가','z') CHARACTER SET euckr, o set('p','q','ü') CHARACTER SET latin1,
      p binary(4), q varbinary(300), r tinyblob, s blob, t mediumblob, u longblob)""",
    """INSERT INTO texts VALUES
      ('ab ', 'ü가😀', REPEAT('c', 300), 'd', REPEAT('e', 300), 'f', 'g', REPEAT('😀', 255), 'äöü€', '가나다', '日本語', '汉字',
       'A가😀', '가', 'p,ü', 0x61000000, 0x00FF, 0x01, REPEAT('s', 300), 0x02, 0x03),
      ('', '', '', '', '', '', '', '', '', '', '', '', '', 'x', '', 0, '', '', '', '', ''),
      (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL)""",
]

JSON = [
    "CREATE TABLE documents (id int PRIMARY KEY, j json)",
    """INSERT INTO documents VALUES
      (1, '{"b": [1, -2, 70000, -70000, 5000000000, -5000000000, 18446744073709551615], "a": {"deep": [[[]]], "": {}}}'),
      (2, '[1.5, -0.0, 1e-7, 123456789012e0, 0.001, 9999999, 1e7, 1.7976931348623157e308, 4.9e-324, 0.1, 100.0]'),
      (3, '[null, true, false, "", "ü가😀", "\\\\u0000\\\\n\\\\"\\\\\\\\/"]'),
      (4, 'null'), (5, '"text"'), (6, '7'), (7, NULL)""",
    """INSERT INTO documents VALUES
      (20, JSON_ARRAY(CAST('2020-02-29' AS DATE), CAST('2020-02-29 12:34:56.789' AS DATETIME(6)),
        CAST('12:34:56.5' AS TIME(6)), CAST('-01:02:03.5' AS TIME(6)), CAST('00:00:00' AS TIME),
        TIMESTAMP'2020-02-29 12:34:56')),
      (21, JSON_ARRAY(CAST(-12345.6789 AS DECIMAL(20,5)), CAST(0 AS DECIMAL(5,2)), 1.50)),
      (22, JSON_ARRAY(CAST('bytes' AS BINARY), b'101', CAST(x'00FF' AS CHAR CHARACTER SET binary), 2024)),
      (23, JSON_OBJECT('k', ST_GeomFromText('POINT(1 2)'), 'y', CAST(2024 AS YEAR)))""",
    # Beyond 64 KiB the large form is used, with offsets of four bytes.
    "INSERT INTO documents VALUES (30, JSON_OBJECT('long', REPEAT('x', 70000), 'n', 70000, 'list', JSON_ARRAY(1, 2)))",
    "UPDATE documents SET j = JSON_SET(j, '$.b[0]', 'one') WHERE id = 1",
    "DELETE FROM documents WHERE id IN (3, 4)",
]

SPATIAL = [
    """CREATE TABLE shapes (id bigint PRIMARY KEY, g geometry, p point SRID 4326, l linestring, y polygon,
      c geometrycollection, v vector(3))""",
    """INSERT INTO shapes VALUES
      (1, ST_GeomFromText('POINT(1 2)'), ST_SRID(POINT(10, 20), 4326), ST_GeomFromText('LINESTRING(0 0,1 1)'),
       ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))'),
       STRING_TO_VECTOR('[1,-2.5,3e10]')),
      (2, NULL, NULL, NULL, NULL, ST_GeomFromText('GEOMETRYCOLLECTION EMPTY'), NULL)""",
]

CHANGES = [
    "CREATE TABLE changes (id int PRIMARY KEY, a varchar(20), b int)",
    "INSERT INTO changes VALUES (1, 'one', 1), (2, 'two', NULL), (3, 'three', 3)",
    "UPDATE changes SET a = 'changed', b = NULL WHERE id = 1",
    "UPDATE changes SET id = 20 WHERE id = 2",
    "DELETE FROM changes",
    "BEGIN", "INSERT INTO changes VALUES (4, 'four', 4)", "SAVEPOINT s", "INSERT INTO changes VALUES (5, 'five', 5)",
    "ROLLBACK TO SAVEPOINT s", "INSERT INTO changes VALUES (6, 'six', 6)", "COMMIT",
    "BEGIN", "INSERT INTO changes VALUES (7, 'seven', 7)", "ROLLBACK",
]

NO_METADATA_TABLES = "DROP TABLE IF EXISTS numbers, texts, one_set, keyed, prefixed, uniquely, plain"
# Tables whose optional metadata differs in every field; `binlog_row_metadata` decides how much is sent.
METADATA = [
    """CREATE TABLE numbers (a tinyint unsigned, b smallint, c mediumint unsigned, d int, e bigint unsigned, f year,
      g float unsigned, h double, i decimal(5,2) unsigned, j bit(3), k date, l int zerofill)""",
    "INSERT INTO numbers (d) VALUES (1)",
    """CREATE TABLE texts (a varchar(10) CHARACTER SET latin1, b enum('x','가','it''s','a\\\\b') CHARACTER SET euckr,
      c text, d blob, e set('p','q ') CHARACTER SET latin1, f binary(3), g char(5) CHARACTER SET sjis, h geometry, i enum('z'),
      j json)""",
    "INSERT INTO texts (a) VALUES ('a')",
    "CREATE TABLE one_set (a char(3), b varchar(20), c blob, d enum('a','b'), e set('c'))",
    "INSERT INTO one_set (a) VALUES ('a')",
    "CREATE TABLE keyed (a int, b int, c varchar(20), PRIMARY KEY (c, a))",
    "INSERT INTO keyed VALUES (1, 2, 'c')",
    "CREATE TABLE prefixed (a int, b text, PRIMARY KEY (b(5), a))",
    "INSERT INTO prefixed VALUES (1, 'b')",
    "CREATE TABLE uniquely (a int, b int NOT NULL, c int NOT NULL, UNIQUE KEY (a), UNIQUE KEY (c), UNIQUE KEY (b))",
    "INSERT INTO uniquely VALUES (1, 2, 3)",
    "CREATE TABLE plain (a date)",
    "INSERT INTO plain VALUES (NULL)",
]

DDL = [
    "SET NAMES utf8mb4", "CREATE DATABASE other CHARACTER SET latin1",
    "CREATE TABLE other.`a``b` (id int PRIMARY KEY COMMENT 'ü가', n varchar(10) DEFAULT 'x''y')",
    "SET sql_mode = 'ANSI_QUOTES'", """ALTER TABLE other."a`b" ADD COLUMN "c" json""", "SET sql_mode = DEFAULT",
    "RENAME TABLE other.`a``b` TO wire.renamed", "TRUNCATE TABLE wire.renamed",
    "CREATE TABLE wire.many (i int)", "DROP TABLE wire.renamed, wire.many", "CREATE VIEW wire.seen AS SELECT 1",
    "DROP VIEW wire.seen", "FLUSH TABLES", "CREATE USER wire_ddl IDENTIFIED BY 'secret'", "DROP USER wire_ddl",
    "DROP DATABASE other",
]


# The files are written into the database's folder.
LOAD_FAILS = "LOAD DATA INFILE 'short.txt' INTO TABLE counted"
LOAD_DATA = {
    "before": [
        "DROP TABLE IF EXISTS loaded, `loaded가`, counted",
        "CREATE TABLE loaded (id int PRIMARY KEY, v varchar(100))", "CREATE TABLE `loaded가` (`id나` int, v varchar(100))",
        "CREATE TABLE counted (id int PRIMARY KEY, v int) ENGINE=MyISAM", "INSERT INTO counted VALUES (1, 1)",
        "SELECT 1, 7 INTO OUTFILE 'short.txt'", """SELECT 1, 'one' INTO OUTFILE "it's.txt" """,
        "SET SESSION cte_max_recursion_depth = 3000, binlog_format = STATEMENT",
        "WITH RECURSIVE n AS (SELECT 1000 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
        "SELECT i, i INTO OUTFILE 'long.txt' FROM n"],
    "statements": [
        """LOAD DATA LOW_PRIORITY INFILE "it's.txt" INTO TABLE loaded""",
        """LOAD DATA CONCURRENT INFILE 'short.txt' REPLACE INTO TABLE loaded CHARACTER SET latin1
          FIELDS ENCLOSED BY '''' LINES STARTING BY '' (id, @v) SET v = concat(@v, (SELECT count(*) FROM counted))""",
        "LOAD DATA INFILE 'long.txt' IGNORE INTO TABLE loaded",
        "SET NAMES euckr", "LOAD DATA INFILE 'short.txt' INTO TABLE `loaded가` (`id나`, v)".encode("euckr"), "SET NAMES utf8mb4",
        LOAD_FAILS],
    "refused": [LOAD_FAILS],
    "after": ["DROP TABLE loaded, `loaded가`, counted"],
}


def small(name):
    """A table and two rows, for captures about other events."""
    return [f"CREATE TABLE {name} (id int PRIMARY KEY, j json)", f"INSERT INTO {name} VALUES (1, '{{\"a\": 1}}')",
            f"UPDATE {name} SET j = JSON_SET(j, '$.a', 2) WHERE id = 1"]


def binlog_scenarios():
    full_metadata, minimal = "SET GLOBAL binlog_row_metadata = FULL", "SET GLOBAL binlog_row_metadata = MINIMAL"
    return {
        "integers": {"statements": INTEGERS},
        "numbers": {"statements": NUMBERS},
        "temporals": {"statements": TEMPORALS},
        "texts": {"statements": TEXTS},
        "texts-full-metadata": {
            "before": [full_metadata, "DROP TABLE IF EXISTS texts"], "statements": TEXTS, "after": [minimal]},
        "metadata-full": {
            "before": [full_metadata, NO_METADATA_TABLES], "statements": METADATA, "after": [minimal, NO_METADATA_TABLES]},
        "metadata-minimal": {
            "before": [NO_METADATA_TABLES], "statements": METADATA, "after": [NO_METADATA_TABLES]},
        "json": {"statements": JSON},
        "spatial-and-vector": {"statements": SPATIAL},
        "changes": {"statements": CHANGES},
        "ddl": {"statements": DDL},
        "several-tables": {"statements": [
            "CREATE TABLE one (i int)", "CREATE TABLE two (i int)", "BEGIN", "INSERT INTO one VALUES (1)",
            "INSERT INTO two VALUES (2)", "UPDATE one JOIN two SET one.i = 10, two.i = 20", "COMMIT"]},
        "triggers-and-cascades": {"statements": [
            "CREATE TABLE parents (id int PRIMARY KEY)",
            "CREATE TABLE children (id int, FOREIGN KEY (id) REFERENCES parents (id) ON DELETE CASCADE)",
            "CREATE TABLE notes (id int)",
            "CREATE TRIGGER noting AFTER INSERT ON parents FOR EACH ROW INSERT INTO notes VALUES (NEW.id)",
            "INSERT INTO parents VALUES (1)", "INSERT INTO children VALUES (1)", "DELETE FROM parents"]},
        "rows-query": {"statements": [
            "SET binlog_rows_query_log_events = ON", *small("queried"),
            "INSERT INTO queried VALUES (2, NULL) /* " + "long " * 60 + "*/"]},
        "no-checksum": {
            "before": ["SET GLOBAL binlog_checksum = NONE"], "statements": small("unchecked"),
            "after": ["SET GLOBAL binlog_checksum = CRC32"]},
        "checksum-stripped": {"statements": small("stripped"), "checksum": "'NONE'"},
        "rotate": {"statements": [*small("rotated"), "FLUSH BINARY LOGS", "INSERT INTO rotated VALUES (2, NULL)"]},
        "heartbeat": {
            "statements": small("beating"), "dump_flags": 0, "heartbeat_milliseconds": 100, "expect": "heartbeat"},
        "image-minimal": {"statements": ["SET binlog_row_image = MINIMAL", *small("minimal")]},
        "image-noblob": {"statements": [
            "SET binlog_row_image = NOBLOB", "CREATE TABLE noblob (id int PRIMARY KEY, a int, t text)",
            "INSERT INTO noblob VALUES (1, 1, 'text')", "UPDATE noblob SET a = 2"]},
        "partial-json": {"statements": ["SET binlog_row_value_options = PARTIAL_JSON", *small("partial")]},
        "compressed-transaction": {
            "statements": ["SET binlog_transaction_compression = ON", *small("compressed")]},
        "tagged-gtid": {"statements": ["SET gtid_next = 'AUTOMATIC:cdcd'", *small("tagged")]},
        "xa": {"statements": [
            "CREATE TABLE xa (i int)", "XA START 'x'", "INSERT INTO xa VALUES (1)", "XA END 'x'", "XA PREPARE 'x'",
            "XA COMMIT 'x'", "XA START 'y'", "INSERT INTO xa VALUES (2)", "XA END 'y'", "XA COMMIT 'y' ONE PHASE"]},
        "hidden-columns": {"statements": [
            """CREATE TABLE hidden (id int PRIMARY KEY, a int, j json, v int INVISIBLE, g int AS (a + 1) VIRTUAL,
              s int AS (a + 2) STORED, KEY ((a + 3)), KEY multi ((CAST(j->'$.list' AS UNSIGNED ARRAY))))""",
            """INSERT INTO hidden (id, a, j, v) VALUES (1, 2, '{"list": [1, 2]}', 3)""",
            "UPDATE hidden SET a = 5"]},
        "statement-based": {"statements": [
            "CREATE TABLE stated (i int)", "SET binlog_format = STATEMENT", "INSERT INTO stated VALUES (1)"]},
        "load-data": LOAD_DATA,
    }
