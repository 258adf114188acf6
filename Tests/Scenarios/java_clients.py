#!/usr/bin/python3
"""Apache Kafka's Java clients of version 4.3.1 and 2.8.2 use the development broker (java/Clients.java): codecs, groups of both
protocols, transactions, admin calls, each security protocol and mechanism, and connections that authenticate again.

Skipped, with a message, without the systems for comparisons (../shared/peers) and Java 17.
"""
import java
from scenario import Broker, Scratch, check
from secured import COMBINATIONS, SecuredBroker

ACTIONS = {
    "4.3.1": ["codecs", "classic-groups", "consumer-groups", "static-members", "transactions", "admin"],
    "2.8.2": ["codecs", "classic-groups", "static-members", "transactions", "admin"],
}


class JavaScenario:
    def __init__(self, scratch, version):
        self.scratch, self.version = scratch, version
        self.programs = java.JavaPrograms(scratch.folder, version, "Clients")

    def run(self, properties, *actions):
        file = self.scratch.folder / "client.properties"
        file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
        output = self.programs.run("Clients", file, *actions)
        check(output.split("\n")[:-1] == [f"{action} ok" for action in actions], f"Java {self.version}: {', '.join(actions)}")

    def plaintext(self):
        broker = self.scratch.keep(Broker(self.scratch.folder / self.version))
        self.run({"bootstrap.servers": broker.address}, *ACTIONS[self.version])
        broker.terminate()

    def security(self):
        folder = self.scratch.folder / self.version
        broker = self.scratch.keep(SecuredBroker(folder))
        for protocol, mechanism in COMBINATIONS:
            name = f"{protocol}-{mechanism}"
            self.run(broker.java(protocol, mechanism) | {"client.id": name}, "exchange")
        self.run(broker.java("SASL_SSL", "SCRAM-SHA-256", password="wrong"), "refused")
        self.run(broker.java("SASL_PLAINTEXT", "PLAIN", password="wrong"), "refused")
        self.run(broker.java("SSL", has_certificate=False), "refused")
        broker.terminate()
        broker = self.scratch.keep(SecuredBroker(folder, authentication_ms=1000))
        for mechanism in ("PLAIN", "SCRAM-SHA-512"):
            self.run(broker.java("SASL_SSL", mechanism) | {"client.id": mechanism}, "reauthentication")
        broker.terminate()


def main():
    for version in java.CLIENTS:
        if not java.is_available(version):
            print(f"skipped: java_clients {version} needs ../shared/peers and Java 17")
            continue
        with Scratch() as scratch:
            (scratch.folder / version).mkdir()
            scenario = JavaScenario(scratch, version)
            scenario.plaintext()
            scenario.security()


if __name__ == "__main__":
    main()
