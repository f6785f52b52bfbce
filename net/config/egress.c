/* SPDX-License-Identifier: MIT
 * egress.c - a security module: the program reaches only the destinations that the operator named.
 * Not here: what packets may leave (nf_rules.c); the kernel's own, ARP's and ICMP's, are not asked.
 * kernel/cmdline.c parses egress=, kernel/main.c turns it on; the security hooks call in.
 * Source: design: egress=; RFC 1122 3.2.1.3 (0.0.0.0 is this host). Behaves as Linux's LSM for the hooks. */
#include "net/config/egress.h"
#include "kernel/security/security.h"
#include "net/core/part.h"
#include "net/packet/af_packet.h"
#include "net/socket/socket.h"
#include "net/wire/ip.h"
#include "net/wire/netlink.h"

#define DESTINATIONS_MAX 64
#define QUIET_NS         (5 * NSEC_PER_SEC) /* between two messages */

static struct destination {
	be32 addr;
	u8 len;
	u32 first_port, last_port;
} destinations[DESTINATIONS_MAX];
static u32 destination_n;

static u64 refused, told; /* calls; of these, said on the console */
static u64 quiet_until;

/* ---- egress= ----------------------------------------------------------------------------- */

static bool parse_destination(struct text t, struct parse_error *error)
{
	struct destination *d = &destinations[destination_n];
	struct text ports = t;
	struct text prefix = text_cut(&ports, ':');

	if (destination_n == DESTINATIONS_MAX)
		return parse_fail(error, t, "destination", "at most 64 of them");
	if (!parse_prefix(prefix, &d->addr, &d->len))
		return parse_fail(error, prefix, "prefix", PARSE_PREFIX_EXPECTED);
	d->first_port = 0;
	d->last_port = UINT16_MAX;
	if (prefix.len < t.len && !parse_range(ports, UINT16_MAX, &d->first_port, &d->last_port))
		return parse_fail(error, ports, "port", "<0..65535>, or <first>-<last>");
	destination_n++;
	return true;
}

bool egress_parse_word(struct text value, struct parse_error *error)
{
	do {
		if (!parse_destination(text_cut(&value, ','), error))
			return false;
	} while (text_follows(value));
	return true;
}

/* ---- what is asked ----------------------------------------------------------------------- */

static bool named(be32 addr, u32 port)
{
	for (const struct destination *d = destinations; d < destinations + destination_n; d++)
		if (be32_eq(be32_and(addr, prefix_mask(d->len)), d->addr) &&
			port >= d->first_port && port <= d->last_port)
			return true;
	return false;
}

/* Count one more, and say whether to tell of it: the first of a burst, so that a program which keeps
 * trying does not bury what else the console says. */
static bool tell_refused(void)
{
	u64 now = clock_ns();

	refused++;
	if (now < quiet_until)
		return false;
	if (refused - told > 1)
		pr_warn("egress: refused %lu more\n", refused - told - 1);
	told = refused;
	quiet_until = now + QUIET_NS;
	return true;
}

/* Names that are too short or of another family the protocol refuses itself; sending takes AF_UNSPEC
 * for AF_INET, as Linux does. addr is the kernel's copy, the one that will be used. */
static int may_reach(const struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	be32 to = addr->in.sin_addr;
	u32 port = be16_to_cpu(addr->in.sin_port);

	if (sock->ops->family != AF_INET || len < sizeof(addr->in))
		return 0;
	if (addr->family != AF_INET && addr->family != AF_UNSPEC)
		return 0;
	if (named(be32_is_zero(to) ? cpu_to_be32(INADDR_LOOPBACK) : to, port))
		return 0;
	if (tell_refused())
		pr_warn("egress: refused %pI4:%u\n", &to, port);
	return -EPERM;
}

static int egress_connect(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	if (len >= sizeof(addr->family) && addr->family == AF_UNSPEC)
		return 0; /* gives a destination up */
	return may_reach(sock, addr, len);
}

/* Without a name it goes where connect was let. */
static int egress_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return msg->name ? may_reach(sock, msg->name, msg->namelen) : 0;
}

/* Sockets whose destinations are not looked at, and one that may change packets which were. */
static bool goes_around(int family, int type, int protocol)
{
	return family == AF_PACKET || (family == AF_INET && type != SOCK_DGRAM) ||
	       (family == AF_NETLINK && protocol == NETLINK_NETFILTER);
}

static int egress_create(int family, int type, int protocol)
{
	if (!goes_around(family, type, protocol))
		return 0;
	if (tell_refused())
		pr_warn("egress: refused a socket of family %d, type %d\n", family, type);
	return -EPERM;
}

/* ---- on and off -------------------------------------------------------------------------- */

static struct security_hook_list hooks[] = {
	{ .hook = SECURITY_SOCKET_CREATE, .socket_create = egress_create },
	{ .hook = SECURITY_SOCKET_CONNECT, .socket_connect = egress_connect },
	{ .hook = SECURITY_SOCKET_SENDMSG, .socket_sendmsg = egress_sendmsg },
};

bool egress_apply(struct net *net, char *problem, size_t len)
{
	if (destination_n == 0)
		return true;
	for (const struct destination *d = destinations; d < destinations + destination_n; d++)
		pr_info("egress: to %pI4/%u, ports %u to %u\n", &d->addr, d->len, d->first_port,
			d->last_port);
	security_add_hooks(hooks, ARRAY_SIZE(hooks));
	return true;
}

static void egress_show(void)
{
	if (destination_n > 0)
		pr_info("egress: refused %lu\n", refused);
}

PART(egress) = { .name = "egress",
	.words = BOOT_WORDS({ "egress=", .take = egress_parse_word }),
	.apply = egress_apply,
	.end = egress_show };
