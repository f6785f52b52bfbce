/* SPDX-License-Identifier: MIT
 * part.c - pointers to the tables of optional parts; NULL: that part was left out.
 * Not here: the parts, which fill them in (part.h); the tables' types, which are in the parts' headers.
 * All of net/ reads them. Calls nothing.
 * Source: design: the transmit path is always linked, the rest registers itself. */
#include "net/core/part.h"
#include "net/core/nf_hook.h"
#include "net/core/rtmsg.h"
#include "net/core/timestamping.h"

const struct rtmsg_ops *rtmsg_ops;               /* netlink */
const struct ip_mc_ops *ip_mc_ops;               /* groups */
const struct pmtu_ops *pmtu_ops;                 /* pmtu */
const struct errqueue_ops *errqueue_ops;         /* errqueue */
const struct timestamping_ops *timestamping_ops; /* errqueue */
const struct rx_flow_ops *rx_flow_ops;           /* rxflows */

int (*nf_hook_fn)(enum nf_inet_hooks hook, struct net *net, struct sk_buff *skb,
	struct net_device *in, struct net_device *out, nf_okfn okfn); /* netfilter */
struct static_key nf_hooks_needed[NF_INET_NUMHOOKS];
