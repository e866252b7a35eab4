"""`python -m tests.bench NAME…` runs benches and prints one JSON object a figure on standard output, progress on standard error."""

import importlib
import json
import sys
from pathlib import Path

FIELDS = ("figure", "value", "unit", "goal", "peer", "peer_value")


def names() -> list[str]:
    """Give the benches there are: the modules beside this one that have a `run`."""
    files = Path(__file__).parent.glob("[a-z]*.py")
    return sorted(file.stem for file in files if "\ndef run(" in file.read_text("utf-8"))


def main(wanted: list[str]) -> int:
    """Run the benches named; 2 when one is unknown or none is named."""
    unknown = [name for name in wanted if name not in names()]
    if unknown or not wanted:
        print(f"no bench {', '.join(unknown)!r}; there are: {' '.join(names())}", file=sys.stderr)
        return 2
    for name in wanted:
        for figure in importlib.import_module(f"tests.bench.{name}").run():
            print(json.dumps({field: figure.get(field) for field in FIELDS}, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
