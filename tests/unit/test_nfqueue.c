/* SPDX-License-Identifier: MIT
 * test_nfqueue.c - packets to a program over nfnetlink_queue and back: messages byte for byte, verdicts,
 * limits, new contents, the ends of a queue.
 * Not here: netlink itself (test_netlink.c), where a packet goes on (test_netfilter.c).
 * cmocka calls in; the hook that queues is this file's.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink_queue.h; RFC 791. */
#include "kernel/fs/procfile.h"
#include "net/core/skb_owner.h"
#include "net/netfilter/netfilter.h"
#include "net/netlink/nfqnl_impl.h"
#include "net/udp/af_inet.h"
#include "tests/unit/stack.h"

#include <stdio.h>

#define MESSAGE_MAX 70000
#define PKT_HEADERS 28 /* IPv4 and UDP */

static struct nf_hook_ops ops;
static u32 hook_verdict;
static u8 got[MESSAGE_MAX] __aligned(4);

static u32 hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return hook_verdict;
}

static void queue_at(enum nf_inet_hooks hooknum, u32 num)
{
	hook_verdict = NF_QUEUE | num << NF_VERDICT_QSHIFT;
	ops = (struct nf_hook_ops){ .hook = hook, .hooknum = hooknum };
	nf_register_net_hook(&init_net, &ops);
}

/* ---- a program's side -------------------------------------------------------------------- */

static struct {
	u8 bytes[MESSAGE_MAX];
	u32 len;
} out __aligned(4);

static void begin(u16 message, u16 num)
{
	const struct nfgenmsg nfmsg = { .nfgen_family = AF_INET, .res_id = cpu_to_be16(num) };
	const struct nlmsghdr nlh = { .nlmsg_type = (u16)(NFNL_SUBSYS_QUEUE << 8 | message),
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK };

	memset(&out, 0, sizeof(out));
	memcpy(out.bytes, &nlh, sizeof(nlh));
	memcpy(out.bytes + NLMSG_HDRLEN, &nfmsg, sizeof(nfmsg));
	out.len = NLMSG_HDRLEN + sizeof(nfmsg);
}

static void attr(u16 type, const void *value, u32 len)
{
	const struct nlattr nla = { .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = type };

	memcpy(out.bytes + out.len, &nla, sizeof(nla));
	memcpy(out.bytes + out.len + NLA_HDRLEN, value, len);
	out.len = NLMSG_ALIGN(out.len + NLA_HDRLEN + len);
}

static long receive(int fd, u32 flags)
{
	return sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT | flags, 0, 0);
}

/* Sends what was built; returns what the acknowledgement says. */
static int send_out(int fd)
{
	const struct nlmsghdr *nlh = (const void *)got;

	((struct nlmsghdr *)out.bytes)->nlmsg_len = out.len;
	assert_int_equal(sys_sendto(fd, user(out.bytes), out.len, 0, 0, 0), out.len);
	do /* packets may be told before */
		assert_true(receive(fd, 0) >= 36);
	while (nlh->nlmsg_type != NLMSG_ERROR);
	return *(const s32 *)(got + NLMSG_HDRLEN);
}

static int config(int fd, u16 num, u8 cmd)
{
	const struct nfqnl_msg_config_cmd c = { .command = cmd };

	begin(NFQNL_MSG_CONFIG, num);
	attr(NFQA_CFG_CMD, &c, sizeof(c));
	return send_out(fd);
}

static int set_mode(int fd, u16 num, u8 mode, u32 range)
{
	const struct nfqnl_msg_config_params p = { cpu_to_be32(range), mode };

	begin(NFQNL_MSG_CONFIG, num);
	attr(NFQA_CFG_PARAMS, &p, sizeof(p));
	return send_out(fd);
}

static int set_number(int fd, u16 num, u16 type, u32 value)
{
	const be32 number = cpu_to_be32(value);

	begin(NFQNL_MSG_CONFIG, num);
	attr(type, &number, sizeof(number));
	if (type == NFQA_CFG_FLAGS)
		attr(NFQA_CFG_MASK, &number, sizeof(number));
	return send_out(fd);
}

static int judge(int fd, u16 message, u16 num, u32 id, u32 verdict, const void *payload, u32 len)
{
	const struct nfqnl_msg_verdict_hdr v = { cpu_to_be32(verdict), cpu_to_be32(id) };

	begin(message, num);
	attr(NFQA_VERDICT_HDR, &v, sizeof(v));
	if (payload)
		attr(NFQA_PAYLOAD, payload, len);
	return send_out(fd);
}

