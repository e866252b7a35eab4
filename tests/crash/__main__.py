"""`python -m tests.crash --times N [--seed S]`: kills N times, a table on standard output, what is wrong on standard error.

Exit status 1 when anything that was acknowledged is lost, doubled or differs. `--small`: without display, terminal and board.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.scene import Scene
from tests.crash.verdict import judge

BETWEEN_S = (0.05, 1.1)
SHOWN = 40


def main(arguments: list[str] | None = None) -> int:
    """Kill so often; give the exit status."""
    parser = argparse.ArgumentParser(prog="tests.crash")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="without display, terminal and board")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that runs ends with us
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="kiosk-crash-", dir=memory))
    folder.chmod(0o711)
    scene = Scene(folder, options.seed, screens=not options.small)
    begun = time.monotonic()
    try:
        scene.set_up()
        killed = _kill(scene, options.times)
        counted, wrong = judge(scene)
    finally:
        scene.close()
    kinds = Counter(line.partition(":")[0] for line in wrong)
    for name, count in killed.most_common():
        print(f"{name:<24}{count:>7} killed")
    for name, count in counted.items():
        print(f"{name:<24}{count:>7}")
    for name in sorted({"lost", "twice", "differs", "visitor", "slip lost", "slip doubled", "stall", *kinds}):
        print(f"{name:<24}{kinds[name]:>7} wrong")
    print(f"{'seconds':<24}{time.monotonic() - begun:>7.0f}")
    print("\n".join(wrong[:SHOWN]), file=sys.stderr)
    return 1 if wrong else 0


def _kill(scene: Scene, times: int) -> Counter[str]:
    killed: Counter[str] = Counter()
    while not scene.everybody_works():
        scene.tend()
    due = 0.0
    while killed.total() < times:
        scene.tend()
        victims = list(scene.due())
        if time.monotonic() >= due:
            victims += scene.victims()
            due = time.monotonic() + scene.dice.uniform(*BETWEEN_S)
        killed.update(victim for victim in victims if scene.kill(victim))
    return killed


if __name__ == "__main__":
    sys.exit(main())
