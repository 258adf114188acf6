"""Java programs of this folder, with the jars of Kafka's clients beside the checkout (../shared/peers)."""
import os
import pathlib
import shutil
import subprocess

from scenario import ROOT, free_port

PEERS = pathlib.Path(os.environ.get("CDCD_PEERS", ROOT.parent / "shared/peers"))
PROGRAMS = ROOT / "Tests/Scenarios/java"
# The folders with the jars of each version of the clients.
CLIENTS = {"4.3.1": ["kafka"], "2.8.2": ["kafka-2.8", "connect-2.8"]}

# The programs say what is wrong; nothing is logged, by Log4j 2 or, in version 2.8, by Log4j 1.
LOG4J2 = """rootLogger.level=OFF
rootLogger.appenderRef.err.ref=err
appender.err.type=Console
appender.err.name=err
appender.err.target=SYSTEM_ERR
appender.err.layout.type=PatternLayout
appender.err.layout.pattern=%p %m%n
"""
LOG4J = """log4j.rootLogger=OFF, err
log4j.appender.err=org.apache.log4j.ConsoleAppender
log4j.appender.err.target=System.err
log4j.appender.err.layout=org.apache.log4j.SimpleLayout
"""


def is_available(version="4.3.1"):
    return all((PEERS / name).is_dir() for name in CLIENTS[version]) and shutil.which("javac") is not None


class JavaPrograms:
    """Programs, compiled for one version of Kafka's clients."""

    def __init__(self, folder, version, *names):
        self.classes = folder / f"classes-{version}"
        jars = [str(PEERS / name / "*") for name in CLIENTS[version]]
        self.path = os.pathsep.join([str(self.classes), *jars])
        sources = [str(PROGRAMS / f"{name}.java") for name in names]
        subprocess.run(["javac", "-Xlint:all,-processing,-path", "-Werror", "-d", self.classes, "-cp", self.path, *sources], check=True)
        (folder / "log4j2.properties").write_text(LOG4J2)
        (folder / "log4j.properties").write_text(LOG4J)
        self.options = ["-Xmx256m", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={folder}/log4j2.properties",
                        f"-Dlog4j.configuration=file:{folder}/log4j.properties"]

    def run(self, name, *arguments, seconds=280):
        """What the program prints."""
        return subprocess.run(["java", *self.options, "-cp", self.path, name, *map(str, arguments)], stdout=subprocess.PIPE,
                              text=True, timeout=seconds, check=True).stdout


class Kafka:
    """Apache Kafka 4.3 in a state folder of its own, in plaintext on `address`."""

    def __init__(self, folder, *properties):
        self.environment = os.environ | {"PEERS_STATE": str(folder / "peers"), "KAFKA_HEAP": "500m"}
        port = free_port(5)
        self.peers("up", "kafka", port, *properties)
        self.address = f"127.0.0.1:{port}"

    def peers(self, *words):
        subprocess.run([PEERS / "peers", *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def kill(self):
        self.peers("down", "all")