static int verdict(int fd, u32 id, u32 v)
{
	return judge(fd, NFQNL_MSG_VERDICT, 0, id, v, NULL, 0);
}

static int nfq_socket(void)
{
	long fd = sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	assert_true(fd >= 0);
	return (int)fd;
}

static int nfq_bound(u16 num)
{
	int fd = nfq_socket();

	assert_int_equal(config(fd, num, NFQNL_CFG_CMD_BIND), 0);
	assert_int_equal(set_mode(fd, num, NFQNL_COPY_PACKET, 0), 0);
	return fd;
}

static const struct nlattr *tb[NFQA_MAX + 1];

/* The next packet's id; its attributes are in tb. */
static u32 told(int fd)
{
	const struct nlmsghdr *nlh = (const void *)got;
	long len = receive(fd, 0);

	assert_true(len > 0);
	assert_int_equal(nlh->nlmsg_len, len);
	assert_int_equal(nlh->nlmsg_type, NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET);
	assert_int_equal(nlmsg_parse(nlh, sizeof(struct nfgenmsg), tb, NFQA_MAX, NULL), 0);
	assert_int_equal(nla_len(tb[NFQA_PACKET_HDR]), sizeof(struct nfqnl_msg_packet_hdr));
	return be32_to_cpu(
		((const struct nfqnl_msg_packet_hdr *)nla_data(tb[NFQA_PACKET_HDR]))->packet_id);
}

static int sender;

static long send_number(u32 number)
{
	if (!sender) {
		stack_know_peer();
		sender = udp_socket_at(0, OUR_PORT);
	}
	return send_to(sender, &number, sizeof(number), 0, PEER_IP, PEER_PORT);
}

/* The numbers in the datagrams on the wire, e.g. "1 3 ". */
static const char *wire(void)
{
	static char text[256];
	char *at = text;

	text[0] = '\0';
	for (u32 i = 0; i < eth0.sent_n; i++) {
		u32 number;

		memcpy(&number, eth0.sent[i].bytes + ETH_HLEN + PKT_HEADERS, sizeof(number));
		at += sprintf(at, "%u ", number);
	}
	return text;
}

/* ---- configuration ----------------------------------------------------------------------- */

static void binding(void **state)
{
	int a = nfq_socket(), b = nfq_socket();

	assert_int_equal(set_mode(a, 0, NFQNL_COPY_META, 0), -ENODEV);
	assert_int_equal(config(a, 0, NFQNL_CFG_CMD_UNBIND), -ENODEV);
	assert_int_equal(config(a, 0, NFQNL_CFG_CMD_PF_BIND), 0);
	assert_int_equal(config(a, 0, NFQNL_CFG_CMD_BIND), 0);
	assert_int_equal(config(a, 0, NFQNL_CFG_CMD_BIND), -EBUSY);
	assert_int_equal(config(b, 0, NFQNL_CFG_CMD_BIND), -EPERM);
	assert_int_equal(config(b, 0, NFQNL_CFG_CMD_UNBIND), -EPERM);
	assert_int_equal(config(b, 1, NFQNL_CFG_CMD_BIND), 0);
	assert_int_equal(config(a, 0, 9), -EOPNOTSUPP);
	assert_int_equal(config(a, 0, NFQNL_CFG_CMD_UNBIND), 0);
	assert_int_equal(config(b, 0, NFQNL_CFG_CMD_BIND), 0);
	assert_int_equal(set_number(b, 0, NFQA_CFG_FLAGS, NFQA_CFG_F_FAIL_OPEN), 0);
	assert_int_equal(set_number(b, 0, NFQA_CFG_FLAGS, NFQA_CFG_F_MAX), -EOPNOTSUPP);
	assert_int_equal(set_number(b, 0, NFQA_CFG_FLAGS, NFQA_CFG_F_CONNTRACK), -EOPNOTSUPP);
	begin(NFQNL_MSG_CONFIG, 0);
	attr(NFQA_CFG_FLAGS, "\0\0\0\1", 4);
	assert_int_equal(send_out(b), -EINVAL); /* no mask */
	begin(NFQNL_MSG_CONFIG, 0);
	attr(NFQA_CFG_CMD, "\1", 1);
	assert_int_equal(send_out(b), -ERANGE);
	begin(9, 0);
	assert_int_equal(send_out(b), -EINVAL);
	begin(NFQNL_MSG_PACKET, 0);
	assert_int_equal(send_out(b), -EOPNOTSUPP);
	begin(NFQNL_MSG_CONFIG, 0);
	out.bytes[5] = 2; /* another subsystem */
	assert_int_equal(send_out(b), -EINVAL);
	begin(NFQNL_MSG_CONFIG, 0);
	out.len = NLMSG_HDRLEN; /* as on Linux, nothing happens */
	assert_int_equal(send_out(b), 0);
}

