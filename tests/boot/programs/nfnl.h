/* SPDX-License-Identifier: MIT
 * nfnl.h - a program's end of NETLINK_NETFILTER: building messages, sending them, reading what comes.
 * Not here: what is asked.
 * netlink_errno.c and nfqueue.c include it.
 * Source: Linux's include/uapi/linux/netlink.h and netfilter/nfnetlink_queue.h: the numbers, written out
 * so that no header of the system's is needed. */
#pragma once

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#define NETLINK_NETFILTER 12
#define SOL_NETLINK       270
#define F_REQUEST         1
#define F_ACK             4
#define NLMSG_ERROR       2
#define QUEUE_MESSAGE     0x300 /* of the subsystem "queue" */

enum {
	PACKET,
	VERDICT,
	CONFIG,
	VERDICT_BATCH
};
enum {
	CFG_CMD = 1,
	CFG_PARAMS,
	CFG_MAXLEN,
	CFG_MASK,
	CFG_FLAGS
};
enum {
	CMD_BIND = 1,
	CMD_UNBIND,
	CMD_PF_BIND,
	CMD_PF_UNBIND
};
enum {
	A_PACKET_HDR = 1,
	A_VERDICT_HDR,
	A_INDEV = 5,
	A_OUTDEV,
	A_PAYLOAD = 10,
	A_CAP_LEN = 13
};
enum {
	DROP,
	ACCEPT,
	STOLEN,
	QUEUE,
	REPEAT,
	STOP
};

struct nl_addr {
	unsigned short family, pad;
	unsigned pid, groups;
};

struct nl_header {
	unsigned len;
	unsigned short type, flags;
	unsigned seq, pid;
};

static unsigned char out[80000], in[80000];
static unsigned out_len;
static unsigned short ack = F_ACK; /* 0: only errors are answered */

static void begin(int message, int queue)
{
	struct nl_header h = { 0, (unsigned short)(QUEUE_MESSAGE | message),
		(unsigned short)(F_REQUEST | ack), 1, 0 };

	memset(out, 0, sizeof(out));
	memcpy(out, &h, sizeof(h));
	out[16] = AF_INET;
	out[18] = (unsigned char)(queue >> 8);
	out[19] = (unsigned char)queue;
	out_len = 20;
}

static void attr(int type, const void *value, unsigned len)
{
	unsigned short head[2] = { (unsigned short)(len + 4), (unsigned short)type };

	memcpy(out + out_len, head, 4);
	memcpy(out + out_len + 4, value, len);
	out_len = (out_len + 4 + len + 3) & ~3u;
}

static void attr_be32(int type, unsigned value)
{
	value = htonl(value);
	attr(type, &value, 4);
}

static long send_out(int fd)
{
	memcpy(out, &out_len, 4);
	return send(fd, out, out_len, 0);
}

/* What the acknowledgement says; packets that are told before it are passed by. */
static int answer(int fd)
{
	struct nl_header h;
	int error = 1;

	do {
		if (recv(fd, in, sizeof(in), MSG_DONTWAIT) < 36)
			return 1;
		memcpy(&h, in, sizeof(h));
	} while (h.type != NLMSG_ERROR);
	memcpy(&error, in + 16, 4);
	return error;
}

static int ask(int fd)
{
	if (send_out(fd) < 0)
		return 2;
	return ack ? answer(fd) : 0;
}

static int command(int fd, int queue, int cmd)
{
	unsigned char c[4] = { (unsigned char)cmd };

	begin(CONFIG, queue);
	attr(CFG_CMD, c, 4);
	return ask(fd);
}

static int copy_mode(int fd, int queue, int mode, unsigned range)
{
	unsigned char p[5] = { (unsigned char)(range >> 24), (unsigned char)(range >> 16),
		(unsigned char)(range >> 8), (unsigned char)range, (unsigned char)mode };

	begin(CONFIG, queue);
	attr(CFG_PARAMS, p, 5);
	return ask(fd);
}

static int verdict(
	int fd, int message, int queue, unsigned id, unsigned v, const void *payload, unsigned len)
{
	unsigned hdr[2] = { htonl(v), htonl(id) };

	begin(message, queue);
	attr(A_VERDICT_HDR, hdr, 8);
	if (payload)
		attr(A_PAYLOAD, payload, len);
	return ask(fd);
}
