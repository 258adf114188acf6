#!/usr/bin/python3
"""The commands topics, produce, consume and groups with Apache Kafka: outputs, exit codes, and what the standard error has (nothing, if
all is well and it is no terminal); kcat of Debian reads what they write, and the reverse.

Needs the real systems beside the checkout (../shared/peers) and Java 17; says so where they are missing.
"""
import json
import os
import pty
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from sasl_ssl import PASSWORD, PEERS, USER, Kafka
from scenario import CDCD, Scratch, check, eventually, free_port

RECORDS = 100_000


class Program:
    """cdcd with the bootstrap servers of a cluster."""

    def __init__(self, kafka, folder):
        self.kafka, self.folder = kafka, folder

    def command(self, *words):
        command = re.match("(topics|groups) [a-z]+|[a-z]+", words[0])[0].split()
        rest = words[0].split()[len(command):]
        return [CDCD, *command, "-b", self.kafka.plaintext, *rest, *map(str, words[1:])]

    def run(self, *words, data=b"", code=0, errors=""):
        """The standard output of `cdcd words[0].split()... words[1:]...`. `errors` is a pattern for the whole standard error."""
        data = data.encode() if isinstance(data, str) else data
        process = subprocess.run(self.command(*words), input=data, capture_output=True, timeout=120)
        found = process.stderr.decode()
        if process.returncode != code or not re.fullmatch(errors, found.rstrip("\n"), re.DOTALL):
            sys.exit(f"FAILED: cdcd {' '.join(map(str, words))}: exit code {process.returncode} for {code}; standard error:\n{found}")
        return process.stdout

    def text(self, *words, **more):
        return self.run(*words, **more).decode()

    def documents(self, *words, **more):
        return [json.loads(line) for line in self.text(*words, **more).splitlines()]

    def begin(self, *words, **more):
        return subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def expect(found, expected, what):
    if found != expected:
        sys.exit(f"FAILED: {what}:\n found    {found!r}\n expected {expected!r}")
    print(f"ok: {what}", flush=True)


def topics(cdcd):
    run, text = cdcd.run, cdcd.text
    expect(run("topics create -p 3 -c retention.ms=86400000", "t-one", "t-two"), b"", "topics are created")
    expect(cdcd.documents("topics create t-three --output=json -p 2 -r 1"), [{"topic": "t-three", "partitions": 2, "replicas": 1}],
           "and with JSON the new topic is shown")
    run("topics create t-one", code=1, errors="cdcd: creating topic t-one: Topic 't-one' already exists. .TOPIC_ALREADY_EXISTS.")
    run("topics create --if-not-exists t-one")
    run("topics create t-bad -c retention.ms=x", code=1, errors="cdcd: creating topic t-bad: Invalid value x .*INVALID_CONFIG.")
    run("topics create --dry-run t-dry")
    lines = [line.split() for line in text("topics list").splitlines()]
    expect([line for line in lines if line[0].startswith(("TOPIC", "t-"))],
           [["TOPIC", "PARTITIONS", "REPLICAS"], ["t-one", "3", "1"], ["t-three", "2", "1"], ["t-two", "3", "1"]], "they are listed")
    found = {topic["topic"]: topic for topic in cdcd.documents("topics list --internal --output=json")}
    expect(found["t-two"], {"topic": "t-two", "partitions": 3, "replicas": 1, "internal": False}, "and in JSON")

    description, = cdcd.documents("topics describe t-one --output=json")
    expect(len(description["partitions"]), 3, "a topic has its partitions")
    expect(description["configuration"], [{"name": "retention.ms", "value": "86400000", "source": "topic"}], "and its configuration")
    shown = text("topics describe t-one t-two")
    check(re.search(r"^t-one +id \S{22} +partitions 3$", shown, re.M) and re.search(r"^retention.ms +86400000 +topic$", shown, re.M),
          "which is also shown as text")
    check(len(text("topics describe -a t-one").splitlines()) > 20, "--all shows defaults")
    text("topics describe t-none t-one", code=1, errors="cdcd: topic t-none does not exist")

    run("topics alter t-one", "--set", "retention.ms=3600000", "--set", "max.message.bytes=2000000")
    run("topics alter t-one --unset=max.message.bytes --partitions=4")
    description, = cdcd.documents("topics describe t-one --output=json")
    expect((len(description["partitions"]), description["configuration"][0]["value"], len(description["configuration"])),
           (4, "3600000", 1), "topics are altered")
    run("topics alter t-one --set a=1 --unset a", code=2, errors="cdcd: --set and --unset both name a\n.*")
    run("topics alter t-one", code=2, errors="cdcd: one of --set, --unset and --partitions is needed\n.*")
    run("topics alter t-none --partitions=4", code=1, errors="cdcd: topic t-none does not exist")
    run("topics alter t-one --partitions=2", code=1, errors="cdcd: creating partitions of topic t-one: .*INVALID_PARTITIONS.")

    run("produce -p 0 t-two", data="".join(f"{number}\n" for number in range(10)))
    expect(text("topics trim t-two --before=4 -p 0 --dry-run"), "PARTITION  BEGINNING\n0          4\n", "a trim is shown without effect")
    expect(cdcd.documents("topics trim t-two --before=-3 -p 0 --output=json"), [{"topic": "t-two", "partition": 0, "beginning": 7}],
           "records are deleted")
    expect(text("consume t-two"), "7\n8\n9\n", "and not read any more")
    run("topics trim t-two --before=1 -p 9", code=1, errors="cdcd: topic t-two has no partition 9; it has 3")
    run("topics delete t-one t-two t-three")
    run("topics delete t-one", code=1, errors="cdcd: topic t-one does not exist")
    run("topics delete --if-exists t-one")