static void bad_verdicts(void **state)
{
	int fd = nfq_bound(0), other = nfq_socket();

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(verdict(fd, 2, NF_ACCEPT), -ENOENT);
	assert_int_equal(verdict(fd, 1, NF_STOLEN), -EINVAL);
	assert_int_equal(verdict(fd, 1, 6), -EINVAL);
	assert_int_equal(verdict(other, 1, NF_ACCEPT), -EPERM);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT, 1, 1, NF_ACCEPT, NULL, 0), -ENODEV);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 0, NF_ACCEPT, NULL, 0), -ENOENT);
	begin(NFQNL_MSG_VERDICT, 0);
	assert_int_equal(send_out(fd), -EINVAL);
	begin(NFQNL_MSG_VERDICT, 0);
	attr(NFQA_VERDICT_HDR, "abcd", 4);
	assert_int_equal(send_out(fd), -ERANGE);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(verdict(fd, 1, NF_ACCEPT), 0);
	assert_int_equal(verdict(fd, 1, NF_ACCEPT), -ENOENT);
	assert_string_equal(wire(), "1 ");
}

/* ---- messages ---------------------------------------------------------------------------- */

/* The bytes as the header file in Linux's sources makes them. */
static void message_bytes(void **state)
{
	static const u8 expected[] = {
		76, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* nlmsghdr */
		2, 0, 0, 5,                                      /* AF_INET, queue 5 */
		11, 0, 1, 0, 0, 0, 0, 1, 8, 0, 3, 0,             /* packet 1, IPv4, LOCAL_OUT */
		8, 0, 6, 0, 0, 0, 0, 2,                          /* leaves by eth0 */
		36, 0, 10, 0,                                    /* payload */
	};
	int fd = nfq_bound(5);

	queue_at(NF_INET_LOCAL_OUT, 5);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(init_net.mib.queued, 1);
	stack_check_accounts();
	assert_int_equal(receive(fd, MSG_PEEK), sizeof(expected) + 32);
	assert_memory_equal(got, expected, sizeof(expected));
	assert_int_equal(told(fd), 1);
	assert_null(tb[NFQA_CAP_LEN]);
	assert_null(tb[NFQA_HWADDR]);
	assert_int_equal(receive(fd, 0), -EAGAIN);
	assert_int_equal(verdict(fd, 1, NF_DROP), -ENODEV);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT, 5, 1, NF_DROP, NULL, 0), 0);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), 1);
	assert_int_equal(skb_pool.lost, 0); /* by a verdict */
}

static void copy_modes(void **state)
{
	int fd = nfq_bound(0);

	queue_at(NF_INET_POST_ROUTING, 0);
	assert_int_equal(set_mode(fd, 0, NFQNL_COPY_META, 0), 0);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(told(fd), 1);
	assert_null(tb[NFQA_PAYLOAD]);
	assert_int_equal(set_mode(fd, 0, NFQNL_COPY_PACKET, 21), 0);
	assert_int_equal(send_number(2), 4);
	assert_int_equal(told(fd), 2);
	assert_int_equal(nla_len(tb[NFQA_PAYLOAD]), 21);
	assert_int_equal(be32_to_cpu(nla_get_be32(tb[NFQA_CAP_LEN])), 32);
	assert_int_equal(set_mode(fd, 0, 3, 0), 0); /* as on Linux: ignored */
	assert_int_equal(set_mode(fd, 0, NFQNL_COPY_NONE, 0), 0);
	assert_int_equal(send_number(3), -EPERM);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 2, NF_ACCEPT, NULL, 0), 0);
	assert_string_equal(wire(), "1 2 ");
}

static void incoming(void **state)
{
	int fd = nfq_bound(0), in = udp_socket_at(0, OUR_PORT);
	const struct nfqnl_msg_packet_hw *hw;

	queue_at(NF_INET_LOCAL_IN, 0);
	for (u32 i = 0; i < 3; i++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(init_net.mib.queued, 0); /* it was never accepted for sending */
	stack_check_accounts();
	assert_int_equal(sk_of(in)->sk_receive_queue.n, 0);
	assert_int_equal(told(fd), 1);
	assert_int_equal(be32_to_cpu(nla_get_be32(tb[NFQA_IFINDEX_INDEV])), eth0.dev.ifindex);
	assert_null(tb[NFQA_IFINDEX_OUTDEV]);
	hw = nla_data(tb[NFQA_HWADDR]);
	assert_int_equal(be16_to_cpu(hw->hw_addrlen), ETH_ALEN);
	assert_memory_equal(hw->hw_addr, peer_mac, ETH_ALEN);
	assert_int_equal(verdict(fd, 1, NF_ACCEPT), 0);
	assert_int_equal(sk_of(in)->sk_receive_queue.n, 1);
	assert_int_equal(verdict(fd, 3, NF_DROP), 0); /* before it was read */
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER_IN), 1);
	assert_int_equal(told(fd), 2);
	assert_int_equal(receive(fd, 0), -EAGAIN);
	fd_close(&init_task.files, fd);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER_IN), 2);
	assert_int_equal(skb_pool.lost, 0);
}

