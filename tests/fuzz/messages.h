/* SPDX-License-Identifier: MIT
 * messages.h - netlink messages with attributes of the right types, made from a fuzzer's bytes.
 * Not here: sending them.
 * fuzz_calls.c uses it.
 * Source: rtnetlink(7), netlink(7); what libnetfilter_queue sends. */
#pragma once

#include "tests/fuzz/bytes.h"

#define MESSAGE_MAX 1024

/* message_route, message_queue - one message of NETLINK_ROUTE, of NETLINK_NETFILTER. Returns its length. */
u32 message_route(struct bytes *b, u8 message[MESSAGE_MAX]);
u32 message_queue(struct bytes *b, u8 message[MESSAGE_MAX]);
