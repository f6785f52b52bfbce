# SPDX-License-Identifier: MIT
"""outcome.py - how a machine ended, in numbers and in words.

Not here: running it. Used by running.py and all who judge a run. Calls nothing.
The machine's convention: ACPI power-off is success, so QEMU exits with 0; a failure's status s goes
to isa-debug-exit, so QEMU exits with 2 * s + 1.
"""
from dataclasses import dataclass

# What a status from 64 on means; 1..63 are the program's own.
STATUS_WORDS = {
    0: "success",
    64: "the command line is malformed",
    65: "no supported network card",
    66: "a network card was found and did not work",
    67: "the program cannot be loaded",
    68: "out of memory",
    69: "the program faulted and was killed",
    70: "datagrams were dropped, or met no link, although the program succeeded",
    71: "the kernel found itself broken",
    72: "the CPU has no 64-bit mode or no NX bit",
    73: "a serial line stood still: output or a capture is not whole",
}


class MachineError(Exception):
    """A machine that cannot even be started: says what is missing and what to do."""


class DeadlineError(Exception):
    """Something did not happen in time."""


@dataclass
class Result:
    """How a run ended."""

    serial: str                 # all the machine wrote to its serial port
    exit_code: int | None       # QEMU's own; None when the deadline passed
    reason: str                 # why the machine stopped, in QEMU's word: guest-shutdown, ..
    seconds: float
    stderr: str                 # QEMU's own complaints
    command: str                # to try by hand

    @property
    def status(self):
        """The machine's exit status: 0 success, 1..127 from isa-debug-exit, None for neither."""
        if self.exit_code == 0 and self.reason == "guest-shutdown":
            return 0
        if self.exit_code and self.exit_code > 1 and self.exit_code % 2:
            return self.exit_code // 2
        return None

    def words(self):
        """The end in one sentence."""
        if self.exit_code is None:
            return f"did not end within {self.seconds:.0f} s and was stopped"
        if self.status is not None:
            return f"status {self.status}: {describe_status(self.status)}"
        if self.reason == "guest-reset":
            return "the machine reset itself (a triple fault, or a reboot)"
        if self.exit_code < 0:
            return f"QEMU was killed by signal {-self.exit_code}"
        return f"QEMU gave up with {self.exit_code}: {self.stderr.strip() or 'no reason given'}"


def describe_status(status):
    """A machine's exit status in words."""
    if 1 <= status < 64:
        return f"the program ended with {status}"
    return STATUS_WORDS.get(status, "not a status this kernel uses")