/* A datagram that will be fragmented is told whole, and fragmented afterwards. */
static void large_datagram(void **state)
{
	static u8 data[65507], seen[65507];
	int fd = nfq_bound(0);
	u32 at = 0;

	for (u32 i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 7 + i / 256);
	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(0), 4);
	assert_int_equal(send_to(sender, data, sizeof(data), 0, PEER_IP, PEER_PORT), sizeof(data));
	assert_int_equal(init_net.mib.queued, 2);
	assert_int_equal(told(fd), 1);
	assert_int_equal(told(fd), 2);
	assert_int_equal(nla_len(tb[NFQA_PAYLOAD]), 65531);
	assert_int_equal(be32_to_cpu(nla_get_be32(tb[NFQA_CAP_LEN])), 65535);
	assert_memory_equal((const u8 *)nla_data(tb[NFQA_PAYLOAD]) + PKT_HEADERS, data, 65503);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(sk_of(sender)->sk_wmem, (1 + 45) * SKB_SLOT);
	assert_int_equal(verdict(fd, 2, NF_ACCEPT), 0);
	assert_int_equal(eth0.sent_n, 45);
	assert_int_equal(sk_of(sender)->sk_wmem, SKB_SLOT);
	for (u32 i = 0; i < eth0.sent_n; i++) {
		const u8 *ip = eth0.sent[i].bytes + ETH_HLEN;
		u32 skip = i == 0 ? PKT_HEADERS : IP_HLEN, n = get16(ip + 2) - skip;

		memcpy(seen + at, ip + skip, n);
		at += n;
	}
	assert_int_equal(at, sizeof(data));
	assert_memory_equal(seen, data, sizeof(data));
	stack_check_accounts();
}

/* ---- limits ------------------------------------------------------------------------------- */

static void queue_full(void **state)
{
	char text[200];
	struct seq_file m = { .buf = text, .size = sizeof(text) };
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(set_number(fd, 0, NFQA_CFG_QUEUE_MAXLEN, 2), 0);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(send_number(2), 4);
	assert_int_equal(send_number(3), -ENOBUFS);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_FULL), 1);
	proc_find("/proc/net/netfilter/nfnetlink_queue")->show(&m, &init_net);
	text[m.len] = '\0';
	assert_string_equal(text, "    0      1     2 2 65531     1     0        2  1\n");
	assert_int_equal(set_number(fd, 0, NFQA_CFG_FLAGS, NFQA_CFG_F_FAIL_OPEN), 0);
	assert_int_equal(send_number(4), 4);
	assert_string_equal(wire(), "4 ");
	assert_int_equal(init_net.mib.queued, 2);
	assert_int_equal(verdict(fd, 1, NF_ACCEPT), 0);
	assert_int_equal(send_number(5), 4);
	assert_int_equal(eth0.sent_n, 2);
	stack_check_accounts();
}

/* All queues together leave three quarters of the packets to others. */
/* All senders together; one alone has its own bound. */
static long send_by_many(u32 number)
{
	if (number % 100 == 0)
		sender = udp_socket();
	return send_number(number);
}

static void pool_share(void **state)
{
	int a = nfq_bound(0), b = nfq_bound(1);
	u32 n = 0;

	assert_int_equal(set_number(a, 0, NFQA_CFG_QUEUE_MAXLEN, 1 << 20), 0);
	assert_int_equal(set_number(b, 1, NFQA_CFG_QUEUE_MAXLEN, 1 << 20), 0);
	queue_at(NF_INET_LOCAL_OUT, 0);
	stack_know_peer();
	while (n < 10 && send_by_many(n) == 4)
		n++;
	hook_verdict = NF_QUEUE | 1 << NF_VERDICT_QSHIFT;
	while (send_by_many(n) == 4)
		n++;
	assert_int_equal(n, skb_pool.total_n / 4);
	assert_int_equal(sk_of(sender)->sk_wmem, n % 100 * SKB_SLOT);
	fd_close(&init_task.files, a);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_GONE), 10);
	assert_int_equal(send_number(n), 4);
	fd_close(&init_task.files, b);
	assert_int_equal(sk_of(sender)->sk_wmem, 0);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(skb_pool.lost, n + 1);
	assert_int_equal(send_number(n), -EPERM);
}

