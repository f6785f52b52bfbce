#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""growth.py - what a datagram costs as tables grow: routes, neighbours, sockets.

Not here: the routing table alone (bench/fib). Guest instructions, so two runs agree to the digit.
`sendto` is warm: what the flow keeps must not depend on the tables. `first` looks everything up.
"""
import argparse
import random
import sys
import tempfile
from pathlib import Path

import guest
from budget import judge, keep, run
from outcome import MachineError

sys.path.insert(0, str(guest.ROOT / "tools"))

import cpio  # noqa: E402

SIZES = {"routes": (1, 1000, 1000000), "neighbours": (1, 100, 1000), "sockets": (1, 50, 250)}
WAYS = "nothing,sendto,first"
MEM = "512M"                # for all sizes: memory may matter, too
SEED = 1


def routes_file(n):
    """n different prefixes of 24 bits outside those that mean something here, one a line."""
    blocks = [i for i in range(1 << 16, 224 << 16) if i >> 16 not in (10, 127)]
    chosen = random.Random(SEED).sample(blocks, n)
    return "".join(f"{i >> 16}.{i >> 8 & 255}.{i & 255}.0/24 10.0.2.2 eth0\n" for i in chosen)


def costs(words, arguments, folder, routes=""):
    """name -> median instructions."""
    files = {"init": (guest.ROOT / guest.PROGRAM).read_bytes()}
    if routes:
        files["etc/routes"] = routes.encode()
    initrd = Path(folder, "initrd")
    initrd.write_bytes(cpio.archive(files))
    text = guest.on_muffin(f"only={WAYS} {arguments}", words=f"init=/init {words}", mem=MEM,
                           initrd=str(initrd), icount=guest.ICOUNT)
    return {name: row["median"] for name, row in guest.costs(text).items()}


def one(what, n, folder):
    """The costs with n of something."""
    if what == "routes":
        return costs("", "", folder, routes_file(n))
    return costs("", f"{what}={n}", folder)


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", choices=SIZES, help="just one of the tables")
    args = parser.parse_args()
    found, failed = {}, False
    for what in [args.only] if args.only else SIZES:
        with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
            try:
                rows = {n: one(what, n, folder) for n in SIZES[what]}
            except MachineError as error:
                print(f"growth: {error}", file=sys.stderr)
                failed = True
                continue
        for n, row in rows.items():
            print(f"{n:9,} {what:11} sendto {row['sendto']:7.0f}   first {row['first']:7.0f}")
        few, *_, many = rows.values()
        found[what] = {str(n): row for n, row in rows.items()} | {
            "ratios": {name: round(many[name] / few[name], 4) for name in few if name != "nothing"}}
    if found:
        keep("growth", found)
    sys.exit(failed or not judge("growth", part=bool(args.only)))


if __name__ == "__main__":
    run("growth", main)
