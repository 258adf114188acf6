#!/usr/bin/python3
"""The release binary is static and small, runs in an empty root, starts quickly and uses few resources when idle.

    release_binary.py BINARY           everything, on a machine that does nothing else
    release_binary.py --shape BINARY   what does not depend on the machine: linkage, size, empty root
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import scenario
from scenario import Broker, MySQL, Scratch, Worker, check, eventually, free_port

STRIPPED_BYTES_MAX = 36_000_000
START_SECONDS_MAX = 0.1
IDLE_MEBIBYTES_MAX = 40
IDLE_CPU_SHARE_MAX = 0.01
IDLE_SECONDS = 20


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_static(binary):
    headers = subprocess.run(["readelf", "--program-headers", binary], check=True, capture_output=True, text=True).stdout
    return "INTERP" not in headers


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def seconds_to_rest(worker):
    """Seconds from the process's start to a response to `GET /`, the median of five runs."""
    times = []
    for _ in range(5):
        worker.terminate()
        start = time.monotonic()
        worker.start()
        eventually("REST answers", lambda: worker.rest("GET", "/") is not None)
        times.append(time.monotonic() - start)
    return sorted(times)[2]


def runs_in_empty_root(binary, folder):
    root = folder / "root"
    (root / "proc").mkdir(parents=True)
    shutil.copy(binary, root / "cdcd")
    port = free_port()
    # Private mounts that end with the process; without root privileges it is root in a user namespace.
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = f'mount --rbind /proc "$0/proc" && exec chroot "$0" /cdcd broker --listen localhost:{port} --data-dir /data'
    process = subprocess.Popen(["unshare", *user, "--mount", "sh", "-c", script, root], stdout=subprocess.DEVNULL)
    try:
        eventually("the broker listens in an empty root", lambda: listens(port))
        return True
    finally:
        process.terminate()
        process.wait()


def main():
    binary = pathlib.Path(sys.argv[-1]).resolve()
    scenario.CDCD = str(binary)
    with Scratch() as scratch:
        stripped = scratch.folder / "stripped"
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        check(is_static(binary), "the binary is statically linked")
        size = stripped.stat().st_size
        check(size < STRIPPED_BYTES_MAX, f"stripped it has {size:,} bytes, fewer than {STRIPPED_BYTES_MAX:,}")
        check(runs_in_empty_root(stripped, scratch.folder), "it runs alone in an empty root")
        if "--shape" in sys.argv:
            return
        mysql, broker = scratch.keep(MySQL()), scratch.keep(Broker(scratch.folder))
        mysql.sql("CREATE DATABASE quiet", "CREATE TABLE quiet.t (id int PRIMARY KEY)", "INSERT INTO quiet.t VALUES (1)")
        worker = scratch.keep(Worker(scratch.folder, broker.address))
        seconds = seconds_to_rest(worker)
        check(seconds < START_SECONDS_MAX, f"REST answers {seconds * 1000:.0f} ms after the start")
        worker.create("quiet", mysql, table_include_list="quiet.t")
        time.sleep(2)
        pid, before, start = worker.process.pid, cpu_seconds(worker.process.pid), time.monotonic()
        time.sleep(IDLE_SECONDS)
        share = (cpu_seconds(pid) - before) / (time.monotonic() - start)
        check(share < IDLE_CPU_SHARE_MAX, f"idle it uses {share * 100:.2f} % of a CPU")
        memory = resident_mebibytes(pid)
        check(memory < IDLE_MEBIBYTES_MAX, f"idle it has {memory:.1f} MiB resident")


if __name__ == "__main__":
    main()
