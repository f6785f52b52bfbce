/* SPDX-License-Identifier: MIT
 * nfq.c - a program that judges queued packets, as short as it can be.
 * Not here: all that such a program may say (test_nfqueue.c).
 * Tests about the lives of packets call in.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink_queue.h. */
#include "tests/unit/nfq.h"
#include "net/netlink/netlink.h"
#include "net/wire/nfnetlink_queue.h"

struct config {
	struct nlmsghdr nlh;
	struct nfgenmsg nfmsg;
	struct nlattr cmd_nla;
	struct nfqnl_msg_config_cmd cmd;
	struct nlattr params_nla;
	struct nfqnl_msg_config_params params;
} __packed;

struct verdict {
	struct nlmsghdr nlh;
	struct nfgenmsg nfmsg;
	struct nlattr nla;
	struct nfqnl_msg_verdict_hdr v;
} __packed;

static struct nlmsghdr header(size_t len, u16 message)
{
	return (struct nlmsghdr){ .nlmsg_len = (u32)len,
		.nlmsg_type = (u16)(NFNL_SUBSYS_QUEUE << 8 | message),
		.nlmsg_flags = NLM_F_REQUEST };
}

int nfq_open(u16 num)
{
	const struct config m = { header(sizeof(m), NFQNL_MSG_CONFIG),
		{ .nfgen_family = AF_INET, .res_id = cpu_to_be16(num) },
		{ NLA_HDRLEN + sizeof(m.cmd), NFQA_CFG_CMD }, { .command = NFQNL_CFG_CMD_BIND },
		{ NLA_HDRLEN + sizeof(m.params), NFQA_CFG_PARAMS },
		{ BE32_ZERO, NFQNL_COPY_PACKET } };
	long fd = sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	assert_true(fd >= 0);
	assert_int_equal(sys_sendto((int)fd, user(&m), sizeof(m), 0, 0, 0), sizeof(m));
	return (int)fd;
}

void nfq_judge(int fd, u16 num, u32 id, u32 verdict, bool batch)
{
	const struct verdict m = { header(sizeof(m),
					   batch ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT),
		{ .nfgen_family = AF_INET, .res_id = cpu_to_be16(num) },
		{ NLA_HDRLEN + sizeof(m.v), NFQA_VERDICT_HDR },
		{ cpu_to_be32(verdict), cpu_to_be32(id) } };

	assert_int_equal(sys_sendto(fd, user(&m), sizeof(m), 0, 0, 0), sizeof(m));
}
