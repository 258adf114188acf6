#!/usr/bin/python3
"""The release binary is static and small, runs in an empty root, starts quickly and uses few resources.

    release_binary.py BINARY            everything, on a machine that does nothing else
    release_binary.py --no-time BINARY  what does not depend on the machine's speed: linkage, size, empty root, memory
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import scenario
from scenario import Broker, MySQL, Scratch, Topic, Worker, check, eventually, free_port

STRIPPED_BYTES_MAX = 38_000_000
START_SECONDS_MAX = 0.1
IDLE_MEBIBYTES_MAX = 20
IDLE_CPU_SHARE_MAX = 0.01
IDLE_SECONDS = 20
STREAMING_MEBIBYTES_MAX = 48
STREAMED_ROWS = 300_000


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_static(binary):
    headers = subprocess.run(["readelf", "--program-headers", binary], check=True, capture_output=True, text=True).stdout
    return "INTERP" not in headers


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def mebibytes(pid, field):
    """A field of /proc/PID/status, for example VmRSS, the resident memory, or VmHWM, its maximum."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


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


def idles(pid, is_timed):
    time.sleep(2)
    before, start = cpu_seconds(pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    share = (cpu_seconds(pid) - before) / (time.monotonic() - start)
    if is_timed:
        check(share < IDLE_CPU_SHARE_MAX, f"idle it uses {share * 100:.2f} % of a CPU")
    memory = mebibytes(pid, "VmRSS")
    check(memory <= IDLE_MEBIBYTES_MAX, f"idle it has {memory:.1f} MiB resident, at most {IDLE_MEBIBYTES_MAX}")


def streams(worker, mysql, broker):
    """Rows that were written while the connector was stopped are streamed as fast as possible."""
    topic = Topic(broker.address, "rows.shop.t")
    eventually("the first row arrives", lambda: topic.poll(0.1) == 1)
    worker.rest("PUT", "/connectors/rows/stop")
    eventually("the connector stops", lambda: worker.rest("GET", "/connectors/rows/status")["connector"]["state"] == "STOPPED")
    mysql.sql("CREATE TABLE shop.thousand (id int PRIMARY KEY)",
              "INSERT INTO shop.thousand WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 1000) SELECT id FROM n")
    for _ in range(STREAMED_ROWS // 1000):
        mysql.sql("INSERT INTO shop.t (a, b) SELECT id, REPEAT('x', 100 + id % 100) FROM shop.thousand")
    pathlib.Path(f"/proc/{worker.process.pid}/clear_refs").write_text("5")
    worker.rest("PUT", "/connectors/rows/resume")
    eventually("all rows arrive", lambda: topic.end() == 1 + STREAMED_ROWS, 120)
    memory = mebibytes(worker.process.pid, "VmHWM")
    check(memory <= STREAMING_MEBIBYTES_MAX,
          f"while it streams {STREAMED_ROWS:,} rows it has at most {memory:.1f} MiB resident, at most {STREAMING_MEBIBYTES_MAX}")


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
        is_timed = "--no-time" not in sys.argv
        mysql, broker = scratch.keep(MySQL()), scratch.keep(Broker(scratch.folder))
        mysql.sql("CREATE DATABASE shop", "CREATE TABLE shop.t (id bigint PRIMARY KEY AUTO_INCREMENT, a int, b varchar(200))",
                  "INSERT INTO shop.t (a, b) VALUES (0, 'first')")
        worker = scratch.keep(Worker(scratch.folder, broker.address))
        if is_timed:
            seconds = seconds_to_rest(worker)
            check(seconds < START_SECONDS_MAX, f"REST answers {seconds * 1000:.0f} ms after the start")
        worker.create("rows", mysql, table_include_list="shop.t")
        idles(worker.process.pid, is_timed)
        streams(worker, mysql, broker)


if __name__ == "__main__":
    main()
