"""`python -m tests.chaos --schedules N [--seed S] [--real]`: one JSON object on standard output; what failed is told on standard error.

Schedules S, S+1, … run in two processes over one private PostgreSQL in memory. The exit status is 1 when one failed;
`--schedules 1 --seed S` replays it.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from kiosk.county.cluster import PrivateCluster
from tests.hub_parts import fresh_database, running_cluster

MEMORY = Path("/dev/shm")


def _memory() -> str | None:
    return str(MEMORY) if MEMORY.is_dir() else None


def hasten(cluster: PrivateCluster) -> None:
    """Let the cluster forget that there is a disk: what is proved here is not PostgreSQL's durability."""
    import psycopg

    with psycopg.connect(cluster.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def run_some(database: str, folder: str, seeds: range, shrunk: int) -> list[int]:
    """Run schedules in this process and tell of those that fail, the first `shrunk` of them made small; give their seeds.

    The first is run again: a seed that does not go the same way twice proves nothing.
    """
    from tests.chaos import schedule
    from tests.chaos.process import ready

    run = ready(database, Path(folder))
    failed: list[int] = []
    for seed in seeds:
        outcome, *again = (run(schedule.draw(seed)) for _ in range(2 if seed == seeds[0] else 1))
        if any(one != outcome for one in again):
            outcome = replace(outcome, wrong=(*outcome.wrong, "replay: the same seed went another way"))
        if outcome.wrong:
            failed.append(seed)
            small = schedule.shrink(run, outcome) if len(failed) <= shrunk else outcome
            print("\n  ".join([f"seed {seed}:", *outcome.wrong, "its steps:", *small.trace, *small.wrong]), file=sys.stderr, flush=True)
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Run schedules; give the exit status."""
    parser = argparse.ArgumentParser(prog="tests.chaos")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="the first schedule's number")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--shrink", type=int, default=1, help="so many failures of a process are made small; each costs some fifty runs")
    parser.add_argument("--real", action="store_true", help="real processes and a line that is really cut")
    parser.add_argument("--small", action="store_true", help="with --real: four terminals, few steps")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that clusters and agents end with us
    if options.real:
        from tests.chaos.real import main as real

        return real(options.schedules, options.seed, small=options.small)
    started = time.monotonic()
    failed: list[int] = []
    with running_cluster(_memory()) as cluster, tempfile.TemporaryDirectory(prefix="kiosk-chaos-", dir=_memory()) as folder:
        hasten(cluster)
        databases = [fresh_database(cluster) for _ in range(options.jobs)]
        seeds = range(options.seed, options.seed + options.schedules)
        shares = [seeds[n :: options.jobs] for n in range(options.jobs)]
        with ProcessPoolExecutor(options.jobs) as pool:
            for some in pool.map(run_some, databases, [folder] * options.jobs, shares, [options.shrink] * options.jobs):
                failed += some
    seconds = round(time.monotonic() - started, 1)
    print(json.dumps({"schedules": options.schedules, "seed": options.seed, "failed": sorted(failed), "seconds": seconds}))
    return 1 if failed else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # the order of a set is chance, too
        os.execve(sys.executable, [sys.executable, "-m", "tests.chaos", *sys.argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
