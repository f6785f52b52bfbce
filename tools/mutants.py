#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mutants.py - breaks the code in one small place at a time, and sees whether the tests notice.

Not here: the edits (tests/mutants/*.toml) and the tests. `make mutants` calls it; an hour for all.
    mutants.py [--only WORD ..] [--whole] [--list]
Each edit names the tests that must see it: `unit:test_x` is a unit program, `fuzz:fuzz_x` a fuzzer,
a file below tests/, with ::name if need be, a boot test. The first that fails kills the mutant. What
they all let live meets the whole suite once (--whole); an edit that has a reason to live says it
(`equivalent`). Work is done in a copy, build/mutants/tree, which is built incrementally; results
are kept in build/mutants/results.json, so that a run that was ended goes on where it stood: an edit
whose file and tests have not changed is not tried again.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
TREE = WORK / "tree"
RESULTS = WORK / "results.json"
TEST_S, SUITE_S, BUILD_S = 180, 1200, 600
MOST_ALIVE = 0.04


def load(folder):
    """All edits: dicts with file, old, new, tests, the list's name and a key that changes with them."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        with open(path, "rb") as file:
            for row in tomllib.load(file)["mutant"]:
                row["name"] = f"{row['file']}: {row['what']}"
                found.append(row)
    return found


def source_problem(row):
    """Why the edit cannot be made, or None."""
    path = ROOT / row["file"]
    if not path.is_file():
        return "there is no such file"
    count = path.read_text(encoding="utf-8").count(row["old"])
    return None if count == 1 else f"its text stands there {count} times, not once"


def key(row):
    """Changes with the edit, its file and its tests' names."""
    text = (ROOT / row["file"]).read_text(encoding="utf-8")
    return hashlib.sha256(json.dumps([row, text], sort_keys=True).encode()).hexdigest()[:16]


def run(command, seconds):
    """(whether it ended well in time, the end of what it said)."""
    with subprocess.Popen(command, cwd=TREE, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return False, f"no end after {seconds} s"
    return process.returncode == 0, said[-2000:]


def command_of(test):
    """How one named test is built and run."""
    if test.startswith(("unit:", "fuzz:")):
        return ["make", "-s", "run-" + test.split(":", maxsplit=1)[1]]
    return ["sh", "-c", f"make -s -j2 all >/dev/null && exec {sys.executable} -m pytest -q -x {test}"]


def refresh():
    """The copy is the tree as it is now; what is unchanged keeps its time, and so its object."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            capture_output=True, check=True).stdout.splitlines()
    wanted = {Path(name) for name in listed if (ROOT / name).is_file()}
    for name in wanted:
        target = TREE / name
        if not target.is_file() or target.read_bytes() != (ROOT / name).read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    for path in [p for p in TREE.rglob("*") if p.is_file()]:
        name = path.relative_to(TREE)
        if name not in wanted and name.parts[0] != "build" and path.suffix != ".pyc":
            path.unlink()


def build_problem(tests):
    """What of the edited copy does not compile, or None: an edit must be one that the compiler takes."""
    goals = [f"build/host/{t[5:]}" for t in tests if t.startswith("unit:")] + \
        [f"build/fuzz/{t[5:]}" for t in tests if t.startswith("fuzz:")]
    if any(not t.startswith(("unit:", "fuzz:")) for t in tests):
        goals.append("all")
    good, said = run(["make", "-s", "-j2", *goals], BUILD_S)
    return None if good else said


def try_one(row, whole):
    """What became of one edit: a dict with `state`: killed, alive, broken."""
    path = TREE / row["file"]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(row["old"], row["new"]), encoding="utf-8")
    try:
        problem = build_problem(row["tests"])
        if problem:
            return {"state": "broken", "said": problem}
        for test in row["tests"]:
            if not run(command_of(test), TEST_S)[0]:
                return {"state": "killed", "by": test}
        if whole and not run(["make", "-s", "test"], SUITE_S)[0]:
            return {"state": "killed", "by": "the whole suite"}
        return {"state": "alive"}
    finally:
        path.write_text(text, encoding="utf-8")


def sound(rows):
    """Do all tests that are named pass before anything is broken? Names the first that does not."""
    for test in sorted({test for row in rows for test in row["tests"]}):
        good, said = run(command_of(test), SUITE_S)
        if not good:
            return f"{test} fails on the tree as it is:\n{said}"
    return None


def judge(rows, results):
    """Counts, survivors, and the exit status."""
    states = [(row, results[row["name"]]["state"]) for row in rows if row["name"] in results]
    alive = [row for row, state in states if state == "alive"]
    broken = [row for row, state in states if state == "broken"]
    for row in broken:
        print(f"does not compile: {row['name']}")
    for row in alive:
        print(f"alive: {row['name']}" + (f" (equivalent: {row['equivalent']})"
                                         if "equivalent" in row else ""))
    print(f"mutants: {len(states)} tried, {len(states) - len(alive) - len(broken)} seen by tests,"
          f" {len(alive)} alive, {len(broken)} do not compile")
    explained = all("equivalent" in row for row in alive)
    return not broken and (len(alive) <= MOST_ALIVE * len(states)) and explained


def main():
    """Try all that have not been tried since they changed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="*", default=[], help="those whose name has one of these words")
    parser.add_argument("--whole", action="store_true", help="survivors meet the whole suite")
    parser.add_argument("--list", action="store_true", help="say which there are, and end")
    parser.add_argument("--folder", type=Path, default=ROOT / "tests" / "mutants")
    args = parser.parse_args()
    rows = [row for row in load(args.folder)
            if not args.only or any(word in row["name"] for word in args.only)]
    problems = [f"{row['name']}: {why}" for row in rows if (why := source_problem(row))]
    if problems or args.list:
        print("\n".join(problems or [row["name"] for row in rows]))
        sys.exit(bool(problems))
    refresh()
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    fresh = [row for row in rows if results.get(row["name"], {}).get("key") != key(row)
             or (args.whole and results[row["name"]]["state"] == "alive")]
    if fresh and (problem := sound(fresh)):
        sys.exit(f"mutants: {problem}")
    for row in fresh:
        start = time.monotonic()
        found = try_one(row, args.whole) | {"key": key(row)}
        results[row["name"]] = found
        RESULTS.write_text(json.dumps(results, indent=1))
        print(f"{found['state']:7} {time.monotonic() - start:4.0f} s  {row['name']}"
              + (f"  by {found['by']}" if "by" in found else ""), flush=True)
    sys.exit(not judge(rows, results))


if __name__ == "__main__":
    main()
