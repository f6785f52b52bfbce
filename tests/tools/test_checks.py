# SPDX-License-Identifier: MIT
"""test_checks.py - each check of `make check` is seen passing on a sound little project, and
failing with the right words on the same project broken in one place.
"""
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
RUN_S = 180

HEAD = """/* SPDX-License-Identifier: MIT
 * {name} - a part of a little project.
 * Not here: anything else.
 * Used by nobody. Source: none. */
"""

LAYERS = """# SPDX-License-Identifier: MIT
roots = ["net", "kernel"]
system_headers = ["stdint.h"]
wiring = ["net/init.c"]
[seams]
headers = ["net/core/machine.h"]
[[layer]]
name = "low"
paths = ["net/core/machine.h", "net/low"]
[[layer]]
name = "middle"
paths = ["net/mid"]
sees = ["net/low.h"]
[[layer]]
name = "high"
paths = ["net/high", "net/init", "kernel/"]
"""

SOUND = {
    "tools/layers.toml": LAYERS,
    "net/core/machine.h": "/* tick - one tick. */\nvoid tick(void);\n",
    "net/README.md": "`low.c`, `high.c`, `high_tick.c`, `init.c`; the machine: `net/core/machine.h`\n",
    "net/core/README.md": "`machine.h`\n",
    "net/low.h": "#include <stdint.h>\n/* low - the lowest. */\nuint8_t low(void);\n",
    "net/low.c": '#include "net/low.h"\n#include "net/core/machine.h"\n'
                 "uint8_t low(void)\n{\n\ttick();\n\treturn 1;\n}\n",
    "net/high.h": "/* high - the highest. */\nvoid high(void);\n",
    "net/high.c": '#include "net/high.h"\n#include "net/low.h"\n'
                  "void high(void)\n{\n\tlow();\n}\n",
    "net/high_tick.c": '#include "net/core/machine.h"\nvoid tick(void)\n{\n}\n',
    "net/init.c": '#include "net/high.h"\nvoid init(void)\n{\n\thigh();\n}\n',
}


@pytest.fixture(name="project")
def fixture_project(tmp_path):
    """A little project that keeps every rule."""
    for name, text in SOUND.items():
        write(tmp_path, name, text)
    shutil.copy(TOOLS.parent / ".clang-format", tmp_path)
    return tmp_path


def write(root, name, text, head=True):
    """One file, with its head if it is C."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if head and path.suffix in (".c", ".h"):
        pragma = "#pragma once\n\n" if path.suffix == ".h" else ""
        text = HEAD.format(name=path.name) + pragma + text
    path.write_text(text, encoding="utf-8")


def build(root):
    """Object files below build/, as the Makefile leaves them."""
    for source in root.glob("net/**/*.c"):
        target = root / "build" / source.relative_to(root).with_suffix(".o")
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-w", "-I", root, "-c", "-o", target, source], check=True,
                       timeout=RUN_S)


def check(tool, root):
    """Run a check; returns (whether it passed, what it said)."""
    args = [TOOLS / tool, root] if tool.endswith(".sh") else \
        [sys.executable, TOOLS / tool, "--root", root]
    if tool == "check_layers.py":
        args += ["--build", "build"]
    done = subprocess.run(args, capture_output=True, text=True, timeout=RUN_S, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("tool", ["check_layers.py", "check_docs.py", "check_format.sh"])
def test_sound_project_passes(project, tool):
    """The little project itself breaks no rule."""
    build(project)
    passed, words = check(tool, project)
    assert passed, words


BROKEN_LAYERS = [
    ("net/low.c", '#include "net/high.h"\n', "net/low.c:5: includes net/high.h: layer 'high' is"),
    ("net/mid.c", '#include "net/core/machine.h"\n', "layer 'middle' may see only net/low.h"),
    ("net/other.c", "", "net/other.c: in no layer"),
    ("net/low.c", "#include <stdio.h>\n", "stdio.h: no header of a freestanding compiler"),
    ("net/low.c", '#include "net/gone.h"\n', "net/gone.h: there is no such file"),
    ("net/low.c", '#include "low.h"\n', "write it from the top: net/low.h"),
]


@pytest.mark.parametrize("name,text,words", BROKEN_LAYERS)
def test_upward_include_fails(project, name, text, words):
    """Each way to include what one may not."""
    write(project, name, text)
    passed, said = check("check_layers.py", project)
    assert not passed and words in said


def test_upward_call_fails_without_an_include(project):
    """A declaration of one's own hides the call from the includes, not from the symbols."""
    write(project, "net/low.c", "void high(void);\nvoid low(void)\n{\n\thigh();\n}\n")
    build(project)
    passed, said = check("check_layers.py", project)
    assert not passed and "net/low.c: uses high of net/high.c: layer 'high' is above" in said


