"""What tasks of FileStreamSink do with topics, groups, configurations and records that fail, as a part of `file_sink.py`.

Each function plays a part of the session on one worker and writes down what can be seen.
"""
from scenario import eventually

STRING = "org.apache.kafka.connect.storage.StringConverter"
JSON = "org.apache.kafka.connect.json.JsonConverter"
CONVERTERS = "org.apache.kafka.connect.converters."
TRANSFORMS = "org.apache.kafka.connect.transforms."


def tolerant(queue, **config):
    """Properties of a connector whose records that fail are sent to a dead letter queue."""
    return {
        "errors.tolerance": "all", "errors.deadletterqueue.topic.name": queue, "errors.deadletterqueue.topic.replication.factor": "1",
        "errors.deadletterqueue.context.headers.enable": "true",
    } | config


def transform(name, **properties):
    return {"transforms": "t", "transforms.t.type": TRANSFORMS + name} | {
        f"transforms.t.{key.replace('_', '.')}": value for key, value in properties.items()}


def topics(player):
    """Topics that appear and disappear, and more tasks than partitions."""
    player.create_topics(**{"late-one": 1, "kept": 1, "gone": 1})
    player.create("matching", topics_regex="late-.*", **{"consumer.override.metadata.max.age.ms": "500"})
    player.produce("late-one", "1")
    player.awaits("matching", "1")
    player.create_topics(**{"late-two": 2, "other-late-three": 1})
    player.produce("late-two", "2", partition=0)
    player.produce("late-two", "3", partition=1)
    player.produce("other-late-three", "4")
    player.awaits("matching", "1", "2", "3")
    player.awaits_topics("matching", "late-one", "late-two")
    player.show("PUT", "/connectors/matching/topics/reset")
    player.awaits_topics("matching")
    player.call("DELETE", "/connectors/matching")

    player.create("two", topics="kept,gone,created", **{"consumer.override.metadata.max.age.ms": "500"})
    player.produce("kept", "k1")
    player.produce("gone", "g1")
    player.awaits("two", "k1", "g1")
    # The consumer creates the topic that is missing.
    player.awaits_offsets("two", {("kept", 0): 1, ("gone", 0): 1, ("created", 0): 0})
    player.delete_topic("gone")
    player.produce("kept", "k2")
    player.produce("created", "n1")
    player.awaits("two", "k1", "g1", "k2", "n1")
    player.say("states of two", player.states("two"))
    player.call("DELETE", "/connectors/two")

    player.create_topics(single=1)
    player.create("many", topics="single", **{"tasks.max": "3"})
    player.produce("single", "s1", "s2")
    player.awaits("many", "s1", "s2")
    player.awaits_offsets("many", {("single", 0): 2})
    player.show("GET", "/connectors/many/offsets")
    player.call("DELETE", "/connectors/many")


def configurations(player):
    """A configuration that changes, a connector that is stopped, and one that is created again."""
    player.create_topics(epsilon=1)
    player.create("moving", topics="epsilon")
    player.produce("epsilon", "e1")
    player.awaits("moving", "e1")
    player.awaits_offsets("moving", {("epsilon", 0): 1})
    status, _ = player.change("moving", file=str(player.folder / "moved.lines"))
    player.say("change of moving", status)
    # The task with the former configuration runs until the new one is started, which creates its file.
    eventually("the task is started again", (player.folder / "moved.lines").exists, 90)
    player.produce("epsilon", "e2")
    player.awaits("moved", "e2")
    player.say("lines of moving", player.file("moving"))
    player.awaits_offsets("moving", {("epsilon", 0): 2})
    player.stop("moving")
    player.say("states of moving", player.states("moving"))
    player.produce("epsilon", "e3")
    player.call("PUT", "/connectors/moving/resume")
    player.awaits("moved", "e2", "e3")
    player.awaits_offsets("moving", {("epsilon", 0): 3})
    player.call("DELETE", "/connectors/moving")
    eventually("the group has no members", lambda: player.has_no_members("connect-moving"), 90)
    player.produce("epsilon", "e4")
    player.create("moving", topics="epsilon")
    # The group of a deleted connector keeps its offsets.
    player.awaits("moving", "e1", "e4")
    player.call("DELETE", "/connectors/moving")

    player.create("newest", topics="epsilon", **{"consumer.override.auto.offset.reset": "latest"})
    player.reset_until_consumed("newest", "epsilon", "e5")
    player.call("DELETE", "/connectors/newest")


