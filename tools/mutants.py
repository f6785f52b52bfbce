#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""mutants.py - breaks the code in one small place at a time, and sees whether the tests notice.

Not here: the edits (tests/mutants/*.toml) and the tests. `make mutants` calls it, an hour for all;
`make check` asks whether the list still fits the tree (--check).
    mutants.py [--only WORD ..] [--whole] [--list | --check]
Each edit names the tests that must see it: `unit:test_x` is a unit program, `fuzz:fuzz_x` a fuzzer,
a file below tests/, with ::name if need be, a boot test. The first that fails kills the mutant. What
they all let live meets the whole suite once (--whole); an edit that has a reason to live says it
(`equivalent`). Work is done in a copy, build/mutants/tree, which is built incrementally; results
are kept in build/mutants/results.json, so that a run that was ended goes on where it stood: an edit
is tried again when it, its file or the source of one of its tests has changed.
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
UNIT_S, BOOT_S, SUITE_S, BUILD_S = 60, 180, 1200, 600
KINDS = {"unit": "build/host", "fuzz": "build/fuzz"}     # and where `make` puts their programs
MOST_ALIVE = 0.04


def load(folder):
    """All edits: dicts with file, old, new, tests, the list's name and a key that changes with them."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        with open(path, "rb") as file:
            for row in tomllib.load(file).get("mutant", []):
                row["name"] = f"{row['file']}: {row['what']}"
                found.append(row)
    return found


def test_source(test):
    """The file that a named test is written in."""
    kind, _, name = test.partition(":")
    return ROOT / (f"tests/{kind}/{name}.c" if kind in KINDS else test.split("::", maxsplit=1)[0])


def test_problem(test):
    """Why there is no such test, or None."""
    path, (_, _, function) = test_source(test), test.partition("::")
    if not path.is_file():
        return f"{test}: there is no such test"
    if function and f"def {function.split('[', maxsplit=1)[0]}(" not in path.read_text(encoding="utf-8"):
        return f"{test}: its file has no such test"
    return None


def source_problem(row):
    """Why the edit cannot be made, or None."""
    path = ROOT / row["file"]
    if not path.is_file():
        return "there is no such file"
    count = path.read_text(encoding="utf-8").count(row["old"])
    if count != 1:
        return f"its text stands there {count} times, not once"
    if row["old"] == row["new"] or not row["tests"]:
        return "it changes nothing, or names no test"
    return next((why for test in row["tests"] if (why := test_problem(test))), None)


def list_problems(rows):
    """What of the list does not fit the tree; a name that stands twice would hide a result."""
    names = [row["name"] for row in rows]
    return [f"{name}: it stands in the list twice" for name in sorted(set(names)) if names.count(name) > 1] + \
        [f"{row['name']}: {why}" for row in rows if (why := source_problem(row))]


def key(row):
    """Changes with the edit, its file, and its tests' names and sources."""
    texts = [path.read_text(encoding="utf-8")
             for path in [ROOT / row["file"], *map(test_source, row["tests"])]]
    return hashlib.sha256(json.dumps([row, texts], sort_keys=True).encode()).hexdigest()[:16]


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


def goal_of(test):
    """What is built before a named test runs."""
    kind, _, name = test.partition(":")
    return f"{KINDS[kind]}/{name}" if kind in KINDS else "all"


def run_test(test):
    """(whether a named test passes, the end of what it said), in the copy."""
    if goal_of(test) == "all":
        return run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test], BOOT_S)
    return run(["make", "-s", "run-" + test.partition(":")[2]], UNIT_S)


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


def verdict(row, whole):
    """What the tests say about the copy as it is: a dict with `state`: killed, alive, broken. Each is
    built when its turn has come: an edit must be one that the compiler takes."""
    for test in row["tests"]:
        good, said = run(["make", "-s", "-j2", goal_of(test)], BUILD_S)
        if not good:
            return {"state": "broken", "said": said}
        if not run_test(test)[0]:
            return {"state": "killed", "by": test}
    if not whole or "equivalent" in row:
        return {"state": "alive"}
    return {"state": "alive", "whole": True} if run(["make", "-s", "test"], SUITE_S)[0] else \
        {"state": "killed", "by": "the whole suite"}


def try_one(row, whole):
    """What became of one edit, and how long that took."""
    path, start = TREE / row["file"], time.monotonic()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(row["old"], row["new"]), encoding="utf-8")
    try:
        found = verdict(row, whole)
    finally:
        path.write_text(text, encoding="utf-8")
    return found | {"key": key(row), "seconds": round(time.monotonic() - start)}


def is_fresh(row, found, whole):
    """Must it be tried? A survivor meets the whole suite once."""
    return found.get("key") != key(row) or found["state"] == "broken" or \
        (whole and found["state"] == "alive" and not found.get("whole") and "equivalent" not in row)


def unsound(test):
    """Why a test that killed an edit proves nothing: it fails on the tree as it is, too. Or None."""
    good, said = run(["make", "-s", "-j2", goal_of(test)], BUILD_S)
    if good:
        good, said = run_test(test)
    return None if good else f"{test} fails on the tree as it is:\n{said}"


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
    parser.add_argument("--check", action="store_true", help="does the list fit the tree? and end")
    parser.add_argument("--folder", type=Path, default=ROOT / "tests" / "mutants")
    args = parser.parse_args()
    rows = [row for row in load(args.folder)
            if not args.only or any(word in row["name"] for word in args.only)]
    problems = list_problems(rows)
    if problems or args.list or args.check:
        print("\n".join(problems or ([row["name"] for row in rows] if args.list else
                                     [f"mutants: {len(rows)} edits fit the tree"])))
        sys.exit(bool(problems))
    refresh()
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    fresh = [row for row in rows if is_fresh(row, results.get(row["name"], {}), args.whole)]
    proven = set()
    for row in fresh:
        found = try_one(row, args.whole)
        test = found.get("by")
        if test in row["tests"] and test not in proven:
            if problem := unsound(test):
                sys.exit(f"mutants: {problem}")
            proven.add(test)
        results[row["name"]] = found
        RESULTS.write_text(json.dumps(results, indent=1))
        print(f"{found['state']:7} {found['seconds']:4} s  {row['name']}"
              + (f"  by {found['by']}" if "by" in found else ""), flush=True)
    sys.exit(not judge(rows, results))


if __name__ == "__main__":
    main()