@pytest.mark.parametrize("declaration,use", [
    ("extern int level;", "level"),
    ("extern const char table[16];", "table[0]"),
    ("int probe(int a);", "probe(1)"),
])
def test_seam_covers_functions_and_variables(project, declaration, use):
    """What a seam header declares may be used below its definition; what it does not, may not."""
    user = f"{declaration}\nint low(void)\n{{\n\treturn {use};\n}}\n"
    write(project, "net/low.c", user)
    write(project, "net/high.c", "int level;\nconst char table[16];\nint probe(int a)\n"
          "{\n\treturn a;\n}\nvoid tick(void)\n{\n}\n")
    build(project)
    assert not check("check_layers.py", project)[0]
    write(project, "net/core/machine.h", f"/* probe - sees. */\n{declaration}\n")
    passed, said = check("check_layers.py", project)
    assert passed, said


def test_seeing_a_header_allows_its_source(project):
    """A layer that may see only net/low may call what net/low.c defines, and nothing else."""
    write(project, "net/mid.c", '#include "net/low.h"\nint mid(void)\n{\n\treturn low();\n}\n')
    write(project, "net/core/machine.c", "int other(void)\n{\n\treturn 1;\n}\n")
    write(project, "tools/layers.toml", LAYERS.replace('"net/core/machine.h", ', '"net/core/", '))
    build(project)
    passed, said = check("check_layers.py", project)
    assert passed, said
    write(project, "net/mid.c", "int other(void);\nint mid(void)\n{\n\treturn other();\n}\n")
    build(project)
    passed, said = check("check_layers.py", project)
    assert not passed and "net/mid.c: uses other of net/core/machine.c" in said


def test_wiring_file_may_look_upward(project):
    """The same call from a wiring file is legal, wherever that file lies."""
    text = LAYERS.replace('"net/low"]', '"net/low", "net/init"]', 1).replace(
        '"net/high", "net/init"', '"net/high"')
    write(project, "tools/layers.toml", text)
    build(project)
    passed, said = check("check_layers.py", project)
    assert passed, said
    write(project, "tools/layers.toml", text.replace('wiring = ["net/init.c"]', "wiring = []"))
    assert not check("check_layers.py", project)[0]


FLOORS = LAYERS.replace('"net/low"]', '"net/low", "net/a/", "net/b/"]', 1)


def test_folders_that_include_each_other_fail(project):
    """One layer, two folders: no floor is between them, and still one must be below."""
    write(project, "tools/layers.toml", FLOORS)
    write(project, "net/a/one.h", "/* one - a. */\nvoid one(void);\n")
    write(project, "net/b/two.h", '#include "net/a/one.h"\n')
    passed, said = check("check_layers.py", project)
    assert passed, said
    write(project, "net/a/other.h", '#include "net/b/two.h"\n')
    passed, said = check("check_layers.py", project)
    assert not passed and "net/a and net/b include each other: net/a/other.h has net/b/two.h, " \
        "net/b/two.h has net/a/one.h" in said