def failures(player):
    """Tasks that fail: their states, lines and offsets, and what a restart does."""
    player.create_topics(zeta=1, strictly=1)
    player.produce("zeta", "1", "{bad", "3", key="k")
    json = {"topics": "zeta", "value.converter": JSON, "value.converter.schemas.enable": "false", "key.converter": STRING}
    player.call("PUT", "/connectors/strict/config", player.config("strict", **json, **{"errors.deadletterqueue.topic.name": "strictly",
                "errors.deadletterqueue.topic.replication.factor": "1"}))
    player.reaches("strict", "FAILED")
    player.say("states of strict", player.states("strict"))
    player.say_trace("strict", 2)
    player.say("lines of strict", player.file("strict"))
    player.say("offsets of strict", sorted(player.committed("strict").items()))
    # The record is in the queue all the same.
    player.dead_letters("strictly", 1)
    status, _ = player.change("strict", **json, **{"errors.tolerance": "all"})
    player.say("change of strict", status)
    player.awaits("strict", "1", "3")
    player.awaits_offsets("strict", {("zeta", 0): 3})
    player.call("DELETE", "/connectors/strict")
    for name, config in {
        "nofolder": {"topics": "zeta", "file": str(player.folder / "none/x.lines")},
        "noname": {"topics": "bad topic!"},
        "noreplicas": {"topics": "zeta", "errors.deadletterqueue.topic.name": "unreplicated"},
        "badreset": {"topics": "zeta", "consumer.override.auto.offset.reset": "none"},
    }.items():
        status, text = player.call("PUT", f"/connectors/{name}/config", player.config(name, **config))
        player.say(f"creation of {name}", status)
        player.reaches(name, "FAILED")
        player.say(f"states of {name}", player.states(name))
        if name in ("nofolder", "noreplicas"):
            player.say_trace(name, 1)
        player.call("DELETE", f"/connectors/{name}")


def stages(player):
    """The stage, the class and the exception of records in the dead letter queue."""
    player.create_topics(eta=1)
    player.produce("eta", '{"n":"x","m":{"a":1}}', key=b"k", headers=[("h", b"{bad")])
    json = {"topics": "eta", "value.converter": JSON, "value.converter.schemas.enable": "false", "key.converter": STRING}
    player.create_topics(theta=1)
    player.produce("theta", '{"schema":{"type":"struct","fields":[{"field":"n","type":"string"},{"field":"i","type":"int32"}]},'
                   '"payload":{"n":"x","i":1}}', key=b"k")
    structs = {**json, "topics": "theta", "value.converter.schemas.enable": "true"}
    player.create_topics(iota=1)
    player.produce("iota", '{"schema":{"type":"struct","fields":[{"field":"n","type":"string"},{"field":"n","type":"string"}]},"payload":{}}')
    cases = {
        "key": {**json, "key.converter": JSON}, "header": {**json, "header.converter": JSON},
        "long": {**json, "value.converter": CONVERTERS + "LongConverter"},
        "boolean": {**json, "value.converter": CONVERTERS + "BooleanConverter"},
        "envelope": {**json, "value.converter.schemas.enable": "true"},
        "cast": {**json, **transform("Cast$Value", spec="n:int32")},
        "cast-whole": {**json, **transform("Cast$Value", spec="int32")},
        "extract": {**structs, **transform("ExtractField$Value", field="none")},
        "key-of-struct": {**structs, **transform("ValueToKey", fields="none")},
        "cast-struct": {**structs, **transform("Cast$Value", spec="n:float64")},
        "mask-struct": {**structs, **transform("MaskField$Value", fields="n,i", replacement="many")},
        "timestamp-struct": {**structs, **transform("TimestampConverter$Value", field="i", target_type="string", format="yyyy")},
        "insert-struct": {**structs, **transform("InsertField$Value", static_field="n", static_value="v")},
        "key-of": {**json, **transform("ValueToKey", fields="none")},
        "timestamp": {**json, **transform("TimestampConverter$Value", field="n", format="yyyy", target_type="Timestamp")},
        "flatten": {**json, **transform("Flatten$Key")},
        "hoist": {**json, "transforms": "t,u", "transforms.t.type": TRANSFORMS + "HoistField$Value", "transforms.t.field": "h",
                  "transforms.u.type": TRANSFORMS + "Cast$Value", "transforms.u.spec": "h:int8"},
        "mask": {**json, **transform("MaskField$Value", fields="m")},
        "schema-metadata": {**json, **transform("SetSchemaMetadata$Value", schema_name="x")},
        "header-from": {**json, **transform("HeaderFrom$Value", fields="none", headers="x", operation="move")},
        "insert": {**json, **transform("InsertField$Key", static_field="f", static_value="v")},
        "replace": {**json, **transform("ReplaceField$Key", exclude="n")},
        "router": {**json, **transform("TimestampRouter", topic_format="${topic}-${timestamp}", timestamp_format="yyyy")},
        "filter": {**json, **transform("Filter")},
        "drop-headers": {**json, **transform("DropHeaders", headers="h")},
        "duplicate": {**structs, "topics": "iota"},
    }
    player.create_topics(**{f"dead-{name}": 1 for name in cases})
    for name, config in cases.items():
        player.create(name, **tolerant(f"dead-{name}", **config))
        player.awaits_offsets(name, {(config["topics"], 0): 1})
        player.say(f"lines of {name}", player.file(name))
        player.say(f"dead letters of {name}", player.count(f"dead-{name}"))
        if player.count(f"dead-{name}"):
            player.dead_letters(f"dead-{name}", 1)
        player.call("DELETE", f"/connectors/{name}")


PARTS = [topics, configurations, failures, stages]
