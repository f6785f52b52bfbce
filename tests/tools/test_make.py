# SPDX-License-Identifier: MIT
"""test_make.py - `make test` builds with one job per core, by stand-ins for the compilers: a compilation waits until
another one runs beside it.
"""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE_S = 600
ALONE_S = 20            # so long a compilation waits for company
SOURCES = ["net/udp/udp_prot.c", "net/neigh/arp.c", "net/ipv4/icmp.c"]

# Writes what it is asked for: an object, or a program that says what cmocka and libFuzzer say.
COMPILER = f"""#!/bin/sh
cd "$(dirname "$0")"
for arg; do [ "$before" = -o ] && out=$arg; before=$arg; done
case " $* " in *" -c "*)
	echo $$ >>running
	for i in $(seq {ALONE_S * 20}); do
		[ -e together ] || [ -e alone ] && break
		[ $(wc -l <running) -gt 1 ] && touch together
		sleep 0.05
	done
	[ -e together ] || touch alone
	sed -i "/^$$\\$/d" running ;;
esac
printf '#!/bin/sh\\necho "[  PASSED  ] 1 test(s)."\\necho "Done 1 runs"\\n' >"$out"
chmod +x "$out"
"""


@pytest.mark.skipif(os.cpu_count() < 2, reason="one core: one job")
def test_programs_are_built_side_by_side(tmp_path):
    """Those of the unit tests and of the fuzzers, and the kernel, before any machine starts."""
    build, compiler = tmp_path / "build", tmp_path / "cc"
    compiler.write_text(COMPILER, encoding="utf-8")
    compiler.chmod(0o755)
    for tool in ("objcopy", "ld", "nm", "objdump"):
        shutil.copy(shutil.which("true"), tmp_path / tool)
    variables = {"BUILD": build, "HOST_SRCS": " ".join(SOURCES), "UNIT_SHARED": "",
                 "UNIT_MAINS": "tests/unit/test_udp.c tests/unit/test_arp.c", "FUZZERS": "fuzz_bpf",
                 "OBJS": "net/udp/udp_send.o", "PYTHON": "true"}
    variables |= dict.fromkeys(("CC", "HOST_CC", "FUZZ_CC", "USER_CC"), compiler)
    variables |= {name: tmp_path / name.lower() for name in ("LD", "NM", "OBJDUMP")}
    env = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    env["PATH"] = f"{tmp_path}:{env['PATH']}"
    done = subprocess.run(["make", "test", *(f"{name}={value}" for name, value in variables.items())],
                          cwd=ROOT, env=env, capture_output=True, text=True, timeout=MAKE_S,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "together").exists(), "one compilation after the other"
    assert "unit: all of 2 programs passed" in done.stdout
    assert "fuzz: 1 fuzzers found nothing" in done.stdout
