"""Reads a snapshot in a mount and compares it: a process of its own, so that a mount that hangs hangs nothing else.

Its only argument is JSON: `directory` (that of the snapshots), `names` (what this one may be called), `source`, `seed`,
`host`, `version`, `share`, `draw`, `wait`. It prints JSON.
"""

import json
import os
import random
import sys
import time

sys.dont_write_bytecode = True

from thrash_trees import Comparison, tree


def find(request):
    """Opens the saved directory, and waits for it to appear. The name may change: it says no more than is needed."""
    deadline = time.monotonic() + request["wait"]
    while True:
        for name in request["names"]:
            try:
                path = os.path.join(request["directory"], name) + request["source"]
                return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                pass
        if time.monotonic() > deadline:
            raise FileNotFoundError(f"none of {request['names']} appears")
        time.sleep(0.05)


def main():
    request = json.loads(sys.argv[1])
    comparison = Comparison()
    comparison.is_found = False
    try:
        root = f"/proc/self/fd/{find(request)}"
        comparison.is_found = True
        entries = tree(request["seed"], request["host"], request["version"])
        comparison.compare(root, entries, request["share"], random.Random(request["draw"]))
    except OSError as error:
        comparison.errors.append(f"{error}")
    print(json.dumps(vars(comparison)))


main()
