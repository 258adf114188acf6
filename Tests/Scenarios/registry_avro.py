#!/usr/bin/python3
"""The records that the Avro converters of Confluent and Apicurio write are read back by Confluent's deserializer for Python and by
fastavro alone, with the schemas from a real registry, to the rows that the server had.

Needs PyPI's confluent-kafka[avro,schemaregistry] and pymysql (scripts/packages python), the real registry beside the checkout
(../shared/peers) and Java 17; is skipped without them. The broker is the development broker.
"""
import datetime
import decimal
import io
import json
import struct
import sys

import pymysql.connections

from registry import Registry, require
from scenario import Broker, BytesTopic, MySQL, Scratch, Worker, check, eventually

try:
    import fastavro
    from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy, topic_record_subject_name_strategy
    from confluent_kafka.schema_registry.avro import AvroDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext
except ImportError as error:
    print(f"registry_avro.py: skipped, {error}")
    sys.exit(0)

COLUMNS = """id int, part varchar(10), tiny tinyint, tinyu tinyint unsigned, flag bool, small smallint, smallu smallint unsigned,
 medium mediumint, mediumu mediumint unsigned, intu int unsigned, big bigint, bigu bigint unsigned, ratio double, part_ratio float,
 amount decimal(10,2), large decimal(38,0), bit1 bit(1), bit20 bit(20), made year, fixed char(5), name varchar(40), story longtext,
 fixed_bytes binary(3), data varbinary(10), image longblob, kind enum('new','old'), tags set('a','b','c'), doc json, day date,
 clock time(6), at datetime, at3 datetime(3), at6 datetime(6), seen timestamp NULL, seen6 timestamp(6) NULL, place point,
 area geometry, vec vector(3), fallback int DEFAULT 5, PRIMARY KEY (id, part)"""
FULL = ("(1, 'a', -5, 255, 1, -32768, 65535, -8388608, 16777215, 4294967295, -9223372036854775808, 18446744073709551615, 0.1, -0.25, -123.45, "
        "99999999999999999999999999999999999999, b'1', b'10000000000000000011', 2024, 'ab', 'Zoë 서울 😀', REPEAT('é', 40000), x'000102', x'00ff80', "
        "x'00', 'old', 'a,c', '{\"a\": [1, null, \"x\"]}', '1969-12-31', '-01:02:03.000004', '1000-01-01 00:00:00', '2024-02-29 12:34:56.789', "
        "'9999-12-31 23:59:59.123456', '2024-01-02 03:04:05', '2038-01-19 03:14:07.5', ST_GeomFromText('POINT(1 -2.5)'), "
        "ST_GeomFromText('POLYGON((0 0,0 1,1 1,0 0))', 4326), STRING_TO_VECTOR('[1,-2,0.5]'), 7)")
EMPTY = "(2, 'b'" + ", NULL" * 37 + ")"
ZEROS = ("(3, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'0', b'0', 1901, '', '', '', '', '', '', 'new', '', '[]', '1970-01-01', '00:00:00', "
         "'1970-01-01', '1970-01-01', '1970-01-01', '1970-01-01 00:00:01', '1970-01-01 00:00:01', ST_GeomFromText('POINT(0 0)'), "
         "ST_GeomFromText('LINESTRING(0 0,1 1)'), STRING_TO_VECTOR('[0,0,0]'), 0)")
# PyMySQL takes the type that it does not know, VECTOR, for ASCII.
pymysql.connections.TEXT_TYPES.add(242)
EPOCH = datetime.datetime(1970, 1, 1)


def after_epoch(**duration):
    return EPOCH + datetime.timedelta(**duration)


