# SPDX-License-Identifier: MIT
"""test_seeds.py - the named inputs of fuzz_calls are what seeds.py writes from today's list of steps.

Not here: what they reach; `make fuzz-coverage` counts.
"""
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"
sys.path.insert(0, str(FUZZ))

import seeds  # noqa: E402


@pytest.mark.parametrize("name", seeds.PROGRAMS)
def test_corpus_has_program(name):
    assert (FUZZ / "corpus" / "fuzz_calls" / name).read_bytes() == seeds.PROGRAMS[name]
