/* SPDX-License-Identifier: MIT
 * ethernet.h - the Ethernet II header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by eth.h, arp.c, neigh_state.c and the driver.
 * Source: IEEE 802.3 clause 3; IEEE 802.1Q 9; RFC 894; RFC 1112 6.4 (multicast). */
#pragma once

#include "kernel/lib/byteorder.h"

#define ETH_ALEN      6
#define ETH_HLEN      14
#define ETH_ZLEN      60   /* shortest frame, without its checksum */
#define ETH_DATA_LEN  1500 /* largest payload */
#define ETH_FRAME_LEN 1514

#define ETH_P_IP  0x0800
#define ETH_P_ARP 0x0806
#define ETH_P_ALL 0x0003

/* What a VLAN's tag has in the type's place (IEEE 802.1Q 9.6: a customer's, a provider's). */
#define ETH_P_8021Q   0x8100
#define ETH_P_8021AD  0x88a8
#define VLAN_VID_MASK 0x0fff

struct ethhdr {
	u8 h_dest[ETH_ALEN], h_source[ETH_ALEN];
	be16 h_proto;
} __packed;

/* Behind a tag's type. */
struct vlan_hdr {
	be16 h_tci, h_proto;
} __packed;

_Static_assert(sizeof(struct ethhdr) == ETH_HLEN, "IEEE 802.3");
_Static_assert(sizeof(struct vlan_hdr) == 4, "IEEE 802.1Q 9.4");
