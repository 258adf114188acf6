#!/usr/bin/python3
"""The records that JsonSchemaConverter and ProtobufConverter write are read back by Confluent's deserializers for Python, with the
schemas from a real registry, to the rows of the table.

Needs PyPI's confluent-kafka[json,protobuf,schemaregistry], grpcio-tools and pymysql (scripts/packages python), the real registry beside
the checkout (../shared/peers) and Java 17; is skipped without them. The broker is the development broker.
"""
import decimal
import pathlib
import sys
import tempfile

from registry import Registry, require
from scenario import Broker, BytesTopic, MySQL, Scratch, Worker, check, eventually

TABLE = ("id int PRIMARY KEY, small tinyint, big bigint unsigned, name varchar(20), amount decimal(10,2), made datetime(3), day date, "
         "clock time, changed timestamp NULL, kind enum('new','old'), tags set('a','b'), data varbinary(8), doc json, ratio double, "
         "flag boolean")
ROWS = [
    "(1, -5, 18446744073709551615, 'Zoë', -123.45, '2024-02-29 12:34:56.789', '1969-12-31', '-01:02:03', '2024-01-02 03:04:05', 'old', "
    "'a,b', x'00ff80', '{\"a\": [1, null]}', 0.1, 1)",
    "(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "(3, 0, 0, '', 0, '1970-01-01', '1970-01-01', '00:00:00', '1970-01-01 00:00:01', 'new', '', '', '{}', 0, 0)",
]
META = """syntax = "proto3"; package confluent; import "google/protobuf/descriptor.proto";
message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
extend google.protobuf.MessageOptions { Meta message_meta = 1088; } extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }"""
DECIMAL = """syntax = "proto3"; package confluent.type;
message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }"""


try:
    import grpc_tools
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.json_schema import JSONDeserializer
    from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
    from confluent_kafka.serialization import MessageField, SerializationContext
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from grpc_tools import protoc
except ImportError as error:
    print(f"registry_formats.py: skipped, {error}")
    sys.exit(0)


