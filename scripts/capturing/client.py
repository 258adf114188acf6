"""A small MySQL client for capturing: it sends exactly the packets of a conversation."""
import hashlib
import socket
import struct
import subprocess
import tempfile

PROTOCOL_41, SSL, TRANSACTIONS, SECURE, MULTI, PLUGIN, LENENC, NO_EOF = (
    1 << 9, 1 << 11, 1 << 13, 1 << 15, 1 << 17, 1 << 19, 1 << 21, 1 << 24)


class ServerError(Exception):
    pass


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def native(password, nonce):
    if not password:
        return b""
    once = hashlib.sha1(password.encode()).digest()
    return xor(once, hashlib.sha1(nonce + hashlib.sha1(once).digest()).digest())


def sha2(password, nonce):
    if not password:
        return b""
    once = hashlib.sha256(password.encode()).digest()
    return xor(once, hashlib.sha256(hashlib.sha256(once).digest() + nonce).digest())


class Client:
    def __init__(self, port, user="root", password="", plugin=None, eof=False, database=None, authenticate=True):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.sequence = 0
        self.flags = PROTOCOL_41 | 1 | 4 | TRANSACTIONS | SECURE | MULTI | PLUGIN | LENENC | (0 if eof else NO_EOF)
        if database is not None:
            self.flags |= 8
        self.password = password
        self.greeting = self.receive()
        if self.greeting[0] == 0xFF:
            raise ServerError(self.greeting)
        end = self.greeting.index(0, 1)
        self.version = self.greeting[1:end].decode()
        rest = self.greeting[end + 1:]
        self.nonce = rest[4:12] + rest[31:43]
        self.plugin = plugin or rest[44:].rstrip(b"\0").decode()
        if authenticate:
            self.authenticate(user, database)

    def proof(self):
        return {"mysql_native_password": native, "caching_sha2_password": sha2}.get(
            self.plugin, lambda password, nonce: b"")(self.password, self.nonce)

    def beginning(self):
        return struct.pack("<IIB23x", self.flags, 1 << 30, 45)

    def ask_for_tls(self):
        """Only the request; what follows would be TLS."""
        self.flags |= SSL
        self.send(self.beginning())

    def authenticate(self, user, database):
        proof = self.proof()
        self.send(self.beginning() + user.encode() + b"\0" + bytes([len(proof)]) + proof
                  + (database.encode() + b"\0" if database is not None else b"") + self.plugin.encode() + b"\0")
        while True:
            packet = self.receive()
            if packet[0] == 0x00:
                return
            if packet[0] == 0xFF:
                raise ServerError(packet)
            if packet[0] == 0xFE:
                end = packet.index(0, 1)
                self.plugin, self.nonce = packet[1:end].decode(), packet[end + 1:].rstrip(b"\0")
                self.send(b"\x01" if self.plugin == "sha256_password" else self.proof())
            elif packet == b"\x01\x04":
                self.send(b"\x02")
            elif packet[:1] == b"\x01" and packet[1:2] != b"\x03":
                self.send(self.encrypted(packet[1:]))

    def encrypted(self, key):
        secret = self.password.encode() + b"\0"
        masked = bytes(byte ^ self.nonce[index % 20] for index, byte in enumerate(secret))
        with tempfile.NamedTemporaryFile() as file:
            file.write(key)
            file.flush()
            return subprocess.run(
                ["openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", file.name, "-pkeyopt",
                 "rsa_padding_mode:oaep"], input=masked, stdout=subprocess.PIPE, check=True).stdout

    # Packets

    def exactly(self, count):
        data = b""
        while len(data) < count:
            chunk = self.socket.recv(count - len(data))
            if not chunk:
                raise EOFError
            data += chunk
        return data

    def receive(self):
        data, length = b"", 0xFFFFFF
        while length == 0xFFFFFF:
            header = self.exactly(4)
            length = int.from_bytes(header[:3], "little")
            self.sequence = (header[3] + 1) & 255
            data += self.exactly(length)
        return data

    def send(self, payload):
        self.socket.sendall(len(payload).to_bytes(3, "little") + bytes([self.sequence]) + payload)

    def command(self, payload):
        self.sequence = 0
        self.send(payload)

    # Commands

    def query(self, sql):
        """Reads the whole result; returns the first column of the first row."""
        self.command(b"\x03" + (sql if isinstance(sql, bytes) else sql.encode()))
        first = self.receive()
        if first[0] == 0xFF:
            raise ServerError(first[9:].decode(errors="replace") + f" in {sql!r}")
        if first[0] == 0x00:
            return []
        for _ in range(first[0]):
            self.receive()
        if not self.flags & NO_EOF:
            self.receive()
        rows = []
        while True:
            packet = self.receive()
            if packet[0] == 0xFF:
                raise ServerError(packet[9:].decode(errors="replace"))
            if packet[0] == 0xFE and len(packet) < 0xFFFFFF:
                return rows
            cells, place = [], 0
            while place < len(packet):
                length, place = packet[place], place + 1
                if length == 0xFB:
                    cells.append(None)
                    continue
                if length == 0xFC:
                    length, place = int.from_bytes(packet[place:place + 2], "little"), place + 2
                elif length == 0xFD:
                    length, place = int.from_bytes(packet[place:place + 3], "little"), place + 3
                cells.append(packet[place:place + length].decode(errors="replace"))
                place += length
            rows.append(cells)

    def prepare_replication(self, checksum="@@global.binlog_checksum", heartbeat_milliseconds=1000, server_id=4711):
        period = heartbeat_milliseconds * 1_000_000
        self.query(f"SET @master_heartbeat_period = {period}, @source_heartbeat_period = {period}, "
                   f"@master_binlog_checksum = {checksum}, @source_binlog_checksum = {checksum}")
        self.query("SELECT @master_binlog_checksum")
        self.command(b"\x15" + struct.pack("<I", server_id) + bytes(13))
        assert self.receive()[0] == 0
        self.server_id = server_id

    def dump(self, file, position, flags=1):
        """Requests the binlog; flag 1 makes the server end with EOF instead of waiting."""
        self.command(b"\x12" + struct.pack("<IHI", position, flags, self.server_id) + file.encode())

    def dump_gtids(self, encoded_set, flags=1):
        self.command(b"\x1e" + struct.pack("<HIIQI", flags, self.server_id, 0, 4, len(encoded_set)) + encoded_set)

    def read_dump(self, until=lambda event: False):
        """Reads events to EOF, to an error, or to the one that `until` accepts."""
        while True:
            packet = self.receive()
            if packet[0] != 0 or until(packet[1:]):
                return packet

    def quit(self):
        self.command(b"\x01")
        self.socket.close()
