"""A relay between a client and a server that records both directions and writes them as a fixture."""
import datetime
import json
import os
import socket
import threading

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "Fixtures")


class Tee:
    """Listens (on a free port where none is named) and relays each connection to the target.

    `turns` holds [who, bytes] of the first connection, `connections` those of all.
    """

    def __init__(self, host, port, listen_port=0):
        self.target = (host, port)
        self.turns = []
        self.lock = threading.Lock()
        self.threads = []
        self.listener = socket.create_server(("127.0.0.1", listen_port))
        self.port = self.listener.getsockname()[1]
        self.connections = []
        self._start(self._accept)

    def _start(self, body, *arguments):
        thread = threading.Thread(target=body, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            turns = self.turns if not self.connections else []
            self.connections.append((client, server, turns))
            self._start(self._pump, "client", client, server, turns)
            self._start(self._pump, "server", server, client, turns)

    def _pump(self, name, source, target, turns):
        while True:
            try:
                chunk = source.recv(1 << 16)
            except OSError:
                chunk = b""
            if not chunk:
                break
            with self.lock:
                if turns and turns[-1][0] == name:
                    turns[-1][1] += chunk
                else:
                    turns.append([name, bytearray(chunk)])
            try:
                target.sendall(chunk)
            except OSError:
                break
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        """Stops relaying; the recording is complete afterwards."""
        try:
            # Only this wakes the thread in accept(), which would otherwise keep the port.
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.threads[0].join(5)
        for client, server, _ in self.connections:
            for one in (client, server):
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        for thread in self.threads[1:]:
            thread.join(5)


def save(folder, turns, **origin):
    """Writes a conversation below Fixtures/. `origin` has at least the server and the statements."""
    path = os.path.join(FIXTURES, folder)
    os.makedirs(path, exist_ok=True)
    sides = {"client": bytearray(), "server": bytearray()}
    index = []
    for name, data in turns:
        index.append({"from": name, "offset": len(sides[name]), "length": len(data)})
        sides[name] += data
    for name, data in sides.items():
        with open(os.path.join(path, name + ".bin"), "wb") as file:
            file.write(data)
    with open(os.path.join(path, "turns.json"), "w") as file:
        file.write("[\n" + ",\n".join("  " + json.dumps(turn) for turn in index) + "\n]\n")
    origin = {"date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
              "captured_by": "scripts/capture", **origin}
    with open(os.path.join(path, "capture.json"), "w") as file:
        json.dump(origin, file, indent=2, ensure_ascii=False)
        file.write("\n")
