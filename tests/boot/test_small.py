# SPDX-License-Identifier: MIT
"""test_small.py - what must work with little memory, and a card that cannot work."""
import pytest

from support import (ADDRESS, CONSOLE, GATEWAY, HOSTS, NIC_FAILED, NO_MEMORY, PORT, Nic,
                     assert_success, boot, datagrams_sent, frames_sent, null_net, quiet_net, said,
                     table)


@pytest.mark.parametrize("mem", ["1028K", "1300K"])
def test_memory_that_ends_inside_the_kernel(kernel, mem):
    """Even then there is a word on the serial port, and a status."""
    result = boot(kernel, mem=mem)
    assert "the memory ends before the kernel does" in result.serial
    assert result.status == NO_MEMORY


@pytest.mark.parametrize("mem", ["4M", "64M"])
def test_flood_before_the_answer(kernel, program, pcap, mem):
    """Ten thousand datagrams from the start, while ARP is answered after QEMU's first second: none is
    refused, none lost, all leave in order, and the packets that wait do not keep the answer out."""
    count = 10_000
    result = boot(kernel, f"{CONSOLE} {ADDRESS} {HOSTS} -- {GATEWAY} {count}", mem=mem,
                  initrd=str(program("flood")), nics=[Nic(quiet_net(), pcap=pcap)])
    assert f"{count} sent" in result.serial
    assert_success(result)
    numbers = [int.from_bytes(raw[42:46], "little") for _, raw in frames_sent(pcap)
               if raw[36:38] == PORT.to_bytes(2, "big")]
    assert numbers == list(range(count))


def test_two_cards(kernel, pcap):
    """Each card's receive ring brings its own packets."""
    words = f"{CONSOLE} {ADDRESS} {HOSTS} neigh={GATEWAY},52:55:0a:00:02:02"
    result = boot(kernel, words, mem="4M", nics=[Nic(null_net(), pcap=pcap), Nic(quiet_net())])
    assert_success(result)
    assert len(datagrams_sent(pcap)) == 1


def test_many_cards(kernel, program):
    """Rings that keep what they have sent do not keep all packets that there are."""
    cards = range(6)
    words = " ".join(f"ip=10.{i}.0.1:::255.255.255.0::eth{i}:off "
                     f"neigh=10.{i}.0.2,02:00:00:00:00:02,dev=eth{i}" for i in cards)
    result = boot(kernel, f"{CONSOLE} {words} -- {len(cards)}", initrd=str(program("cards")),
                  nics=[Nic(f"hubport,hubid={i}") for i in cards])
    assert table(result.serial) == ["ok short ones"] * len(cards) + ["ok a large one"] * len(cards)
    assert_success(result)


@pytest.mark.parametrize("mac", ["03:00:00:00:00:01", "ff:ff:ff:ff:ff:ff"])
def test_card_without_address(kernel, mac):
    """The step that failed is named, and what to try."""
    result = boot(kernel, nics=[Nic(quiet_net(), mac=mac)])
    assert result.status == NIC_FAILED
    assert "no valid Ethernet address in RAL0/RAH0 nor the EEPROM" in said(result)
    assert "what to try:" in said(result)


def test_again_and_again(kernel, program):
    """What is given back is there for the next: filters, long requests, namespaces."""
    result = boot(kernel, mem="4M", initrd=str(program("again")))
    assert table(result.serial) == ["ok filters", "ok requests", "ok namespaces"]
    assert_success(result)