def message_class(text, name):
    """The class of a message of a registered .proto text, by protoc."""
    # Confluent's own texts use its options without importing them.
    head, end, rest = text.partition(";\n")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "confluent/type").mkdir(parents=True)
        (root / "confluent/meta.proto").write_text(META)
        (root / "confluent/type/decimal.proto").write_text(DECIMAL)
        meta = 'import "confluent/meta.proto";\n' if "(confluent." in text else ""
        (root / "t.proto").write_text(head + end + meta + rest)
        package = pathlib.Path(grpc_tools.__file__).parent
        code = protoc.main(["protoc", f"-I{root}", f"-I{package / '_proto'}", f"-I{package.parent}", "--include_imports",
                            f"--descriptor_set_out={root / 'set'}", "t.proto"])
        check(code == 0, f"protoc reads the text of {name}")
        files = descriptor_pb2.FileDescriptorSet.FromString((root / "set").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def plain(message):
    """A message as its fields, without those that are absent."""
    values = {}
    for field in message.DESCRIPTOR.fields:
        if field.has_presence and not message.HasField(field.name):
            continue
        value = getattr(message, field.name)
        if field.message_type and field.message_type.full_name == "confluent.type.Decimal":
            value = decimal.Decimal(int.from_bytes(value.value, "big", signed=True)).scaleb(-value.scale)
        elif field.message_type:
            value = plain(value)
        values[field.name] = value
    return values


def decimals(row, json):
    return row | {"amount": None if row["amount"] is None else (float if json else decimal.Decimal)(row["amount"])}


def expected(json):
    """What Debezium makes of the rows; bytes are Base64 in JSON."""
    first = {"id": 1, "small": -5, "big": -1, "name": "Zoë", "amount": "-123.45", "made": 1709210096789, "day": -1,
             "clock": -3723000000, "changed": "2024-01-02T03:04:05Z", "kind": "old", "tags": "a,b",
             "data": "AP+A" if json else b"\x00\xff\x80", "doc": '{"a": [1, null]}', "ratio": 0.1, "flag": 1}
    second = {name: None for name in first} | {"id": 2}
    third = {"id": 3, "small": 0, "big": 0, "name": "", "amount": "0.00", "made": 0, "day": 0, "clock": 0,
             "changed": "1970-01-01T00:00:01Z", "kind": "new", "tags": "", "data": "" if json else b"", "doc": "{}", "ratio": 0.0, "flag": 0}
    return [decimals(row, json) for row in (first, second, third)]


def run(mysql, kafka, worker, registry, converter, decoder, json):
    name = "json" if json else "protobuf"
    mysql.sql("DROP DATABASE IF EXISTS formats", "CREATE DATABASE formats", f"CREATE TABLE formats.t ({TABLE})",
              f"INSERT INTO formats.t VALUES {ROWS[0]}")
    own = {f"{kind}.converter{rest}": value for kind in ("key", "value") for rest, value in {
        "": converter, ".schema.registry.url": registry.url, ".decimal.format": "NUMERIC", ".optional.for.nullables": "true"}.items()}
    # An option of another format is ignored, as by Java.
    worker.create(name, mysql, **own, database_include_list="formats", bigint_unsigned_handling_mode="long")
    topic = BytesTopic(kafka.address, f"{name}.formats.t")
    eventually("the row of the snapshot is there", lambda: topic.poll(0.1) >= 1)
    mysql.sql(f"INSERT INTO formats.t VALUES {ROWS[1]}", f"INSERT INTO formats.t VALUES {ROWS[2]}",
              "UPDATE formats.t SET name = 'x' WHERE id = 3", "DELETE FROM formats.t WHERE id = 3")
    eventually("the changes are there", lambda: topic.poll(0.1) >= 6)
    keys, values = decoder(registry, f"{name}.formats.t")
    check([keys(key)["id"] for key, _, _ in topic.records] == [1, 2, 3, 3, 3, 3], "keys are those of the rows")
    changes = [values(value) for _, value, _ in topic.records[:5]]
    rows, full = expected(json), lambda row: None if row is None else {column: row.get(column) for column in expected(json)[0]}
    check([change["op"] for change in changes] == ["r", "c", "c", "u", "d"], "operations are those of the changes")
    for change, row in zip(changes, rows):
        found = full(change["after"])
        check(found == row, f"row {row['id']} is read back" if found == row else f"{found}\n  is not\n{row}")
        check(change.get("before") is None, "and has no earlier state")
    check(full(changes[3]["before"]) == rows[2] and full(changes[3]["after"]) == rows[2] | {"name": "x"}, "an update has both states")
    check(full(changes[4]["before"]) == rows[2] | {"name": "x"} and changes[4].get("after") is None, "a deletion has the earlier state")
    check(topic.records[5][1] is None, "a deletion is followed by a tombstone")
    check(changes[0]["source"]["table"] == "t", "the source block is there")
    worker.rest("DELETE", f"/connectors/{name}")


def json_decoder(registry, topic):
    client = SchemaRegistryClient({"url": registry.url})
    deserializer = JSONDeserializer(None, schema_registry_client=client)
    return [lambda data, place=place: deserializer(data, SerializationContext(topic, place)) for place in (MessageField.KEY, MessageField.VALUE)]


def protobuf_decoder(registry, topic):
    client = SchemaRegistryClient({"url": registry.url})
    decoders = []
    for place, suffix, name in ((MessageField.KEY, "key", "Key"), (MessageField.VALUE, "value", "Envelope")):
        text = client.get_latest_version(f"{topic}-{suffix}").schema.schema_str
        deserializer = ProtobufDeserializer(message_class(text, f"{topic}.{name}"), {"use.deprecated.format": False})
        decoders.append(lambda data, place=place, deserializer=deserializer: plain(deserializer(data, SerializationContext(topic, place))))
    return decoders


def main():
    require()
    with Scratch() as scratch:
        mysql, kafka = scratch.keep(MySQL()), scratch.keep(Broker(scratch.folder))
        registry = scratch.keep(Registry(scratch.folder))
        registry.allow_incompatible_schemas()
        worker = scratch.keep(Worker(scratch.folder, kafka.address))
        for converter, decoder in (("io.confluent.connect.json.JsonSchemaConverter", json_decoder),
                                   ("io.confluent.connect.protobuf.ProtobufConverter", protobuf_decoder)):
            print(converter)
            run(mysql, kafka, worker, registry, converter, decoder, decoder is json_decoder)
        worker.terminate()


if __name__ == "__main__":
    sys.exit(main())