def test_seam_is_of_no_folder(project):
    """A folder that a seam header lies in may be used by those that the header is for."""
    write(project, "tools/layers.toml", FLOORS.replace('"net/core/machine.h"]\n', '"net/a/one.h"]\n', 1))
    write(project, "net/a/one.h", "/* one - a. */\nvoid one(void);\n")
    write(project, "net/b/two.h", '#include "net/a/one.h"\n')
    write(project, "net/a/other.h", '#include "net/b/two.h"\n')
    build(project)
    passed, said = check("check_layers.py", project)
    assert "include each other" not in said, said


CIRCLE = "files that need each other: net/low net/low_too"


def test_files_that_include_each_other_fail(project):
    """A .c and its .h are one: the circle goes through both."""
    write(project, "net/low_too.h", '#include "net/low.h"\n')
    assert check("check_layers.py", project)[0]
    write(project, "net/low.c", '#include "net/low_too.h"\n')
    passed, said = check("check_layers.py", project)
    assert not passed and CIRCLE in said


def test_files_that_call_each_other_fail(project):
    """Without an include; nor does a longer way round hide it."""
    write(project, "net/low_too.c", "void low(void);\nvoid three(void)\n{\n\tlow();\n}\n")
    write(project, "net/low_and.c", "void three(void);\nvoid two(void)\n{\n\tthree();\n}\n")
    build(project)
    assert check("check_layers.py", project)[0]
    write(project, "net/low.c", "void two(void);\nvoid low(void)\n{\n\ttwo();\n}\n")
    build(project)
    passed, said = check("check_layers.py", project)
    assert not passed and "files that need each other: net/low net/low_and net/low_too" in said


def test_circle_in_a_folder_of_the_list(project):
    """Within the folder that layers.toml names; not if it leads out of it."""
    write(project, "net/low_too.h", '#include "net/low.h"\n')
    write(project, "net/low.c", '#include "net/low_too.h"\n')
    allowed = FLOORS.replace('[seams]', 'circles_in = ["net"]\n[seams]')
    write(project, "tools/layers.toml", allowed)
    passed, said = check("check_layers.py", project)
    assert passed, said
    write(project, "net/low.c", "")
    build(project)
    passed, said = check("check_layers.py", project)
    assert not passed and "circles_in: net has none any more" in said
    write(project, "net/low.c", '#include "net/a/one.h"\n')
    write(project, "net/a/one.h", '#include "net/low.h"\n')
    passed, said = check("check_layers.py", project)
    assert not passed and "files that need each other: net/a/one net/low" in said


def test_folder_that_is_too_large_fails(project):
    """Fourteen are a folder, fifteen two ideas."""
    write(project, "tools/layers.toml", FLOORS)
    for number in range(14):
        write(project, f"net/a/part_{number}.c", "")
    assert check("check_layers.py", project)[0]
    write(project, "net/a/part_14.c", "")
    passed, said = check("check_layers.py", project)
    assert not passed and "net/a: 15 .c files, at most 14" in said


def test_malformed_table_is_named(project):
    """No traceback for a slip in layers.toml."""
    write(project, "tools/layers.toml", "roots = [")
    passed, said = check("check_layers.py", project)
    assert not passed and "layers.toml" in said


