"""A development broker with a listener of each security protocol, and the properties of its clients."""
from scenario import ROOT, Process, eventually, free_port, is_free

TLS = ROOT / "Fixtures/tls"
USER, PASSWORD = "alice", "alice-secret"
MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
# Each security protocol with each mechanism.
COMBINATIONS = [("SSL", None), *(("SASL_PLAINTEXT", name) for name in MECHANISMS), *(("SASL_SSL", name) for name in MECHANISMS)]


class SecuredBroker(Process):
    """Requires certificates of clients, and a new authentication after `authentication_ms`, unless that is 0."""

    PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]

    def __init__(self, folder, authentication_ms=0):
        first = free_port(len(self.PROTOCOLS))
        self.addresses = {name: f"localhost:{first + index}" for index, name in enumerate(self.PROTOCOLS)}
        users = folder / "users.txt"
        users.write_text(f"{USER}:{PASSWORD}\n")
        listeners = [word for name, address in self.addresses.items() for word in ("--listen", f"{name}://{address}")]
        super().__init__(
            folder, f"secured-{first}", "broker", *listeners, "--data-dir", folder / f"secured-{first}", "--users", users,
            "--tls-cert", TLS / "server.pem", "--tls-ca", TLS / "ca.pem", "--tls-client-auth", "required",
            "--reauth-ms", authentication_ms)
        eventually("the broker listens", lambda: not is_free(first))

    def librdkafka(self, protocol, mechanism=None, password=PASSWORD, has_certificate=True):
        """The configuration of a client on librdkafka."""
        properties = {"bootstrap.servers": self.addresses[protocol], "security.protocol": protocol}
        if mechanism:
            properties |= {"sasl.mechanism": mechanism, "sasl.username": USER, "sasl.password": password}
        if protocol.endswith("SSL"):
            properties |= {"ssl.ca.location": str(TLS / "ca.pem")}
            if has_certificate:
                properties |= {"ssl.certificate.location": str(TLS / "client.pem"), "ssl.key.location": str(TLS / "client.pem")}
        return properties

    def java(self, protocol, mechanism=None, password=PASSWORD, has_certificate=True):
        """The properties of Kafka's Java clients."""
        properties = {"bootstrap.servers": self.addresses[protocol], "security.protocol": protocol}
        if mechanism:
            module = "plain.PlainLoginModule" if mechanism == "PLAIN" else "scram.ScramLoginModule"
            properties |= {
                "sasl.mechanism": mechanism, "sasl.jaas.config":
                f'org.apache.kafka.common.security.{module} required username="{USER}" password="{password}";'}
        if protocol.endswith("SSL"):
            properties |= {"ssl.truststore.location": str(TLS / "trust.jks"), "ssl.truststore.password": "secret"}
            if has_certificate:
                properties |= {"ssl.keystore.type": "PKCS12", "ssl.keystore.location": str(TLS / "client.p12"),
                               "ssl.keystore.password": "secret", "ssl.key.password": "secret"}
        return properties

    def python(self, protocol, mechanism=None, password=PASSWORD, has_certificate=True):
        """The arguments of kafka-python's clients."""
        arguments = {"bootstrap_servers": self.addresses[protocol], "security_protocol": protocol}
        if mechanism:
            arguments |= {"sasl_mechanism": mechanism, "sasl_plain_username": USER, "sasl_plain_password": password}
        if protocol.endswith("SSL"):
            arguments |= {"ssl_cafile": str(TLS / "ca.pem")}
            if has_certificate:
                arguments |= {"ssl_certfile": str(TLS / "client.pem"), "ssl_keyfile": str(TLS / "client.pem")}
        return arguments
