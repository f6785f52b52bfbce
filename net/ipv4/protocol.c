/* SPDX-License-Identifier: MIT
 * protocol.c - the protocols above IPv4: UDP, ICMP and IGMP register here.
 * Not here: what they do with a packet.
 * ip_input.c looks one up for each packet, icmp.c for each error.
 * Behaves as Linux's inet_protos. */
#include "net/ipv4/ip.h"

static struct list_head protocols = LIST_HEAD_INIT(protocols);

void inet_add_protocol(struct net_protocol *protocol)
{
	list_add_tail(&protocol->list, &protocols);
}

const struct net_protocol *ip_protocol_find(u8 protocol)
{
	const struct net_protocol *p;

	list_for_each(p, &protocols, list)
		if (p->protocol == protocol)
			return p;
	return NULL;
}