# What PyMySQL makes of the column of a value, by the schema's name in Connect.
MEANINGS = {
    "io.debezium.time.Date": lambda days: after_epoch(days=days).date(),
    "io.debezium.time.MicroTime": lambda microseconds: datetime.timedelta(microseconds=microseconds),
    "io.debezium.time.Timestamp": lambda milliseconds: after_epoch(milliseconds=milliseconds),
    "io.debezium.time.MicroTimestamp": lambda microseconds: after_epoch(microseconds=microseconds),
    "io.debezium.time.ZonedTimestamp": lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None),
    "io.debezium.time.Year": int,
    "io.debezium.data.Bits": lambda data: bytes(reversed(data)),
    "io.debezium.data.Json": json.loads,
    "io.debezium.data.Enum": str,
    "io.debezium.data.EnumSet": str,
    "io.debezium.data.FloatVector": lambda floats: struct.pack(f"<{len(floats)}f", *floats),
    "io.debezium.data.geometry.Point": lambda shape: struct.pack("<I", shape["srid"] or 0) + shape["wkb"],
    "io.debezium.data.geometry.Geometry": lambda shape: struct.pack("<I", shape["srid"] or 0) + shape["wkb"],
    "org.apache.kafka.connect.data.Decimal": lambda number: number,
}


class Schema:
    """A schema of the registry: reads records and gives values the meaning of their annotations."""

    def __init__(self, text):
        self.text, self.parsed, self.named = text, fastavro.parse_schema(json.loads(text)), {}
        self.collect(json.loads(text), "")

    def collect(self, schema, namespace):
        """Finds named types, to which a schema refers from their second use on."""
        for each in schema if isinstance(schema, list) else [schema]:
            if isinstance(each, dict):
                namespace_here = each.get("namespace", namespace)
                if each["type"] == "record":
                    self.named[f"{namespace_here}.{each['name']}"] = self.named[each["name"]] = each
                    for field in each["fields"]:
                        self.collect(field["type"], namespace_here)
                elif each["type"] == "array":
                    self.collect(each["items"], namespace_here)

    def read(self, data):
        return fastavro.schemaless_reader(io.BytesIO(data), self.parsed)

    def row(self, value, schema=None):
        """A record as the row that PyMySQL returns."""
        schema = schema or self.parsed
        return None if value is None else {
            field["name"]: self.column(value[field["name"]], field["type"]) for field in self.definition(schema)["fields"]}

    def definition(self, schema):
        """The one type that is not null."""
        if isinstance(schema, list):
            schema = next(each for each in schema if each != "null")
        return self.named.get(schema, schema) if isinstance(schema, str) else schema

    def column(self, value, schema):
        schema = self.definition(schema)
        if value is None:
            return None
        name = schema.get("connect.name") if isinstance(schema, dict) else None
        if isinstance(value, bool):
            return bytes([value])
        return MEANINGS[name](value) if name else value

    def state(self, change, place):
        field = next(field for field in self.parsed["fields"] if field["name"] == place)
        return self.row(change[place], field["type"])


class Reader:
    """Reads keys and values with the schemas that their ids name. Subclasses find the id and the payload."""

    def __init__(self, registry):
        self.registry, self.schemas = registry, {}

    def schema(self, path):
        if path not in self.schemas:
            answer = self.registry.get(path)
            self.schemas[path] = Schema(answer["schema"] if "schema" in answer else json.dumps(answer))
        return self.schemas[path]

    def read(self, topic, place, data, headers):
        path, payload = self.locate(place, data, dict(headers))
        schema = self.schema(path)
        return schema, schema.read(payload)


class FourBytes(Reader):
    """Confluent's layout, read by fastavro alone."""

    def locate(self, place, data, headers):
        magic, number = struct.unpack(">bI", data[:5])
        assert magic == 0
        return f"/apis/ccompat/v7/schemas/ids/{number}", data[5:]


class EightBytes(Reader):
    """Apicurio's layout, read by fastavro alone."""

    def locate(self, place, data, headers):
        magic, number = struct.unpack(">bQ", data[:9])
        assert magic == 0
        return f"/apis/registry/v2/ids/globalIds/{number}", data[9:]


class InHeaders(Reader):
    """Apicurio's default, read by fastavro alone."""

    def locate(self, place, data, headers):
        assert headers[f"apicurio.{place}.encoding"] == b"BINARY"
        return f"/apis/registry/v2/ids/globalIds/{struct.unpack('>Q', headers[f'apicurio.{place}.globalId'])[0]}", data


class Deserializer(FourBytes):
    """Confluent's layout, read by Confluent's deserializer."""

    def __init__(self, registry, strategy=None):
        super().__init__(registry)
        configuration = {"subject.name.strategy": strategy} if strategy else {}
        self.deserializer = AvroDeserializer(SchemaRegistryClient({"url": registry.url}), conf=configuration)

    def read(self, topic, place, data, headers):
        field = MessageField.KEY if place == "key" else MessageField.VALUE
        return self.schema(self.locate(place, data, headers)[0]), self.deserializer(data, SerializationContext(topic, field, headers))