def formats(cdcd):
    run, text = cdcd.run, cdcd.text
    run("topics create -p 2 f")
    run("produce f -p 1 -K : --timestamp=1700000000000 -H one=1 -H two= -H three", data="k1:v1\nk2:a:b\n:empty key\nno key\nk5:")
    expect(text("consume f", "-f", r"%t %p %o %T %k|%s|%K|%S|%h|%%\n"),
           "".join(f"f 1 {offset} 1700000000000 {rest}|one=1,two=,three=NULL|%\n" for offset, rest in
                   enumerate(["k1|v1|2|2", "k2|a:b|2|3", "|empty key|0|9", "|no key|-1|6", "k5||2|0"])), "each token of a format")
    expect(text("consume f -K=>"), "k1=>v1\nk2=>a:b\n=>empty key\n=>no key\nk5=>\n", "key and value with a delimiter")
    expect(run("consume f -c 2", "-D", r"\0\x01"), b"v1\0\x01a:b\0\x01", "delimiters with escapes")
    expect(run("consume f -c 1", "-f", "%R%s"), b"\0\0\0\2v1", "the size in binary")
    run("produce f -p 0 -Z -K :", data="gone:\n:\nkept:v\n")
    expect(text("consume f -p 0 -Z -K :"), "gone:NULL\nNULL:NULL\nkept:v\n", "tombstones")
    expect(text("consume f -p 0 --null=- -K :"), "gone:-\n-:-\nkept:v\n", "and another text for them")
    first, second, third = cdcd.documents("consume f -p 0 --output=json")
    expect((first["key"], first["value"], second["key"], third["value"]), ("gone", None, None, "v"), "and null in JSON")

    run("topics create h")
    run("produce h --key-format=hex --value-format=hex -k 00ff", data="FF00\n\nc3a4\n")
    expect(run("consume h -D|"), b"\xff\0||\xc3\xa4|", "bytes in hexadecimal digits are sent")
    expect(text("consume h --key-format=hex --value-format=hex -K :"), "00ff:ff00\n00ff:\n00ff:c3a4\n", "and written")
    expect([{name: value for name, value in record.items() if name.startswith(("key", "value"))}
            for record in cdcd.documents("consume h --output=json")],
           [{"keyHex": "00ff", "valueHex": "ff00"}, {"keyHex": "00ff", "value": ""}, {"keyHex": "00ff", "value": "ä"}],
           "JSON has bytes that are no text in hexadecimal digits")
    run("produce h --value-format=hex", data="abc\n", code=1,
        errors="cdcd: standard input, record 1: the value is not in the format hex; records stored: 0")

    run("topics create j")
    envelope = '{"schema":{"type":"string"},"payload":{"a":[1,2]}}'
    run("produce j --value-format=json", data=f'{envelope}\n {{"b": "x"}} \nnull\n17\n')
    expect(text("consume j --value-format=payload"), '{"a":[1,2]}\n{"b": "x"}\nnull\n17\n', "the payload of Connect's envelope")
    expect(text("consume j --value-format=json").splitlines()[0], envelope, "the envelope")
    expect([record["value"] for record in cdcd.documents("consume j --value-format=payload --output=json")],
           [{"a": [1, 2]}, {"b": "x"}, None, 17], "values as JSON in JSON")
    run("produce j", data="no json\n")
    expect(text("consume j --value-format=json", code=1, errors=r"cdcd: j-0 at offset 4: it is no JSON document \(.*\); --key-format.*").count("\n"), 4,
           "what is no JSON ends the command after the records before it")
    run("produce j --value-format=json", data="1\n{\n3\n", code=1,
        errors="cdcd: standard input, record 2: the value is not in the format json; records stored: 1")

    (cdcd.folder / "one").write_bytes(b"line 1\nline 2\n")
    (cdcd.folder / "two").write_bytes(b"\0\n")
    run("topics create files")
    run("produce files --input=file", cdcd.folder / "one", cdcd.folder / "two")
    run("produce files", cdcd.folder / "one", "-", data="from stdin")
    expect(run("consume files -D|"), b"line 1\nline 2\n|\0\n|line 1|line 2|from stdin|", "files as records, and as lines")
    run("produce files", cdcd.folder / "none", code=1, errors="cdcd: cannot read .*/none: No such file or directory; records stored: 0")

    run("topics create -p 2 docs")
    source = [{"key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}, {"key": "n", "value": None}], "partition": 1, "timestamp": 5},
              {"keyHex": "ff", "value": None, "partition": 0}, {"value": "only", "partition": 0}]
    positions = cdcd.documents("produce docs --input=json --output=json", data="\n".join(map(json.dumps, source)))
    expect(sorted((position["topic"], position["partition"], position["offset"]) for position in positions),
           [("docs", 0, 0), ("docs", 0, 1), ("docs", 1, 0)], "the positions of stored records")
    found = cdcd.documents("consume docs --output=json")
    expect([(record["partition"], record.get("key", record.get("keyHex")), record["value"]) for record in found if record["partition"] == 0],
           [(0, "ff", None), (0, None, "only")], "records from JSON")
    expect([record for record in found if record["partition"] == 1], [{"topic": "docs", "offset": 0} | source[0]], "with all of their parts")
    again = text("consume docs --output=json")
    run("topics create -p 2 docs2")
    run("produce docs2 --input=json", data=again)
    expect(sorted(text("consume docs2 --output=json").replace("docs2", "docs").splitlines()), sorted(again.splitlines()),
           "JSON of one command is the input of the other")


def positions(cdcd):
    run, text = cdcd.run, cdcd.text
    run("topics create p -c message.timestamp.type=CreateTime")
    for number in range(10):
        run("produce p", f"--timestamp={1_700_000_000_000 + number * 1000}", data=f"{number}\n")

    def values(*words):
        return text("consume p", *words).split()

    expect(values("-o", "beginning", "--until", "3"), ["0", "1", "2"], "from the beginning until an offset")
    expect(values("-o", "-2"), ["8", "9"], "the last records")
    expect(values("-o", "4", "-c", "2"), ["4", "5"], "a number of records from an offset")
    expect(values("-o", "@1700000006000"), ["6", "7", "8", "9"], "from a time")
    expect(values("-o", "@2023-11-14T22:13:25Z", "--until", "@1700000007500"), ["5", "6", "7"], "from a time until a time")
    expect(values("-o", "@-1h"), [], "a time after the last record")
    expect(values("-o", "7", "--until", "5"), [], "an end before the beginning")
    expect(values("--until=-4"), list("012345"), "until some records before the end")
    expect(values("-o", "100"), [], "an offset beyond the end")
    run("consume p -o end", code=2, errors="cdcd: there is nothing to read from the end on without --follow\n.*")
    run("consume p -o x", code=2, errors="cdcd: `--from=x`: the forms are .*")
    run("consume p -o -1 -g g", code=2, errors="cdcd: --from has no meaning with a group; .*")

    follower = cdcd.begin("consume p -w -o end -c 2")
    late = cdcd.begin("consume p -w -o 8 --until=@1700000020000")
    reading = [process.stdout.read for process in (follower, late)]
    deadline = time.monotonic() + 60
    number = 10
    while follower.poll() is None and time.monotonic() < deadline:
        run("produce p", f"--timestamp={1_700_000_000_000 + number * 1000}", data=f"{number}\n")
        number += 1
    found = [int(line) for line in reading[0]().split()]
    check(follower.wait(10) == 0 and len(found) == 2 and found[0] >= 10 and found[1] == found[0] + 1, "--follow from the end, with --count")
    run("produce p --timestamp=1700000020000", data="last\n")
    expect((late.wait(30), reading[1]().split()), (0, [b"%d" % value for value in range(8, number)]), "--follow until a time")
    for process in (follower, late):
        expect(process.stderr.read(), b"", "with nothing on the standard error")


def transactions(cdcd):
    run, text = cdcd.run, cdcd.text
    run("topics create x")
    run("produce x -X transactional.id=x1", data="committed\n")
    run("produce x -X transactional.id=x1 --value-format=json", data='"aborted"\nno json\n', code=1,
        errors="cdcd: standard input, record 2: the value is not in the format json; the transaction was aborted")
    run("produce x", data="plain\n")
    committed = ["-X", "isolation.level=read_committed"]
    expect(text("consume x", *committed), "committed\nplain\n", "read_committed hides what was aborted")
    writer = cdcd.begin("produce x -X transactional.id=x2", stdin=subprocess.PIPE)
    writer.stdin.write(b"open\n")
    writer.stdin.flush()
    eventually("the open transaction's record is stored", lambda: "open" in text("consume x"))
    run("produce x", data="after\n")
    expect(text("consume x", *committed), "committed\nplain\n", "read_committed ends before an open transaction")
    writer.send_signal(signal.SIGTERM)
    expect((writer.wait(30), writer.stderr.read()), (143, b"cdcd: ended by SIGTERM; the transaction was aborted\n"),
           "a signal aborts the transaction")
    eventually("what follows it is visible", lambda: text("consume x", *committed) == "committed\nplain\nafter\n")
    check("\nopen\n" in text("consume x"), "read_uncommitted shows what was aborted")


def signals(cdcd):
    run, text = cdcd.run, cdcd.text
    run("topics create s")
    writer = cdcd.begin("produce s", stdin=subprocess.PIPE)
    writer.stdin.write(b"one\ntwo\nhal")
    writer.stdin.flush()
    eventually("what was read is stored while the input is open", lambda: text("consume s") == "one\ntwo\n")
    writer.send_signal(signal.SIGINT)
    expect((writer.wait(30), writer.stderr.read()), (130, b"cdcd: ended by SIGINT; records stored: 2\n"), "SIGINT ends produce")
    expect(text("consume s"), "one\ntwo\n", "without the line that was not complete")

    with socket.create_server(("127.0.0.1", free_port())) as silent:
        writer = subprocess.Popen([CDCD, "produce", "-b", f"127.0.0.1:{silent.getsockname()[1]}", "s"], stdin=subprocess.PIPE)
        connection, _ = silent.accept()
        writer.stdin.write(b"one\n")
        writer.stdin.flush()
        writer.send_signal(signal.SIGTERM)
        writer.send_signal(signal.SIGINT)
        check(writer.wait(10) in (130, 143), "a second signal ends a command that cannot deliver")
        connection.close()

    follower = cdcd.begin("consume s -w")
    follower.stdout.readline()
    follower.send_signal(signal.SIGINT)
    expect((follower.wait(30), follower.stderr.read()), (0, b""), "SIGINT ends consume --follow with 0")
    # The command waits in the middle for its reader, whatever it has read.
    cdcd.run("produce s", data=b"x" * 500_000 + b"\nlast\n")
    reader = cdcd.begin("consume s -f %s%s%s%s", "-X", "max.poll.records=1")
    reader.stdout.read(10)
    reader.send_signal(signal.SIGTERM)
    size = 10 + len(reader.stdout.read())
    expect((reader.wait(30), reader.stderr.read(), size > 10), (143, b"", True), "SIGTERM before the end is reached is shown by the exit code")


def groups(cdcd):
    run, text = cdcd.run, cdcd.text
    run("topics create -p 2 g")
    run("produce g -p 0", data="0\n1\n2\n3\n4\n")
    run("produce g -p 1", data="a\nb\n")
    expect(sorted(text("consume g -g team").split()), ["0", "1", "2", "3", "4", "a", "b"], "a group reads to the ends")
    expect(text("consume g -g team"), "", "and not again")
    run("produce g -p 0", data="5\n6\n7\n")
    expect(text("consume g -g team -c 2"), "5\n6\n", "with --count only this number")
    expect(text("consume g -g team"), "7\n", "and the rest afterwards")
    listed = {group["group"]: group for group in cdcd.documents("groups list --output=json")}
    expect((listed["team"]["state"], "team" in text("groups list --state=Empty"), "team" in text("groups list --state=Stable")),
           ("Empty", True, False), "the group is listed by its state")
    rows = [line.split()[:5] for line in text("groups describe team").splitlines() if line.startswith("g ")]
    expect(rows, [["g", "0", "8", "8", "0"], ["g", "1", "2", "2", "0"]], "its offsets and lag are shown")

    expect(text("groups seek team --to=-1 --dry-run"), "TOPIC  PARTITION  OFFSET\ng      0          7\ng      1          1\n",
           "new offsets are shown without effect")
    expect(cdcd.documents("groups seek team --to=beginning -t g -p 1 --output=json"),
           [{"group": "team", "topic": "g", "partition": 1, "offset": 0}], "or committed")
    expect(text("consume g -g team"), "a\nb\n", "and read from")
    run("groups seek nobody --to=end", code=1, errors="cdcd: group nobody has no committed offsets; name topics with --topic")
    run("groups seek team --to=end -t nothing", code=1, errors="cdcd: topic nothing does not exist")
    run("groups seek team", code=2, errors="cdcd: --to is missing\n.*")
    run("groups forget team -t g -p 1")
    expect([row["partition"] for row in cdcd.documents("groups describe team --output=json")[0]["partitions"]], [0], "offsets are deleted")
    run("groups delete team")
    run("groups delete team", code=1, errors="cdcd: deleting group team: .*GROUP_ID_NOT_FOUND.")

    for name in ("classic", "consumer"):
        follower = cdcd.begin(f"consume g -w -g live-{name} -X group.protocol={name}")
        expect(sorted(follower.stdout.readline() for _ in range(10)), sorted(b"%d\n" % number for number in range(8)) + [b"a\n", b"b\n"],
               f"--follow with a group, protocol {name}")
        shown = text(f"groups describe live-{name}")
        check(f"live-{name}  state Stable  type {name}" in shown and "members 1" in shown, "the member is shown")
        run("groups seek", f"live-{name}", "--to=end", code=1, errors="cdcd: .*\n?.*")
        run("produce g -p 1", data="late\n")
        expect(follower.stdout.readline(), b"late\n", "a record that comes is written")
        follower.send_signal(signal.SIGINT)
        expect((follower.wait(30), follower.stderr.read()), (0, b""), "the member ends in order")
        rows = [line.split()[:5] for line in text(f"groups describe live-{name}").splitlines() if line.startswith("g ")]
        expect([row[4] for row in rows], ["0", "0"], "and its offsets are committed")


def security(cdcd):
    kafka = cdcd.kafka
    cdcd.run("topics create sec")
    properties = kafka.security()
    file = cdcd.folder / "client.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in (properties | {"bootstrap.servers": kafka.secure}).items()))
    own = [part for name, value in properties.items() for part in ("-X", f"{name}={value}")]
    librdkafka = ["-X", "security.protocol=SASL_SSL", "-X", "sasl.mechanisms=SCRAM-SHA-512", "-X", f"sasl.username={USER}",
                  "-X", f"sasl.password={PASSWORD}", "-X", f"ssl.ca.location={kafka.folder}/tls/ca.pem"]
    plain = kafka.plaintext
    kafka.plaintext = kafka.secure
    cdcd.run("produce sec", *own, data="by -X\n")
    cdcd.run("produce sec", *librdkafka, data="by librdkafka's names\n")
    kafka.plaintext = plain
    subprocess.run([CDCD, "produce", "--config", file, "sec"], input=b"by --config\n", check=True)
    for command in (["consume", "sec"], ["topics", "describe", "sec"], ["groups", "list"]):
        process = subprocess.run([CDCD, *command, "--config", file], capture_output=True)
        expect((process.returncode, process.stderr), (0, b""), f"{' '.join(command)} over SASL_SSL with SCRAM")
        if command[0] == "consume":
            expect(process.stdout, b"by -X\nby librdkafka's names\nby --config\n", "records arrived")
    kafka.plaintext = kafka.secure
    wrong = [word.replace(PASSWORD, "wrong-secret") for word in librdkafka]
    errors = r"cdcd: .*SCRAM-SHA-512.*[Aa]uthentication(?!.*wrong-secret).*"
    for command in ("topics list", "consume sec", "produce sec", "groups list"):
        cdcd.run(command, *wrong, data="x\n", code=1, errors=errors)
    print("ok: bad credentials end each command, with the mechanism and without the password", flush=True)
    kafka.plaintext = plain


def failures(cdcd):
    run = cdcd.run
    run("consume nothing-here", code=1, errors="cdcd: topic nothing-here does not exist")
    check("nothing-here" not in cdcd.text("topics list"), "reading does not create a topic")
    run("produce nothing-here -X allow.auto.create.topics=false", data="x\n", code=2,
        errors="cdcd: .*allow.auto.create.topics.*")
    unused = free_port()
    plain, cdcd.kafka.plaintext = cdcd.kafka.plaintext, f"127.0.0.1:{unused}"
    for command, limit in (("topics list", "default.api.timeout.ms"), ("consume t", "default.api.timeout.ms"), ("produce t", "max.block.ms")):
        run(command, "-X", f"{limit}=1500", data="x\n", code=1,
            errors=f"cdcd: broker 127.0.0.1:{unused}: .*Connection refused; trying again\ncdcd: .*did not complete within 1500 ms.*"
                   "|cdcd: broker .*trying again\ncdcd: standard input, record 1: .*1500 ms.*")
    cdcd.kafka.plaintext = plain
    print("ok: an unreachable broker ends each command with 1", flush=True)
    run("consume t -X auto.ofset.reset=x", code=2, errors="cdcd: Kafka's consumer has no property `auto.ofset.reset`; did you mean `auto.offset.reset`.*")
    run("consume t -X fetch.min.bytes=-4", code=2, errors="cdcd: property fetch.min.bytes: .*")
    run("consume t -X novalue", code=2, errors="cdcd: `--property=novalue` is not of the form NAME=VALUE.*")
    foreign = cdcd.folder / "foreign.properties"
    foreign.write_text("basic.auth.user.info=k:s\nauto.ofset.reset=earliest\n")
    run("topics list", "--config", foreign,
        errors="cdcd: .*no property `auto.ofset.reset`, it is ignored; did you mean `auto.offset.reset`.*"
               "no property `basic.auth.user.info`, it is ignored")
    run("consume t --config=/nowhere", code=1, errors="cdcd: cannot read /nowhere: No such file or directory")
    run("consume", code=2, errors="cdcd: .*TOPIC.*")
    run("produce t --nothing", code=2, errors="cdcd: .*nothing.*")

    run("topics create big")
    run("produce big", data=b"".join(b"%d\n" % number for number in range(200_000)))
    for words in (["consume", "-b", cdcd.kafka.plaintext, "big"], ["consume", "-b", cdcd.kafka.plaintext, "--output=json", "big"]):
        process = subprocess.Popen([CDCD, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        expect((process.wait(30), process.stderr.read()), (0, b""), "a reader that ends early is no failure")
    with open("/dev/full", "wb") as full:
        process = subprocess.run(cdcd.command("consume big"), stdout=full, stderr=subprocess.PIPE)
    expect((process.returncode, process.stderr), (1, b"cdcd: cannot write to the standard output: No space left on device\n"), "a full disk is one")


def round_trip(cdcd, seed):
    """Random records through `produce | consume`, then as JSON."""
    source = random.Random(seed)
    records = [source.randbytes(source.choice([1, 5, 20, 100, 1000])).replace(b"\n", b"\r") for _ in range(RECORDS)]
    data = b"".join(record + b"\n" for record in records)
    for codec in ("none", "zstd"):
        cdcd.run(f"topics create r-{codec}")
        cdcd.run(f"produce r-{codec} -z {codec}", data=data)
        check(cdcd.run(f"consume r-{codec}") == data, f"{RECORDS} random records come back, codec {codec}")
    delimited = b"".join(record + b"<end>" for record in records if b"<end>" not in record)
    cdcd.run("topics create -p 1 r-d")
    cdcd.run("produce r-d", "-D", "<end>", data=delimited)
    check(cdcd.run("consume r-d", "-D", "<end>") == delimited, "with a delimiter of several bytes")
    cdcd.run("topics create -p 8 r-p")
    writer = cdcd.begin("consume r-zstd --output=json")
    subprocess.run(cdcd.command("produce r-p --input=json -p 7"), stdin=writer.stdout, check=True)
    check(writer.wait(30) == 0 and sorted(cdcd.run("consume r-p").split(b"\n")) == sorted(data.split(b"\n")),
          "the same through JSON, in a pipe")


def terminal(cdcd):
    """With a terminal as standard error there is a report."""
    main, other = pty.openpty()
    process = subprocess.Popen(cdcd.command("produce s"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=other)
    process.communicate(b"shown\n")
    os.close(other)
    check(process.returncode == 0 and b"1 records stored in s" in os.read(main, 1000), "a terminal gets a report")
    os.close(main)


def beside_kcat(cdcd):
    kcat = shutil.which("kcat")
    if kcat is None:
        print("skipped: the comparison with kcat, which is not installed")
        return
    broker = cdcd.kafka.plaintext
    base = [kcat, "-b", broker, "-q"]
    data = b"k1:v1\nk2:\n:v3\nno key\nk5:a:b"
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        cdcd.run(f"topics create k-ours-{codec} k-kcat-{codec}")
        cdcd.run(f"produce k-ours-{codec} -p 0 -K : -Z -H a=1 -H b= -z {codec} --timestamp=1700000000000", data=data)
        subprocess.run([*base, "-P", "-t", f"k-kcat-{codec}", "-p", "0", "-K", ":", "-Z", "-H", "a=1", "-H", "b=", "-z", codec],
                       input=data, check=True)
        form = r"%p %o %K %k %S %s %h\n"
        found = [[subprocess.run([*base, "-C", "-e", "-t", topic, "-f", form], capture_output=True, check=True).stdout,
                  cdcd.run("consume", topic, "-f", form)] for topic in (f"k-ours-{codec}", f"k-kcat-{codec}")]
        check(found[0][0] == found[0][1] == found[1][0] == found[1][1] and found[0][0].count(b"\n") == 5,
              f"records of cdcd and kcat are the same to both, codec {codec}")
    cdcd.run("produce k-ours-none -X transactional.id=k1", data="in a transaction\n")
    ours = json.loads(cdcd.run("consume k-ours-none -o -2 --output=json").splitlines()[0])
    theirs = json.loads(subprocess.run([*base, "-C", "-e", "-J", "-t", "k-ours-none", "-o", str(ours["offset"])],
                                       capture_output=True, check=True).stdout.splitlines()[0])
    expect((theirs["topic"], theirs["partition"], theirs["offset"], theirs["payload"]),
           (ours["topic"], ours["partition"], ours["offset"], ours["value"]), "and a transaction's")
    for word, position in (("beginning", "beginning"), ("2", "2"), ("-2", "-2")):
        expect(cdcd.run(f"consume k-kcat-none -o {word}"),
               subprocess.run([*base, "-C", "-e", "-t", "k-kcat-none", "-o", position], capture_output=True, check=True).stdout,
               f"the position {word} is the same")


def main():
    if not PEERS.exists() or shutil.which("java") is None:
        print("skipped: commands needs ../shared/peers and Java 17")
        return
    seed = int(os.environ.get("CDCD_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
    parts = sys.argv[1:] or ["topics", "formats", "positions", "transactions", "signals", "groups", "security", "failures",
                             "round_trip", "terminal", "beside_kcat"]
    with Scratch() as scratch:
        # Records with old timestamps remain.
        cdcd = Program(scratch.keep(Kafka(scratch.folder, "log.retention.ms=-1")), scratch.folder)
        for name in parts:
            print(f"--- {name}", flush=True)
            if name == "round_trip":
                print(f"seed {seed} (CDCD_TEST_SEED)")
                round_trip(cdcd, seed)
            else:
                globals()[name](cdcd)


if __name__ == "__main__":
    sys.exit(main())