static void batch(void **state)
{
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	for (u32 i = 1; i <= 5; i++)
		assert_int_equal(send_number(i), 4);
	assert_int_equal(told(fd), 1);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 3, NF_ACCEPT, NULL, 0), 0);
	assert_string_equal(wire(), "1 2 3 ");
	assert_int_equal(told(fd), 4);
	/* each meets the hook again and is queued again: that is not endless */
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 99, NF_REPEAT, NULL, 0), 0);
	assert_int_equal(init_net.mib.queued, 2);
	assert_int_equal(told(fd), 6);
	assert_int_equal(told(fd), 7);
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 99, NF_DROP, NULL, 0), 0);
	stack_check_accounts();
}

/* More verdicts at once than the ring has room for: what was accepted waits for it, in order. */
static void verdicts_meet_a_short_ring(void **state)
{
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	for (u32 i = 1; i <= 20; i++)
		assert_int_equal(send_number(i), 4);
	eth0.slots = 4;
	eth0.stuck = true;
	net_poll();
	assert_int_equal(judge(fd, NFQNL_MSG_VERDICT_BATCH, 0, 20, NF_ACCEPT, NULL, 0), 0);
	assert_string_equal(wire(), "1 2 3 4 ");
	assert_int_equal(init_net.mib.waiting, 16);
	hook_verdict = NF_ACCEPT;
	eth0.stuck = false;
	for (u32 i = 0; i < 4; i++) {
		host_advance_clock(NSEC_PER_MSEC);
		net_poll();
	}
	assert_string_equal(wire(), "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ");
	assert_int_equal(skb_pool.lost, 0);
	assert_int_equal(send_number(21), 4);
	assert_int_equal(eth0.sent_n, 21);
	stack_check_accounts();
}

/* The same with one verdict, on a datagram of 45 frames. */
static void a_large_one_meets_a_short_ring(void **state)
{
	static u8 data[65507];
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(1), 4); /* makes the sender */
	assert_int_equal(send_to(sender, data, sizeof(data), 0, PEER_IP, PEER_PORT), sizeof(data));
	eth0.slots = 7;
	eth0.stuck = true;
	net_poll();
	assert_int_equal(verdict(fd, 2, NF_ACCEPT), 0);
	assert_int_equal(eth0.sent_n, 7);
	eth0.stuck = false;
	for (u32 i = 0; i < 6; i++) {
		host_advance_clock(NSEC_PER_MSEC);
		net_poll();
	}
	assert_int_equal(eth0.sent_n, 45);
	for (u32 i = 0; i < eth0.sent_n; i++)
		assert_int_equal(get16(eth0.sent[i].bytes + 20) & 0x1fff, i * 1480 / 8);
	assert_int_equal(skb_pool.lost, 0);
	assert_int_equal(verdict(fd, 1, NF_DROP), 0);
	stack_check_accounts();
}

static void two_queues_take_turns(void **state)
{
	int fd = nfq_bound(0);

	assert_int_equal(config(fd, 1, NFQNL_CFG_CMD_BIND), 0);
	assert_int_equal(set_mode(fd, 1, NFQNL_COPY_META, 0), 0);
	queue_at(NF_INET_LOCAL_OUT, 0);
	for (u32 i = 1; i <= 3; i++)
		assert_int_equal(send_number(i), 4);
	assert_int_equal(verdict(fd, 1, NF_QUEUE | 1 << NF_VERDICT_QSHIFT), 0);
	assert_int_equal(told(fd), 2);
	assert_int_equal(told(fd), 1);
	assert_int_equal(((struct nfgenmsg *)(got + NLMSG_HDRLEN))->res_id.raw, cpu_to_be16(1).raw);
	assert_int_equal(told(fd), 3);
	assert_int_equal(verdict(fd, 2, NF_QUEUE | 2 << NF_VERDICT_QSHIFT), 0); /* no listener */
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_NO_HANDLER), 1);
	assert_int_equal(config(fd, 1, NFQNL_CFG_CMD_UNBIND), 0);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_GONE), 1);
	assert_int_equal(verdict(fd, 3, NF_ACCEPT), 0);
	assert_string_equal(wire(), "3 ");
}

