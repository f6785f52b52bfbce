/* SPDX-License-Identifier: MIT
 * bpf.h - classic BPF: a program that looks at a packet and says how much of it is wanted.
 * Not here: attaching a program to a socket (packet_sockopt.c).
 * packet_sockopt.c checks programs, af_packet.c runs them. Calls nothing.
 * Source: McCanne and Jacobson, "The BSD Packet Filter", USENIX 1993; Linux's
 * Documentation/networking/filter.rst. */
#pragma once

#include "net/core/skbuff.h"

struct sock_filter {
	u16 code;
	u8 jt, jf; /* instructions to skip if the comparison holds, if not */
	u32 k;
};

#define BPF_MAXINSNS 4096

/* What a program may ask of a packet beside its bytes, by loads from BPF_AD_OFF on. */
enum bpf_aux {
	BPF_AUX_PROTOCOL, /* ethertype, host order */
	BPF_AUX_PKTTYPE,
	BPF_AUX_IFINDEX,
	BPF_AUX_N
};

/* bpf_check - may it run? Every instruction is known, jumps forward to one of its own, and the last is
 * a return: it ends. Returns 0 or -EINVAL. n: 1..BPF_MAXINSNS */
int bpf_check(const struct sock_filter *program, u32 n) __must_check;

/* bpf_run - of a program that was checked, about a packet from its byte `offset` on. Loads beyond the packet
 * and divisions by zero end it.
 * Returns  how many bytes are wanted (perhaps more than there are); 0: none */
u32 bpf_run(const struct sock_filter *program, const struct sk_buff *skb, u32 offset,
	const u32 aux[BPF_AUX_N]);