class Variant:
    """A connector, the subjects that it must have, and readers for its topics."""

    def __init__(self, converter, options, readers, subjects=(), keeps_nulls=False):
        self.converter, self.options, self.readers, self.subjects, self.keeps_nulls = converter, options, readers, subjects, keeps_nulls

    def properties(self):
        return {f"{place}.converter{rest}": value for place in ("key", "value") for rest, value in
                ({"": self.converter} | {f".{name}": value.replace("PLACE", place) for name, value in self.options.items()}).items()}


def variants(registry):
    strategies = "io.confluent.kafka.serializers.subject."
    url = {"schema.registry.url": registry.url}
    apicurio = {"apicurio.registry.url": registry.apicurio, "apicurio.registry.auto-register": "true"}
    confluent_class, apicurio_class = "io.confluent.connect.avro.AvroConverter", "io.apicurio.registry.utils.converter.AvroConverter"
    both = [FourBytes(registry), Deserializer(registry)]
    in_values = apicurio | {"apicurio.registry.headers.enabled": "false"}
    records = {place + ".subject.name.strategy": strategies + "RecordNameStrategy" for place in ("key", "value")}
    topic_records = {place + ".subject.name.strategy": strategies + "TopicRecordNameStrategy" for place in ("key", "value")}
    return {
        "topics": Variant(confluent_class, url, both, ["topics.avro.t-key", "topics.avro.t-value"]),
        "records": Variant(confluent_class, url | records | {"ignore.default.for.nullables": "true"},
                           [FourBytes(registry), Deserializer(registry, record_subject_name_strategy)],
                           ["records.avro.t.Key", "records.avro.t.Envelope"], keeps_nulls=True),
        "topicrecords": Variant(confluent_class, url | topic_records,
                                [FourBytes(registry), Deserializer(registry, topic_record_subject_name_strategy)],
                                ["topicrecords.avro.t-topicrecords.avro.t.Key", "topicrecords.avro.t-topicrecords.avro.t.Envelope"]),
        "asconfluent": Variant(apicurio_class, in_values | {"apicurio.registry.as-confluent": "true", "apicurio.registry.use-id": "contentId"},
                               both, ["asconfluent.avro.t-key", "asconfluent.avro.t-value"]),
        "eightbytes": Variant(apicurio_class, in_values, [EightBytes(registry)]),
        "inheaders": Variant(apicurio_class, apicurio, [InHeaders(registry)]),
    }


class Changes:
    """Changes rows, and keeps for each record its operation and the states of its row, as the server returns them."""

    def __init__(self, mysql):
        self.mysql, self.expected = mysql, []
        self.reader = mysql.connect(database="avro", charset="utf8mb4")

    def row(self, key):
        with self.reader.cursor() as cursor:
            if cursor.execute("SELECT * FROM t WHERE (id, part) = (%s, %s)", key) == 0:
                return None
            row = dict(zip([column[0] for column in cursor.description], cursor.fetchone()))
        return row | {"doc": None if row["doc"] is None else json.loads(row["doc"])}

    def read(self, key):
        self.expected.append((key, "r", None, self.row(key)))

    def change(self, statement, key, *keys):
        """A statement that changes one row, and the keys of this row and of the one that it becomes."""
        before = self.row(key)
        self.mysql.sql(statement)
        after = self.row((keys or [key])[0])
        if before is None:
            self.expected.append((key, "c", None, after))
        elif not keys and after is not None:
            self.expected.append((key, "u", before, after))
        else:
            self.expected += [(key, "d", before, None), (key, None, None, None)]
            if keys:
                self.expected.append((keys[0], "c", None, after))


def shown(state, keeps_nulls):
    """A state as its record has it: with the default in place of NULL, as Kafka's Struct.get returns it, unless nulls are kept."""
    return state if state is None or keeps_nulls or state["fallback"] is not None else state | {"fallback": 5}


