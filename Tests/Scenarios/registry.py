"""The schema registry of the scenarios in this folder, which is not part of the checkout."""
import json
import os
import shutil
import subprocess
import sys
import urllib.request

from scenario import ROOT, free_port

PEERS = ROOT.parent / "shared/peers/peers"


def require():
    """Ends the scenario, and says so, if the registry cannot be started."""
    reason = f"there is no {os.path.relpath(PEERS, ROOT)}" if not PEERS.exists() else None if shutil.which("java") else "there is no Java"
    if reason:
        print(f"{os.path.basename(sys.argv[0])}: skipped, {reason}")
        sys.exit(0)


class Registry:
    """Apicurio Registry in a state folder of its own, which a kill does not remove."""

    def __init__(self, folder):
        self.environment = os.environ | {"PEERS_STATE": str(folder / "peers")}
        self.port = free_port()
        self.run("up", "registry", self.port)

    @property
    def url(self):
        """Confluent's API."""
        return f"http://127.0.0.1:{self.port}/apis/ccompat/v7"

    @property
    def apicurio(self):
        """Apicurio's API."""
        return f"http://127.0.0.1:{self.port}/apis/registry/v2"

    def run(self, *words):
        subprocess.run([PEERS, *map(str, words)], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)

    def allow_incompatible_schemas(self):
        """This registry lacks a class to compare JSON schemas with."""
        request = urllib.request.Request(f"{self.url}/config", b'{"compatibility":"NONE"}', {"Content-Type": "application/json"}, method="PUT")
        urllib.request.urlopen(request, timeout=10).close()

    def subjects(self):
        return self.get("/apis/ccompat/v7/subjects")

    def kill(self):
        self.run("down", "all")
