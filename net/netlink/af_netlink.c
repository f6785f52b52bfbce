/* SPDX-License-Identifier: MIT
 * af_netlink.c - AF_NETLINK's sockets: addresses, options, receiving; who is there.
 * Not here: requests and answers (netlink.c), what they mean (the families).
 * socket.c calls its operations; calls netlink.c for what was sent.
 * Source: netlink(7). Behaves as Linux's net/netlink/af_netlink.c: the order of its checks. */
#include "kernel/fs/task.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"
#include "net/device/dev.h"
#include "net/netlink/netlink_impl.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"

#define GROUPS_MAX 64

struct list_head netlink_socks = LIST_HEAD_INIT(netlink_socks);

static const struct netlink_family *families[NETLINK_PROTOCOLS];
static struct slab netlink_slab = SLAB(struct netlink_sock);

int netlink_kernel_create(const struct netlink_family *family)
{
	if (family->protocol >= NETLINK_PROTOCOLS || family->groups > GROUPS_MAX)
		return -EINVAL;
	if (families[family->protocol])
		return -EEXIST;
	families[family->protocol] = family;
	return 0;
}

/* ---- beginning and end ------------------------------------------------------------------- */

static void netlink_free(struct sock *sk)
{
	slab_free(&netlink_slab, sk);
}

static void refill(struct sock *sk)
{
	netlink_refill((struct netlink_sock *)sk);
}

static const struct proto netlink_proto = {
	.name = "NETLINK",
	.refill = refill,
	.free = netlink_free,
};

static const struct proto_ops netlink_ops;

static int netlink_create(struct net *net, struct socket *sock, int protocol)
{
	struct netlink_sock *nlk;

	if (sock->type != SOCK_RAW && sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if ((u32)protocol >= NETLINK_PROTOCOLS || !families[protocol])
		return -EPROTONOSUPPORT;
	nlk = slab_alloc(&netlink_slab);
	if (!nlk)
		return -ENOMEM;
	nlk->family = families[protocol];
	list_add_tail(&nlk->list, &netlink_socks);
	sock_init_data(&nlk->sk, sock, net, &netlink_proto, sock->type);
	nlk->sk.sk_protocol = (u16)protocol;
	sock->sk = &nlk->sk;
	sock->ops = &netlink_ops;
	return 0;
}

static void netlink_release(struct socket *sock)
{
	struct netlink_sock *nlk = nlk_sk(sock);

	list_del(&nlk->list);
	netlink_dump_end(&nlk->cb);
	if (nlk->family->release)
		nlk->family->release(nlk);
	nlk->sk.sk_socket = NULL;
	sock_purge_rcv(&nlk->sk);
	sock_put(&nlk->sk);
}

/* ---- addresses --------------------------------------------------------------------------- */

static bool portid_taken(const struct netlink_sock *asker, u32 portid)
{
	const struct netlink_sock *nlk;

	list_for_each(nlk, &netlink_socks, list)
		if (nlk->bound && nlk->portid == portid && nlk->family == asker->family &&
			nlk->sk.sk_net == asker->sk.sk_net)
			return true;
	return false;
}

/* The process's number, as on Linux, and then numbers that no process has. */
static void netlink_autobind(struct netlink_sock *nlk)
{
	u32 portid = (u32)current->pid, next = (u32)-4096;

	while (portid_taken(nlk, portid))
		portid = --next;
	nlk->portid = portid;
	nlk->bound = true;
}

static u64 valid_groups(const struct netlink_sock *nlk)
{
	return nlk->family->groups == GROUPS_MAX ? ~0ull : (1ull << nlk->family->groups) - 1;
}

static int netlink_bind(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	const struct sockaddr_nl *nl = (const void *)addr;
	struct netlink_sock *nlk = nlk_sk(sock);

	if (len < sizeof(*nl) || nl->nl_family != AF_NETLINK)
		return -EINVAL;
	if (nlk->bound && nl->nl_pid != nlk->portid)
		return -EINVAL;
	if (!nlk->bound && nl->nl_pid) {
		if (portid_taken(nlk, nl->nl_pid))
			return -EADDRINUSE;
		nlk->portid = nl->nl_pid;
		nlk->bound = true;
	}
	if (!nlk->bound)
		netlink_autobind(nlk);
	nlk->groups = (nlk->groups & ~(u64)UINT32_MAX) | (nl->nl_groups & valid_groups(nlk));
	return 0;
}

static int netlink_connect(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	const struct sockaddr_nl *nl = (const void *)addr;
	struct netlink_sock *nlk = nlk_sk(sock);

	if (len < sizeof(addr->family))
		return -EINVAL;
	if (addr->family == AF_UNSPEC) {
		nlk->dst_portid = 0;
		return 0;
	}
	if (addr->family != AF_NETLINK || len < sizeof(*nl))
		return -EINVAL;
	if (!nlk->bound)
		netlink_autobind(nlk);
	nlk->dst_portid = nl->nl_pid;
	return 0;
}

static int netlink_getname(struct socket *sock, struct sockaddr_storage *addr, bool peer)
{
	const struct netlink_sock *nlk = nlk_sk(sock);

	*(struct sockaddr_nl *)addr = (struct sockaddr_nl){ .nl_family = AF_NETLINK,
		.nl_pid = peer ? nlk->dst_portid : nlk->portid,
		.nl_groups = peer ? 0 : (u32)nlk->groups };
	return sizeof(struct sockaddr_nl);
}

/* ---- options ----------------------------------------------------------------------------- */

static int change_membership(struct sock *sk, s32 group, bool member)
{
	struct netlink_sock *nlk = (struct netlink_sock *)sk;
	u64 bit;

	if (group <= 0 || group > nlk->family->groups)
		return -EINVAL;
	bit = 1ull << (group - 1);
	nlk->groups = member ? nlk->groups | bit : nlk->groups & ~bit;
	return 0;
}

static int add_membership(struct sock *sk, s32 group)
{
	return change_membership(sk, group, true);
}

static int drop_membership(struct sock *sk, s32 group)
{
	return change_membership(sk, group, false);
}

static int list_memberships(struct sock *sk, void __user *val, u32 *len)
{
	const struct netlink_sock *nlk = (const struct netlink_sock *)sk;
	u32 room = min(*len, (u32)sizeof(nlk->groups)) & ~3u;

	*len = (nlk->family->groups + 31u) / 32 * 4;
	return copy_to_user(val, &nlk->groups, min(room, *len));
}

#define NL(member) OPT_MEMBER(struct netlink_sock, member)

static const struct sockopt options[] = {
	{ NETLINK_ADD_MEMBERSHIP, OPT_WO, .set = add_membership },
	{ NETLINK_DROP_MEMBERSHIP, OPT_WO, .set = drop_membership },
	{ NETLINK_LIST_MEMBERSHIPS, OPT_BYTES | OPT_RO, .get_bytes = list_memberships },
	{ NETLINK_BROADCAST_ERROR, OPT_FLAG, NL(broadcast_error) },
	{ NETLINK_NO_ENOBUFS, OPT_FLAG, NL(no_enobufs) },
	{ NETLINK_CAP_ACK, OPT_FLAG, NL(cap_ack) },
	{ NETLINK_EXT_ACK, OPT_FLAG, NL(ext_ack) },
	{ NETLINK_GET_STRICT_CHK, OPT_FLAG, NL(strict_chk) },
};

static const struct sockopt_table netlink_table = { SOL_NETLINK, SOCKOPT_TABLE(options),
	.room = sizeof(s32) };

static const struct sockopt_table *const netlink_options[] = { &part_options, &socket_options,
	&netlink_table, NULL };

/* ---- messages ---------------------------------------------------------------------------- */

static u32 netlink_poll(struct socket *sock, u32 wanted)
{
	struct netlink_sock *nlk = nlk_sk(sock);

	netlink_refill(nlk);
	return (u16)(POLLOUT | POLLWRNORM | (nlk->sk.sk_err ? POLLERR : 0) |
		     (nlk->sk.sk_receive_queue.n > 0 ? POLLIN | POLLRDNORM : 0));
}

/* To whom: the address given, or the one connected to. */
static int destination(const struct netlink_sock *nlk, const struct msghdr *msg, u32 *portid)
{
	const struct sockaddr_nl *nl = (const void *)msg->name;

	*portid = nlk->dst_portid;
	if (!nl)
		return 0;
	if (msg->namelen < sizeof(*nl) || nl->nl_family != AF_NETLINK)
		return -EINVAL;
	*portid = nl->nl_pid;
	return 0;
}

static ssize netlink_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct netlink_sock *nlk = nlk_sk(sock);
	u32 portid;
	int err;

	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (len == 0)
		return -ENODATA;
	err = destination(nlk, msg, &portid);
	if (err)
		return err;
	if (!nlk->bound)
		netlink_autobind(nlk);
	if (len > nlk->sk.sk_sndbuf - NETLINK_SNDBUF_OVERHEAD)
		return -EMSGSIZE;
	if (portid != 0)
		return -ECONNREFUSED; /* only the kernel is there to be talked to */
	err = netlink_rcv_msg(nlk, msg, len);
	return err ? err : (ssize)len;
}