def compare(name, variant, reader, records, expected):
    for (key, op, before, after), (key_data, value_data, headers) in zip(expected, records):
        topic = f"{name}.avro.t"
        schema, found = reader.read(topic, "key", key_data, headers)
        check_equal(tuple(found.values()), key, f"{name}: key")
        if op is None:
            check_equal(value_data, None, f"{name}: tombstone")
            continue
        schema, change = reader.read(topic, "value", value_data, headers)
        check_equal(change["op"], op, f"{name}: operation of {key}")
        for place, state in (("before", before), ("after", after)):
            check_equal(schema.state(change, place), shown(state, variant.keeps_nulls), f"{name}: {place} of {op} {key}")
        check_equal((change["source"]["db"], change["source"]["table"]), ("avro", "t"), f"{name}: source")
    check(True, f"{type(reader).__name__} reads the {len(records)} records of {name} back to the rows")


def check_equal(found, wanted, what):
    if isinstance(found, dict) and isinstance(wanted, dict):
        check_equal(list(found), list(wanted), f"{what}: columns")
        for column in found:
            check_equal(found[column], wanted[column], f"{what}: {column}")
    elif found != wanted:
        sys.exit(f"FAILED: {what}: {found!r} is not {wanted!r}")


def main():
    require()
    with Scratch() as scratch:
        mysql, kafka = scratch.keep(MySQL()), scratch.keep(Broker(scratch.folder))
        registry = scratch.keep(Registry(scratch.folder))
        mysql.sql("CREATE DATABASE avro CHARACTER SET utf8mb4", f"CREATE TABLE avro.t ({COLUMNS})", "CREATE TABLE avro.nokey (v int)",
                  f"INSERT INTO avro.t VALUES {FULL.replace('(1,', '(0,', 1)}", "INSERT INTO avro.nokey VALUES (1), (NULL)")
        worker, changes, all_variants = scratch.keep(Worker(scratch.folder, kafka.address)), Changes(mysql), variants(registry)
        changes.read((0, "a"))
        for number, (name, variant) in enumerate(all_variants.items()):
            worker.create(name, mysql, **variant.properties(), database_include_list="avro", database_server_id=str(8405 + number),
                          bigint_unsigned_handling_mode="precise")
        for name in all_variants:
            last = BytesTopic(kafka.address, f"{name}.avro.nokey")
            eventually(f"the snapshot of {name} ends", lambda: last.poll(0.1) >= 2)
            check_equal([record[0] for record in last.records], [None, None], f"{name}: key of a table without one")
        for row, key in ((FULL, (1, "a")), (EMPTY, (2, "b")), (ZEROS, (3, ""))):
            changes.change(f"INSERT INTO avro.t VALUES {row}", key)
        changes.change("UPDATE avro.t SET name = NULL, doc = NULL, place = NULL, amount = NULL WHERE id = 1", (1, "a"))
        changes.change("UPDATE avro.t SET fallback = NULL, day = '2024-02-29' WHERE id = 3", (3, ""))
        changes.change("UPDATE avro.t SET part = 'ö' WHERE id = 2", (2, "b"), (2, "ö"))
        mysql.sql("ALTER TABLE avro.t ADD COLUMN extra decimal(6,3), ADD COLUMN note varchar(20) NOT NULL DEFAULT 'none' AFTER tiny")
        changes.change("UPDATE avro.t SET extra = -1.5 WHERE id = 2", (2, "ö"))
        changes.change("INSERT INTO avro.t (id, part, note) VALUES (4, 'd', 'ü')", (4, "d"))
        mysql.sql("ALTER TABLE avro.t DROP COLUMN story")
        for key in ((0, "a"), (1, "a"), (2, "ö"), (3, ""), (4, "d")):
            changes.change(f"DELETE FROM avro.t WHERE id = {key[0]}", key)
        for name, variant in all_variants.items():
            topic = BytesTopic(kafka.address, f"{name}.avro.t")
            eventually(f"the records of {name} are there", lambda: topic.poll(0.1) >= len(changes.expected))
            check_equal(len(topic.records), len(changes.expected), f"{name}: number of records")
            for reader in variant.readers:
                compare(name, variant, reader, topic.records, changes.expected)
            check(set(variant.subjects).issubset(registry.subjects()), f"the subjects of {name} are registered")
        worker.terminate()


if __name__ == "__main__":
    sys.exit(main())