LONG_FUNCTION = "void low(void)\n{\n" + "\tlow();\n" * 61 + "}\n"
BROKEN_DOCS = [
    ("net/low.h", "int bare(void);\n", True, "net/low.h:7: bare has no docstring"),
    ("net/low.h", "/* other - docs. */\nint bare(int a)\n\t__attribute__((pure));\n", True,
     "bare has no docstring"),
    ("net/low.h", "/* a - one. */\nvoid a(void);\nvoid b(void);\n", True, "b has no docstring"),
    ("net/low.c", "", False, "no 'SPDX-License-Identifier: MIT'"),
    ("net/low.c", HEAD.format(name="high.c"), False, "expected 'low.c - ...'"),
    ("net/low.c", HEAD.format(name="low.c").replace("Not here", "Here"), False, "'Not here: ...'"),
    ("net/low.c", HEAD.format(name="low.c").replace("else", "of gone.c"), False, "names gone.c"),
    ("net/low.c", HEAD.format(name="low.c").replace("Source: none", "Source: RFC 768; Linux's udp_sendmsg"), False,
     "'Behaves as Linux's ...'"),
    ("net/low.c", LONG_FUNCTION, True, "low has 61 lines, more than 60"),
    ("tools/a.py", "# SPDX-License-Identifier: MIT\ndef f():\n" + "    f()\n" * 61, False,
     "f has 61 lines"),
    ("README.md", "see [there](docs/gone.md#part)\n", False, "README.md:1: link to docs/gone.md"),
    ("net/new.c", "", True, "net/new.c: net/README.md does not name it"),
    ("net/a/new.c", "", True, "net/a: has no README.md"),
    ("net/core/README.md", "`gone.c`\n", False, "net/core/README.md: names gone.c, which is not there"),
    ("net/core/README.md", "\n" * 26, False, "net/core/README.md: has 26 lines, at most 25"),
]


@pytest.mark.parametrize("name,text,head,words", BROKEN_DOCS)
def test_broken_docs_fail(project, name, text, head, words):
    """Each way to leave out what style asks for."""
    write(project, name, text, head)
    passed, said = check("check_docs.py", project)
    assert not passed and words in said


SOUND_DOCS = [
    "struct a;\nextern int counter;\ntypedef int (*fn)(int);\n",
    "struct a {\n\tint (*op)(int);\n} __attribute__((aligned(64)));\n",
    "static inline int one(void)\n{\n\treturn 1;\n}\n",
    "#define CALL(f) \\\n\tf(1);\n",
    "long sys_read(int fd);\n",
    "/* in8, in16 - two of a kind. */\nint in8(int a);\nint in16(int a);\n",
    "/* f - takes a callback. */\nint f(int (*fn)(void *arg), void *arg) __attribute__((pure));\n",
]


@pytest.mark.parametrize("text", SOUND_DOCS)
def test_what_needs_no_docstring_passes(project, text):
    """Types, variables, inline functions and macros are no declarations of functions."""
    write(project, "net/low.h", text)
    passed, said = check("check_docs.py", project)
    assert passed, said


def test_long_function_is_warned_about(project):
    """Over 40 lines is a warning, not a failure."""
    write(project, "net/low.c", LONG_FUNCTION.replace("\tlow();\n" * 61, "\tlow();\n" * 41))
    passed, said = check("check_docs.py", project)
    assert passed and "low has 41 lines: long" in said


def test_format_fails(project):
    """A file that clang-format would change is named."""
    write(project, "net/low.c", "void  low( void ) { }\n")
    passed, said = check("check_format.sh", project)
    assert not passed and "net/low.c" in said


PROMISES = "| it says | held by |\n|---|---|\n| small and fast | `tests/t.py::test_small` |\n"


@pytest.mark.parametrize("page,old,new,words", [
    ("docs/promises.md", "small and", "small or", "no page says: small or fast"),
    ("docs/promises.md", "test_small`", "test_large`", "tests/t.py has no test_large"),
    ("docs/promises.md", "tests/t.py", "tests/u.py", "tests/u.py is not there"),
    ("SECURITY.md", "`tests/t.py::test_small`", "nothing", "names no test: small and fast"),
    ("SECURITY.md", "held by", "tests", "has no table of promises"),
])
def test_promise_without_a_test_fails(tmp_path, page, old, new, words):
    """A promise whose test is gone, or whose words no page has any more, is named."""
    write(tmp_path, "README.md", "It is cheap.\n")
    write(tmp_path, "docs/manual.md", "It is small\nand fast.\n")
    write(tmp_path, "tests/t.py", "def test_small():\n    pass\n")
    for name in ("SECURITY.md", "docs/promises.md"):
        write(tmp_path, name, PROMISES)
    passed, said = check("check_promises.py", tmp_path)
    assert passed, said
    path = tmp_path / page
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    passed, said = check("check_promises.py", tmp_path)
    assert not passed and words in said
