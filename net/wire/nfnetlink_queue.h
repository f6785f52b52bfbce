/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.h - netfilter's messages over netlink: the header of all, and those about queues.
 * Not here: code; this folder holds layouts only.
 * Used by net/netlink/nfnetlink_queue.c.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink.h and nfnetlink_queue.h for the numbers. */
#pragma once

#include "kernel/lib/byteorder.h"

/* nlmsg_type: the subsystem above, its message below. */
#define NFNL_SUBSYS_QUEUE    3
#define NFNL_SUBSYS_ID(type) ((type) >> 8)
#define NFNL_MSG_TYPE(type)  ((type)&0xff)

struct nfgenmsg {
	u8 nfgen_family;
	u8 version;  /* 0 */
	be16 res_id; /* the queue's number */
};

enum nfqnl_msg_type {
	NFQNL_MSG_PACKET, /* to the program */
	NFQNL_MSG_VERDICT,
	NFQNL_MSG_CONFIG,
	NFQNL_MSG_VERDICT_BATCH
};

enum nfqnl_attr {
	NFQA_PACKET_HDR = 1,
	NFQA_VERDICT_HDR = 2,
	NFQA_MARK = 3,
	NFQA_IFINDEX_INDEV = 5,
	NFQA_IFINDEX_OUTDEV = 6,
	NFQA_HWADDR = 9,
	NFQA_PAYLOAD = 10,
	NFQA_CAP_LEN = 13, /* the payload's whole length, when it was cut */
	NFQA_MAX = NFQA_CAP_LEN
};

struct nfqnl_msg_packet_hdr {
	be32 packet_id;
	be16 hw_protocol;
	u8 hook;
} __packed;

_Static_assert(sizeof(struct nfqnl_msg_packet_hdr) == 7, "as on Linux");

struct nfqnl_msg_packet_hw {
	be16 hw_addrlen;
	u16 pad;
	u8 hw_addr[8];
};

struct nfqnl_msg_verdict_hdr {
	be32 verdict, id;
};

enum nfqnl_cfg_attr {
	NFQA_CFG_CMD = 1,
	NFQA_CFG_PARAMS = 2,
	NFQA_CFG_QUEUE_MAXLEN = 3,
	NFQA_CFG_MASK = 4, /* which flags are meant */
	NFQA_CFG_FLAGS = 5,
	NFQA_CFG_MAX = NFQA_CFG_FLAGS
};

enum nfqnl_cfg_command {
	NFQNL_CFG_CMD_BIND = 1,
	NFQNL_CFG_CMD_UNBIND,
	NFQNL_CFG_CMD_PF_BIND, /* these two mean nothing any more */
	NFQNL_CFG_CMD_PF_UNBIND
};

struct nfqnl_msg_config_cmd {
	u8 command, pad;
	be16 pf;
};

enum nfqnl_copy_mode {
	NFQNL_COPY_NONE,
	NFQNL_COPY_META,
	NFQNL_COPY_PACKET
};

struct nfqnl_msg_config_params {
	be32 copy_range;
	u8 copy_mode;
} __packed;

_Static_assert(sizeof(struct nfqnl_msg_config_params) == 5, "as on Linux");

enum nfqnl_flags {
	NFQA_CFG_F_FAIL_OPEN = 1, /* what finds the queue full goes on */
	NFQA_CFG_F_CONNTRACK = 2,
	NFQA_CFG_F_GSO = 4,
	NFQA_CFG_F_UID_GID = 8,
	NFQA_CFG_F_SECCTX = 16,
	NFQA_CFG_F_MAX = 32
};
