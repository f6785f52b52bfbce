/* SPDX-License-Identifier: MIT
 * rtmsg.c - the table through which changes are told.
 * Not here: the messages (net/netlink/rtnetlink.c fills the table in).
 * rtmsg.h's functions read it.
 * Source: design: the road is the core, the rest registers itself. */
#include "net/core/rtmsg.h"

const struct rtmsg_ops *rtmsg_ops;
