#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""fuzz_coverage.py - how much of the kernel's code the fuzzers reach, and whether that is enough.

Not here: building them (tests/tests.mk, target fuzz-coverage, which calls this).
Each fuzzer runs over its corpus and a fixed number of inputs made from it, always the same ones. Every
object of the build counts, also what no fuzzer links.

    fuzz_coverage.py build/coverage --runs 5000
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COUNTED = ("boot/", "kernel/", "net/")
BUDGET = {"lines": 85.0, "branches": 75.0}      # percent, at least
FUZZER_S = 900
SHOWN = 15              # files with the most lines that nothing reached
LLVM_COV, LLVM_PROFDATA = (os.environ.get(name.upper(), name.replace("_", "-"))
                           for name in ("llvm_cov", "llvm_profdata"))


def run(fuzzer, runs):
    """One fuzzer to its end. Returns what went wrong, or None."""
    corpus = ROOT / "tests" / "fuzz" / "corpus" / fuzzer.name
    found = fuzzer.with_suffix(".found")        # libFuzzer writes into the first folder
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    profile = f"LLVM_PROFILE_FILE={fuzzer}.%m.profraw"      # a child's counts are added to its parent's
    words = ["env", profile, fuzzer, "-seed=1", f"-runs={runs}", "-max_len=4096", "-timeout=60",
             f"-artifact_prefix={fuzzer}.crash-", found, *([corpus] if corpus.is_dir() else [])]
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          errors="replace", timeout=FUZZER_S, check=False)
    return f"{fuzzer.name}: {done.stderr[-2000:]}" if done.returncode else None


def summaries(folder, fuzzers):
    """llvm-cov's summary of every file: name below the root -> {lines, branches: {count, covered}}."""
    profile = folder / "fuzz.profdata"
    raw = sorted(folder.glob("*.profraw"))
    subprocess.run([LLVM_PROFDATA, "merge", "-sparse", "-o", profile, *raw], check=True)
    objects = [*fuzzers, *(file for file in folder.rglob("*.o")     # not of a source that was moved
                           if (ROOT / file.relative_to(folder)).with_suffix(".c").is_file())]
    words = [LLVM_COV, "export", "-summary-only", f"-instr-profile={profile}", objects[0]]
    words += [word for file in objects[1:] for word in ("-object", file)]
    report = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    files = json.loads(report)["data"][0]["files"]
    return {name: file["summary"] for file in files
            if (name := os.path.relpath(file["filename"], ROOT)).startswith(COUNTED)}


def missed(summary, what):
    """How many lines or branches of a file nothing reached."""
    return summary[what]["count"] - summary[what]["covered"]


def show(files):
    """The files with most to gain, then the totals. Returns those that are below their budget."""
    print(f"{'lines missed':>12} {'of':>6} {'branches':>9} {'of':>6}")
    for name in sorted(files, key=lambda name: -missed(files[name], "lines"))[:SHOWN]:
        lines, branches = files[name]["lines"], files[name]["branches"]
        print(f"{missed(files[name], 'lines'):12} {lines['count']:6}"
              f" {missed(files[name], 'branches'):9} {branches['count']:6}  {name}")
    low = []
    for what, least in BUDGET.items():
        count = sum(summary[what]["count"] for summary in files.values())
        covered = sum(summary[what]["covered"] for summary in files.values())
        percent = 100 * covered / count
        print(f"fuzz-coverage: {percent:.1f} % of {count:,} {what}, at least {least:.0f} %")
        if percent < least:
            low.append(what)
    return low


def main():
    """Run, merge, show, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="where the instrumented fuzzers are")
    parser.add_argument("--runs", type=int, default=5000, help="inputs of each")
    args = parser.parse_args()
    fuzzers = sorted(file for file in args.folder.glob("fuzz_*") if not file.suffix)
    if not fuzzers:
        sys.exit(f"fuzz_coverage: no fuzzers in {args.folder}: run `make fuzz-coverage`")
    for stale in args.folder.glob("*.profraw"):
        stale.unlink()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [text for text in pool.map(lambda file: run(file.resolve(), args.runs), fuzzers)
                    if text]
    if problems:
        sys.exit("fuzz_coverage: " + "\n".join(problems))
    low = show(summaries(args.folder.resolve(), [file.resolve() for file in fuzzers]))
    if low:
        sys.exit(f"fuzz_coverage: too little: {', '.join(low)}")


if __name__ == "__main__":
    main()