/* A hook that goes takes what it has queued along, and nothing else. */
static void hooks_come_and_go(void **state)
{
	struct nf_hook_ops in = { .hook = hook, .hooknum = NF_INET_LOCAL_IN };
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	nf_register_net_hook(&init_net, &in);
	assert_int_equal(send_number(1), 4);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(send_number(3), 4);
	nf_unregister_net_hook(&init_net, &in);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER_IN), 1);
	assert_int_equal(told(fd), 1);
	assert_int_equal(told(fd), 3);
	assert_int_equal(verdict(fd, 1, NF_ACCEPT), 0);
	assert_string_equal(wire(), "1 ");
	nf_unregister_net_hook(&init_net, &ops);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_GONE), 1);
	assert_int_equal(verdict(fd, 3, NF_ACCEPT), -ENOENT);
}

/* Packets are never lost for want of memory for their message: it is told, and made later. */
static void no_memory_for_messages(void **state)
{
	struct sk_buff *held = NULL, *skb;
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(1), 4);
	while ((skb = nlmsg_new())) {
		skb->next = held;
		held = skb;
	}
	assert_int_equal(receive(fd, 0), -ENOBUFS);
	assert_int_equal(receive(fd, 0), -EAGAIN);
	while (held) {
		skb = held;
		held = skb->next;
		consume_skb(skb);
	}
	assert_int_equal(told(fd), 1);
	host_fail_commit(1, true);
	for (u16 i = 1; i < 200; i++)
		if (config(fd, i, NFQNL_CFG_CMD_BIND) == -ENOMEM)
			return;
	fail();
}

static void arrives_while_waiting(void *arg)
{
	host_on_idle(NULL, NULL);
	inject_hex(FRAME_CRUMBS);
}

static void reader_sleeps(void **state)
{
	struct {
		s64 sec, usec;
	} timeout = { 1, 0 };
	int fd = nfq_bound(0);

	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(sys_setsockopt(fd, 1, 20, user(&timeout), sizeof(timeout)), 0);
	assert_int_equal(sys_recvfrom(fd, user(got), sizeof(got), 0, 0, 0), -EAGAIN);
	queue_at(NF_INET_LOCAL_IN, 0);
	host_on_idle(arrives_while_waiting, NULL);
	assert_true(sys_recvfrom(fd, user(got), sizeof(got), 0, 0, 0) > 0);
}

/* ---- new contents ------------------------------------------------------------------------- */

static u8 packet[65536];

/* A packet of ours to an address, with right checksums: what a program may send back. */
static u32 make_packet(u32 daddr, u32 payload_len, bool df)
{
	u32 len = PKT_HEADERS + payload_len;

	memset(packet, 'm', sizeof(packet));
	memcpy(packet, "\x45\0\0\0\x12\x34\0\0\x40\x11\0\0\x0a\0\0\1", 16);
	put16(packet + 2, (u16)len);
	put16(packet + 6, df ? IP_DF : 0);
	put16(packet + 16, (u16)(daddr >> 16));
	put16(packet + 18, (u16)daddr);
	put16(packet + 10, rfc1071(packet, IP_HLEN, 0));
	put16(packet + 20, OUR_PORT);
	put16(packet + 22, PEER_PORT);
	put16(packet + 24, (u16)(len - IP_HLEN));
	put16(packet + 26, 0);
	return len;
}

static int mangle(int fd, u32 id, u32 len)
{
	return judge(fd, NFQNL_MSG_VERDICT, 0, id, NF_ACCEPT, packet, len);
}

static void mangled(void **state)
{
	static const u32 lens[] = { 0, 3, 4, 5, 500, 1472 };
	int fd = nfq_bound(0);
	u32 id = 0;

	queue_at(NF_INET_LOCAL_OUT, 0);
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
		u32 len = make_packet(PEER_IP, lens[i], true);

		assert_int_equal(send_number(1), 4);
		assert_int_equal(mangle(fd, ++id, len), 0);
		assert_int_equal(eth0.sent_n, i + 1);
		assert_int_equal(eth0.sent[i].len, max(ETH_HLEN + len, (u32)ETH_ZLEN));
		assert_memory_equal(eth0.sent[i].bytes + ETH_HLEN, packet, len);
		assert_memory_equal(eth0.sent[i].bytes, peer_mac, ETH_ALEN);
		assert_int_equal(sk_of(sender)->sk_wmem, 0);
	}
	stack_check_accounts();
}

