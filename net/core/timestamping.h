/* SPDX-License-Identifier: MIT
 * timestamping.h - SO_TIMESTAMPING and SO_TXTIME as every layer sees them: what a socket asks for, and which packets carry it.
 * Not here: the time stamps themselves (net/udp/timestamping.c).
 * The socket's options, udp_output.c, dev_xmit.c and ip_cmsg.c call through the table.
 * Source: Documentation/networking/timestamping. Behaves as Linux's net_tstamp.h and skb_shared_info: their numbers. */
#pragma once

#include "net/core/sock.h"

/* Flags of SO_TIMESTAMPING. Those of hardware are accepted, and no card here has a clock. */
enum sof_timestamping {
	SOF_TIMESTAMPING_TX_HARDWARE = 1 << 0,
	SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1,
	SOF_TIMESTAMPING_RX_SOFTWARE = 1 << 3,
	SOF_TIMESTAMPING_SOFTWARE = 1 << 4,
	SOF_TIMESTAMPING_OPT_ID = 1 << 7,
	SOF_TIMESTAMPING_TX_SCHED = 1 << 8,
	SOF_TIMESTAMPING_TX_ACK = 1 << 9,
	SOF_TIMESTAMPING_OPT_CMSG = 1 << 10,
	SOF_TIMESTAMPING_OPT_TSONLY = 1 << 11,
	SOF_TIMESTAMPING_OPT_STATS = 1 << 12,
	SOF_TIMESTAMPING_BIND_PHC = 1 << 15,
	SOF_TIMESTAMPING_OPT_ID_TCP = 1 << 16,
	SOF_TIMESTAMPING_OPT_RX_FILTER = 1 << 17,
	SOF_TIMESTAMPING_TX_COMPLETION = 1 << 18,
	SOF_TIMESTAMPING_MASK = (1 << 19) - 1
};

/* Where a sent packet gets a stamp; ee_info tells it. */
enum scm_tstamp {
	SCM_TSTAMP_SND,  /* it goes to the driver */
	SCM_TSTAMP_SCHED /* it comes to the device, before its queue */
};

/* skb->tx_flags. A packet that has any of them is owned from dev_queue_xmit on. */
enum skb_tx_flags {
	SKBTX_SND = 1,
	SKBTX_SCHED = 2,
	SKBTX_TIME = 4 /* skb->tstamp is when it shall leave, by its socket's clock (SO_TXTIME) */
};

enum sof_txtime {
	SOF_TXTIME_DEADLINE_MODE = 1, /* it may leave before */
	SOF_TXTIME_REPORT_ERRORS = 2
};

enum so_ee_txtime {
	SO_EE_CODE_TXTIME_INVALID_PARAM = 1,
	SO_EE_CODE_TXTIME_MISSED = 2
};

struct ipcm_cookie;
struct msghdr;

struct timestamping_ops {
	/* ip_cmsg_send, and what the control messages say about time stamps is sk's (SK_TX_WISH) */
	int (*cmsg_send)(struct sock *sk, const struct msghdr *msg, struct ipcm_cookie *ipc);
	/* skb is a message of sk's, which asks for something (SK_TX_WISHES): note it in the packet */
	void (*mark)(struct sock *sk, struct sk_buff *skb);
	/* skb, which is owned, has come so far: into its sender's error queue */
	void (*stamp)(const struct sk_buff *skb, enum scm_tstamp where);
	/* skb, which has SKBTX_TIME, is dropped for it: into its sender's error queue, if that asked */
	void (*txtime_error)(const struct sk_buff *skb, u32 err, enum so_ee_txtime code);
	/* SCM_TIMESTAMPING for recvmsg. ns: since 1970; 0: the packet has no stamp */
	void (*recv)(struct msghdr *msg, const struct sock *sk, u64 ns, bool error_queue);
};

extern const struct timestamping_ops *timestamping_ops; /* NULL in a kernel without */