static void fill_name(struct msghdr *msg, const struct sk_buff *skb)
{
	u32 group = NETLINK_CB(skb)->dst_group;

	if (!msg->name)
		return;
	*(struct sockaddr_nl *)msg->name = (struct sockaddr_nl){ .nl_family = AF_NETLINK,
		.nl_groups = group > 0 && group <= 32 ? 1u << (group - 1) : 0 };
	msg->namelen = sizeof(struct sockaddr_nl);
}

static ssize netlink_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct netlink_sock *nlk = nlk_sk(sock);
	const struct sk_buff *skb;
	ssize taken;
	int err;

	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	skb = skb_recv_datagram(&nlk->sk, msg->flags, &err);
	if (!skb)
		return err;
	fill_name(msg, skb);
	taken = skb_copy_datagram(&nlk->sk, msg, 0, len);
	if (nlk->sk.sk_receive_queue.n == 0)
		nlk->congested = false;
	return taken;
}

static const struct proto_ops netlink_ops = {
	.family = AF_NETLINK,
	.release = netlink_release,
	.bind = netlink_bind,
	.connect = netlink_connect,
	.getname = netlink_getname,
	.poll = netlink_poll,
	.options = netlink_options,
	.sendmsg = netlink_sendmsg,
	.recvmsg = netlink_recvmsg,
};

static const struct net_proto_family netlink_family_ops = {
	.family = AF_NETLINK,
	.create = netlink_create,
};

static void netlink_init(void)
{
	BUG_ON(sock_register(&netlink_family_ops) != 0);
}

PART(af_netlink) = { .name = "netlink", .init = netlink_init };
