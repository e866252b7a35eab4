"""The C library gives memory back: measured on a process of its own."""

import subprocess
import sys

WORDS = """
import threading
from kiosk.heap import give_back, one_heap

def held_kb():
    return sum(int(line.split()[1]) for line in open("/proc/self/smaps_rollup") if line.startswith("Pss:"))

one_heap()
kept = []
def work():
    # many small pieces with something kept between them: free memory that glibc would hold on to
    pieces = [bytearray(2000) for _ in range(40_000)]
    kept.extend(pieces[::400])
    del pieces
for _ in range(3):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
before = held_kb()
give_back()
print(before - held_kb())
"""


def test_give_back_when_threads_left_holes_returns_them_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", WORDS], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 20_000
