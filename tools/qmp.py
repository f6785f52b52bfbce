# SPDX-License-Identifier: MIT
"""qmp.py - QEMU's monitor: commands one at a time, and why the machine shut down.

Not here: starting QEMU. Used by qemu.py. Source: QEMU Machine Protocol, interop/qmp-spec.
"""
import json
import socket

COMMAND_S = 120         # QEMU may wait for a CPU
DRAIN_S = 120           # to the end of what a QEMU that has ended had said


class MonitorError(Exception):
    """The monitor refused a command, or is gone."""


class Monitor:
    """The client's end of a connected monitor socket."""

    def __init__(self, sock):
        self._sock = sock
        self._sock.settimeout(COMMAND_S)
        self._pending = b""
        self._greeted = False
        self._reason = ""
        try:
            self._sock.sendall(b'{"execute": "qmp_capabilities"}\n')
        except OSError:
            pass  # QEMU refused to start; its exit code says so

    def command(self, name, /, **arguments):
        """Carry out one command; returns what it returned."""
        self._greet()
        return self._ask({"execute": name, "arguments": arguments})

    def shutdown_reason(self):
        """Why the machine stopped, after QEMU has ended: guest-shutdown, guest-reset, .. or ''."""
        self._sock.settimeout(DRAIN_S)
        try:
            while self._message():
                pass
        except MonitorError:
            pass  # the end of what it said
        return self._reason

    def close(self):
        """Give the socket back."""
        self._sock.close()

    def _greet(self):
        if not self._greeted:
            self._answer()  # to the capabilities asked for at the start
            self._greeted = True

    def _ask(self, request):
        try:
            self._sock.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise MonitorError(f"{request['execute']}: the machine is gone ({error})") from error
        return self._answer()

    def _answer(self):
        while True:
            message = self._message()
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise MonitorError(message["error"]["desc"])

    def _message(self):
        while b"\n" not in self._pending:
            self._pending += self._receive()
        line, self._pending = self._pending.split(b"\n", 1)
        message = json.loads(line)
        if message.get("event") == "SHUTDOWN":
            self._reason = message["data"]["reason"]
        return message

    def _receive(self):
        try:
            data = self._sock.recv(65536)
        except (socket.timeout, OSError) as error:
            raise MonitorError(f"the monitor did not answer ({error or 'deadline'})") from error
        if not data:
            raise MonitorError("the machine is gone")
        return data