static void mangled_to_fragments(void **state)
{
	int fd = nfq_bound(0);
	u32 len = make_packet(PEER_IP, 4000, false), at = IP_HLEN;

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(mangle(fd, 1, len), 0);
	assert_int_equal(eth0.sent_n, 3);
	for (u32 i = 0; i < 3; i++) {
		const u8 *ip = eth0.sent[i].bytes + ETH_HLEN;

		assert_int_equal(rfc1071(ip, IP_HLEN, 0), 0);
		assert_int_equal(get16(ip + 6), (at - IP_HLEN) / 8 | (i < 2 ? IP_MF : 0));
		assert_memory_equal(ip + IP_HLEN, packet + at, get16(ip + 2) - IP_HLEN);
		at += get16(ip + 2) - IP_HLEN;
	}
	assert_int_equal(at, len);
	/* and back: a datagram in pieces that becomes a small one, or another large one */
	assert_int_equal(send_to(sender, packet, 3000, 0, PEER_IP, PEER_PORT), 3000);
	assert_int_equal(mangle(fd, 2, make_packet(PEER_IP, 9, true)), 0);
	assert_int_equal(eth0.sent_n, 4);
	assert_int_equal(send_to(sender, packet, 3000, 0, PEER_IP, PEER_PORT), 3000);
	assert_int_equal(mangle(fd, 3, make_packet(PEER_IP, 10000, true)), 0);
	assert_int_equal(eth0.sent_n, 4 + 7);
	stack_check_accounts();
}

/* What cannot be sent is dropped, as on Linux without a word to the judge. */
static void mangled_badly(void **state)
{
	int fd = nfq_bound(0);
	u32 id = 0, len;

	queue_at(NF_INET_LOCAL_OUT, 0);
	for (u32 i = 0; i < 6; i++) {
		assert_int_equal(send_number(1), 4);
		len = make_packet(PEER_IP, i == 5 ? 1473 : 4, true);
		if (i == 0)
			packet[0] = 0x65;
		if (i == 1)
			packet[0] = 0x44;
		if (i == 2)
			packet[0] = 0x4f;
		if (i == 3)
			packet[3]++;
		if (i == 4)
			len = 19;
		assert_int_equal(mangle(fd, ++id, len), 0);
		assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), id);
	}
	assert_int_equal(eth0.sent_n, 0);
	stack_check_accounts();
}

/* Another destination is another neighbour. */
static void mangled_address(void **state)
{
	int fd = nfq_bound(0);

	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(mangle(fd, 1, make_packet(FAR_IP, 4, true)), 0);
	assert_memory_equal(eth0.sent[0].bytes, gateway_mac, ETH_ALEN);
	assert_int_equal(send_number(1), 4);
	assert_int_equal(mangle(fd, 2, make_packet(0x7f000001, 4, true)), 0);
	assert_int_equal(eth0.sent_n, 1); /* to ourselves */
	assert_int_equal(send_number(1), 4);
	assert_int_equal(mangle(fd, 3, make_packet(0xf0000001, 4, true)), 0); /* class E */
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER) + eth0.sent_n, 2);
	stack_check_accounts();
}

static void mangled_on_the_way_in(void **state)
{
	int fd = nfq_bound(0), in = udp_socket_at(0, OUR_PORT);
	u8 buf[2000];
	u32 len;

	queue_at(NF_INET_LOCAL_IN, 0);
	for (u32 i = 0; i < 3; i++)
		inject_hex(FRAME_CRUMBS);
	len = make_packet(OUR_IP, 1600, false);
	put16(packet + 20, PEER_PORT);
	put16(packet + 22, OUR_PORT);
	assert_int_equal(mangle(fd, 1, len), 0);
	assert_int_equal(sys_recvfrom(in, user(buf), sizeof(buf), MSG_DONTWAIT, 0, 0), 1600);
	assert_memory_equal(buf, packet + PKT_HEADERS, 1600);
	len = make_packet(OUR_IP, 2000, false); /* longer than one slot */
	put16(packet + 20, PEER_PORT);
	put16(packet + 22, OUR_PORT);
	assert_int_equal(mangle(fd, 2, len), 0);
	assert_int_equal(sys_recvfrom(in, user(buf), sizeof(buf), MSG_DONTWAIT, 0, 0), 2000);
	assert_memory_equal(buf, packet + PKT_HEADERS, 2000);
	fd_close(&init_task.files, fd);
}

