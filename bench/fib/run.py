#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""run.py - medians over processes of fib_bench, the table beside its peers, and the contract.

Not here: measuring (fib_bench.c). `make bench-fib` calls it: run.py <fib_bench> <json>.
Every ratio compares numbers of one and the same process, so that a slow hour of the machine
touches both sides; the median is taken over processes. Exit 1 when a ratio is missed.
FIB_BENCH_RUNS sets the number of processes a table (5 or more for figures to publish).
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from budget import run  # noqa: E402

TABLES = [1, 1000, 100000, 950005]
KINDS = "uhz"
FULL = TABLES[-1]
LPM_MAX = 100000    # rte_lpm adds by linear search: the full table takes it a minute

ROWS = [            # key in "ns", name, what one call does
    ("ours", "muffin, one a call"),
    ("ours_plain", "muffin, without POPCNT"),
    ("ours_bulk", "muffin, 32 a call"),
    ("ours_full", "muffin, fib_table_lookup"),
    ("fib2_single", "rte_fib 2 B, one a call"),
    ("fib2", "rte_fib 2 B scalar, 64 a call"),
    ("fib4", "rte_fib 4 B scalar, 64 a call"),
    ("fib2_avx512", "rte_fib 2 B AVX-512, 64 a call"),
    ("lpm", "rte_lpm, one a call"),
    ("ours_lat", "muffin, dependent"),
    ("fib2_lat", "rte_fib 2 B, dependent"),
]

# The contract: (what, table, numerator, denominator, trace, at least). Peer over ours, in time.
RATIOS = [
    ("one a call beats rte_fib's", FULL, "fib2_single", "ours", "uhz", 2.5),
    ("bulk beats rte_fib 2 B scalar", FULL, "fib2", "ours_bulk", "u", 1.6),
    ("bulk beats rte_fib 2 B scalar", FULL, "fib2", "ours_bulk", "h", 1.1),
    ("bulk beats rte_fib 2 B scalar", FULL, "fib2", "ours_bulk", "z", 1.25),
    ("bulk beats rte_fib 4 B scalar", FULL, "fib4", "ours_bulk", "u", 1.6),
    ("bulk beats rte_fib 4 B scalar", FULL, "fib4", "ours_bulk", "h", 1.1),
    ("bulk beats rte_fib 4 B scalar", FULL, "fib4", "ours_bulk", "z", 1.25),
    ("bulk beats even AVX-512", FULL, "fib2_avx512", "ours_bulk", "u", 1.1),
    ("latency beats rte_fib's", FULL, "fib2_lat", "ours_lat", "u", 7.0),
    ("latency not behind rte_fib's", FULL, "fib2_lat", "ours_lat", "hz", 1.0),
]

# Single values: (what, table, function of one process's result, at least).
VALUES = [
    ("memory, times less than rte_fib 2 B", FULL, lambda r: r["fib2_bytes"] / r["trie_bytes"], 10),
    ("updates, times rte_fib's", FULL, lambda r: r["upd"] / r["fib2_upd"], 2.8),
    ("inserts, times rte_fib's", FULL, lambda r: r["ins"] / r["fib2_ins"], 2.8),
    ("an empty or one-route table, of 4 KiB", 1, lambda r: 4096 / r["total_bytes"], 1),
    ("trie of 1,000 routes, of 64 KiB", 1000, lambda r: (64 << 10) / r["trie_bytes"], 1),
    ("trie of a full table, of 4 MiB", FULL, lambda r: (4 << 20) / r["trie_bytes"], 1),
    ("the same without POPCNT, of 4 MiB", FULL, lambda r: (4 << 20) / r["plain_bytes"], 1),
    ("all answers equal DPDK's", FULL, lambda r: r["bad"] == 0, 1),
]


def measure(bench, routes, turn):
    """One process's result."""
    args = [bench, str(routes), str(turn)] + (["lpm"] if routes <= LPM_MAX else [])
    done = subprocess.run(args, check=False, capture_output=True, text=True, timeout=600)
    if done.returncode:
        sys.exit(f"bench-fib: {' '.join(args)} failed:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def median(values):
    """statistics.median with a shorter name."""
    return statistics.median(list(values))


def show(routes, results):
    """One table: a row a way, throughput by trace."""
    first = results[0]
    print(f"\n{routes:,} routes: trie {first['trie_bytes']:,} bytes, "
          f"with all routes {first['total_bytes']:,}; rte_fib 2 B {first['fib2_bytes']:,}")
    print(f"  inserts {median(r['ins'] for r in results):.2f} M/s, "
          f"all at once {median(r['at_once'] for r in results):.2f} "
          f"(rte_fib {median(r['fib2_ins'] for r in results):.2f}), "
          f"delete+insert {median(r['upd'] for r in results):.2f} M/s "
          f"(rte_fib {median(r['fib2_upd'] for r in results):.2f}), "
          f"default route {median(r['default_us'] for r in results):.2f} us, "
          f"a /8 {median(r['eight_us'] for r in results):.1f} us")
    print(f"  {'ns a lookup':32}{'uniform':>9}{'hit':>9}{'Zipf':>9}")
    for key, name in ROWS:
        row = [median(r["ns"][key][k] for r in results) for k in range(len(KINDS))]
        if row[0] > 0.01:   # not measured: rte_lpm at full size, AVX-512 without it
            print(f"  {name:32}" + "".join(f"{ns:9.2f}" for ns in row))


def checks(all_results):
    """(what, value, wanted) of the whole contract."""
    for what, table, peer, ours, kinds, wanted in RATIOS:
        for kind in kinds:
            k = KINDS.index(kind)
            pairs = [r["ns"] for r in all_results[table]]
            if median(p[peer][k] for p in pairs) > 0.01:
                yield f"{what}, {kind}", median(p[peer][k] / p[ours][k] for p in pairs), wanted
    for what, table, value, wanted in VALUES:
        yield what, float(median(value(r) for r in all_results[table])), wanted


def main():
    """Run, print, judge."""
    bench, path = sys.argv[1:3]
    runs = int(os.environ.get("FIB_BENCH_RUNS", "5"))
    results = {n: [measure(bench, n, turn) for turn in range(runs)] for n in TABLES}
    with open(path, "w", encoding="ascii") as out:
        json.dump(results, out, indent=1)
    for n in TABLES:
        show(n, results[n])
    print(f"\nratios, medians of {runs} processes")
    missed = 0
    for what, value, wanted in checks(results):
        missed += value < wanted
        print(f"  {'ok  ' if value >= wanted else 'MISS'} {what:44}{value:8.2f}  (>= {wanted})")
    return 1 if missed else 0


if __name__ == "__main__":
    run("bench-fib", main)