/* On lo a datagram is one packet at every hook: told whole as far as a message can, judged once. */
static void to_ourselves(void **state)
{
	static const enum nf_inet_hooks hooks[] = { NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING,
		NF_INET_LOCAL_IN };
	static u8 data[65507], seen[65507];
	int fd = nfq_bound(0), in = udp_socket_at(0, PEER_PORT), out_fd = udp_socket();

	for (u32 i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 7 + i / 256);
	for (u32 i = 0; i < ARRAY_SIZE(hooks); i++) {
		queue_at(hooks[i], 0);
		assert_int_equal(send_to(out_fd, data, sizeof(data), 0, OUR_IP, PEER_PORT), 65507);
		net_poll();
		assert_int_equal(told(fd), i + 1);
		assert_int_equal(nla_len(tb[NFQA_PAYLOAD]), 65531);
		assert_int_equal(be32_to_cpu(nla_get_be32(tb[NFQA_CAP_LEN])), 65535);
		assert_memory_equal(
			(const u8 *)nla_data(tb[NFQA_PAYLOAD]) + PKT_HEADERS, data, 65503);
		assert_int_equal(verdict(fd, i + 1, NF_ACCEPT), 0);
		net_poll();
		assert_int_equal(
			sys_recvfrom(in, user(seen), sizeof(seen), MSG_DONTWAIT, 0, 0), 65507);
		assert_memory_equal(seen, data, sizeof(data));
		nf_unregister_net_hook(&init_net, &ops);
	}
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 3);
	stack_check_accounts();
}

/* New contents of any length, for old ones of any length; and on a card they must fit its fragments. */
static void mangled_to_ourselves(void **state)
{
	static const u32 lens[] = { 4, 1472, 1828, 1829, 20000, 65503 };
	static u8 seen[65507];
	int fd = nfq_bound(0), in = udp_socket_at(0, PEER_PORT), out_fd = udp_socket();
	u32 id = 0, len;

	stack_know_peer();
	for (u32 hook = NF_INET_LOCAL_IN; hook <= NF_INET_LOCAL_OUT;
		hook += NF_INET_LOCAL_OUT - NF_INET_LOCAL_IN) {
		queue_at(hook, 0);
		for (u32 i = 0; i < ARRAY_SIZE(lens) * ARRAY_SIZE(lens); i++) {
			u32 from = lens[i / ARRAY_SIZE(lens)], to = lens[i % ARRAY_SIZE(lens)];

			assert_int_equal(send_to(out_fd, packet, from, 0, OUR_IP, PEER_PORT), from);
			net_poll();
			assert_int_equal(mangle(fd, ++id, make_packet(OUR_IP, to, true)), 0);
			net_poll();
			assert_int_equal(
				sys_recvfrom(in, user(seen), sizeof(seen), MSG_DONTWAIT, 0, 0), to);
			assert_memory_equal(seen, packet + PKT_HEADERS, to);
		}
		nf_unregister_net_hook(&init_net, &ops);
	}
	queue_at(NF_INET_LOCAL_OUT, 0);
	assert_int_equal(send_to(out_fd, packet, 9000, 0, OUR_IP, PEER_PORT), 9000);
	len = make_packet(PEER_IP, 9000, true);
	packet[0]++; /* a header with options is not copied into fragments */
	assert_int_equal(mangle(fd, ++id, len), 0);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), 1);
	assert_int_equal(send_to(out_fd, packet, 9000, 0, OUR_IP, PEER_PORT), 9000);
	assert_int_equal(mangle(fd, ++id, make_packet(PEER_IP, 9000, true)), 0);
	assert_int_equal(eth0.sent_n, 7);
	for (u32 i = 0; i < 7; i++)
		assert_true(eth0.sent[i].len <= ETH_FRAME_LEN);
	assert_int_equal(send_to(out_fd, packet, 9000, 0, PEER_IP, PEER_PORT), 9000);
	assert_int_equal(mangle(fd, ++id, make_packet(OUR_IP, 9000, false)), 0);
	net_poll();
	assert_int_equal(sys_recvfrom(in, user(seen), sizeof(seen), MSG_DONTWAIT, 0, 0), 9000);
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest nfqueue[] = {
		STACK_TEST(binding),
		STACK_TEST(bad_verdicts),
		STACK_TEST(message_bytes),
		STACK_TEST(copy_modes),
		STACK_TEST(incoming),
		STACK_TEST(large_datagram),
		STACK_TEST(queue_full),
		STACK_TEST(pool_share),
		STACK_TEST(batch),
		STACK_TEST(verdicts_meet_a_short_ring),
		STACK_TEST(a_large_one_meets_a_short_ring),
		STACK_TEST(two_queues_take_turns),
		STACK_TEST(hooks_come_and_go),
		STACK_TEST(no_memory_for_messages),
		STACK_TEST(reader_sleeps),
		STACK_TEST(mangled),
		STACK_TEST(mangled_to_fragments),
		STACK_TEST(mangled_badly),
		STACK_TEST(mangled_address),
		STACK_TEST(mangled_on_the_way_in),
		STACK_TEST(to_ourselves),
		STACK_TEST(mangled_to_ourselves),
	};

	return cmocka_run_group_tests(nfqueue, NULL, NULL);
}
